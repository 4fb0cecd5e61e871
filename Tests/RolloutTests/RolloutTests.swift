import Events
import Testing

@testable import Rollout

/// What a rollout does, step by step.
@Suite struct RolloutTests {
    private static let three = ["a", "b", "c"]

    private static func policy(_ change: (inout RolloutPolicy) -> Void = { _ in }) -> RolloutPolicy {
        var policy = RolloutPolicy(minHealthyTime: .zero)
        change(&policy)
        return policy
    }

    /// All are staged.
    private static func staged(_ hosts: [String], _ policy: RolloutPolicy) -> Rollout<String> {
        var rollout = Rollout(hosts, policy)
        #expect(rollout.next() == [.stage(hosts)])
        for host in hosts { rollout.report(host, StagingReport.staged) }
        return rollout
    }

    private static func end(_ word: RolloutOutcome.Word) -> [Rollout<String>.Action] { [.finish(RolloutOutcome(word))] }

    @Test func `all are staged, something is done once, then one host after another`() {
        var rollout = Rollout(Self.three, Self.policy { $0.migrates = true })
        #expect(rollout.next() == [.stage(Self.three)])
        #expect(rollout.next().isEmpty)
        for host in ["c", "a"] { rollout.report(host, StagingReport.staged) }
        #expect(rollout.next().isEmpty, "one is not staged yet")
        #expect(rollout.running == ["b"])
        rollout.report("b", StagingReport.staged)
        #expect(rollout.next() == [.migrate("a")])
        #expect(rollout.next().isEmpty)
        rollout.report("a", MigrationReport.migrated)
        for host in Self.three {
            #expect(rollout.next() == [.switch(host)])
            #expect(rollout.next().isEmpty)
            rollout.report(host, SwitchReport.changed)
        }
        #expect(rollout.next() == Self.end(.ok))
        #expect(rollout.isFinished && rollout.next().isEmpty)
    }

    @Test func `batches grow as they are written, and the last repeats`() {
        let hosts = (1...20).map { "h\($0)" }
        var rollout = Self.staged(hosts, Self.policy { $0.serial = [.count(1), .percent(10), .percent(25)] })
        var sizes: [Int] = []
        while case let actions = rollout.next(), !rollout.isFinished {
            sizes.append(actions.count)
            for case .switch(let host) in actions { rollout.report(host, SwitchReport.changed) }
        }
        #expect(sizes == [1, 2, 5, 5, 5, 2])
    }

    @Test(arguments: [
        (RolloutPolicy.Share.percent(1), 1), (.percent(34), 1), (.percent(67), 2), (.percent(100), 3), (.count(0), 1),
        (.count(7), 3), (.percent(400), 3), (.count(-1), 1),
    ])
    func `a batch is at least one host and at most all`(share: RolloutPolicy.Share, size: Int) {
        #expect(share.batch(of: 3) == size)
    }

    @Test func `what may go wrong is not rounded up`() {
        #expect(RolloutPolicy.Share.percent(49).number(of: 2) == 0)
        #expect(RolloutPolicy.Share.percent(50).number(of: 2) == 1)
    }

    @Test func `the first failure stops it: that host is back, the rest is untouched`() {
        var rollout = Self.staged(Self.three, Self.policy())
        #expect(rollout.next() == [.switch("a")])
        rollout.report("a", SwitchReport.undone)
        #expect(rollout.next() == Self.end(.rolledBack))
        #expect(rollout.fates["b"] == .staged && rollout.fates["c"] == .staged)
    }

    @Test func `within what may fail it goes on`() {
        var rollout = Self.staged(Self.three, Self.policy { $0.maxFail = .count(1) })
        _ = rollout.next()
        rollout.report("a", SwitchReport.undone)
        #expect(rollout.next() == [.switch("b")])
        rollout.report("b", SwitchReport.changed)
        #expect(rollout.next() == [.switch("c")])
        rollout.report("c", SwitchReport.undone)
        #expect(rollout.next() == Self.end(.mixed))
    }

