import Events
import Rollout

/// What a host has come to on its way through a rollout, as far as the rollout asks.
struct HostStanding: Equatable {
    /// It was not reached, or not any more.
    var isUnreachable = false
    /// Neither on one side nor on the other, or nobody knows.
    var isHurt = false
    /// It was switched, and has not gone back.
    var hasSwitched = false
    /// It does no more, whatever the reason.
    var isOver = false
    /// What kind of problem ended it.
    var failure: String?

    var staging: StagingReport {
        if isUnreachable { return .unreachable }
        switch failure {
        case nil: return isOver ? .failed : .staged
        case HostResult.refusedKind: return .refused
        case HostResult.lockedKind: return .locked
        default: return .failed
        }
    }

    var migration: MigrationReport {
        // Its end was not seen.
        if isUnreachable || failure == "link_lost" { return .unknown }
        return failure == nil ? .migrated : .failed
    }

    var switching: SwitchReport {
        if isHurt { return .dirty }
        if isUnreachable { return hasSwitched ? .dirty : .unreachable }
        guard let failure else { return hasSwitched ? .changed : .unchanged }
        if hasSwitched { return .broken }
        return [HostResult.refusedKind, HostResult.lockedKind].contains(failure) ? .refused : .undone
    }

    var health: HealthReport {
        if isUnreachable || failure == "link_lost" { return .unreachable }
        return failure == nil ? .healthy : .unhealthy
    }
}

extension Journey? {
    /// Nobody's is that of a host that was never reached.
    var standing: HostStanding {
        guard let self else { return HostStanding(isUnreachable: true) }
        return HostStanding(
            isUnreachable: self.isUnreachable,
            isHurt: self.isHurt,
            hasSwitched: self.hasSwitched,
            isOver: self.isOver,
            failure: self.failed?.kind
        )
    }
}

extension RolloutOutcome {
    /// The same, as the last word of a run.
    var settled: RunResult.Settled {
        let outcome: RunResult.Outcome =
            switch word {
            case .ok: .ok
            case .failed: .failed
            case .rolledBack: .rolledBack
            case .mixed: .mixed
            case .dirty: .dirty
            case .interrupted: .interrupted
            case .refused: .refused
            case .locked: .locked
            case .unreachable: .unreachable
            }
        return RunResult.Settled(outcome: outcome, exit: exit)
    }
}
