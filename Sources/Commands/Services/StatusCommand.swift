import Arguments
import Events
import Fleet
import Report
import SSH
import Supervision
import Text

/// `baton status`: what services are on hosts.
enum StatusCommand {
    static let service = Operand.optional(as: .text("SERVICE"), help: "One service; all that a host has otherwise.")

    static let declaration = CommandDeclaration(
        name: "status",
        abstract: "Show services: what runs, since when, and what is due.",
        discussion: """
            Reads the hosts and changes nothing. All it needs is there. Where the project is at hand, services that it \
            declares are compared with its definitions, as the inventory and -e say, and what differs is told; secrets are \
            neither fetched nor compared. Services belong to root, so it needs -b where the login is not root.
            """,
        examples: [
            .init("baton status -i inventories/production.yml -b", "All services of all hosts."),
            .init("baton status web -i inventories/production.yml -b -o json", "One, for a program."),
        ],
        options: CommonOptions.connecting + [PlaybookOptions.variables],
        operands: [service]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        let wanted = try parsed[service].map { (name) throws(CommandError) in try ServiceVerbs.checked(name) }
        let chosen = try await Chosen(parsed, context)
        return try await show(wanted, of: "status", chosen, try ServiceDrift(chosen))
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
            var result = HostResult(host: view.host, status: .ok, touched: false)
            if let first = unread.first {
                let more = unread.count > 1 ? "; and \(unread.count - 1) more cannot be read" : ""
                result = view.failed(first + more).result
            }
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
}