    @Test func `what was not reached is counted apart from what failed`() {
        var rollout = Rollout(Self.three, Self.policy { $0.maxUnreachable = .count(1) })
        _ = rollout.next()
        rollout.report("a", StagingReport.unreachable)
        rollout.report("b", StagingReport.staged)
        rollout.report("c", StagingReport.staged)
        #expect(rollout.next() == [.switch("b")])
        rollout.report("b", SwitchReport.unreachable)
        #expect(rollout.next() == Self.end(.unreachable))
    }

    @Test func `a batch must stay healthy before the next begins`() {
        var rollout = Self.staged(Self.three, Self.policy { $0.minHealthyTime = .seconds(10) })
        rollout.tick(.seconds(100))
        _ = rollout.next()
        rollout.report("a", SwitchReport.changed)
        #expect(rollout.next() == [.wait(until: .seconds(110))])
        rollout.tick(.seconds(109))
        #expect(rollout.next().isEmpty)
        rollout.tick(.seconds(110))
        #expect(rollout.next() == [.check(["a"])])
        #expect(rollout.next().isEmpty)
        rollout.report("a", HealthReport.healthy)
        #expect(rollout.next() == [.switch("b")])
        rollout.report("b", SwitchReport.changed)
        #expect(rollout.next() == [.wait(until: .seconds(120))])
        rollout.tick(.seconds(120))
        _ = rollout.next()
        rollout.report("b", HealthReport.unhealthy)
        #expect(rollout.next() == [.takeBack("b")])
        rollout.report("b", TakingBackReport.back)
        #expect(rollout.next() == Self.end(.mixed))
    }

    @Test func `nobody waits behind the last batch, nor for hosts that are not well`() {
        var rollout = Self.staged(
            ["a", "b"],
            Self.policy { ($0.minHealthyTime, $0.maxFail) = (.seconds(10), .count(1)) }
        )
        _ = rollout.next()
        rollout.report("a", SwitchReport.undone)
        #expect(rollout.next() == [.switch("b")])
        rollout.report("b", SwitchReport.changed)
        #expect(rollout.next() == Self.end(.mixed))
    }

    @Test func `a host that was switched and is gone when it is looked at stops it`() {
        var rollout = Self.staged(Self.three, Self.policy { $0.minHealthyTime = .seconds(1) })
        _ = rollout.next()
        rollout.report("a", SwitchReport.changed)
        _ = rollout.next()
        rollout.tick(.seconds(1))
        #expect(rollout.next() == [.check(["a"])])
        rollout.report("a", HealthReport.unreachable)
        #expect(rollout.next() == Self.end(.mixed))
    }

    @Test(arguments: [
        (RolloutPolicy.OnFailure.stop, [], RolloutOutcome.Word.mixed), (.rollbackHost, [["d"]], .mixed),
        (.rollbackBatch, [["d", "c"]], .mixed), (.rollbackAll, [["d", "c"], ["b", "a"]], .rolledBack),
    ])
    func `what goes back is what the policy says, the last first and never more than a batch`(
        onFailure: RolloutPolicy.OnFailure,
        taken: [[String]],
        word: RolloutOutcome.Word
    ) {
        var rollout = Self.staged(
            ["a", "b", "c", "d", "e"],
            Self.policy { ($0.serial, $0.onFailure) = ([.count(2)], onFailure) }
        )
        for report in [SwitchReport.changed, .broken] {
            guard case let actions = rollout.next(), case .switch(let first) = actions[0],
                case .switch(let second) = actions[1]
            else { return }
            rollout.report(first, SwitchReport.changed)
            rollout.report(second, report)
        }
        for expected in taken {
            #expect(rollout.next() == expected.map { .takeBack($0) })
            #expect(rollout.next().isEmpty)
            for host in expected { rollout.report(host, TakingBackReport.back) }
        }
        #expect(rollout.next() == Self.end(word))
        #expect(rollout.fates["e"] == .staged)
    }

