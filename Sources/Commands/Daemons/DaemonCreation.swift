import Arguments
import Document
import Events
import Fleet
import HostSide
import Playbook
import Report
import SSH
import Shell
import Supervision
import Text

/// `baton daemon create`: a new daemon, and its identifier as the answer.
enum DaemonCreation {
    static let command = Option.optional(
        "--command",
        as: .text("LINE"),
        help: "The program and its arguments, by the quoting rules of a shell; no shell reads it."
    )
    static let owner = Option.optional("--user", as: .text("NAME"), help: "Whose it is. Default: root.")
    /// The same key as the common one has, which is also spelled `--user`.
    static let login = Option.optional(
        "-u",
        "--login",
        as: .text("NAME"),
        help: "Log in as this user, whatever the inventory says."
    )
    static let directory = Option.value("--directory", as: .text("DIR"), default: "/", help: "Where it runs.")
    static let processes = Option.value(
        "--processes",
        as: .wholeNumber(in: 1...Daemon.processesAtMost, named: "N"),
        default: 1,
        help: "How many of it run."
    )
    static let startSeconds = Option.value(
        "--start-seconds",
        as: .wholeNumber(in: 0...3600, named: "N"),
        default: Daemon.usualStartSeconds,
        help: "It must stay up this long to count as started."
    )
    static let stopSeconds = Option.value(
        "--stop-seconds",
        as: .wholeNumber(in: 1...86_400, named: "N"),
        default: Daemon.usualStopSeconds,
        help: "It is killed if it has not stopped by then."
    )
    static let stopSignal = Option.value(
        "--stop-signal",
        as: .text("SIGNAL"),
        default: "TERM",
        help: "What asks it to stop."
    )
    static let identifier = Option.optional(
        "--id",
        as: .text("ID"),
        help: "An identifier of your own. Default: a new one."
    )

    static let supervisor = Option.optional(
        "--supervisor",
        as: .choice(Choice.self, named: "NAME"),
        help: "What keeps it running. Default: supervisord where that runs, else systemd."
    )

    enum Choice: String, CaseIterable, Sendable {
        case supervisord
        case systemd

        var supervisor: Supervisor { self == .systemd ? .systemd : .supervisord }
    }

    static let declaration = CommandDeclaration(
        name: "create",
        abstract: "Create a daemon and answer with its identifier.",
        discussion: """
            Stdout has the identifier alone, once each process has been seen to stay up. Where that fails the daemon stays, so \
            that its log can be read: daemon delete takes it away.
            """,
        examples: [
            .init(
                "baton daemon create --on web1 --command 'php artisan queue:work' --user shop --directory /srv/shop -b -y",
                "A queue worker."
            )
        ],
        options: CommonOptions.connecting(as: login) + [
            DaemonCommand.on, command, owner, directory, processes, startSeconds, stopSeconds, stopSignal, supervisor,
            identifier,
            DeployCommand.yes,
        ]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        let daemon = try read(parsed)
        guard parsed.isGiven(DaemonCommand.on) || parsed.isGiven(CommonOptions.limit) else {
            throw CommandError("on which host is it to run?", hint: "--on HOST says it")
        }
        if !parsed[DeployCommand.yes], context.ask == nil {
            throw CommandError(
                "daemon create asks before it changes anything, and there is no terminal to ask on",
                hint: "-y goes on without asking"
            )
        }
        let work: ServiceWork
        do throws(DocumentError) {
            work = try ServiceWork(daemon.definition)
        } catch {
            throw CommandError(rendered: error.description)
        }
        let plan = try await HostRun("daemon create", parsed, context)
        if !parsed[DeployCommand.yes] {
            let names = HostList.short(plan.targets.map(\.name))
            let processes = daemon.processes == 1 ? "" : ", \(daemon.processes) of it"
            let title =
                "Run \(Printable.line(daemon.command.joined(separator: " "), limit: 200)) as \(daemon.user) on \(names)"
            guard try await plan.isAgreed(title + processes) else {
                await plan.vault.close()
                context.stderr.write("nothing was changed\n")
                return .done
            }
        }
        let live = try await LiveRun(
            plan,
            shows: .stream,
            detail: plan.isVerbose ? .everything : .hosts,
            try Interrupts(context)
        )
        let redactor = plan.redactor
        let results = await live.results(live.targets, keeping: true) { target, remote in
            let view = ServiceView(host: target.name, remote: remote, redactor: redactor)
            return await DaemonHost(daemon: daemon, work: work, view: view).create()
        }
        let id = daemon.id.text
        return await live.finish(results, .services) { results, style, redactor in
            let isThere = results.contains { $0.status == .changed }
            let failures = results.filter { $0.status != .changed }
            if !failures.isEmpty { context.stderr.write(ServiceText(style, redactor).render(failures)) }
            return isThere ? id + "\n" : ""
        }
    }

    private static func read(_ parsed: Parsed) throws(CommandError) -> Daemon {
        guard let line = parsed[command] else {
            throw CommandError("what is to run?", hint: "--command 'PROGRAM ARGUMENTS' says it")
        }
        let id: DaemonIdentifier
        if let own = parsed[identifier] {
            guard let given = DaemonIdentifier(given: own) else {
                throw CommandError(
                    "\(Printable.quoted(own)) cannot be the identifier of a daemon",
                    hint: DaemonIdentifier.rule
                )
            }
            id = given
        } else {
            id = .random()
        }
        do throws(Daemon.Problem) {
            var daemon = try Daemon(
                id: id,
                command: line,
                user: parsed[owner] ?? "root",
                directory: parsed[directory],
                processes: parsed[processes],
                startSeconds: parsed[startSeconds],
                stopSeconds: parsed[stopSeconds],
                stopSignal: parsed[stopSignal]
            )
            if let own = parsed[supervisor] { daemon.supervisors = [own.supervisor] }
            return daemon
        } catch {
            throw CommandError("--\(error.key.replacing("_", with: "-")) \(error.message)", hint: error.hint)
        }
    }
}

/// A daemon on its way to one host.
private struct DaemonHost: Sendable {
    let daemon: Daemon
    let work: ServiceWork
    let view: ServiceView

    func create() async -> HostResult {
        let seen: Sightings
        do throws(ServiceView.Blind) {
            if try await view.sighting(daemon.id.service) != nil {
                return failed(
                    .init(
                        kind: "exists",
                        message: "there is a daemon \(daemon.id.text) already",
                        hint: "baton daemon show \(daemon.id.text) shows it"
                    )
                )
            }
            seen = try await view.see(work.looks)
        } catch {
            return error.result
        }
        switch work.decide(seen) {
        case .change(let change):
            if let obstacle = change.obstacles.first { return failed(obstacle.problem) }
            return await ServiceVerbHost(verb: .start, service: daemon.id.service, view: view).run(change.operation)
        case .impossible(let problem): return failed(problem)
        case .none, .unsummed, .carryOut, .deploy, .pause:
            return failed(.init(kind: "exists", message: "there is a daemon \(daemon.id.text) already"))
        }
    }

    private func failed(_ problem: HostResult.Problem) -> HostResult {
        var result = HostResult(host: view.host, status: .failed, touched: false)
        result.problem = problem
        return result
    }
}
