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
    let knownHostsFile: String
    let warnings: [String]

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
        var secrets = Redactor()
        let hosts = try await FleetFiles(parsed, project, context).hosts()
        if hosts.isEmpty {
            throw CommandError("the inventory has no hosts", hint: "an empty run would look like success")
        }
        var access = Access(try Self.defaults(parsed, context, &secrets))
        var targets: [Target] = []
        var problems = Diagnostics()
        var unusable: [Access.Unusable] = []
        for host in hosts {
            do throws(DocumentError) {
                let connection = try host.connection()
                if let password = connection.becomePassword { secrets.add(password.reveal()) }
                do throws(Access.Unusable) {
                    targets.append(try access.target(host.name, connection))
                } catch {
                    unusable.append(error)
                }
            } catch {
                problems.add(contentsOf: error.diagnostics)
            }
        }
        if problems.hasErrors { throw CommandError(rendered: problems.rendered) }
        if let first = unusable.first {
            let others = unusable.count > 1 ? " (and \(unusable.count - 1) more hosts)" : ""
            throw CommandError("\(first.host)\(others): \(first.reason)", hint: first.hint)
        }
        self.targets = targets
        let fewer = forks < min(wanted, targets.count)
        let limit = "only \(context.descriptors) more files may be opened: \(forks) hosts at once instead of \(wanted)"
        warnings = access.warnings + (fewer ? [limit] : [])
        redactor = secrets
        knownHostsFile = "\(context.home)/.ssh/known_hosts"
    }

    static func output(_ parsed: Parsed, _ project: Project) throws(CommandError) -> CommonOptions.Output {
        parsed[CommonOptions.output] ?? project.settings.output.flatMap(CommonOptions.Output.init(rawValue:)) ?? .text
    }

    private static func defaults(
        _ parsed: Parsed,
        _ context: Context,
        _ secrets: inout Redactor
    ) throws(CommandError) -> Access.Defaults {
        var defaults = Access.Defaults(user: context.user, home: context.home)
        if let user = parsed[CommonOptions.user] { (defaults.user, defaults.isUserGiven) = (user, true) }
        defaults.privateKey = parsed[CommonOptions.privateKey].map(context.path)
        defaults.become = parsed[CommonOptions.become]
        defaults.becomeUser = parsed[CommonOptions.becomeUser]
        defaults.acceptsNewHostKeys = parsed[CommonOptions.acceptNewHostKeys]
        defaults.connectTimeout = parsed[CommonOptions.connectTimeout]
        if parsed[CommonOptions.askBecomePassword] {
            guard let ask = context.askSecret else {
                throw CommandError("-K needs a terminal to ask on", hint: "in CI, set ansible_become_password instead")
            }
            guard let password = ask("sudo password: ") else { throw CommandError("no password was given") }
            defaults.becomePassword = password
            secrets.add(password)
        }
        return defaults
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
        if let problem = remember(await fleet.newHostKeys) { await fleet.emit(.warning(problem)) }
        let result = RunResult(run: run, command: name, hosts: results, interrupted: interrupts.count > 0)
        await fleet.emit(.runFinished(result))
        await fleet.close()
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
            isVerbose: isVerbose,
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

    /// Writes the host keys that were accepted where OpenSSH will find them too; says why if it cannot.
    fileprivate func remember(_ keys: [(target: Target, key: HostKey)]) -> String? {
        if keys.isEmpty { return nil }
        let existing = (try? Files.read(knownHostsFile)) ?? []
        let lines = keys.map { KnownHosts.line($0.target.knownAs, $0.key, hashed: KnownHosts.isHashed(existing)) }
        let separator = existing.isEmpty || existing.last == 10 ? "" : "\n"
        do throws(SystemError) {
            try Files.makeDirectory("\(context.home)/.ssh", mode: 0o700)
            try Files.append(Array((separator + lines.map { $0 + "\n" }.joined()).utf8), to: knownHostsFile)
            return nil
        } catch {
            return "the new host keys are not remembered: \(error)"
        }
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
        _ = run.remember(keys)
        let names = running.isEmpty ? "" : ": -l \(HostList.limit(running))"
        run.context.stderr.write("left while \(HostList.count(running.count)) still ran a command\(names)\n")
        run.context.stderr.flush()
        exit(Events.ExitCode.interrupted.rawValue)
    }
}
