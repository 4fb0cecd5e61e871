package import Events
package import HostSide
package import Playbook

/// The tasks that one host goes through, and what is known for it. `HostProgress` asks; who answers evaluates, and does
/// nothing else.
package protocol TaskSource {
    var outlines: [TaskOutline] { get }

    /// What a task comes to with what is known.
    mutating func understand(_ index: Int) -> Understanding

    /// A large file's sum is to be made before more can be said; or why it cannot be.
    mutating func wantSum(of path: String) -> HostResult.Problem?

    /// A task has ended, or it is known how it will: its result has a name from here on.
    mutating func register(_ index: Int, _ outcome: TaskOutcome)

    /// It came otherwise than it was known to.
    mutating func forget(_ index: Int)

    /// All that a task which is not understood yet may come from, for telling whether it is still the same.
    func written(_ index: Int) -> [String]

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
    /// Of one attempt.
    package var timeout = Duration.seconds(600)
    /// Somebody said so.
    package var namesTimeout = false
    /// Expressions may ask for what it says: all of that is kept, up to the one limit.
    package var isAsked = false
    /// `failed_when` is there: only its word decides whether anything may follow.
    package var isJudged = false
    /// It is written that it never counts as a change.
    package var neverChanges = false

    /// Its result has what a command said.
    var isCommand: Bool { kind == "run" || kind == "check" }

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
    /// A secret has to be fetched first, or a large file measured.
    case wantsMore
    case wrong(HostResult.Problem)
}

package enum Judgement: Sendable {
    case judged(changed: Bool, failed: Bool)
    /// A secret has to be fetched first.
    case wantsSecret
    case wrong(HostResult.Problem)
}