    @Test func `a host that failed within what may fail goes back before others begin, and the batch still rests`() {
        var rollout = Self.staged(
            Self.three,
            Self.policy { ($0.serial, $0.maxFail, $0.minHealthyTime) = ([.count(2)], .count(1), .seconds(5)) }
        )
        _ = rollout.next()
        rollout.report("a", SwitchReport.broken)
        rollout.report("b", SwitchReport.changed)
        #expect(rollout.next() == [.takeBack("a")])
        rollout.report("a", TakingBackReport.back)
        #expect(rollout.next() == [.wait(until: .seconds(5))])
        rollout.tick(.seconds(5))
        #expect(rollout.next() == [.check(["b"])])
        rollout.report("b", HealthReport.healthy)
        #expect(rollout.next() == [.switch("c")])
    }

    @Test func `a batch rests once, also where one of it turns out not to be well`() {
        var rollout = Self.staged(
            Self.three,
            Self.policy { ($0.serial, $0.maxFail, $0.minHealthyTime) = ([.count(2)], .count(1), .seconds(5)) }
        )
        _ = rollout.next()
        for host in ["a", "b"] { rollout.report(host, SwitchReport.changed) }
        #expect(rollout.next() == [.wait(until: .seconds(5))])
        rollout.tick(.seconds(5))
        #expect(rollout.next() == [.check(["a", "b"])])
        rollout.report("a", HealthReport.healthy)
        rollout.report("b", HealthReport.unhealthy)
        #expect(rollout.next() == [.takeBack("b")])
        rollout.report("b", TakingBackReport.back)
        #expect(rollout.next() == [.switch("c")])
    }

    @Test func `a host that needs hands stops it whatever may fail`() {
        var rollout = Self.staged(Self.three, Self.policy { $0.maxFail = .percent(100) })
        _ = rollout.next()
        rollout.report("a", SwitchReport.dirty)
        #expect(rollout.next() == Self.end(.dirty))
    }

    @Test func `what cannot be taken back needs hands`() {
        var rollout = Self.staged(["a"], Self.policy())
        _ = rollout.next()
        rollout.report("a", SwitchReport.broken)
        #expect(rollout.next() == [.takeBack("a")])
        rollout.report("a", TakingBackReport.failed)
        #expect(rollout.next() == Self.end(.dirty))
    }

    // MARK: Ends

    /// What was reported of two hosts when they were staged, and what that comes to.
    @Test(arguments: [
        ([StagingReport.refused, .staged], RolloutOutcome.Word.refused, ExitCode.refused),
        ([.locked, .staged], .locked, .locked), ([.unreachable, .staged], .unreachable, .unreachable),
        ([.failed, .staged], .failed, .failedClean), ([.failed, .refused], .failed, .failedClean),
        ([.refused, .unreachable], .refused, .refused), ([.unreachable, .locked], .locked, .locked),
    ])
    func `where staging fails nothing is switched`(
        reports: [StagingReport],
        word: RolloutOutcome.Word,
        exit: ExitCode
    ) {
        var rollout = Rollout(["a", "b"], Self.policy())
        _ = rollout.next()
        for (host, report) in zip(["a", "b"], reports) { rollout.report(host, report) }
        #expect(rollout.next() == Self.end(word))
        #expect(RolloutOutcome(word).exit == exit)
    }

    @Test(arguments: [
        (MigrationReport.failed, RolloutOutcome.Word.failed, ExitCode.failedClean), (.unknown, .dirty, .needsHands),
    ])
    func `where what is done once fails nothing is switched`(
        report: MigrationReport,
        word: RolloutOutcome.Word,
        exit: ExitCode
    ) {
        var rollout = Self.staged(["a", "b"], Self.policy { $0.migrates = true })
        #expect(rollout.next() == [.migrate("a")])
        rollout.report("b", report)
        #expect(rollout.next().isEmpty, "another host's word")
        rollout.report("a", report)
        #expect(rollout.next() == Self.end(word))
        #expect(RolloutOutcome(word).exit == exit)
    }

