package import Events
package import HostSide
package import Playbook

/// How a step ended, and what it said.
package struct StepReport: Sendable {
    package var end: StepEnd
    /// For people: without the secrets.
    package var shown: HostResult.Execution?
    /// For expressions: as it came.
    package var outcome: TaskOutcome
    package var note: String?

    package init(
        _ end: StepEnd,
        shown: HostResult.Execution? = nil,
        outcome: TaskOutcome = TaskOutcome(),
        note: String? = nil
    ) {
        self.end = end
        self.shown = shown
        self.outcome = outcome
        self.note = note
    }
}
