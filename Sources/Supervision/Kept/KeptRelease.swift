internal import Document
package import HostSide
internal import Text

/// All that a host keeps of a release, so that it can be gone back to: what it is called, whose its trees are, and each of
/// its services in their order.
package struct KeptRelease: Equatable, Sendable {
    package var name: String
    /// Of the artifact that its services' health checks ask for.
    package var version: String
    package var user: String
    package var keep: Int
    package var services: [KeptService]
    /// The names of those that the host did not have before it: they go with it.
    package var brought: Set<String> = []

    package init(name: String, version: String, user: String, keep: Int, services: [KeptService]) {
        (self.name, self.version, self.user, self.keep) = (name, version, user, keep)
        self.services = services
    }

    package static let mostServices = 60

    private static let schema = "baton.release/1"
    private static let file = "release"

    /// `release`, and for each service `NAME.service` and, where it has secrets, `NAME.secrets`.
    package var files: [KeptFile] {
        let own = KeptText.map([
            ("schema", .text(Self.schema)), ("name", .text(name)), ("version", .text(version)), ("user", .text(user)),
            ("keep", .number(keep)), ("services", .texts(services.map(\.name))), ("brought", .texts(brought.sorted())),
        ])
        var files = [KeptFile(Self.file, Array((own.json + "\n").utf8))]
        for service in services {
            files.append(KeptFile("\(service.name).service", Array(service.text.utf8)))
            if let secret = service.secretText { files.append(KeptFile("\(service.name).secrets", Array(secret.utf8))) }
        }
        return files
    }

    /// Why a host would not take it; nil where it does.
    package var problem: String? {
        let bytes = files.reduce(0) { $0 + $1.bytes.count }
        if services.count <= Self.mostServices, bytes <= KeptFile.mostBytes { return nil }
        return
            "the host keeps the definitions of a release and their `files` for a rollback, at most \(Self.mostServices) "
            + "services and \(KeptFile.mostBytes >> 10) KiB: these are \(services.count) and \((bytes + 1023) >> 10) KiB"
    }

    /// What they come to, for the root that they were found under; nil where nothing was kept.
    package static func read(_ files: [KeptFile], under root: String) throws(KeptProblem) -> KeptRelease? {
        if files.isEmpty { return nil }
        do throws(DocumentError) {
            return try read(Dictionary(files.map { ($0.name, $0.bytes) }) { first, _ in first }, root)
        } catch {
            throw KeptProblem(error.diagnostics.items.first?.message ?? "it cannot be read")
        }
    }

    private static func read(_ files: [String: [UInt8]], _ root: String) throws(DocumentError) -> KeptRelease {
        let known = ["name", "version", "user", "keep", "services", "brought"]
        let reader = try KeptReader(files[file] ?? [], as: file, schema: schema, known: known)
        let names = try reader.needed("services").all(mostServices) { (item) throws(DocumentError) in
            try item.text()
        }
        var services: [KeptService] = []
        for name in names {
            guard let bytes = files["\(name).service"], !services.contains(where: { $0.name == name }) else {
                throw reader.failure("the definition of \(Printable.quoted(name)) is not there, or twice")
            }
            let service = try KeptService(bytes, secrets: files["\(name).secrets"], as: "\(name).service")
            guard service.name == name, service.definition.root == root else {
                throw reader.failure("the definition of \(Printable.quoted(name)) is of another service or release")
            }
            services.append(service)
        }
        let name = try reader.needed("name").text()
        if let problem = ServiceName.problem(with: name) {
            throw reader.failure("\(Printable.quoted(name)) is no name of a release: \(problem)")
        }
        var release = KeptRelease(
            name: name,
            version: try reader.needed("version").word(),
            user: try reader.needed("user").accountName(),
            keep: try reader.needed("keep").count(in: 1...1000),
            services: services
        )
        release.brought = Set(
            try reader.needed("brought").all(mostServices) { (item) throws(DocumentError) in try item.text() }
        )
        guard release.brought.isSubset(of: names) else {
            throw reader.failure("it has brought services that it does not have")
        }
        return release
    }
}

/// Why what a host has kept cannot be used.
package struct KeptProblem: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
