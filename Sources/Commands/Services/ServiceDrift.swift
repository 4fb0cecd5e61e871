import Arguments
import Document
import HostSide
import Inventory
import Playbook
import Supervision

/// How services on hosts differ from what the project says, where the project is at hand. Secrets are neither fetched nor
/// compared, and variables of plays are not known.
struct ServiceDrift: Sendable {
    private let catalog: ServiceCatalog
    private let contents: Contents
    private let extra: [String: Value]
    private let hosts: [String: Host]

    /// Nil where the project declares no service. What is wrong with its files is told, and ends nothing.
    init?(_ chosen: Chosen) throws(CommandError) {
        extra = try ExtraVariables.read(chosen.parsed[PlaybookOptions.variables], chosen.context)
        var problems = Diagnostics()
        let catalog = ServiceFiles.read(chosen.project, &problems)
        if problems.hasErrors {
            let words = "\(ServiceFiles.folder) cannot be read, and hosts are not compared with it\n"
            chosen.context.stderr.write(problems.rendered + "\n" + words)
            return nil
        }
        guard let catalog else { return nil }
        self.catalog = catalog
        contents = Contents(root: chosen.project.root, folder: chosen.project.root, catalog: catalog) {
            (path) throws(ContentProblem) in
            try ProjectFiles.read(path)
        }
        hosts = Dictionary(chosen.hosts.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Nil where the project does not know it.
    func work(_ service: String, on host: String) throws(DocumentError) -> ServiceWork? {
        guard let declaration = catalog.services[service], let host = hosts[host] else { return nil }
        let scope = ServiceScope([extra, HostVariables(host: host)]) { _ in "placeholder" }
        var definition = try declaration.evaluate(release: catalog.release(of: declaration), scope)
        definition.files = try contents.files(of: declaration, scope)
        return try ServiceWork(definition)
    }
}

extension ServiceView {
    /// A note for each service that is not as the project says.
    func drift(
        _ found: [String: ServiceSighting],
        _ drift: ServiceDrift,
        isVerbose: Bool
    ) async throws(Blind) -> [String: String] {
        var notes: [String: String] = [:]
        var works: [(name: String, sighting: ServiceSighting, work: ServiceWork)] = []
        for (name, sighting) in found {
            do throws(DocumentError) {
                if let work = try drift.work(name, on: host) { works.append((name, sighting, work)) }
            } catch {
                let why = error.diagnostics.items.first?.message ?? "its definition cannot be evaluated"
                if isVerbose { notes[name] = "not compared with the project: \(why)" }
            }
        }
        if works.isEmpty { return notes }
        var looks: [Look] = []
        for work in works { looks += work.work.pathLooks }
        let seen = try await see(looks)
        for (name, sighting, work) in works {
            let words = work.drift(sighting, seen)
            if !words.isEmpty { notes[name] = "not as the project says: " + words.joined(separator: ", ") }
        }
        return notes
    }
}
