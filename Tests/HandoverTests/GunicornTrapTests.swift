import Handover
import Reactor
import Supervision
import TestLoad
import TestServers
import TestSupport
import Testing

/// Traps of gunicorn that are its signals', its sockets' or an older version's.
@Suite(.serialized) struct GunicornTrapTests {
    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing), arguments: [false, true])
    func `G-10: HUP, which drops requests, is not sent to a master that has its workers`(isUndone: Bool) async throws {
        let report = try await TrapTests.takeOver(at: "doubled") { takeover in
            if isUndone { try await takeover.call("abort", takeover.order.nonce) }
        } after: { takeover, verdict in
            #expect(verdict.outcome == (isUndone ? .undone : .committed), "\(takeover.story)")
            #expect(!takeover.journal.sent.contains { $0.contains(" HUP ") }, "\(takeover.story)")
            if isUndone { try await takeover.isBack() } else { try await takeover.isNew() }
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    /// Started as a socket unit of systemd does: the socket is there before it, as file 3.
    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `G-13: a gunicorn that was handed its socket hands it on, or keeps it`() async throws {
        var options = ServerFixture.Options()
        options.isDaemon = false
        options.program = ["activated"]
        try await withServerFixture(.gunicorn, options) { server in
            let script = """
                #!/usr/bin/python3
                import os, socket, sys
                host, port = os.environ["FIXTURE_BIND"].split(":")
                listener = socket.create_server((host, int(port)), backlog=128)
                os.dup2(os.dup(listener.fileno()), 3)
                os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
                os.execv("/usr/bin/gunicorn", ["/usr/bin/gunicorn"] + sys.argv[1:])

                """
            try Files.write(Array(script.utf8), to: "\(server.folder("1"))/activated", mode: 0o755)
            try await server.start()
            let load = try Load([server.target], Profile([.fresh(perSecond: 50)]), versions: ["1"], on: server.loop)
            load.start()
            let takeover = try await Takeover(server)
            let verdict = try await takeover.dance(load)
            if verdict.outcome == .committed { try await takeover.isNew() } else { try await takeover.isBack() }
            #expect(await load.settle(50))
            let report = await load.stop()
            #expect(report.failed == 0, "\(verdict) \(report.details)")
        }
    }

    /// Old workers of 19.x that left took the socket's file with them.
    @Test(.enabled(if: GunicornVersion.nineteen.isInstalled, "scripts/setup tests installs gunicorn 19.5.0"))
    func `G-15: the file of a unix socket is the same one, however it ends`() async throws {
        for isUndone in [false, true] {
            var options = ServerFixture.Options()
            (options.version, options.onUnixSocket, options.workers) = (.nineteen, true, 8)
            options.environment.merge(ServerFixture.Options.sync) { $1 }
            let report = try await TrapTests.takeOver(.gunicorn, options, at: "proven") { takeover in
                if isUndone { try await takeover.call("abort", takeover.order.nonce) }
            } after: { takeover, verdict in
                #expect(verdict.outcome == (isUndone ? .undone : .committed), "\(takeover.story)")
                if isUndone { try await takeover.isBack() } else { try await takeover.isNew() }
            }
            #expect(report.failed == 0, "\(report.details)")
        }
    }

    /// A reload writes the pid file anew, which is the new master's as long as that lives: HUP would end the old one, the only
    /// one that could serve.
    @Test(.enabled(if: GunicornVersion.nineteen.isInstalled, "scripts/setup tests installs gunicorn 19.5.0"))
    func `gunicorn 19.0 to 19.5: a drained master gets its workers one by one, and no HUP`() async throws {
        var options = ServerFixture.Options()
        (options.version, options.workers) = (.nineteen, 8)
        options.environment.merge(ServerFixture.Options.sync) { $1 }
        let report = try await TrapTests.takeOver(.gunicorn, options, at: "proven") { takeover in
            try await takeover.call("abort", takeover.order.nonce)
        } after: { takeover, verdict in
            #expect(verdict.outcome == .undone && verdict.serves == .old, "\(takeover.story)")
            let signals = takeover.journal.sent.filter { $0.hasPrefix("revive ") }
            #expect(signals.count == 8 && signals.allSatisfy { $0.hasPrefix("revive TTIN ") }, "\(signals)")
            #expect(!takeover.journal.states.contains("reviving_again"), "\(takeover.story)")
            try await takeover.isBack()
            #expect(takeover.old.children.count == 8)
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    /// Python 3.4 and newer do not hand files on unless they are told to, and gunicorn 18 does not tell it.
    @Test(.enabled(if: GunicornVersion.eighteen.isInstalled, "scripts/setup tests installs gunicorn 18.0"))
    func `gunicorn 18: a second master that gets no sockets dies, and costs nothing`() async throws {
        var options = ServerFixture.Options()
        options.version = .eighteen
        options.environment.merge(ServerFixture.Options.sync) { $1 }
        options.workers = 4
        let report = try await TrapTests.takeOver(.gunicorn, options) { takeover, verdict in
            #expect(verdict.outcome == .undone && verdict.serves == .old, "\(takeover.story)")
            #expect(takeover.journal.has("sent", "upgrade USR2 "), "\(takeover.story)")
            #expect(!takeover.journal.has("sent", "drain"), "\(takeover.story)")
            try await takeover.isBack()
            #expect(takeover.old.children.count == 4)
            // And it is known before.
            var seen = PreflightTests.sighting()
            seen.version?.text = "18.0"
            #expect(Preflight.judge(seen, PreflightTests.wish()).strategy == .restart)
        }
        #expect(report.failed == 0, "\(report.details)")
        #expect(report.versions["2"] == nil)
    }
}
