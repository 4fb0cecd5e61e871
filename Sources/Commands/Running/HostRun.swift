import Arguments
import Document
import Events
import Fleet
import Inventory
import Report
import SSH

/// A run over hosts before it begins: whom to reach and how, with everything that can be wrong about that found.
struct HostRun {
    let context: Context
    let name: String
    var targets: [Target]
    let output: CommonOptions.Output
    let isVerbose: Bool
    let forks: Int
    let redactor: Redactor
    let warnings: [String]
    let vault: KeyVault

    /// Signals, files, the resolver's sockets: what is opened beside one connection per host.
    private static let otherDescriptors = 12

    init(_ name: String, _ parsed: Parsed, _ context: Context) async throws(CommandError) {
        let chosen = try await Chosen(parsed, context)
        try await self.init(name, chosen, chosen.hosts)
    }

    init(_ name: String, _ chosen: Chosen, _ hosts: [Host]) async throws(CommandError) {
        let (parsed, context) = (chosen.parsed, chosen.context)
        self.name = name
        self.context = context
        output = chosen.output
        isVerbose = parsed[CommonOptions.verbose]
        let wanted = parsed[CommonOptions.forks] ?? chosen.project.settings.forks ?? 50
        forks = max(1, min(wanted, context.descriptors - Self.otherDescriptors))
        redactor = chosen.redactor
        let defaults = try Self.defaults(parsed, context, redactor)
        let connections = try Self.connections(hosts, redactor)
        vault = KeyVault(environment: context.environment, on: context.loop)
        let result = await Access.targets(
            for: connections,
            defaults,
            inventory: { Self.lookUp($0, chosen.inventory) },
            vault
        )
        for secret in result.secrets { redactor.add(secret) }
        if result.isInterrupted {
            await vault.close()
            throw CommandError("interrupted: nothing was contacted", exit: .interrupted)
        }
        if let first = result.unusable.first {
            await vault.close()
            let others = result.unusable.count > 1 ? " (and \(result.unusable.count - 1) more hosts)" : ""
            throw CommandError("\(first.host)\(others): \(first.reason)", hint: first.hint)
        }
        targets = result.targets
        let fewer = forks < min(wanted, targets.count)
        let limit = "only \(context.descriptors) more files may be opened: \(forks) hosts at once instead of \(wanted)"
        warnings = result.warnings + (fewer ? [limit] : [])
    }

    private static func lookUp(_ name: String, _ inventory: Inventory) -> Access.InHouse {
        guard let host = inventory.host(named: name) else { return .absent }
        do throws(DocumentError) {
            return .known(try host.connection())
        } catch {
            return .broken(error.description)
        }
    }

    private static func connections(
        _ hosts: [Host],
        _ secrets: Redactor
    ) throws(CommandError) -> [(name: String, connection: Connection)] {
        var connections: [(name: String, connection: Connection)] = []
        var problems = Diagnostics()
        for host in hosts {
            do throws(DocumentError) {
                let connection = try host.connection()
                for password in [connection.becomePassword, connection.password] {
                    if let password { secrets.add(password.reveal()) }
                }
                connections.append((host.name, connection))
            } catch {
                problems.add(contentsOf: error.diagnostics)
            }
        }
        if problems.hasErrors { throw CommandError(rendered: problems.rendered) }
        return connections
    }

    static func output(_ parsed: Parsed, _ project: Project) throws(CommandError) -> CommonOptions.Output {
        parsed[CommonOptions.output] ?? project.settings.output.flatMap(CommonOptions.Output.init(rawValue:)) ?? .text
    }

    // MARK: Asking

    /// Whether somebody at the terminal says yes.
    func isAgreed(_ question: String) async throws(CommandError) -> Bool {
        context.stderr.flush()
        switch context.ask?("\(question)? Type yes or no: ") {
        case .answer(let word): return ["y", "yes"].contains(word.lowercased())
        case .nothing, nil: return false
        case .interrupted:
            await vault.close()
            throw CommandError("interrupted: nothing was changed", exit: .interrupted)
        }
    }

    // MARK: Running

    /// How a run's results are shown in text.
    typealias Render = (_ results: [HostResult], _ style: Style, _ redactor: Redactor) -> String

    /// Runs one body on each host and reports: all that `exec` and `facts` need. Hosts whose result `isIdle` are left out,
    /// unless all are.
    func run(
        _ render: @escaping Render,
        leavingOut isIdle: @escaping @Sendable (HostResult) -> Bool = { _ in false },
        _ body: @escaping @Sendable (Target, SSHRemote, Fleet) async -> HostResult
    ) async throws(CommandError) -> Events.ExitCode {
        let detail: Progress.Detail = isVerbose ? .everything : .little
        let run = try await LiveRun(self, shows: .stream, detail: detail, try Interrupts(context))
        let fleet = run.fleet
        var results = await run.results(run.targets, where: { !isIdle($0) }) { target, remote in
            await body(target, remote, fleet)
        }
        let others = results.filter { !isIdle($0) }
        if others.isEmpty {
            for result in results { await fleet.emit(.hostFinished(result), host: result.host) }
        } else {
            results = others
        }
        return await run.finish(results, .work, render)
    }
}
