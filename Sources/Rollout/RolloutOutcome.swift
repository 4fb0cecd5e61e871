package import Events

/// How a rollout ended.
package struct RolloutOutcome: Equatable, Sendable {
    package enum Word: String, Sendable, CaseIterable {
        case ok
        /// Nothing of the new release is left.
        case failed
        /// The same, after some hosts had it.
        case rolledBack = "rolled_back"
        case mixed
        case dirty
        case interrupted
        case refused
        case locked
        case unreachable
    }

    package let word: Word

    package init(_ word: Word) { self.word = word }

    package var exit: ExitCode {
        switch word {
        case .ok: .done
        case .failed, .rolledBack: .failedClean
        case .mixed: .mixed
        case .dirty: .needsHands
        case .interrupted: .interrupted
        case .refused: .refused
        case .locked: .locked
        case .unreachable: .unreachable
        }
    }
}

extension Rollout {
    /// What all hosts together come to. An interrupt counts only if it kept something from being done; that a host needs
    /// hands counts whatever else happened.
    var outcome: RolloutOutcome {
        let fates = hosts.map { self.fates[$0] ?? .waiting }
        if fates.contains(.dirty) || migration == .unknown { return RolloutOutcome(.dirty) }
        if fates.allSatisfy({ $0 == .changed || $0 == .unchanged }) { return RolloutOutcome(.ok) }
        if isInterrupted { return RolloutOutcome(.interrupted) }
        if fates.contains(.changed) || fates.contains(.broken) { return RolloutOutcome(.mixed) }
        let hasTouched = migration != nil || fates.contains(.undone) || fates.contains(.takenBack)
        if !hasTouched, !fates.contains(.failed) {
            // Each of these promises that no host was changed.
            for (fate, word) in [
                (Fate.refused, RolloutOutcome.Word.refused), (.locked, .locked), (.unreachable, .unreachable),
            ] where fates.contains(fate) {
                return RolloutOutcome(word)
            }
        }
        return RolloutOutcome(fates.contains(.undone) || fates.contains(.takenBack) ? .rolledBack : .failed)
    }
}
