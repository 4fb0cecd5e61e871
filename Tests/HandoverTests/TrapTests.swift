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

/// What real servers do to those who take them over as the books say. G-1 to G-15 are gunicorn's: to G-8 here, G-9 in
/// `ScriptedHostTests`, the others in `GunicornTrapTests` and `UnitTrapTests`. nginx and unicorn have suites of their own.
@Suite(.serialized) struct TrapTests {
    /// Takes a server over, does something at a state, and says how it ended.
    static func takeOver(
        _ kind: ServerKind = .gunicorn,
        _ options: ServerFixture.Options = ServerFixture.Options(),
        adjusting: @escaping @Sendable (inout Takeover) async throws -> Void = { _ in },
        at state: String = "",
        _ body: @escaping @Sendable (Takeover) async throws -> Void = { _ in },
        after: @escaping @Sendable (Takeover, HandoverVerdict) async throws -> Void
    ) async throws -> Report {
        try await underLoad(kind, .dash, options) { takeover, load in
            var takeover = takeover
            try await adjusting(&takeover)
            load.allow(["1", "2"])
            try await takeover.begin()
            var isDone = state.isEmpty
            let verdict = try await takeover.verdict { seen in
                guard !isDone, seen == state else { return }
                isDone = true
                try await body(takeover)
            }
            #expect(isDone, "it was not seen at \(state) \(takeover.story)")
            load.allow([verdict.outcome == .committed ? "2" : "1"])
            try await after(takeover, verdict)
        }
    }

