import Document
import Events
import HostSide
import Text

/// `run`: a command.
struct RunTask: TaskBody {
    static let kind = TaskKind(
        "run",
        "A command runs, by default each time. The conditions say when there is nothing to do; they are asked before "
            + "anything is carried out, and once more right before the command.",
        short: "cmd",
        isCarriedOut: true,
        keys: [
            TaskKey("cmd", .command, "A line for `sh`. Each `{{ }}` in it becomes one quoted word."),
            TaskKey("argv", .words, "The program and its arguments as a list, passed exactly and without a shell."),
            TaskKey("chdir", .path, "Where it runs, and its `unless` and `onlyif`."),
            TaskKey("creates", .path, "Nothing to do where this exists."),
            TaskKey("removes", .path, "Nothing to do where this does not exist."),
            TaskKey("unless", .command, "Nothing to do where this command succeeds. It must not change anything."),
            TaskKey("onlyif", .command, "Nothing to do where this command fails. It must not change anything."),
            TaskKey("stdin", .text, takesSecrets: true, "What it reads from its standard input; nothing otherwise."),
            TaskKey("changed_when", .condition, usual: "always", "Whether it counts as a change, by its result."),
            TaskKey(
                "failed_when",
                .condition,
                usual: "`rc` is not 0",
                "Whether it counts as a failure, by its result."
            ),
            TaskKey(
                "when_older",
                .group(age),
                "Only where a process is older than one of these files: so a restart or a reload that is due stays due, "
                    + "whatever happened to the run that changed the file. Nothing to do where the process does not run."
            ),
        ],
        check: { arguments, diagnostics in
            diagnostics.requireOne(of: ["cmd", "argv"], in: arguments, of: "run")
            if case .group(let age)? = arguments["when_older"]?.content {
                diagnostics.requireOne(of: ["pidfile", "unit"], in: age, of: "when_older")
            }
        },
        body: { RunTask(arguments: $0) }
    )

    static let age: [TaskKey] = [
        TaskKey(
            "than",
            .paths,
            isRequired: true,
            "Files that the process has read; one that is missing does not count."
        ),
        TaskKey("pidfile", .path, "Where the number of the process is."),
        TaskKey("unit", .account, "Or the unit of systemd whose main process it is."),
        TaskKey(
            "children",
            .flag,
            usual: "false",
            "Its youngest child counts instead: what a reload replaces."
        ),
    ]

    let arguments: Arguments

    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let environment = try resolver.settings()
        let directory = try resolver.path(arguments["chdir"])
        func command(_ body: ShellCommand.Body) -> ShellCommand {
            ShellCommand(body, directory: directory, environment: environment)
        }
        let body: ShellCommand.Body
        if let words = try resolver.words(arguments["argv"]) {
            body = .words(words)
        } else {
            let line = try resolver.needed(try resolver.command(arguments["cmd"]), arguments["cmd"])
            if line.utf8.allSatisfy({ $0 <= 0x20 }) { return try resolver.needed(nil, arguments["cmd"]) }
            body = .line(line)
        }
        var run = CommandRun(command(body))
        run.command.input = try resolver.content(arguments["stdin"]).map { Array($0.text.utf8) }
        run.creates = try resolver.path(arguments["creates"])
        run.removes = try resolver.path(arguments["removes"])
        run.unless = try resolver.command(arguments["unless"]).map { command(.line($0)) }
        run.onlyIf = try resolver.command(arguments["onlyif"]).map { command(.line($0)) }
        if case .group(let age)? = arguments["when_older"]?.content { run.age = try processAge(age, &resolver) }
        return RunWork(run: run)
    }

    private func processAge(_ age: Arguments, _ resolver: inout TaskResolver) throws(DocumentError) -> ProcessAge {
        let files = try resolver.paths(age["than"])
        if files.isEmpty { return try resolver.needed(nil, age["than"]) }
        let process: ProcessAge.Process
        if let path = try resolver.path(age["pidfile"]) {
            process = .pidFile(path)
        } else {
            let unit = try resolver.open(age["unit"])?.name(expected: "the name of a unit")
            process = .unit(try resolver.needed(unit, age["unit"]))
        }
        return ProcessAge(process, ofChildren: try resolver.flag(age["children"]), files: files)
    }
}

struct RunWork: Work {
    let run: CommandRun

    var looks: [Look] {
        var looks: [Look] = []
        if let path = run.creates { looks.append(.path(path, hashing: .never)) }
        if let path = run.removes { looks.append(.path(path, hashing: .never)) }
        if let command = run.unless { looks.append(.command(command)) }
        if let command = run.onlyIf { looks.append(.command(command)) }
        if let age = run.age { looks.append(.age(age)) }
        return looks
    }

    // The host asks them all again right before the command.
    var conditional: Operation? { .command(run) }

    func decide(_ seen: Sightings) -> Decision {
        if let path = run.creates {
            switch seen.state(.path(path, hashing: .never), path) {
            case .failure(let unseen): return unseen.decision
            case .success(let state): if state.kind != .missing { return .none(note: "\(path) exists") }
            }
        }
        if let path = run.removes {
            switch seen.state(.path(path, hashing: .never), path) {
            case .failure(let unseen): return unseen.decision
            case .success(let state): if state.kind == .missing { return .none(note: "\(path) does not exist") }
            }
        }
        if let command = run.unless {
            switch seen.status(of: command, "unless") {
            case .failure(let unseen): return unseen.decision
            case .success(let status): if status == 0 { return .none(note: "\"unless\" succeeded") }
            }
        }
        if let command = run.onlyIf {
            switch seen.status(of: command, "onlyif") {
            case .failure(let unseen): return unseen.decision
            case .success(let status): if status != 0 { return .none(note: "\"onlyif\" ended with \(status)") }
            }
        }
        if let age = run.age {
            switch seen[.age(age)] {
            case .age(.younger): return .none(note: "the process is younger than its files")
            case .age(.notRunning): return .none(note: "the process does not run")
            case .age(.unknown(let file)):
                return .none(note: "the time of \(file) is still to come, which says nothing about the process")
            case .age(.older): break
            case .failed(let why): return .unseen("the process", why)
            default: return .unseen("the process", "the host said nothing about it")
            }
        }
        return .carryOut(.command(run))
    }
}

extension [Look: Sighting] {
    fileprivate func status(of command: ShellCommand, _ key: String) -> Result<Int32, Unseen> {
        switch self[.command(command)] {
        case .command(let status, let stderr):
            guard Self.couldNotRun(status, stderr) else { return .success(status) }
            return .failure(
                Unseen(
                    decision: .impossible(
                        HostResult.Problem(
                            kind: "condition_failed",
                            message: "the command of \"\(key)\" cannot run: \(Printable.sentence(stderr, limit: 200))"
                        )
                    )
                )
            )
        case .failed(let why): return .failure(Unseen(decision: .unseen("a condition", why)))
        default: return .failure(Unseen(decision: .unseen("a condition", "the host said nothing about it")))
        }
    }

    /// As `baton_ask` decides it on the host.
    private static func couldNotRun(_ status: Int32, _ stderr: [UInt8]) -> Bool {
        if stderr.isEmpty { return false }
        if status == 126 || status == 127 { return true }
        return status == 2 && String(decoding: stderr, as: UTF8.self).contains("yntax error")
    }
}
