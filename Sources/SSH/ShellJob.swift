import Reactor
import Shell

extension ShellChannel {
    /// A program that was handed in.
    final class Job {
        let label: String
        let limits: Limits
        let observer: OutputObserver?
        let done: (Outcome) -> Void
        let began: Instant
        var stdout: Capture
        var stderr: Capture
        var timer: Loop.Timer?
        /// Set when the program is being ended: how that is to be reported.
        var ending: Ending?
        /// The host has answered that it ended what there was.
        var isEndingSettled = false
        var isEndingConfirmed = false

        init(
            _ label: String,
            _ limits: Limits,
            _ observer: OutputObserver?,
            _ now: Instant,
            _ done: @escaping (Outcome) -> Void
        ) {
            self.label = label
            self.limits = limits
            self.observer = observer
            self.done = done
            began = now
            stdout = Capture(limit: limits.output)
            stderr = Capture(limit: limits.output)
        }
    }

    /// Why a program is ended before its time.
    enum Ending {
        case timedOut
        case cancelled
    }
}
