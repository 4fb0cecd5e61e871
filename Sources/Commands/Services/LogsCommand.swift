import Arguments
import Events
import Fleet
import Report
import SSH
import Shell
import Supervision
import Text

/// `baton logs`: what a service wrote, from every host.
enum LogsCommand {
    static let service = Operand.required(as: .text("SERVICE"), help: "The service, as it is called on the hosts.")
    static let follow = Option.flag("-F", "--follow", help: "Go on with what comes, until Ctrl-C.")
    static let lines = Option.value(
        "-n",
        "--lines",
        as: .wholeNumber(in: 1...100_000, named: "N"),
        default: 20,
        help: "The last lines of each member."
    )

    static let declaration = CommandDeclaration(
        name: "logs",
        abstract: "Show what a service wrote, from every host.",
        discussion: """
            Each line has its host and the member in front. Read are the service's log files, the journal, or syslog, \
            where its definition sends its output. All it needs is on the hosts.
            """,
        examples: [
            .init("baton logs web -i inventories/production.yml -b", "The last lines of every member."),
            .init("baton logs web -b -F -l web3", "What one host writes, as it comes."),
        ],
        options: CommonOptions.connecting + [follow, lines],
        operands: [service]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        try await show(try ServiceVerbs.checked(parsed[service]), of: "logs", parsed, context)
    }

    /// For whoever calls the service otherwise.
    static func show(
        _ name: String,
        of command: String,
        _ parsed: Parsed,
        _ context: Context
    ) async throws(CommandError) -> Events.ExitCode {
        let follows = parsed[follow]
        let run = try await HostRun(command, parsed, context)
        if follows, run.output == .json {
            throw CommandError(
                "what is followed has no end to put into one value",
                hint: "-o jsonl has a line for each event"
            )
        }
        let interrupts = try Interrupts(context)
        let live = try await LiveRun(run, shows: .stream, detail: run.isVerbose ? .everything : .little, interrupts)
        let fleet = live.fleet
        // What is followed ends with the first interrupt: nothing is cut that way.
        if follows { await fleet.onStop { Task(executorPreference: context.loop) { await fleet.cancel() } } }
        let count = parsed[lines]
        let style = Style(isColoured: context.isColoured(context.stdout))
        let (output, stdout, redactor) = (run.output, context.stdout, run.redactor)
        var results = await live.results(live.targets) { target, remote in
            let view = ServiceView(host: target.name, remote: remote, redactor: redactor)
            let printer = LogPrinter(target.name, style, redactor) { text, line in
                switch output {
                case .text: stdout.write(line + "\n")
                case .jsonl:
                    fleet.assumeIsolated {
                        $0.emit(.hostOutput(stream: "stdout", text: text + "\n"), host: target.name)
                    }
                case .json: break
                }
            }
            return await read(name, view, printer, count, follows: follows, keeps: output == .json)
        }
        // Hosts that never had it are none of a failure, unless none has.
        if results.contains(where: { $0.problem?.kind != "no_service" }) {
            results.removeAll { $0.problem?.kind == "no_service" }
        }
        return await live.finish(results, .work) { ServiceText($1, $2).render($0) }
    }

    private static func read(
        _ name: String,
        _ view: ServiceView,
        _ printer: LogPrinter,
        _ count: Int,
        follows: Bool,
        keeps: Bool
    ) async -> HostResult {
        let sighting: ServiceSighting?
        do throws(ServiceView.Blind) {
            sighting = try await view.sighting(name)
        } catch {
            return error.result
        }
        guard let sighting else { return .lacking(name, view.host) }
        let logs = ServiceLogs(name, sighting, lines: count, follows: follows)
        printer.sources = logs.sources
        var result = HostResult(host: view.host, status: .ok, touched: false)
        do throws(RemoteError) {
            let limits = Limits(timeout: follows ? nil : .seconds(120), output: keeps ? 4 << 20 : 16 << 10)
            let reply = try await view.remote.run(logs.program, as: .standard, limits) { stream, bytes in
                if stream == .stdout { printer.came(bytes) }
            }
            printer.finish()
            if keeps {
                result.execution = HostResult.Execution(
                    exit: Int(reply.status),
                    stdout: Array(printer.named(reply.stdout.bytes).utf8),
                    stderr: reply.stderr.clean(view.redactor)
                )
                result.execution?.stdoutDropped = reply.stdout.dropped
            }
            if reply.status != 0 {
                result.status = .failed
                let said = Printable.sentence(reply.stderr.bytes, limit: 300)
                result.problem = .init(kind: "logs_failed", message: said.isEmpty ? "its logs cannot be read" : said)
            }
        } catch {
            printer.finish()
            // It ends when somebody has seen enough.
            if follows, case .cancelled = error.kind { return result }
            result = HostResult(host: view.host, failedWith: error, view.redactor)
            result.touched = false
        }
        return result
    }
}
