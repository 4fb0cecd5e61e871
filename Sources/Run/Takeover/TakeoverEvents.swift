package import Events
import Fleet
package import Handover

extension HandoverEvent {
    /// What somebody reads of a takeover, as the run's own events say it.
    package init(_ news: HandoverNews) {
        switch news {
        case .state(let state, let after, let old, let new):
            self = .state(
                state.rawValue,
                meaning: HandoverTable.meaning(of: state),
                milliseconds: after.inMilliseconds,
                oldWorkers: old,
                newWorkers: new
            )
        case .newMaster(let pid): self = .newMaster(pid: Int(pid))
        case .sent(let signal, let pid, let purpose): self = .signal(signal, pid: Int(pid), purpose: purpose)
        case .trouble(let text): self = .note(.trouble, text)
        case .guardDrives(let text): self = .note(.guardDrives, text)
        case .waits(let state): self = .note(.waits, "\(state.rawValue) takes longer, as it may")
        case .linkLost(let text): self = .note(.linkLost, "\(text); the host goes on by itself")
        case .linkBack: self = .note(.linkBack, "the connection is back")
        case .fenced(let text): self = .note(.fenced, text)
        case .callingOff(let text): self = .note(.callingOff, text)
        case .tooLate: self = .note(.tooLate, "it is past the point of no return, and goes on to its end")
        }
    }

    package init(_ ending: HandoverEnding, after duration: Duration) {
        let outcome: Ending.Outcome =
            switch ending.word {
            case .committed: .committed
            case .undone: .undone
            case .dirty: .dirty
            case .refused: .refused
            case .unknown: .unknown
            }
        self = .finished(
            Ending(
                outcome,
                message: ending.message,
                hint: ending.hint,
                touched: ending.isTouched,
                probes: ending.verdict?.probes ?? 0,
                badProbes: ending.verdict?.badProbes ?? 0,
                milliseconds: duration.inMilliseconds
            )
        )
    }
}
