import Document
import Reactor
import Supervision

/// The services of a project: `services/*.yml`.
enum ServiceFiles {
    static let folder = "services"

    static func read(_ project: Project) throws(CommandError) -> ServiceCatalog {
        let directory = "\(project.root)/\(folder)"
        let names = Files.list(directory).filter { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") }.sorted()
        if names.isEmpty {
            throw CommandError("there is no service in \(directory)", hint: "services are declared in \(folder)/*.yml")
        }
        var problems = Diagnostics()
        var files: [ServiceFile] = []
        for name in names where !name.hasPrefix(".") {
            let source = try Source.read("\(directory)/\(name)", shown: "\(folder)/\(name)")
            if let file = ServiceFile.parse(source, diagnostics: &problems) { files.append(file) }
        }
        let catalog = ServiceCatalog(files, diagnostics: &problems)
        if problems.hasErrors { throw CommandError(rendered: problems.rendered) }
        return catalog
    }
}
