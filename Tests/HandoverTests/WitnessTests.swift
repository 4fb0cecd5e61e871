import Handover
import HostSide
import Reactor
import TestLoad
import TestServers
import TestSupport
import Testing

/// Whether a service answers, and how fast, as its host sees it.
@Suite struct WitnessTests {
    private static func check(_ target: Target, _ path: String = "/") -> Check {
        var http = HTTPCheck(host: "localhost", port: 80, path: path)
        switch target {
        case .tcp(let address, let port): http = HTTPCheck(host: address, port: Int(port), path: path)
        case .unix(let path): http.unixSocket = path
        }
        http.statuses = [200...200]
        return Check(.http(http), timeout: .seconds(2))
    }

    /// `fresh ok`, `kept none`, without the times.
    private static func ask(_ check: Check, _ shell: HostShell, in directory: String) async throws -> [String] {
        let text = try #require(CheckProgram.witness(for: check))
        let result = try await shell.run(text, in: directory)
        #expect(result.errors == "", "\(shell): \(result.errors)")
        return result.output.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            #expect(words.count >= 3 && Int(words[2]) != nil, "\(line)")
            return words.prefix(2).joined(separator: " ")
        }
    }

    private static let servers: [ServerKind] = ServerKind.installed([.gunicorn, .nginx, .unicorn])

    @Test(.enabled(if: !servers.isEmpty, "no server is installed"), arguments: servers)
    func `fresh and kept connections, and what the server does not keep`(kind: ServerKind) async throws {
        for isSocket in [false, true] {
            var options = ServerFixture.Options()
            options.onUnixSocket = isSocket
            try await withServerFixture(kind, options) { server in
                try await server.start()
                for shell in HostShell.present {
                    let answers = try await Self.ask(Self.check(server.target), shell, in: server.root)
                    // Nothing but busybox: it has no curl, and cannot ask through a socket at all.
                    if shell == .applets {
                        #expect(answers == (isSocket ? ["fresh bad"] : ["fresh ok"]))
                    } else {
                        // unicorn closes each.
                        #expect(answers == ["fresh ok", kind == .unicorn ? "kept none" : "kept ok"], "\(shell)")
                    }
                    // Another answer than the wanted one.
                    var other = Self.check(server.target)
                    if case .http(var http) = other.target {
                        http.statuses = [204...204, 300...399]
                        other.target = .http(http)
                    }
                    #expect(try await Self.ask(other, shell, in: server.root) == ["fresh bad"])
                }
            }
        }
    }

    @Test(arguments: HostShell.present) func `nobody answers`(shell: HostShell) async throws {
        try await withDirectory { directory in
            let answers = try await Self.ask(Self.check(.unix("\(directory)/none.sock")), shell, in: directory)
            #expect(answers == ["fresh bad"])
        }
    }

    @Test func `commands are asked only when they decide`() {
        let check = Check(.command(ShellCommand(.line("true"))), timeout: .seconds(1))
        #expect(CheckProgram.witness(for: check) == nil)
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a takeover says how many were asked and how slow the slowest was`() async throws {
        let report = try await underLoad(.gunicorn) { takeover, load in
            let verdict = try await takeover.dance(load)
            #expect(verdict.outcome == .committed, "\(takeover.story)")
            #expect(verdict.badProbes == 0 && verdict.probes > 20 && verdict.worst != nil, "\(verdict.probing)")
            let kept = try #require(verdict.kept, "\(verdict.probing)")
            #expect(kept.bad == 0 && kept.probes > 0)
        }
        #expect(report.failed == 0, "\(report.details)")
    }
}
