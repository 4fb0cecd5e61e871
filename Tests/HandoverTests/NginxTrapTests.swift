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

/// What is particular to nginx. That it doubles its workers at a HUP is in `TrapTests`, and that its own healing and the
/// workers that outlive their master do no harm: G-5 and G-8.
@Suite(.serialized, .enabled(if: ServerKind.nginx.isInstalled, ServerKind.nginx.missing)) struct NginxTrapTests {
    /// It ends as it was, and no signal but these was sent.
    private static func nothingHappens(
        _ options: ServerFixture.Options = ServerFixture.Options(),
        adjusting: @escaping @Sendable (inout Takeover) async throws -> Void = { _ in },
        sends signals: [String],
        because reason: String
    ) async throws {
        let report = try await TrapTests.takeOver(.nginx, options, adjusting: adjusting) { takeover, verdict in
            #expect(verdict.outcome == .undone && verdict.serves == .old, "\(takeover.story)")
            #expect(verdict.because.contains(reason), "\(verdict.because)")
            let sent = takeover.journal.sent.map { $0.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
            #expect(sent == signals, "\(takeover.story)")
            try await takeover.isBack()
            #expect(takeover.old.children.count == takeover.server.options.workers)
        }
        #expect(report.failed == 0, "\(report.details)")
        #expect(report.versions["2"] == nil)
    }

    @Test func `nginx: in the foreground it ignores USR2, and nobody waits for it`() async throws {
        var options = ServerFixture.Options()
        options.isDaemon = false
        try await Self.nothingHappens(options, sends: ["USR2"], because: "no second one within 5 s")
    }

    @Test func `nginx: started by its bare name it does not find itself again`() async throws {
        var options = ServerFixture.Options()
        options.isBare = true
        try await Self.nothingHappens(options, sends: ["USR2"], because: "")
    }

    /// `nginx -t` makes one where there is none.
    @Test func `nginx: an empty pid file names nobody, and nothing is sent`() async throws {
        try await withServerFixture(.nginx) { server in
            try await server.start()
            let takeover = try await Takeover(server)
            try Files.write([], to: server.pidFile)
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            #expect(verdict.outcome == .undone && !verdict.touched, "\(takeover.story)")
            #expect(verdict.because.contains("names nobody"), "\(verdict.because)")
            #expect(takeover.journal.sent.isEmpty && takeover.old.isAlive)
            #expect(await server.loop.ask(server.target).version == "1")
        }
    }

    /// A USR2 would be ignored, and its second master be taken for the new release's.
    @Test func `nginx: an earlier upgrade that got stuck is not gone on with`() async throws {
        try await withServerFixture(.nginx) { server in
            try await server.start()
            let takeover = try await Takeover(server)
            takeover.old.signal(SIGUSR2)
            let second = try await server.master(after: takeover.old)
            try await server.wait("its workers") { second.children.count == server.options.workers }
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            #expect(verdict.outcome == .undone && !verdict.touched, "\(takeover.story)")
            #expect(takeover.journal.sent.isEmpty, "\(takeover.story)")
            #expect(takeover.old.isAlive && second.isAlive)
        }
    }

    @Test func `nginx: its cache manager is no worker`() async throws {
        let report = try await TrapTests.takeOver(
            .nginx,
            adjusting: { takeover in
                let server = takeover.server
                let line = "proxy_cache_path \(server.shared)/cache keys_zone=some:1m;\n"
                try Files.write(Array(line.utf8), to: "\(server.shared)/settings")
                takeover.old.signal(SIGHUP)
                // The loader of a cache begins, and ends, after a minute.
                try await server.wait("the cache manager", within: .seconds(150)) {
                    let titles = takeover.old.children.map(\.command)
                    return titles.contains { $0.contains("cache manager") }
                        && titles.count { $0.hasPrefix("nginx: worker process") } == server.options.workers
                        && !titles.contains { $0.contains("shutting down") || $0.contains("cache loader") }
                }
            }
        ) { takeover, verdict in
            #expect(verdict.outcome == .committed, "\(takeover.story)")
            #expect(takeover.journal.states.contains("alone"), "\(takeover.story)")
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }
}
