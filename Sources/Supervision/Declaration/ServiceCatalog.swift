package import Document
import Shell
import Text

/// All services and releases of a project.
package struct ServiceCatalog: Sendable {
    package private(set) var releases: [String: ReleaseDeclaration] = [:]
    package private(set) var services: [String: ServiceDeclaration] = [:]
    /// Of all that is written in its files.
    package let sum: String

    /// Names that are given twice, and releases that are nowhere, are errors with their places.
    package init(_ files: [ServiceFile], diagnostics: inout Diagnostics) {
        sum = Checksum.sha256(Array(files.map { Checksum.sha256($0.source.bytes) }.joined().utf8))
        for file in files {
            for release in file.releases {
                if let first = releases[release.name] {
                    diagnostics.add(.twice("release", release.name, release.origin, first.origin))
                } else {
                    releases[release.name] = release
                }
            }
            for service in file.services {
                if let first = services[service.name] {
                    diagnostics.add(.twice("service", service.name, service.origin, first.origin))
                } else {
                    services[service.name] = service
                }
            }
        }
        for collision in Self.collisions(files.flatMap(\.services)) { diagnostics.add(collision) }
        for service in files.flatMap(\.services) {
            guard let (name, origin) = service.release, releases[name] == nil else { continue }
            let near = Nearness.hint(for: name, among: releases.keys.sorted())
            let hint = near ?? "releases are declared under \"releases:\""
            let message = "there is no release \(Printable.quoted(name))"
            diagnostics.add(Diagnostic(message, in: origin.source, at: origin.position, hint: hint))
        }
    }

    package func release(of service: ServiceDeclaration) -> ReleaseDeclaration? {
        service.release.flatMap { releases[$0.name] }
    }
}

extension Diagnostic {
    fileprivate static func twice(_ what: String, _ name: String, _ second: Origin, _ first: Origin) -> Diagnostic {
        Diagnostic(
            "the \(what) \(Printable.quoted(name)) is declared twice",
            in: second.source,
            at: second.position,
            notes: [Diagnostic.Note("the first is here", in: first.source, at: first.position)]
        )
    }
}
