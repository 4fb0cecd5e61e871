/// What became of one task on one host; in a plan, what would.
package struct TaskResult: Equatable, Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case ok
        case changed
        /// A condition or a tag said no.
        case skipped
        case failed
        /// It failed, and that was to be ignored.
        case ignored
        /// In a plan: what it will do depends on what an earlier task will say.
        case unknown
    }

    /// Counted from 1 through the whole playbook: the same task has the same number on every host.
    package let number: Int
    package var name: String
    /// The name as it is written for all hosts, where that is another.
    package var written: String?
    /// The kind: `file`, `run` and so on.
    package let kind: String
    /// `stage`, or `run` for everything in its order.
    package let phase: String
    package var status: Status
    /// In a plan nothing is changed: `changed` means would be.
    package var isPlanned = false
    /// In a plan: it changes nothing, and is carried out all the same.
    package var isCarriedOut = false
    /// What changed, in a few words each: `created`, `content`, `mode 0644 -> 0600`.
    package var changes: [String] = []
    /// In a plan: what commands hold that was inserted without quotes.
    package var raws: [String] = []
    /// A unified diff, where it was asked for.
    package var diff: String?
    /// A word more: why it was skipped, or which tool a check used.
    package var note: String?
    package var execution: HostResult.Execution?
    package var problem: HostResult.Problem?
    package var milliseconds = 0

    package init(number: Int, name: String, kind: String, phase: String, status: Status) {
        self.number = number
        self.name = name
        self.kind = kind
        self.phase = phase
        self.status = status
    }
}
