/// What is to be done now; each is answered by a report per host, except for waiting and the end.
package enum RolloutAction<Host: Hashable & Sendable>: Equatable, Sendable {
    /// Everything that nobody notices: upload, prepare, check.
    case stage([Host])
    /// Once per run, on this host.
    case migrate(Host)
    case `switch`(Host)
    /// Nothing is due before; then `tick` is called.
    case wait(until: Duration)
    /// Whether they have stayed healthy.
    case check([Host])
    /// Back to what it ran before.
    case takeBack(Host)
    case finish(RolloutOutcome)
}

/// What becomes of a host that is staged. None of these is a change that anybody notices.
package enum StagingReport: Equatable, Sendable, CaseIterable {
    case staged
    case failed
    /// By the preflight.
    case refused
    /// Somebody else is at work there.
    case locked
    case unreachable
}

package enum MigrationReport: Equatable, Sendable, CaseIterable {
    case migrated
    case failed
    /// Its end was not seen.
    case unknown
}

package enum SwitchReport: Equatable, Sendable, CaseIterable {
    case changed
    /// It ran what it is to run already.
    case unchanged
    /// It failed, and the host is back on what it ran before.
    case undone
    /// It failed, and the host runs the new release: the switch went well, and what came after it did not.
    case broken
    /// It never began: nothing was changed.
    case refused
    /// Nor was it reached.
    case unreachable
    /// It is neither on one side nor on the other, or nobody knows.
    case dirty
}

package enum HealthReport: Equatable, Sendable, CaseIterable {
    case healthy
    case unhealthy
    case unreachable
}

package enum TakingBackReport: Equatable, Sendable, CaseIterable {
    case back
    /// Somebody has to see to it.
    case failed
}