    static func cuts(_ report: Report) -> Int {
        report[.reset] + report[.emptyReply] + report[.resetInAnswer] + report[.truncated]
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `G-1: a drain that is ignored in the foreground is skipped`() async throws {
        var options = ServerFixture.Options()
        options.isDaemon = false
        let report = try await Self.takeOver(.gunicorn, options) { takeover, verdict in
            #expect(verdict.outcome == .committed, "\(takeover.story)")
            #expect(takeover.journal.has("failed", "seen ") && takeover.journal.states.contains("mixed"))
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `G-2: HUP goes to the old master, never to the new one, and before that is stopped`() async throws {
        let report = try await Self.takeOver(at: "proven") { takeover in
            try await takeover.call("abort", takeover.order.nonce)
        } after: { takeover, verdict in
            #expect(verdict.outcome == .undone)
            let sent = takeover.journal.sent
            let revived = try #require(sent.firstIndex { $0.hasPrefix("revive HUP \(takeover.old.pid).") }, "\(sent)")
            let stopped = try #require(sent.firstIndex { $0.hasPrefix("stop TERM ") }, "\(sent)")
            #expect(revived < stopped)
            #expect(sent.filter { $0.contains(" HUP ") }.count == 1)
            // The code was back before.
            let words = takeover.journal.entries.map { "\($0.word) \($0.rest)" }
            let flipped = try #require(words.firstIndex(of: "flipped old"))
            #expect(flipped < words.firstIndex { $0.hasPrefix("sent revive") } ?? 0)
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `G-3: a server whose directory is deleted is told nothing`() async throws {
        let report = try await Self.takeOver(adjusting: { takeover in
            try Files.removeTree(takeover.server.folder("1"))
        }) { takeover, verdict in
            #expect(verdict.outcome == .undone && !verdict.touched, "\(takeover.story)")
            #expect(verdict.because.contains("is deleted"))
            #expect(takeover.journal.sent.isEmpty)
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `G-3: nor is one whose interpreter or start directory is missing`() async throws {
        for isDirectory in [true, false] {
            try await withServerFixture(.gunicorn) { server in
                try await server.start()
                var takeover = try await Takeover(server)
                if isDirectory {
                    takeover.order.directory = "\(server.root)/releases/0"
                } else {
                    takeover.order.executable = "\(server.root)/releases/0/bin/python"
                }
                try await takeover.begin()
                let verdict = try await takeover.verdict()
                #expect(verdict.outcome == .undone && !verdict.touched && verdict.because.contains("/releases/0"))
                #expect(takeover.journal.sent.isEmpty)
            }
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `G-4: a respawned worker that meets broken code ends the old master, and the old release is started`()
        async throws
    {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            var takeover = try await Takeover(server)
            takeover.order.start = try takeover.startScript()
            try server.behave(["boot": "fail", "boot_seconds": "2"], "2")
            try await takeover.begin()
            var isDone = false
            let verdict = try await takeover.verdict { state in
                guard !isDone, ["switched", "doubled"].contains(state) else { return }
                isDone = true
                let workers = takeover.old.children.filter { $0.command == takeover.old.command }
                try #require(workers.first).signal(SIGKILL)
            }
            #expect(verdict.outcome == .undone && verdict.serves == .old, "\(verdict) \(takeover.story)")
            #expect(takeover.journal.has("sent", "start"), "\(takeover.story)")
            #expect(!takeover.old.isAlive)
            #expect(await server.loop.ask(server.target).version == "1")
            #expect(try server.master().children.count == 2)
        }
    }

    /// G-4 a moment later: the old master lived when it was looked whether one must be started.
    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `an old master that ends when all is back is started anew`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            var takeover = try await Takeover(server)
            takeover.order.start = try takeover.startScript()
            takeover.order.probes = 20
            try server.behave(["boot": "fail"], "2")
            try await takeover.begin()
            var isDone = false
            let verdict = try await takeover.verdict { state in
                guard !isDone, state == "returned" else { return }
                isDone = true
                takeover.old.signal(SIGKILL)
            }
            #expect(verdict.outcome == .undone && verdict.serves == .old, "\(verdict) \(takeover.story)")
            #expect(takeover.journal.has("turn", "returned starting"), "\(takeover.story)")
            #expect(takeover.journal.has("sent", "start"), "\(takeover.story)")
            #expect(!takeover.old.isAlive)
            #expect(await server.loop.ask(server.target).version == "1")
            #expect(try server.master().children.count == 2)
        }
    }

    @Test(
        .enabled(if: !ServerKind.danced.isEmpty, "no server is installed"),
        arguments: ServerKind.installed([.gunicorn, .nginx, .unicorn])
    )
    func `G-5: a new master that dies when the old one is drained leaves nobody, and the old one is revived`(
        kind: ServerKind
    ) async throws {
        let report = try await Self.takeOver(kind, at: "proven") { takeover in
            try #require(takeover.newMaster, "\(takeover.story)").signal(SIGKILL)
        } after: { takeover, verdict in
            // Its workers may be missed before it is itself.
            let reasons = ["has ended", "keep ending"]
            #expect(
                verdict.outcome == .undone && reasons.contains { verdict.because.contains($0) },
                "\(takeover.story)"
            )
            try await takeover.isBack()
        }
        // nginx and gunicorn leave workers that go on serving; those of unicorn see at once that they are orphans.
        if kind == .unicorn {
            #expect(report.failed == Self.cuts(report) + report.slow, "\(report.details)")
        } else {
            #expect(report.failed == 0, "\(report.details)")
        }
    }

    @Test(.enabled(if: ServerKind.newestGunicorn.isInstalled, ServerKind.newestGunicorn.missing))
    func `G-6: with reuse_port no second master can start, and its stale pid file goes`() async throws {
        var options = ServerFixture.Options()
        options.environment = ["GUNICORN_CMD_ARGS": "--reuse-port"]
        let report = try await Self.takeOver(.newestGunicorn, options) { takeover, verdict in
            #expect(verdict.outcome == .undone, "\(takeover.story)")
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `G-7: an old master that must be killed does not take the new one with it`() async throws {
        let report = try await Self.takeOver(
            adjusting: { $0.order.profile.stopSeconds = 2 },
            at: "proven"
        ) { takeover in
            takeover.old.signal(SIGSTOP)
        } after: { takeover, verdict in
            #expect(verdict.outcome == .committed, "\(verdict) \(takeover.story)")
            #expect(takeover.journal.has("intend", "remove \(takeover.order.pidFile)"), "\(takeover.story)")
            #expect(takeover.journal.has("sent", "force KILL \(takeover.old.pid)."))
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(
        .enabled(if: !ServerKind.danced.isEmpty, "no server is installed"),
        arguments: ServerKind.installed([.gunicorn, .nginx])
    )
    func `G-8: a new master that must be killed leaves no workers`(kind: ServerKind) async throws {
        let report = try await Self.takeOver(
            kind,
            adjusting: { $0.order.profile.stopSeconds = 2 },
            at: "proven"
        ) { takeover in
            try #require(takeover.newMaster, "\(takeover.story)").signal(SIGSTOP)
            try await takeover.call("abort", takeover.order.nonce)
        } after: { takeover, verdict in
            #expect(verdict.outcome == .undone, "\(takeover.story)")
            let sent = takeover.journal.sent
            let workers = try #require(sent.lastIndex { $0.hasPrefix("kill_worker KILL ") }, "\(sent)")
            let master = try #require(sent.firstIndex { $0.hasPrefix("kill KILL ") }, "\(sent)")
            #expect(workers < master)
            try await takeover.isBack()
        }
        // What killed workers had in their hands.
        #expect(report.failed == Self.cuts(report), "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.nginx.isInstalled, ServerKind.nginx.missing))
    func `nginx is not told to have workers that it has`() async throws {
        let report = try await Self.takeOver(.nginx, at: "doubled") { takeover in
            try await takeover.call("abort", takeover.order.nonce)
        } after: { takeover, verdict in
            #expect(verdict.outcome == .undone)
            #expect(!takeover.journal.sent.contains { $0.contains("HUP") }, "\(takeover.story)")
            #expect(takeover.old.children.count == takeover.server.options.workers)
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a worker that is replaced in the middle changes nothing`() async throws {
        let report = try await Self.takeOver(at: "doubled") { takeover in
            let workers = takeover.old.children.filter { $0 != takeover.newMaster }
            try #require(workers.first).signal(SIGTERM)
        } after: { takeover, verdict in
            #expect(verdict.outcome == .committed, "\(takeover.story)")
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    // MARK: Pid files

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing), arguments: ["base", "side"])
    func `a pid file that names a stranger stops it, and the stranger is left alone`(file: String) async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            let takeover = try await Takeover(server)
            let stranger = try await server.stranger()
            let path = file == "base" ? takeover.order.pidFile : takeover.order.sidePidFile
            try Files.write(Array("\(stranger.pid)\n".utf8), to: path)
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            #expect(verdict.outcome == .undone && !verdict.touched, "\(takeover.story)")
            #expect(verdict.because.contains("\(stranger.pid)"), "\(verdict.because)")
            #expect(stranger.isAlive && takeover.old.isAlive && takeover.journal.sent.isEmpty)
            #expect(Files.exists(path), "what is a stranger's is not removed")
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `an order about a process that had the number before is refused`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            var takeover = try await Takeover(server)
            takeover.order.old.start -= 1
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            #expect(verdict.outcome == .undone && !verdict.touched && takeover.journal.sent.isEmpty)
            #expect(takeover.old.isAlive)
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a master of another user or command is refused`() async throws {
        for isUser in [true, false] {
            try await withServerFixture(.gunicorn) { server in
                try await server.start()
                var takeover = try await Takeover(server)
                if isUser { takeover.order.uid += 1 } else { takeover.order.profile.command = "unicorn-rails" }
                try await takeover.begin()
                let verdict = try await takeover.verdict()
                #expect(verdict.outcome == .undone && !verdict.touched && takeover.journal.sent.isEmpty)
                #expect(verdict.because.contains("is not what the order says"), "\(verdict.because)")
            }
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a stale second pid file that names nobody is no obstacle`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            let takeover = try await Takeover(server)
            let stranger = try await server.stranger()
            stranger.signal(SIGKILL)
            try await server.wait("the stranger to end") { !Files.exists("/proc/\(stranger.pid)") }
            try Files.write(Array("\(stranger.pid)\n".utf8), to: takeover.order.sidePidFile)
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            #expect(verdict.outcome == .committed, "\(takeover.story)")
            try await takeover.isNew()
        }
    }
}

extension Takeover {
    /// The second master, as the journal names it.
    var newMaster: FixtureProcess? {
        let words = journal.entries.last { $0.word == "new" }?.rest.split(separator: ".") ?? []
        guard words.count == 2, let pid = Int32(words[0]), let process = FixtureProcess.read(pid) else { return nil }
        return process.started == words[1] ? process : nil
    }

    /// Starts the server as it was started, with what `current` says then.
    func startScript() throws -> String {
        let environment = try Files.read("/proc/\(old.pid)/environ", limit: 1 << 16).split(separator: 0)
            .map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasPrefix("FIXTURE_") || $0.hasPrefix("PATH=") }
        let words = try Files.read("/proc/\(old.pid)/cmdline", limit: 1 << 16).split(separator: 0)
            .map { String(decoding: $0, as: UTF8.self) }
        let line = (["env"] + environment + words).map { "'\($0)'" }.joined(separator: " ")
        return "cd '\(server.current)' && PWD='\(server.current)' exec \(line)\n"
    }
}

extension ServerFixture {
    /// A process that has nothing to do with the server, and is ended with it.
    func stranger() async throws -> FixtureProcess {
        let file = "\(root)/stranger"
        let line = #"cd "$1" && setsid sh -c 'echo $$ >"$1" && exec sleep 100' sh "$2" </dev/null >/dev/null 2>&1 &"#
        let words = ["sh", "-c", line, "sh", root, file]
        _ = try await loop.run(ChildRequest(words, environment: Surroundings.environment))
        try await wait("a stranger") { process(in: file)?.command.hasPrefix("sleep") == true }
        guard let process = process(in: file) else { throw TakeoverError("no stranger") }
        return process
    }
}
