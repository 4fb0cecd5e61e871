package import Events
package import HostSide
package import Playbook

/// One host on its way through some tasks: what is to be done next, given what came so far. A value without clock, socket
/// or task; `HostDriver` does what it says and tells it what came.
///
/// It looks at everything that can be known at once, decides in the order of the tasks, and has only the differences
/// carried out, all in one program where nothing stands between them. What came out otherwise than it had been seen to
/// come is looked at again from there on.
package struct HostProgress<Source: TaskSource> {
    package enum Mode: Sendable {
        /// Nothing is changed: what would be.
        case plan
        case change
    }

    package enum Action {
        case learnFacts
        /// Secrets, and sums of large files.
        case fetch
        case look([TaskAccount: [Look]])
        /// A task that runs once wants to be this host's: answered at once by `claimed`.
        case claim(once: Int)
        /// Another host has it: answered by `claimed` when that one is done.
        case follow(once: Int)
        case apply(Batch)
        /// The host has nothing to ask with: answered by `answered`.
        case ask(number: Int, CheckQuestion, within: Duration)
        case pause(number: Int, Pause)
        /// A part of a release's coming: answered by `deployed`.
        case deploy(number: Int, Deployment, TaskAccount)
        case rest(Duration)
        case finished
    }

    /// Steps of one program, for one account.
    package struct Batch: Equatable, Sendable {
        package var account: TaskAccount
        package var steps: [Step]
        /// About how long its text is.
        var size = 0
    }

    package enum Claim: Sendable {
        case leads
        case taken
        case settled(OnceResult)
    }

    /// What a step is for.
    enum Role: Equatable {
        case task(Int)
        /// Tasks that were found right, and are looked at again because something before them was done.
        case verify([Int])
    }

    /// What became of a task so far.
    struct Entry {
        var understanding: Understanding?
        var result: TaskResult?
        var outcome: TaskOutcome?
        /// Nothing can change the result any more.
        var isFinal = false
        var isRegistered = false
        /// How often the host was found changed at this task.
        var stale = 0
        var attempts = 0
        /// How long its change may take, as far as that shows only on the host.
        var timeout: Duration?
        var isChange = false
        var check: Check?
        var isCheck: Bool { check != nil }
    }

    /// So often a task may find its host changed by somebody else.
    static var mostStale: Int { 3 }

    let mode: Mode
    let wantsDiffs: Bool
    let outlines: [TaskOutline]
    let tools: FileTools
    package internal(set) var source: Source
    var entries: [Entry]
    /// The first task that is not decided.
    var cursor = 0
    var sightings: [TaskAccount: Sightings] = [:]
    var touched = Touched()
    package internal(set) var prospects: Prospects
    var knowsFacts = false

    // What is to be carried out, and what it came to.
    var batches: [Batch] = []
    var isApplying = false
    var roles: [Int: Role] = [:]
    var nextStep = 1
    /// Steps that the host itself tries again.
    var repeated: Set<Int> = []
    /// Commands whose conditions need a secret that was not there.
    var unjudged: [(index: Int, step: StepReport)] = []
    /// Checks that the host could not make, in their order.
    var inquiries: [Inquiry] = []
    var staleAt: Int?
    var again: Int?

    /// Old contents that a diff wants, and those that have come.
    var differences: [Int: [Change.Difference]] = [:]
    var oldContents: [TaskAccount: Sightings] = [:]

    var onces = OnceState()
    var digest = PlanDigest()
    /// Batches that would be sent, in a plan.
    package internal(set) var planned: [Batch] = []
    package internal(set) var failure: Failure?
    /// A lease was taken for what is still to come.
    package internal(set) var holdsLease = false
    /// Releases that were switched to, by their tasks, with what ran before.
    package internal(set) var handed: [(number: Int, before: ReleaseID?)] = []
    /// How a part of a release's coming failed.
    package internal(set) var deployWord: DeployReport.Word?
    /// The task that failed while the host was at it, and not before.
    var broken: Int?
    var isOver = false
    var isStopping = false
    var emitted = 0

    /// Why the host goes no further.
    package struct Failure: Equatable, Sendable {
        /// Nil where no task is to blame.
        package var number: Int?
        package var name: String?
        package var problem: HostResult.Problem
    }

    package init(
        _ source: Source,
        _ mode: Mode,
        wantsDiffs: Bool = false,
        _ tools: FileTools,
        knowsFacts: Bool = false,
        _ prospects: Prospects = Prospects()
    ) {
        self.prospects = prospects
        self.source = source
        self.mode = mode
        self.wantsDiffs = wantsDiffs
        self.tools = tools
        self.knowsFacts = knowsFacts
        outlines = source.outlines
        entries = Array(repeating: Entry(), count: outlines.count)
    }

    // MARK: What is next

    package mutating func next() -> Action {
        while true {
            if isOver || (isStopping && !isApplying) { return .finished }
            if isApplying {
                if !isStopping, let action = inquiry() { return action }
                if let batch = batches.first, !isStopping { return .apply(batch) }
                batches = []
                settle()
                if isOver || isStopping { continue }
                if !unjudged.isEmpty { return .fetch }
                if let index = again {
                    again = nil
                    return .rest(outlines[index].delay)
                }
            }
            let stop = decide()
            // What only asks comes before what is to be done: steps look at their own before-state anyway.
            if let action = question(for: stop) { return action }
            if let looks = dueOldContents() { return .look(looks) }
            compareContents()
            if case .refuse(let index, let problem) = stop {
                refuse(index, problem)
                continue
            }
            if mode == .change, !batches.isEmpty {
                isApplying = true
                continue
            }
            if let action = action(for: stop) { return action }
        }
    }

    private mutating func question(for stop: Stop) -> Action? {
        switch stop {
        case .looks: wantsFacts() ? .learnFacts : .look(dueLooks())
        case .facts: .learnFacts
        case .more: .fetch
        case .claim(let number): .claim(once: number)
        case .end, .follow, .pause, .deploy, .fail, .refuse, .lookAgain, .carryOut: nil
        }
    }

    /// Everything before the stop is done.
    private mutating func action(for stop: Stop) -> Action? {
        switch stop {
        case .end: isOver = true
        case .follow(let number): return .follow(once: number)
        case .pause(let number, let pause): return .pause(number: number, pause)
        case .deploy(let index, let deployment):
            guard case .ready(let task)? = entries[index].understanding else { return nil }
            return .deploy(number: outlines[index].number, deployment, task.account)
        case .fail(let index, let problem): fail(index, problem)
        case .lookAgain: forgetSightings()
        case .carryOut, .refuse, .looks, .facts, .more, .claim: break
        }
        return nil
    }

    /// No more is begun; what runs on the host ends.
    package mutating func stop() { isStopping = true }

    /// Results that are final and were not taken yet, in the order of the tasks.
    package mutating func takeFinished() -> [TaskResult] {
        var results: [TaskResult] = []
        while emitted < entries.count {
            guard entries[emitted].isFinal, let result = entries[emitted].result else {
                // What was decided and not begun, before a task that was refused.
                if failure == nil || !isOver { break }
                emitted += 1
                continue
            }
            // A diff that is still to come belongs to it.
            if differences[emitted] != nil, !isOver { break }
            results.append(result)
            emitted += 1
        }
        return results
    }

    /// In the order of the tasks; those that were not begun are not there.
    package var results: [TaskResult] { entries.compactMap { $0.isFinal ? $0.result : nil } }

    /// Whether any task that is understood holds a secret.
    package var holdsSecrets: Bool {
        entries.contains { entry in
            if case .ready(let task)? = entry.understanding { task.isTainted } else { false }
        }
    }

    package var isComplete: Bool { entries.allSatisfy(\.isFinal) }

    /// What the plan comes to.
    package var planDigest: PlanDigest { digest }
}
