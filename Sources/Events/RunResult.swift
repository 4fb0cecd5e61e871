/// What became of a run: the last word on stdout, and the exit code.
package struct RunResult: Equatable, Sendable {
    package enum Outcome: String, Sendable {
        case ok
        case failed
        case mixed
        case unreachable
        case interrupted
        /// Hosts were not as the plan had found them, and nothing was done.
        case refused
        /// Of a plan: there is something to do.
        case changes
        /// A service does not run where it is to, or nobody knows.
        case dirty
        /// Somebody else was at work, and nothing was changed.
        case locked
        /// Every host that was touched runs what it ran before.
        case rolledBack = "rolled_back"
    }

    /// What a run was for: it decides what counts as success.
    package enum Purpose: Equatable, Sendable {
        case work
        /// With `signalsChanges`, changes have an exit code of their own.
        case plan(signalsChanges: Bool)
        /// Services were started, stopped, restarted: what failed may be down.
        case services
    }

    /// What the rule that changed hosts in its order says itself of how that ended.
    package struct Settled: Equatable, Sendable {
        package let outcome: Outcome
        package let exit: ExitCode

        package init(outcome: Outcome, exit: ExitCode) { (self.outcome, self.exit) = (outcome, exit) }
    }

    package let run: String
    package let command: String
    package let outcome: Outcome
    package let exit: ExitCode
    package let hosts: [HostResult]

    /// The rule for runs that can leave no host half way. Which hosts could not be reached says 6 only when nothing ran
    /// anywhere, and which were refused says 2 only then: both promise that no host was changed.
    package init(
        run: String,
        command: String,
        hosts: [HostResult],
        interrupted: Bool,
        purpose: Purpose = .work,
        settled: Settled? = nil
    ) {
        self.run = run
        self.command = command
        self.hosts = hosts
        let good = hosts.count { $0.status == .ok || $0.status == .changed }
        let nothingRan = !hosts.contains(where: \.touched)
        if hosts.contains(where: \.isDown) {
            // Whatever else happened: somebody has to see to it.
            (outcome, exit) = (.dirty, .needsHands)
        } else if let settled, settled.outcome != .ok, settled.holds(for: hosts) {
            (outcome, exit) = (settled.outcome, settled.exit)
        } else if interrupted {
            (outcome, exit) = (.interrupted, .interrupted)
        } else if good == hosts.count {
            (outcome, exit) = Self.success(hosts, purpose)
        } else if nothingRan && hosts.contains(where: \.isDrifted) {
            (outcome, exit) = (.refused, .refused)
        } else if nothingRan && hosts.contains(where: { $0.status == .unreachable }) {
            (outcome, exit) = (.unreachable, .unreachable)
        } else if nothingRan, hosts.contains(where: { $0.problem?.kind == HostResult.lockedKind }) {
            (outcome, exit) = (.locked, .locked)
        } else if nothingRan, hosts.contains(where: { $0.problem?.kind == HostResult.refusedKind }) {
            (outcome, exit) = (.refused, .refused)
        } else if hosts.contains(where: { $0.status == .rolledBack }), good == 0 {
            (outcome, exit) = (.rolledBack, .failedClean)
        } else if purpose == .services, !hosts.contains(where: { $0.status == .unreachable }) {
            // None has it, or none may be looked at.
            (outcome, exit) = nothingRan ? (.refused, .refused) : (.failed, .failedClean)
        } else {
            (outcome, exit) = (good == 0 ? .failed : .mixed, .mixed)
        }
    }

    private static func success(_ hosts: [HostResult], _ purpose: Purpose) -> (Outcome, ExitCode) {
        guard case .plan(let signalsChanges) = purpose, hosts.contains(where: { $0.status == .changed }) else {
            return (.ok, .done)
        }
        return (.changes, signalsChanges ? .changes : .done)
    }
}

extension RunResult.Settled {
    /// What promises that no host is changed says nothing of what tasks beside it have done.
    fileprivate func holds(for hosts: [HostResult]) -> Bool {
        switch exit {
        case .refused, .locked, .unreachable: !hosts.contains(where: \.touched)
        case .failedClean: !hosts.contains { $0.touched && ($0.status == .ok || $0.status == .changed) }
        default: true
        }
    }
}

extension RunResult {
    package var touched: Int { hosts.count(where: \.touched) }
}
