import Arguments
import CSystem
import Document
import Events
import Fleet
import Inventory
import Reactor
import Report
import SSH
import Shell

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A run over hosts as `exec` and `facts` do it: choose the hosts, connect, run one body on each, report.
struct HostRun {
    let context: Context
    let name: String
    let targets: [Target]
    let output: CommonOptions.Output
    let isVerbose: Bool
    let forks: Int
    let redactor: Redactor
    let warnings: [String]
    private let vault: KeyVault

    /// Signals, files, the resolver's sockets: what is opened beside one connection per host.
    private static let otherDescriptors = 12

    /// How a body's part of the result is shown in text.
    typealias Render = (_ results: [HostResult], _ style: Style, _ redactor: Redactor) -> String

    // MARK: Before anything is contacted

    init(_ name: String, _ parsed: Parsed, _ context: Context) async throws(CommandError) {
        self.name = name
        self.context = context
        let project = try Project.find(context)
        output = try Self.output(parsed, project)
        isVerbose = parsed[CommonOptions.verbose]
        let wanted = parsed[CommonOptions.forks] ?? project.settings.forks ?? 50
        forks = max(1, min(wanted, context.descriptors - Self.otherDescriptors))
        let secrets = Redactor()
        let files = FleetFiles(parsed, project, context)
        let inventory = try await files.inventory()
        let hosts = try files.hosts(of: inventory)
        if hosts.isEmpty {
            throw CommandError("the inventory has no hosts", hint: "an empty run would look like success")
        }
        let defaults = try Self.defaults(parsed, context, secrets)
        let connections = try Self.connections(hosts, secrets)
        vault = KeyVault(environment: context.environment, on: context.loop)
        let result = await Access.targets(
            for: connections,
            defaults,
            inventory: { Self.lookUp($0, inventory) },
            vault
        )
        for secret in result.secrets { secrets.add(secret) }
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
        redactor = secrets
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

    // MARK: Running

    func run(
        _ render: @escaping Render,
        _ body: @escaping @Sendable (Target, SSHRemote, Fleet) async -> HostResult
    ) async throws(CommandError) -> Events.ExitCode {
        let library: Library
        do throws(SSHError) {
            library = try Library()
        } catch {
            throw CommandError(error.description)
        }
        let began = context.loop.now
        let run = RunName.make(Self.now(), random: .random(in: 0...UInt32.max))
        let fleet = Fleet(library, forks: forks, events: stream(run), on: context.loop)
        let interrupts = try Interrupts(fleet, self)
        for warning in warnings { await fleet.emit(.warning(warning)) }
        let targets: [Target]
        switch await TrustQuestion(fleet: fleet, context: context).settle(self.targets) {
        case .settled(let settled, let accepted):
            targets = settled
            if let problem = book.remember(accepted) { await fleet.emit(.warning(problem)) }
        case .refused:
            await close(fleet)
            throw CommandError("nothing was done: the host keys are not trusted", exit: .unreachable)
        case .interrupted:
            await close(fleet)
            throw CommandError("interrupted: nothing was done", exit: .interrupted)
        }
        await fleet.emit(.runStarted(command: name, hosts: targets.count))
        let outcomes = await fleet.run(targets) { target, remote in
            let result = await body(target, remote, fleet)
            await fleet.emit(.hostFinished(result), host: target.name)
            return result
        }
        var results: [HostResult] = []
        for (target, outcome) in zip(targets, outcomes) {
            let result = Self.result(target, outcome)
            if case .done = outcome {} else { await fleet.emit(.hostFinished(result), host: target.name) }
            results.append(result)
        }
        if let problem = book.remember(await fleet.newHostKeys) { await fleet.emit(.warning(problem)) }
        let result = RunResult(run: run, command: name, hosts: results, interrupted: interrupts.count > 0)
        await fleet.emit(.runFinished(result))
        await close(fleet)
        finish(result, render, seconds: (context.loop.now - began).inSeconds)
        return result.exit
    }

    private static func now() -> Timestamp { Timestamp(nanosecondsSince1970: baton_wall_nanoseconds()) }

    private func stream(_ run: String) -> EventStream {
        let stdout = context.stdout
        let stderr = context.stderr
        let progress = Progress(
            redactor,
            Style(isColoured: context.isColoured(stderr)),
            isLive: stderr.isTerminal,
            detail: isVerbose ? .everything : .little,
            columns: stderr.columns,
            stderr.write
        )
        let lines: [any EventObserver] = output == .jsonl ? [JSONLines(redactor, stdout.write)] : []
        return EventStream(run: run, clock: Self.now, observers: [progress] + lines)
    }

    private static func result(_ target: Target, _ outcome: Fleet.Outcome<HostResult>) -> HostResult {
        switch outcome {
        case .done(let result): return result
        case .untouched: return HostResult(host: target.name, status: .untouched, touched: false)
        case .unreachable(let error, let attempts):
            var result = HostResult(host: target.name, status: .unreachable, touched: false)
            let tries = attempts > 1 ? " (\(attempts) attempts)" : ""
            result.problem = .init(kind: error.kind.word, message: error.message + tries, hint: error.hint)
            return result
        }
    }

    fileprivate var book: KnownHostsBook { KnownHostsBook() }

    private func close(_ fleet: Fleet) async {
        await fleet.close()
        await vault.close()
    }

    private func finish(_ result: RunResult, _ render: Render, seconds: Double) {
        switch output {
        case .jsonl: break
        case .json: context.stdout.write(result.json(redactor).line + "\n")
        case .text:
            // The two streams are written side by side; people read them as one.
            context.stderr.flush()
            context.stdout.write(render(result.hosts, Style(isColoured: context.isColoured(context.stdout)), redactor))
            context.stdout.flush()
        }
        let style = Style(isColoured: context.isColoured(context.stderr))
        context.stderr.write(Summary.text(result, style, seconds: seconds))
    }
}

/// SIGINT, SIGTERM and SIGHUP during a run: stop, then end what runs, then leave.
private final class Interrupts {
    private(set) var count = 0
    private var signals: Signals?
    private let fleet: Fleet
    private let run: HostRun

    init(_ fleet: Fleet, _ run: HostRun) throws(CommandError) {
        self.fleet = fleet
        self.run = run
        // Under nohup the lost terminal is meant not to matter.
        let numbers = [SIGINT, SIGTERM] + (baton_is_ignored(SIGHUP) == 1 ? [] : [SIGHUP])
        do throws(SystemError) {
            // The loop keeps the handler, and the handler keeps this, as long as the process lives.
            signals = try Signals(numbers, on: run.context.loop) { [self] _ in interrupted() }
        } catch {
            throw CommandError(error.description)
        }
    }

    private func interrupted() {
        count += 1
        switch count {
        case 1: fleet.assumeIsolated { $0.stop() }
        case 2:
            let fleet = fleet
            Task(executorPreference: run.context.loop) { await fleet.cancel() }
        default: leave()
        }
    }

    private func leave() -> Never {
        let (running, keys) = fleet.assumeIsolated { ($0.running, $0.newHostKeys) }
        _ = run.book.remember(keys)
        let names = running.isEmpty ? "" : ": -l \(HostList.limit(running))"
        run.context.stderr.write("left while \(HostList.count(running.count)) still ran a command\(names)\n")
        run.context.stderr.flush()
        exit(Events.ExitCode.interrupted.rawValue)
    }
}
