import Document
import Foundation
import Supervision
import Testing

/// A text of services, evaluated as for a host.
struct Project {
    var text: String
    var name = "services.yml"
    var variables: [String: String] = [:]
    var secrets = ["DATABASE_PASSWORD": "correct \"horse\" $battery `staple` \\ 100%", "KEY": "key-of-shards"]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases")

    /// The case `Cases/FOLDER/NAME.yml`.
    static func named(_ name: String, in folder: String = "rendered") throws -> Project {
        let bytes = try Data(contentsOf: Self.folder.appending(path: "\(folder)/\(name).yml"))
        return Project(text: String(decoding: bytes, as: UTF8.self), name: "\(name).yml")
    }

    static func names(in folder: String) -> [String] {
        let files =
            (try? FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: folder).path)) ?? []
        return files.filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(4)) }.sorted()
    }

    var scope: ServiceScope {
        let source = SourceText(name: "variables", text: "")
        var values = variables.mapValues { Value(.string($0), text: $0, origin: Origin(source, .start)).asData }
        values["nothing"] = Value(.null, origin: Origin(source, .start))
        values["key"] = Value(.secret(.environment("KEY")), origin: Origin(source, .start))
        values["token"] = Value(.secret(.environment("TOKEN")), origin: Origin(source, .start))
        let secrets = secrets
        return ServiceScope([values]) { (reference) throws(SecretProblem) in
            guard case .environment(let name) = reference else { throw SecretProblem("not here") }
            return secrets[name] ?? "secret-\(name)"
        }
    }

    func catalog() throws -> ServiceCatalog {
        var diagnostics = Diagnostics()
        let file = ServiceFile.parse(SourceText(name: name, text: text), diagnostics: &diagnostics)
        let catalog = ServiceCatalog(file.map { [$0] } ?? [], diagnostics: &diagnostics)
        try diagnostics.throwIfErrors()
        return catalog
    }

    /// Its first service by name, or the one that is named.
    func definition(_ service: String? = nil) throws -> ServiceDefinition {
        let catalog = try catalog()
        let first = try #require(service ?? catalog.services.keys.sorted().first)
        let declaration = try #require(catalog.services[first])
        return try declaration.evaluate(release: catalog.release(of: declaration), scope)
    }

    func rendering(_ supervisor: Supervisor, _ version: SupervisorVersion? = nil) throws -> Rendering {
        try definition().rendered(for: version ?? supervisor.usualVersion)
    }
}

extension Rendering {
    /// All of it, to be read.
    var text: String {
        var text = "service: \(whole)\nmembers: \(members.joined(separator: ", "))\n"
        for directory in directories {
            text += "directory: \(directory.path) \(String(directory.mode, radix: 8)) \(directory.owner.text)\n"
        }
        for link in links { text += "link: \(link.path) -> \(link.target)\n" }
        for file in files {
            let marks = (file.isSecret ? " secret" : "") + (file.isKept ? " kept" : "")
            text += "\n===== \(file.path) \(String(file.mode, radix: 8)) \(file.owner.text)\(marks)\n\(file.content)"
        }
        return text
    }

    func file(_ path: String) throws -> String { try #require(files.first { $0.path == path }).content }
}

extension Rendering.Owner {
    var text: String { user + (group.map { ":\($0)" } ?? "") }
}
