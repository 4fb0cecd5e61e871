import Arguments
import Events
import Fleet
import Report
import Run
import SSH
import Shell
import Supervision
import Text

/// `baton status`: what services and releases are on hosts.
enum StatusCommand {
    static let service = Operand.optional(
        as: .text("NAME"),
        help: "One release, by its name or its root, or one service; all services otherwise."
    )

    static let declaration = CommandDeclaration(
        name: "status",
        abstract: "Show releases and services: what runs, since when, and what is due.",
        discussion: """
            Reads the hosts and changes nothing. All it needs is there. Of a release it says which one runs and how good it is, where \
            a rollback would go, what else is there, who holds it, takeovers that are not over, and its services; \
            a service of the same name is shown as well. Where the project is at hand, services that it \
            declares are compared with its definitions, as the inventory and -e say, and what differs is told; secrets are \
            neither fetched nor compared. Services belong to root, so it needs -b where the login is not root.
            """,
        examples: [
            .init("baton status -i inventories/production.yml -b", "All services of all hosts."),
            .init("baton status shop -i inventories/production.yml -b", "A release and its services."),
            .init("baton status web -i inventories/production.yml -b -o json", "One service, for a program."),
        ],
        options: CommonOptions.connecting + [PlaybookOptions.variables],
        operands: [service]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        let subject = try parsed[service].map { (name) throws(CommandError) in try ReleaseWord.subject(name) }
        let chosen = try await Chosen(parsed, context)
        let drift = try ServiceDrift(chosen)
        guard let subject else { return try await show(of: "status", chosen, drift) }
        return try await show(subject, chosen, drift)
    }

    /// For whoever calls services otherwise: one, or all whose names are meant.
    static func show(
        _ wanted: String? = nil,
        of command: String,
        _ chosen: Chosen,
        _ drift: ServiceDrift? = nil,
        where isMeant: @escaping @Sendable (String) -> Bool = { _ in true }
    ) async throws(CommandError) -> Events.ExitCode {
        let run = try await HostRun(command, chosen, chosen.hosts)
        let (redactor, isVerbose) = (run.redactor, run.isVerbose)
        // A host of the inventory that never had it is no failure; that none has it is one.
        return try await run.run(
            { ServiceText($1, $2).render($0) },
            leavingOut: { $0.problem?.kind == "no_service" }
        ) { target, remote, _ in
            let view = ServiceView(host: target.name, remote: remote, redactor: redactor)
            return await read(wanted, view, isMeant, drift, isVerbose: isVerbose)
        }
    }

    /// A release, a service, or both, whichever is called so.
    private static func show(
        _ subject: ReleaseScout.Subject,
        _ chosen: Chosen,
        _ drift: ServiceDrift?
    ) async throws(CommandError) -> Events.ExitCode {
        let run = try await HostRun("status", chosen, chosen.hosts)
        let (redactor, isVerbose) = (run.redactor, run.isVerbose)
        let scout = ReleaseScout(subject, as: .standard, redactor)
        return try await run.run(
            { ReleaseText($1, $2).render($0) },
            leavingOut: { $0.problem?.kind == "no_service" }
        ) { target, remote, _ in
            let view = ServiceView(host: target.name, remote: remote, redactor: redactor)
            do throws(ServiceView.Blind) {
                return try await read(subject, ReleaseStatus(scout: scout, view: view), drift, isVerbose: isVerbose)
            } catch {
                return error.result
            }
        }
    }

    private static func read(
        _ subject: ReleaseScout.Subject,
        _ status: ReleaseStatus,
        _ drift: ServiceDrift?,
        isVerbose: Bool
    ) async throws(ServiceView.Blind) -> HostResult {
        let view = status.view
        let seen = try await status.read()
        var names = seen?.services.map(\.name) ?? []
        if case .name(let name) = subject, !names.contains(name) { names.append(name) }
        var found: [String: ServiceSighting] = [:]
        var unread: [String] = []
        if !names.isEmpty { (found, unread) = try await view.sightings(names) }
        if seen == nil, found.isEmpty, unread.isEmpty { return .lacking(subject.text, view.host) }
        var result = Self.result(view, unread)
        result.release = seen?.state
        var notes: [String: String] = [:]
        if let drift { notes = try await view.drift(found, drift, isVerbose: isVerbose) }
        let masters = try await status.masters(seen?.services ?? [])
        result.services = names.compactMap { name in
            guard let sighting = found[name] else { return nil }
            var state = ServiceState(name, sighting)
            state.notes += [masters[name], notes[name]].compactMap { $0 }
            return state
        }
        return result
    }

    private static func read(
        _ wanted: String?,
        _ view: ServiceView,
        _ isMeant: (String) -> Bool,
        _ drift: ServiceDrift?,
        isVerbose: Bool
    ) async -> HostResult {
        do throws(ServiceView.Blind) {
            var names: [String] = []
            if let wanted { names = [wanted] } else { names = try await view.names().filter(isMeant) }
            var found: [String: ServiceSighting] = [:]
            var unread: [String] = []
            if !names.isEmpty { (found, unread) = try await view.sightings(names) }
            var result = Self.result(view, unread)
            var notes: [String: String] = [:]
            if let drift { notes = try await view.drift(found, drift, isVerbose: isVerbose) }
            result.services = names.compactMap { name in
                guard let sighting = found[name] else { return nil }
                var state = ServiceState(name, sighting)
                if let note = notes[name] { state.notes.append(note) }
                return state
            }
            if let wanted, found.isEmpty, unread.isEmpty { return .lacking(wanted, view.host) }
            return result
        } catch {
            return error.result
        }
    }

    /// What could be read is told, and what could not is why it is not all.
    private static func result(_ view: ServiceView, _ unread: [String]) -> HostResult {
        guard let first = unread.first else { return HostResult(host: view.host, status: .ok, touched: false) }
        let more = unread.count > 1 ? "; and \(unread.count - 1) more cannot be read" : ""
        return view.failed(first + more).result
    }
}
