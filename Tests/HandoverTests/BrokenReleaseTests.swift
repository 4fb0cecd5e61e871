import Handover
import Reactor
import TestLoad
import TestServers
import TestSupport
import Testing

/// Releases that are broken in one way or another are found out, and taken back.
@Suite(.serialized) struct BrokenReleaseTests {
    /// What must not fail: everything that the old release answers. What the new one answers badly is told by its kind.
    static func undone(
        _ kind: ServerKind,
        _ behaviour: [String: String],
        _ shell: HostShell = .dash,
        _ options: ServerFixture.Options = ServerFixture.Options(),
        adjusting: @escaping @Sendable (inout Takeover) throws -> Void = { _ in }
    ) async throws -> (HandoverVerdict, Report) {
        let verdict = Box<HandoverVerdict>()
        let report = try await underLoad(kind, shell, options) { takeover, load in
            var takeover = takeover
            try adjusting(&takeover)
            try takeover.server.behave(behaviour, "2")
            verdict.value = try await takeover.dance(load)
            #expect(verdict.value?.outcome == .undone && verdict.value?.serves == .old, "\(takeover.story)")
            try await takeover.isBack()
        }
        return (try #require(verdict.value), report)
    }

    @Test(.enabled(if: !ServerKind.danced.isEmpty, "no server is installed"), arguments: ServerKind.danced)
    func `one that cannot boot costs nothing`(kind: ServerKind, shell: HostShell) async throws {
        let (_, report) = try await Self.undone(kind, ["boot": "fail"], shell)
        #expect(report.failed == 0, "\(report.details)")
        #expect(report.versions["2"] == nil)
    }

    /// The application is loaded by the master itself, which is gone before it has written its pid file.
    @Test(
        .enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing),
        arguments: ServerKind.installed([.gunicorn, .newestGunicorn, .unicorn])
    )
    func `one that is loaded before the fork and cannot boot costs nothing`(kind: ServerKind) async throws {
        var options = ServerFixture.Options()
        options.preloads = true
        let (verdict, report) = try await Self.undone(kind, ["boot": "fail"], .dash, options)
        #expect(verdict.because.contains("has ended") || verdict.because.contains("no second one"), "\(verdict)")
        #expect(report.failed == 0, "\(report.details)")
        #expect(report.versions["2"] == nil)
    }

    @Test(.enabled(if: !ServerKind.danced.isEmpty, "no server is installed"), arguments: ServerKind.danced)
    func `what the log says of it is kept, and not what it said before`(kind: ServerKind, shell: HostShell) async throws
    {
        try await withServerFixture(kind) { server in
            try await server.start()
            try Files.write(try Files.read(server.log) + Array("AncientError: long ago\n".utf8), to: server.log)
            var takeover = try await Takeover(server, shell)
            takeover.order.logs = [server.log]
            try server.behave(["boot": "fail"], "2")
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            #expect(verdict.outcome == .undone, "\(takeover.story)")
            let printed = try await takeover.call("evidence")
            let evidence = HandoverEvidence.read(Array(printed.output.utf8))
            #expect(!printed.output.contains("Ancient"))
            // nginx tells nobody of a configuration that it cannot read, once it has gone into the background.
            if kind == .nginx { return }
            #expect(evidence.sources.first?.name == server.log && evidence.sources.first?.lines.isEmpty == false)
            #expect(verdict.said?.isEmpty == false, "\(printed.output)")
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `one that hangs in its boot is never left alone`() async throws {
        var options = ServerFixture.Options()
        options.graceful = 5
        let (verdict, report) = try await Self.undone(.gunicorn, ["boot": "hang"], .busybox, options) { takeover in
            // Time for ten questions and more, also on a slow machine: so many answers would do where any release may give them.
            takeover.order.soakSeconds = 20
        }
        #expect(verdict.because.hasPrefix("ready took more than 20 s"), "\(verdict)")
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `one that dies after three seconds is found out while it settles`() async throws {
        let (verdict, report) = try await Self.undone(.gunicorn, ["die_after": "3"], .bash) { takeover in
            takeover.order.stable = .seconds(5)
        }
        #expect(verdict.because.contains("workers of the new release keep ending"), "\(verdict)")
        // Requests that a worker of the new release took with it, and no other kind.
        #expect(report.failed == report[.reset] + report[.emptyReply] + report[.resetInAnswer], "\(report.details)")
    }

    @Test(.enabled(if: !ServerKind.danced.isEmpty, "no server is installed"), arguments: ServerKind.danced.dropLast(2))
    func `one that answers 500 is found out before the old one is drained`(
        kind: ServerKind,
        shell: HostShell
    ) async throws {
        let (verdict, report) = try await Self.undone(kind, ["status": "500"], shell)
        #expect(verdict.because.contains("500"), "\(verdict)")
        #expect(report.failed == report[.badStatus(500)], "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `one that says that it is another never gets as far as a drain`() async throws {
        let report = try await underLoad(.gunicorn, .busybox) { takeover, load in
            var takeover = takeover
            takeover.order.soakSeconds = 8
            try takeover.server.behave(["release": "9"], "2")
            // It reads what it says through `current`, which is back before its workers are gone.
            load.allow(["1", "9", "2"])
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            load.allow(["1"])
            #expect(verdict.outcome == .undone && verdict.because.hasPrefix("ready took more"), "\(takeover.story)")
            #expect(!takeover.journal.states.contains("seen"), "\(takeover.story)")
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.nginx.isInstalled, ServerKind.nginx.missing))
    func `one that says that it is another is found out`() async throws {
        let report = try await underLoad(.nginx, .dash) { takeover, load in
            try takeover.server.behave(["release": "9"], "2")
            load.allow(["1", "9"])
            try await takeover.begin()
            let verdict = try await takeover.verdict()
            load.allow(["1"])
            #expect(verdict.outcome == .undone && verdict.because.contains("X-Release"), "\(takeover.story)")
            #expect(takeover.journal.sent.contains { $0.hasPrefix("revive HUP \(takeover.old.pid).") })
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }
}

/// A value that a test takes out of a closure, on one loop.
final class Box<Value: Sendable>: @unchecked Sendable {
    var value: Value?
}
