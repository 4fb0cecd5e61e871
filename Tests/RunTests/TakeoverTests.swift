import Handover
import Reactor
import SSH
import Synchronization
import TestLoad
import TestServers
import TestSupport
import Testing

@testable import Run

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Takeovers of real servers by a controller over real ssh, under load: whatever becomes of the controller or its link,
/// nothing is lost, and what it says is what the host has done.
@Suite(.serialized) struct TakeoverTests {
    /// Something that happens once.
    private final class Once: Sendable {
        private let done = Atomic(false)
        func callAsFunction(_ isNow: Bool, _ body: () -> Void) {
            if isNow, !done.exchange(true, ordering: .relaxed) { body() }
        }
        func take(_ isNow: Bool) -> Bool { isNow && !done.exchange(true, ordering: .relaxed) }
        var isDone: Bool { done.load(ordering: .relaxed) }
    }

    private static func isState(_ news: HandoverNews, _ wanted: HandoverEdge.State) -> Bool {
        if case .state(wanted, _, _, _) = news { true } else { false }
    }

    @Test(
        .enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing),
        arguments: ServerKind.installed([.gunicorn, .nginx])
    )
    func `a service is handed over and nothing is lost`(kind: ServerKind) async throws {
        let report = try await withControlledTakeover(kind) { takeover in
            let ending = try await takeover.drive()
            #expect(ending.word == .committed && ending.isTouched, "\(ending) \(takeover.story)")
            #expect(ending.verdict?.serves == .new && ending.verdict?.probes ?? 0 >= 7)
            try await takeover.isNew()
            // Armed, asked and confirmed over connections of their own.
            #expect(takeover.link.connections == 4, "\(takeover.story)")
            #expect(takeover.link.standing == 0)
            let states = takeover.news.compactMap { if case .state(let state, _, _, _) = $0 { state } else { nil } }
            #expect(
                states.first == .armed && states.suffix(2) == [.settled, .committed] || states.last == .settled,
                "\(states)"
            )
            #expect(takeover.news.contains { if case .newMaster = $0 { true } else { false } })
            let signals = takeover.news.compactMap { if case .sent(let name, _, _) = $0 { name } else { nil } }
            #expect(signals.first == "USR2" && signals.last == kind.profile.finalStop.rawValue)
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a release that cannot start is undone, and it is said why`() async throws {
        let report = try await withControlledTakeover { takeover in
            try takeover.server.behave(["boot": "fail"], "2")
            let ending = try await takeover.drive()
            #expect(ending.word == .undone && ending.verdict?.serves == .old, "\(ending) \(takeover.story)")
            #expect(ending.message.contains("has ended") || ending.message.contains("keep ending"), "\(ending.message)")
            #expect(ending.message.hasSuffix(": the host is back on what it ran before"))
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    // MARK: The link

    private static let cuts: [(HandoverCall, Bool)] =
        Chaos.isOn
        ? [HandoverCall.put, .renew, .arm, .proof, .go, .look, .confirm].flatMap { [($0, false), ($0, true)] }
        : [(.put, true), (.arm, true), (.go, false), (.go, true), (.confirm, true)]

    /// Every connection is cut right before a call, or when it was done and before its answer is heard.
    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing), arguments: cuts)
    func `a link that is cut at a step is no failed step`(call: HandoverCall, isAnswered: Bool) async throws {
        let report = try await withControlledTakeover { takeover in
            let once = Once()
            let ending = try await takeover.drive(
                .init(called: { takeover, made, answered in
                    guard once.take(made == call && answered == isAnswered) else { return false }
                    takeover.link.cut()
                    return answered
                })
            )
            #expect(once.isDone, "\(takeover.story)")
            #expect(ending.word == .committed, "\(ending) \(takeover.story)")
            // What was done is found done, and not done twice; what only asks is asked again.
            let isFound = isAnswered && [.arm, .go, .confirm].contains(call)
            #expect((takeover.calls.count { $0 == call } == 1) == isFound, "\(takeover.story)")
            // Once, whatever was asked how often.
            #expect(takeover.journal.entries.count { $0.word == "armed" } == 1, "\(takeover.story)")
            #expect(takeover.journal.sent.count { $0.hasPrefix("upgrade ") } == 1, "\(takeover.story)")
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `sessions that are killed on the host are made anew`() async throws {
        let report = try await withControlledTakeover { takeover in
            let once = Once()
            let ending = try await takeover.drive(
                .init(heard: { takeover, news in
                    once(Self.isState(news, .doubled)) { takeover.killSessions() }
                })
            )
            #expect(once.isDone)
            #expect(ending.word == .committed, "\(ending) \(takeover.story)")
            #expect(takeover.news.contains(.linkBack), "\(takeover.story)")
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    // MARK: A controller that is gone

    /// What is over when the controller is heard of for the last time.
    enum Farewell: String, CaseIterable, Sendable {
        case armed, begun, proven, confirmed
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing), arguments: Farewell.allCases)
    func `a controller that is gone leaves the host to end on the right side`(farewell: Farewell) async throws {
        let report = try await withControlledTakeover { takeover in
            takeover.job.terms.leaseSeconds = 6
            let once = Once()
            let call: HandoverCall =
                switch farewell {
                case .armed: .arm
                case .begun: .go
                case .proven, .confirmed: .confirm
                }
            async let driven = takeover.drive(
                .init(called: { takeover, made, answered in
                    guard once.take(made == call && answered == (farewell != .proven)) else { return false }
                    takeover.vanish()
                    return answered
                })
            )
            let verdict = try await takeover.waitForVerdict()
            #expect(once.isDone)
            #expect(verdict.outcome == (farewell == .confirmed ? .committed : .undone), "\(takeover.story)")
            #expect(verdict.touched == (farewell != .armed))
            if farewell != .confirmed { #expect(verdict.because.hasPrefix("the lease ran out"), "\(verdict.because)") }
            // Nothing gets to it: it knows nothing, and says by when it is over.
            takeover.interrupt()
            takeover.interrupt()
            let ending = try await driven
            #expect(ending.word == .unknown && ending.isTouched == (farewell != .armed), "\(ending)")
            #expect(ending.message.contains("the host ends it by itself within "), "\(ending.message)")
            takeover.load.allow([verdict.outcome == .committed ? "2" : "1"])
            if farewell == .confirmed { try await takeover.isNew() } else { try await takeover.isBack() }
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a controller that comes back after its lease hears that it is undone`() async throws {
        let report = try await withControlledTakeover { takeover in
            takeover.job.terms.leaseSeconds = 4
            let once = Once()
            async let driven = takeover.drive(
                .init(heard: { takeover, news in
                    once(Self.isState(news, .doubled)) { takeover.vanish() }
                })
            )
            let verdict = try await takeover.waitForVerdict()
            #expect(verdict.outcome == .undone, "\(takeover.story)")
            takeover.link.cut()
            takeover.link.set(.none)
            let ending = try await driven
            #expect(ending.word == .undone, "\(ending) \(takeover.story)")
            #expect(
                ending.message
                    == "the host had not heard of this controller for longer than its lease of 4 s: the host is back on what it ran before"
            )
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `where no new connection can be made nothing is confirmed, and the host goes back`() async throws {
        let report = try await withControlledTakeover { takeover in
            takeover.job.order.confirmSeconds = 4
            let once = Once()
            let ending = try await takeover.drive(
                .init(heard: { takeover, news in
                    // What stands goes on.
                    once(Self.isState(news, .doubled)) { takeover.link.set(.says("no more of you\r\n")) }
                })
            )
            #expect(ending.word == .undone, "\(ending) \(takeover.story)")
            #expect(ending.message.hasPrefix("proven took more than 4 s"), "\(ending.message)")
            #expect(!takeover.calls.contains(.confirm))
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a host that is gone before anything was armed is a refusal`() async throws {
        let report = try await withControlledTakeover { takeover in
            takeover.job.terms.leaseSeconds = 3
            let ending = try await takeover.drive(
                .init(called: { takeover, call, isAnswered in
                    if call == .put, !isAnswered { takeover.vanish() }
                    return false
                })
            )
            #expect(ending.word == .refused && !ending.isTouched, "\(ending)")
            #expect(!takeover.has("guard"))
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    // MARK: Other people's words

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `of two controllers the one with the lower epoch is fenced off, and says so`() async throws {
        let report = try await withControlledTakeover { takeover in
            takeover.job.terms.leaseSeconds = 6
            let once = Once()
            async let driven = takeover.drive(
                .init(called: { _, call, isAnswered in once.take(call == .look && isAnswered) && false })
            )
            try await takeover.server.wait("a look") { once.isDone }
            let other = try await takeover.call("renew", "60", "2", "bob on another laptop")
            #expect(other.succeeded, "\(other.errors)")
            let ending = try await driven
            #expect(ending.word == .undone, "\(ending) \(takeover.story)")
            #expect(ending.message.hasPrefix("somebody else took over ("), "\(ending.message)")
            #expect(ending.message.contains("bob on another laptop holds 2"), "\(ending.message)")
            #expect(!takeover.calls.contains(.confirm))
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `an interrupt has it undone before the point of no return`() async throws {
        let report = try await withControlledTakeover { takeover in
            let once = Once()
            let ending = try await takeover.drive(
                .init(heard: { takeover, news in
                    once(Self.isState(news, .doubled)) { takeover.interrupt() }
                })
            )
            #expect(ending.word == .undone, "\(ending) \(takeover.story)")
            #expect(ending.message == "it was called off: the host is back on what it ran before")
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `an interrupt while it is armed leaves nothing behind`() async throws {
        let report = try await withControlledTakeover { takeover in
            let once = Once()
            let ending = try await takeover.drive(
                .init(called: { takeover, call, isAnswered in
                    once(call == .proof && !isAnswered) { takeover.interrupt() }
                    return false
                })
            )
            #expect(ending.word == .undone && !ending.isTouched, "\(ending) \(takeover.story)")
            #expect(ending.message == "it was called off: nothing was changed")
            #expect(takeover.calls.contains(.release) && !takeover.calls.contains(.go))
            #expect(takeover.journal.sent.isEmpty)
            try await takeover.isBack()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `an interrupt behind the point of no return lets it finish`() async throws {
        let report = try await withControlledTakeover { takeover in
            let once = Once()
            let ending = try await takeover.drive(
                .init(heard: { takeover, news in
                    once(Self.isState(news, .retiring)) { takeover.interrupt() }
                })
            )
            #expect(once.isDone)
            #expect(ending.word == .committed, "\(ending) \(takeover.story)")
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a second takeover of the same is refused while the first goes on`() async throws {
        let report = try await withControlledTakeover { takeover in
            let once = Once()
            async let driven = takeover.drive(
                .init(called: { _, call, isAnswered in once.take(call == .look && isAnswered) && false })
            )
            try await takeover.server.wait("a look") { once.isDone }
            let second = try ControlledTakeover(sharing: takeover, nonce: "fedcba9876543210")
            let refused = try await second.drive()
            second.link.close()
            #expect(refused.word == .refused, "\(refused)")
            #expect(refused.message.hasPrefix("another takeover is under way: "), "\(refused.message)")
            takeover.load.allow(["1", "2"])
            let ending = try await driven
            #expect(ending.word == .committed, "\(ending) \(takeover.story)")
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }
}

/// The faults at every step take minutes: `make chaos` has them all, and each test run some.
private enum Chaos {
    static let isOn = getenv("BATON_CHAOS") != nil
}
