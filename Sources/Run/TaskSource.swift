package import Events
package import HostSide
package import Playbook

/// The tasks that one host goes through, and what is known for it. `HostProgress` asks; who answers evaluates, and does
/// nothing else.
package protocol TaskSource {
    var outlines: [TaskOutline] { get }

    /// What a task comes to with what is known. `pending` are the names whose values an earlier task is still to say.
    mutating func understand(_ index: Int, pending: Set<String>) -> Understanding

    /// A task has ended: its result has a name from here on.
    mutating func register(_ index: Int, _ outcome: TaskOutcome)

    /// What `changed_when` and `failed_when` make of an outcome.
    mutating func judge(_ index: Int, _ outcome: TaskOutcome) -> Judgement

    /// What `baton facts` says of the host.
    mutating func learn(_ facts: [Facts.Fact])
}

/// What can be said of a task before anything in it is evaluated.
package struct TaskOutline: Sendable {
    package var number: Int
    /// For tasks that are not understood.
    package var name: String
    package var kind: String
    package var phase: String
    package var register: String?
    package var isOnce = false
    package var ignoresErrors = false
    package var retries = 0
    package var delay = Duration.seconds(5)
    package var timeout: Duration?
    /// `failed_when` is there: only its word decides whether anything may follow.
    package var isJudged = false

    package init(number: Int, name: String, kind: String, phase: String = "run") {
        self.number = number
        self.name = name
        self.kind = kind
        self.phase = phase
    }
}

package enum Understanding: Sendable {
    case ready(ResolvedTask)
    case skipped(String)
    case waits(for: String)
    /// A secret has to be fetched first.
    case wantsSecret
    case wrong(HostResult.Problem)
}

/// What `register` keeps of a task.
package struct TaskOutcome: Equatable, Sendable {
    package var changed = false
    package var failed = false
    package var skipped = false
    /// Only of what was carried out.
    package var execution: HostResult.Execution?

    package init(
        changed: Bool = false,
        failed: Bool = false,
        skipped: Bool = false,
        execution: HostResult.Execution? = nil
    ) {
        self.changed = changed
        self.failed = failed
        self.skipped = skipped
        self.execution = execution
    }
}

package enum Judgement: Sendable {
    case judged(TaskOutcome)
    case wrong(HostResult.Problem)
}