    /// What became of each of two hosts in one batch.
    @Test(arguments: [
        ([SwitchReport.changed, .changed], RolloutOutcome.Word.ok, ExitCode.done),
        ([.changed, .unchanged], .ok, .done), ([.unchanged, .unchanged], .ok, .done),
        ([.undone, .undone], .rolledBack, .failedClean), ([.undone, .unchanged], .rolledBack, .failedClean),
        ([.changed, .undone], .mixed, .mixed), ([.changed, .dirty], .dirty, .needsHands),
        ([.undone, .dirty], .dirty, .needsHands), ([.refused, .refused], .refused, .refused),
        ([.refused, .changed], .mixed, .mixed), ([.unreachable, .unreachable], .unreachable, .unreachable),
        ([.undone, .unreachable], .rolledBack, .failedClean), ([.changed, .unreachable], .mixed, .mixed),
    ])
    func `how it ends is what all hosts together came to`(
        reports: [SwitchReport],
        word: RolloutOutcome.Word,
        exit: ExitCode
    ) {
        var rollout = Self.staged(["a", "b"], Self.policy { $0.serial = [.count(2)] })
        _ = rollout.next()
        for (host, report) in zip(["a", "b"], reports) { rollout.report(host, report) }
        #expect(rollout.next() == Self.end(word))
        #expect(RolloutOutcome(word).exit == exit)
    }

    // MARK: Interrupts

    @Test func `an interrupt before anything begins nothing`() {
        var rollout = Rollout(["a"], Self.policy())
        rollout.interrupt()
        #expect(rollout.next() == Self.end(.interrupted))
    }

    @Test func `after an interrupt what runs is waited for, and nothing begins`() {
        var rollout = Self.staged(Self.three, Self.policy { $0.serial = [.count(2)] })
        _ = rollout.next()
        rollout.interrupt()
        rollout.report("a", SwitchReport.changed)
        #expect(rollout.next().isEmpty)
        rollout.report("b", SwitchReport.undone)
        #expect(rollout.next() == Self.end(.interrupted))
        #expect(RolloutOutcome(.interrupted).exit == .interrupted)
    }

    @Test func `an interrupt ends a wait, and what is done once is not begun`() {
        var waiting = Self.staged(["a", "b"], Self.policy { $0.minHealthyTime = .seconds(10) })
        _ = waiting.next()
        waiting.report("a", SwitchReport.changed)
        #expect(waiting.next() == [.wait(until: .seconds(10))])
        waiting.interrupt()
        #expect(waiting.next() == Self.end(.interrupted))

        var staging = Rollout(["a"], Self.policy { $0.migrates = true })
        _ = staging.next()
        staging.interrupt()
        #expect(staging.next().isEmpty)
        staging.report("a", StagingReport.staged)
        #expect(staging.next() == Self.end(.interrupted))
    }

    @Test func `an interrupt that comes when all is done changes nothing`() {
        var rollout = Self.staged(["a"], Self.policy())
        _ = rollout.next()
        rollout.interrupt()
        rollout.report("a", SwitchReport.changed)
        #expect(rollout.next() == Self.end(.ok))
    }

    @Test func `an interrupt does not take back what is well, but still what is broken`() {
        var rollout = Self.staged(
            ["a", "b", "c"],
            Self.policy { ($0.serial, $0.onFailure) = ([.count(2)], .rollbackAll) }
        )
        _ = rollout.next()
        rollout.interrupt()
        rollout.report("a", SwitchReport.changed)
        rollout.report("b", SwitchReport.broken)
        #expect(rollout.next() == [.takeBack("b")])
        rollout.report("b", TakingBackReport.back)
        #expect(rollout.next() == Self.end(.interrupted))
    }

    @Test func `no hosts are an end, and a host that is named twice is one`() {
        var none = Rollout<String>([], Self.policy())
        #expect(none.next() == Self.end(.ok))
        #expect(Rollout(["a", "a"], Self.policy()).hosts == ["a"])
    }
}
