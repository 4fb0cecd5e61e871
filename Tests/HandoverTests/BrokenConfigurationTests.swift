import Handover
import Reactor
import TestLoad
import TestServers
import TestSupport
import Testing

/// Releases whose configuration or interpreter is broken, and configuration that lies outside of releases.
@Suite(.serialized) struct BrokenConfigurationTests {
    private static let servers = ServerKind.installed([.gunicorn, .newestGunicorn, .unicorn])

    /// Of nginx it is what `boot=fail` writes: its configuration is all it has.
    @Test(.enabled(if: !servers.isEmpty, "no server is installed"), arguments: servers)
    func `a configuration that cannot be read costs nothing`(kind: ServerKind) async throws {
        let (verdict, report) = try await BrokenReleaseTests.undone(kind, [:]) { takeover in
            let file = kind == .unicorn ? "unicorn.rb" : "gunicorn.conf.py"
            try Files.write(Array("workers = = 2\n".utf8), to: "\(takeover.server.folder("2"))/\(file)")
        }
        #expect(verdict.because.contains("has ended") || verdict.because.contains("no second one"), "\(verdict)")
        #expect(report.failed == 0, "\(report.details)")
        #expect(report.versions["2"] == nil)
    }

    /// Its workers have inherited the socket, call themselves ready, and never take a connection from it.
    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `one that listens and never accepts is never left alone`() async throws {
        var options = ServerFixture.Options()
        options.graceful = 5
        let (verdict, report) = try await BrokenReleaseTests.undone(.gunicorn, [:], .bash, options) { takeover in
            takeover.order.soakSeconds = 8
            let path = "\(takeover.server.folder("2"))/gunicorn.conf.py"
            let hook = "\ndef post_worker_init(worker):\n    import time\n    time.sleep(100)\n"
            try Files.write(try Files.read(path) + Array(hook.utf8), to: path)
        }
        #expect(verdict.because.hasPrefix("ready took more than 8 s"), "\(verdict)")
        #expect(report.failed == 0, "\(report.details)")
        #expect(report.versions["2"] == nil)
    }

    /// G-3 behind the flip: the way to the interpreter leads through `current`. gunicorn would take its socket, its pid file and
    /// its workers with it, so it must not even be asked.
    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing), arguments: HostShell.present)
    func `a release without its interpreter is not asked to start`(shell: HostShell) async throws {
        var options = ServerFixture.Options()
        options.program = ["bin/python3", "bin/gunicorn"]
        try await withServerFixture(.gunicorn, options) { server in
            let bin = "\(server.folder("1"))/bin"
            try Files.makeDirectory(bin)
            let script = "import sys\nfrom gunicorn.app.wsgiapp import run\nsys.exit(run())\n"
            try Files.write(Array(script.utf8), to: "\(bin)/gunicorn")
            let link = ["ln", "-s", "/usr/bin/python3", "\(bin)/python3"]
            #expect(try await server.loop.run(ChildRequest(link, environment: Surroundings.environment)).succeeded)
            try await server.start()
            let load = try Load([server.target], Profile([.fresh(perSecond: 50)]), versions: ["1"], on: server.loop)
            load.start()
            var takeover = try await Takeover(server, shell)
            takeover.order.executable = "\(server.current)/bin/python3"
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            #expect(verdict.outcome == .undone && verdict.serves == .old, "\(takeover.story)")
            #expect(verdict.because.hasSuffix("is missing: \(server.current)/bin/python3"), "\(verdict.because)")
            #expect(takeover.journal.sent.isEmpty, "\(takeover.story)")
            try await takeover.isBack()
            #expect(takeover.old.children.count == 2)
            let report = await load.stop()
            #expect(report.failed == 0, "\(report.details)")
        }
    }

    /// Configuration that only the new release can read; the new one serves alone by then, and fails. The old one must come
    /// back with its own: a revival reads it again.
    @Test(.enabled(if: !ServerKind.danced.isEmpty, "no server is installed"), arguments: ServerKind.danced)
    func `what fails behind the drain comes back with the configuration of the old release`(
        kind: ServerKind,
        shell: HostShell
    ) async throws {
        let report = try await underLoad(kind, shell) { takeover, load in
            var takeover = takeover
            let server = takeover.server
            let file = "\(server.shared)/settings"
            for release in ["2", "1"] {
                try server.configure(for: release)
                try Files.write(try Files.read(file), to: "\(server.shared)/of-\(release)")
            }
            takeover.order.flips.append(
                HandoverOrder.Flip(.file, file, new: "\(server.shared)/of-2", old: "\(server.shared)/of-1")
            )
            load.allow(["1", "2"])
            try await takeover.begin()
            var isBroken = false
            let verdict = try await takeover.verdict { state in
                guard !isBroken, state == "proven" else { return }
                isBroken = true
                #expect(try Files.read(file) == Files.read("\(server.shared)/of-2"))
                try #require(takeover.newMaster, "\(takeover.story)").signal(9)
            }
            load.allow(["1"])
            #expect(isBroken && verdict.outcome == .undone && verdict.serves == .old, "\(takeover.story)")
            #expect(takeover.journal.sent.contains { $0.hasPrefix("revive HUP ") } || kind == .nginx)
            #expect(try Files.read(file) == Files.read("\(server.shared)/of-1"))
            try await takeover.isBack()
            #expect(takeover.old.children.count == server.options.workers, "\(takeover.story)")
        }
        // Those of unicorn see at once that they are orphans; others go on until the old ones are there.
        let cuts = report[.reset] + report[.emptyReply] + report[.resetInAnswer] + report[.truncated]
        #expect(report.failed == (kind == .unicorn ? cuts + report.slow : 0), "\(report.details)")
    }
}
