import Events
import Rollout
import Testing

@testable import Run

/// What a host has come to, in the words of a rollout.
@Suite struct HostStandingTests {
    private static func standing(_ change: (inout HostStanding) -> Void) -> HostStanding {
        var standing = HostStanding()
        change(&standing)
        return standing
    }

    @Test func `a host that goes on is staged, unchanged, healthy`() {
        let standing = HostStanding()
        #expect(standing.staging == .staged && standing.migration == .migrated)
        #expect(standing.switching == .unchanged && standing.health == .healthy)
        #expect(Self.standing { $0.hasSwitched = true }.switching == .changed)
    }

    @Test func `nobody's journey is that of a host that was never reached`() {
        let standing = (nil as Journey?).standing
        #expect(standing.staging == .unreachable && standing.switching == .unreachable)
        #expect(standing.health == .unreachable)
        #expect(standing.migration == .unknown)
        // It had been switched before.
        #expect(Self.standing { ($0.isUnreachable, $0.hasSwitched) = (true, true) }.switching == .dirty)
    }

    @Test(
        arguments: [
            (HostResult.refusedKind, StagingReport.refused, SwitchReport.refused),
            (HostResult.lockedKind, .locked, .refused), ("release", .failed, .undone), ("link_lost", .failed, .undone),
        ]
    )
    func `what failed before a switch says whether anything was begun`(
        kind: String,
        staging: StagingReport,
        switching: SwitchReport
    ) {
        let standing = Self.standing { ($0.failure, $0.isOver) = (kind, true) }
        #expect(standing.staging == staging && standing.switching == switching)
        #expect(standing.migration == (kind == "link_lost" ? .unknown : .failed))
        #expect(standing.health == (kind == "link_lost" ? .unreachable : .unhealthy))
        #expect(Self.standing { ($0.failure, $0.hasSwitched) = (kind, true) }.switching == .broken)
        #expect(Self.standing { ($0.failure, $0.isHurt) = (kind, true) }.switching == .dirty)
    }

    @Test func `one that was interrupted is not staged, and what it was switched to it runs`() {
        #expect(Self.standing { $0.isOver = true }.staging == .failed)
        #expect(Self.standing { ($0.isOver, $0.hasSwitched) = (true, true) }.switching == .changed)
    }

    @Test(arguments: RolloutOutcome.Word.allCases)
    func `the last word of a rollout is that of its run`(word: RolloutOutcome.Word) {
        let settled = RolloutOutcome(word).settled
        #expect(settled.outcome.rawValue == word.rawValue && settled.exit == RolloutOutcome(word).exit)
    }
}
