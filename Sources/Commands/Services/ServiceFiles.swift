import Document
import Reactor
import Supervision

/// The services of a project: `services/*.yml`.
enum ServiceFiles {
    static let folder = "services"

    /// For who needs one.
    static func read(_ project: Project) throws(CommandError) -> ServiceCatalog {
        var problems = Diagnostics()
        let catalog = read(project, &problems)
        if problems.hasErrors { throw CommandError(rendered: problems.rendered) }
        guard let catalog else {
            let directory = "\(project.root)/\(folder)"
            throw CommandError("there is no service in \(directory)", hint: "services are declared in \(folder)/*.yml")
        }
        return catalog
    }

    /// Nil where the project has none. What is wrong is told with all else that is.
    static func read(_ project: Project, _ problems: inout Diagnostics) -> ServiceCatalog? {
        let directory = "\(project.root)/\(folder)"
        let names = Files.list(directory).filter {
            !$0.hasPrefix(".") && ($0.hasSuffix(".yml") || $0.hasSuffix(".yaml"))
        }.sorted()
        if names.isEmpty { return nil }
        var files: [ServiceFile] = []
        for name in names {
            let shown = "\(folder)/\(name)"
            do throws(CommandError) {
                let source = try Source.read("\(directory)/\(name)", shown: shown)
                if let file = ServiceFile.parse(source, diagnostics: &problems) { files.append(file) }
            } catch {
                problems.add(Diagnostic(error.reason, in: SourceText(name: shown, text: ""), at: nil))
            }
        }
        return ServiceCatalog(files, diagnostics: &problems)
    }
}
