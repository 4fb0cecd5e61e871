import Arguments
import Events
import Fleet
import HostSide
import Report
import SSH
import Shell

/// `baton facts`: what the hosts are.
enum FactsCommand {
    static let declaration = CommandDeclaration(
        name: "facts",
        abstract: "Show what the hosts are: system, kernel, memory, init, tools.",
        discussion: "Reads the hosts and changes nothing. What all hosts have in common is shown once.",
        examples: [.init("baton facts -i inventories/lab.yml", "Facts of every host.")],
        options: CommonOptions.connecting
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        let run = try await HostRun("facts", parsed, context)
        let render: HostRun.Render = { results, style, redactor in
            let failed = results.filter { $0.facts == nil && $0.problem != nil }
            return FactsText.render(results, style, redactor) + ExecutionText(style, redactor).render(failed)
        }
        let redactor = run.redactor
        return try await run.run(render) { target, remote, _ in await read(target.name, remote, redactor) }
    }

    private static func read(_ host: String, _ remote: SSHRemote, _ redactor: Redactor) async -> HostResult {
        do throws(RemoteError) {
            let reply = try await remote.run(Facts.program, Limits(timeout: .seconds(30), output: 128 << 10), nil)
            let facts = Facts.parse(reply.stdout.bytes)
            var result = HostResult(host: host, status: facts.isEmpty ? .failed : .ok, touched: false)
            if facts.isEmpty {
                result.problem = .init(kind: "no_facts", message: "the host answered, but with no facts")
            } else {
                result.facts = facts.map { HostResult.Fact(name: $0.name, value: $0.value) }
            }
            return result
        } catch {
            var result = HostResult(host: host, failedWith: error, redactor)
            result.touched = false
            return result
        }
    }
}
