import Handover
import Reactor
import TestLoad
import TestServers
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What is particular to unicorn. That it does not revive its workers by itself is G-5, and its hooks are looked for in
/// `PreflightLookTests`; here is who goes on all the same.
@Suite(.serialized, .enabled(if: ServerKind.unicorn.isInstalled, ServerKind.unicorn.missing)) struct UnicornTrapTests {
    /// As the example of unicorn's own sources has it.
    private static func hook(_ server: ServerFixture) throws {
        let path = "\(server.folder("2"))/unicorn.rb"
        let text = """

            before_fork do |server, worker|
              old = "#{server.config[:pid]}.oldbin"
              Process.kill(:QUIT, File.read(old).to_i) if File.exist?(old) && server.pid != old
            end

            """
        try Files.write(try Files.read(path) + Array(text.utf8), to: path)
    }

    @Test func `unicorn: a hook that stops the old master leaves a new one that serves`() async throws {
        let report = try await TrapTests.takeOver(.unicorn, adjusting: { try Self.hook($0.server) }) {
            takeover,
            verdict in
            #expect(verdict.outcome == .committed, "\(takeover.story)")
            #expect(takeover.journal.states.contains("widowed"), "\(takeover.story)")
            #expect(!takeover.journal.sent.contains { $0.hasPrefix("drain ") || $0.hasPrefix("final ") })
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    /// "Possible to lose both unicorn masters": the old one is told to go before the new release has been loaded.
    @Test func `unicorn: where its hook loses both masters the old release is started`() async throws {
        try await withServerFixture(.unicorn) { server in
            try await server.start()
            var takeover = try await Takeover(server)
            takeover.order.start = try takeover.unicornScript()
            try Self.hook(server)
            try server.behave(["boot": "fail"], "2")
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            #expect(verdict.outcome == .undone && verdict.serves == .old, "\(verdict) \(takeover.story)")
            #expect(takeover.journal.has("sent", "start"), "\(takeover.story)")
            #expect(!takeover.old.isAlive)
            #expect(await server.loop.ask(server.target).version == "1")
        }
    }

    /// nginx and gunicorn ignore WINCH there.
    @Test func `unicorn: it drains in the foreground too`() async throws {
        var options = ServerFixture.Options()
        options.isDaemon = false
        let report = try await TrapTests.takeOver(.unicorn, options) { takeover, verdict in
            #expect(verdict.outcome == .committed && takeover.journal.states.contains("alone"), "\(takeover.story)")
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }
}

extension Takeover {
    /// unicorn's title hides its arguments.
    fileprivate func unicornScript() throws -> String {
        let environment = server.variables.map { "'\($0.key)=\($0.value)'" }.joined(separator: " ")
        let words = server.command.map { "'\($0)'" }.joined(separator: " ")
        return "cd '\(server.current)' && PWD='\(server.current)' exec env \(environment) \(words)\n"
    }
}
