import Arguments
import Events
import Fleet
import Report
import SSH
import Shell

/// `baton exec`: one command on many hosts.
enum ExecCommand {
    static let words = Operand.afterDoubleDash(
        as: .text("COMMAND", orEmpty: true),
        minimum: 1,
        help: "What to run. One word is a shell line; several are an argument list, each passed exactly."
    )
    static let timeout = Option.value(
        "--timeout",
        as: .duration(in: .milliseconds(100) ... .seconds(7 * 86_400)),
        default: .seconds(3600),
        help: "End the command on a host after this time."
    )
    static let maxOutput = Option.optional(
        "--max-output",
        as: .byteSize(in: 1024...(1 << 30)),
        help: "Keep this much of each stream of a host: its beginning and its end. Default: 16M, less from 3 hosts on."
    )

    static let declaration = CommandDeclaration(
        name: "exec",
        abstract: "Run a command on many hosts.",
        discussion: """
            The command runs under sh in the login's home, without input. Equal outputs are shown once, an odd host as \
            the difference from the others. Ctrl-C stops starting hosts and lets running commands end; a second one \
            ends them.
            """,
        examples: [
            .init("baton exec -i inventories/lab.yml -- uptime", "Run it everywhere."),
            .init(
                "baton exec -i inventories/lab.yml -l web -b -- 'grep -c error /var/log/syslog'",
                "A shell line, as root."
            ),
        ],
        options: CommonOptions.connecting + [timeout, maxOutput],
        operands: [words]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        let run = try await HostRun("exec", parsed, context)
        let words = parsed[words]
        let program = ChangingProgram("exec", words.count == 1 ? words[0] : Quoting.line(words))
        let limits = Limits(
            timeout: parsed[timeout],
            output: parsed[maxOutput] ?? keptOutput(hosts: run.targets.count)
        )
        let streams = run.output == .jsonl
        let redactor = run.redactor
        return try await run.run({ ExecutionText($1, $2).render($0) }) { target, remote, fleet in
            guard streams else { return await execute(program, target.name, remote, limits, redactor, nil) }
            let events = OutputEvents(target.name, redactor, fleet)
            let result = await execute(program, target.name, remote, limits, redactor) { events.came($0, $1) }
            await events.finish()
            return result
        }
    }

    /// 64 MiB for all hosts together, within reason for each: showing it takes several times as much.
    static func keptOutput(hosts: Int) -> Int { min(16 << 20, max(64 << 10, (64 << 20) / (2 * max(1, hosts)))) }

    private static func execute(
        _ program: ChangingProgram,
        _ host: String,
        _ remote: SSHRemote,
        _ limits: Limits,
        _ redactor: Redactor,
        _ observer: OutputObserver?
    ) async -> HostResult {
        do throws(RemoteError) {
            let reply = try await remote.run(program, under: .operatorCommand, limits, observer)
            var result = HostResult(host: host, status: reply.status == 0 ? .ok : .failed, touched: true)
            result.execution = HostResult.Execution(reply, redactor)
            return result
        } catch {
            return HostResult(host: host, failedWith: error, redactor)
        }
    }
}

/// The output of one host as events, while it comes. Called on the loop that the fleet is pinned to.
private final class OutputEvents: @unchecked Sendable {
    // Unchecked: touched on the fleet's loop only, which `assumeIsolated` holds it to.
    private let host: String
    private let fleet: Fleet
    private var streams: [StreamRedactor]

    init(_ host: String, _ redactor: Redactor, _ fleet: Fleet) {
        self.host = host
        self.fleet = fleet
        streams = StandardStream.allCases.map { _ in StreamRedactor(redactor) }
    }

    func came(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer) {
        emit(stream, streams[stream.rawValue].feed(bytes))
    }

    func finish() async {
        for stream in StandardStream.allCases {
            let text = streams[stream.rawValue].finish()
            if !text.isEmpty { await fleet.emit(.hostOutput(stream: stream.word, text: text), host: host) }
        }
    }

    private func emit(_ stream: StandardStream, _ text: String) {
        if text.isEmpty { return }
        fleet.assumeIsolated { $0.emit(.hostOutput(stream: stream.word, text: text), host: host) }
    }
}

extension StandardStream {
    var word: String { self == .stdout ? "stdout" : "stderr" }
}
