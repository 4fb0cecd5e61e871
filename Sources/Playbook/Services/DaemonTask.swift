import Document
import HostSide
import Supervision
import Text

/// `daemon`: a program that is kept running, of which less is asked than of a service.
struct DaemonTask: TaskBody {
    static let kind = TaskKind(
        "daemon",
        "A program is kept running under an identifier of its own, as `baton daemon` does it. Its log is in `.baton` of its "
            + "user's home. Without `command` the daemon is there already, and only its state is seen to.",
        short: "id",
        keys: [
            TaskKey(
                "id",
                .text,
                isRequired: true,
                "Lower-case letters, digits and \"-\"; with `daemon-` in front or without."
            ),
            TaskKey(
                "command",
                .command,
                "The program and its arguments, by the quoting rules of a shell; no shell reads it."
            ),
            TaskKey("user", .account, usual: "root", "Whose it is."),
            TaskKey("directory", .path, usual: "/", "Where it runs."),
            TaskKey("processes", .count(1...Daemon.processesAtMost), usual: "1", "How many of it run."),
            TaskKey(
                "start_seconds",
                .count(0...3600),
                usual: "\(Daemon.usualStartSeconds)",
                "It must stay up this long to count as started."
            ),
            TaskKey("stop_seconds", .count(1...86_400), usual: "\(Daemon.usualStopSeconds)", "Then it is killed."),
            TaskKey("stop_signal", .text, usual: "TERM", "What asks it to stop."),
            TaskKey(
                "supervisor",
                .choice(Daemon.allSupervisors.map(\.rawValue)),
                usual: "supervisord where that runs, else systemd",
                "What keeps it running."
            ),
            TaskKey(
                "state",
                .choice(states),
                usual: "started",
                "`started` restarts what has changed; `restarted` all of it, each time; `absent` stops it and takes it away."
            ),
        ],
        check: { arguments, diagnostics in
            if let argument = arguments["id"], let text = argument.constantText, DaemonIdentifier(given: text) == nil {
                diagnostics.add(.unusable(argument, DaemonIdentifier.rule))
            }
            if arguments["command"] == nil || arguments["state"].isConstantly("absent") {
                for key in definition { diagnostics.refuse(arguments[key], "belongs to a \"command\" that is to run") }
            }
            if arguments["state"].isConstantly("absent") {
                diagnostics.refuse(arguments["command"], "says nothing where \"state\" is absent")
            }
        },
        body: { DaemonTask(arguments: $0) }
    )

    private static let states = ["started", "stopped", "restarted", "absent"]
    private static let definition = [
        "user", "directory", "processes", "start_seconds", "stop_seconds", "stop_signal", "supervisor",
    ]

    let arguments: Arguments

    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let argument = arguments["id"]
        let text = try resolver.needed(try resolver.text(argument), argument)
        guard let argument, let id = DaemonIdentifier(given: text) else {
            throw DocumentError(.unusable(arguments["id"], DaemonIdentifier.rule))
        }
        let state = try resolver.choice(arguments["state"], DaemonTask.states) ?? "started"
        let look = ServiceLook(.service(id.service))
        guard let wanted = WantedState(rawValue: state) else { return ServiceRemovalWork(look: look) }
        guard let command = arguments["command"] else { return UnitWork(look: look, state: wanted, isEnabled: nil) }
        let line = try resolver.needed(try resolver.command(command), command)
        let user = try resolver.account(arguments["user"])
        let directory = try resolver.path(arguments["directory"])
        let processes = try resolver.open(arguments["processes"])?.count(in: 1...Daemon.processesAtMost)
        let start = try resolver.open(arguments["start_seconds"])?.count(in: 0...3600)
        let stop = try resolver.open(arguments["stop_seconds"])?.count(in: 1...86_400)
        let signal = try resolver.text(arguments["stop_signal"])
        let supervisor = try resolver.choice(arguments["supervisor"], Daemon.allSupervisors.map(\.rawValue))
        var daemon: Daemon
        do throws(Daemon.Problem) {
            daemon = try Daemon(
                id: id,
                command: line,
                user: user ?? "root",
                directory: directory ?? "/",
                processes: processes ?? 1,
                startSeconds: start ?? Daemon.usualStartSeconds,
                stopSeconds: stop ?? Daemon.usualStopSeconds,
                stopSignal: signal ?? "TERM"
            )
        } catch {
            throw DocumentError(.problem(error, arguments[error.key] ?? argument))
        }
        if let supervisor = supervisor.flatMap({ Supervisor(rawValue: $0) }) { daemon.supervisors = [supervisor] }
        return try ServiceWork(daemon.definition, wanted)
    }
}

extension Diagnostic {
    fileprivate static func unusable(_ argument: Argument?, _ why: String) -> Diagnostic {
        let origin = argument?.origin ?? RunScope.origin
        return Diagnostic(
            "\(Printable.quoted(argument?.key ?? "id")) cannot be used",
            in: origin.source,
            at: origin.position,
            hint: why
        )
    }

    fileprivate static func problem(_ problem: Daemon.Problem, _ argument: Argument) -> Diagnostic {
        Diagnostic(
            "\(Printable.quoted(problem.key)) \(problem.message)",
            in: argument.origin.source,
            at: argument.origin.position,
            hint: problem.hint
        )
    }
}
