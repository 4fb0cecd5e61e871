import Document
import Text

/// Names that a service has on a host beside its own: `web-stopped`, `web-0`. Another service that is called so would want
/// the same files.
extension ServiceCatalog {
    static func collisions(_ services: [ServiceDeclaration]) -> [Diagnostic] {
        let known = Dictionary(services.map { ($0.name, $0) }) { first, _ in first }
        return services.flatMap { service in
            service.ownNames.compactMap { name, supervisors in
                guard let other = known[name] else { return nil }
                return service.collision(with: other, supervisors)
            }
        }
    }
}

extension ServiceDeclaration {
    /// What is written for a key; nil where only a host tells.
    private func constant(_ key: String) -> String? {
        guard let value = settings[key], !value.isInPlay else { return nil }
        return Reading(key: key, value: value, isWritten: true).plainText
    }

    private var mayRunUnder: Set<Supervisor> {
        switch constant("supervisor") {
        case nil, "auto": Set(Supervisor.supervising)
        case let name?: Set([Supervisor(rawValue: name)].compactMap { $0 })
        }
    }

    private var processes: Int { constant("processes").flatMap { Int($0) } ?? 1 }

    /// Names that belong to it, and under which supervisors.
    fileprivate var ownNames: [(String, Set<Supervisor>)] {
        var names: [(String, Set<Supervisor>)] = []
        let isOne = processes == 1
        if settings.has("post_stop") { names.append(("\(name)-stopped", isOne ? [.systemd] : [.systemd, .upstart])) }
        if settings.has("runtime_directories") { names.append(("\(name)-directories", [.upstart])) }
        if !isOne {
            names.append(("\(name)-instance", [.upstart]))
            names += (0..<min(max(processes, 0), 100)).map { ("\(name)-\($0)", [.runit]) }
        }
        return names
    }

    fileprivate func collision(with other: ServiceDeclaration, _ supervisors: Set<Supervisor>) -> Diagnostic? {
        var shared = supervisors.intersection(mayRunUnder).intersection(other.mayRunUnder)
        // A service of several processes has no file of just its name there.
        if other.processes != 1 { shared.subtract([.systemd, .runit]) }
        guard !shared.isEmpty else { return nil }
        let titles = Supervisor.allCases.filter(shared.contains).map(\.title).joined(separator: " and ")
        // Which supervisor a host has shows only there; one that is named, and the usual one, is certain.
        let isCertain = shared.contains(.systemd) || mayRunUnder.count == 1 || other.mayRunUnder.count == 1
        return Diagnostic(
            "under \(titles) the service \(Printable.quoted(name)) has a part called \(Printable.quoted(other.name))",
            in: other.origin.source,
            at: other.origin.position,
            hint: "give one of them another name" + (isCertain ? "" : ", or say with \"supervisor\" where they run"),
            notes: [Diagnostic.Note("the other is here", in: origin.source, at: origin.position)],
            severity: isCertain ? .error : .warning
        )
    }
}
