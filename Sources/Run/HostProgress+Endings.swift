package import Events
import HostSide
package import Playbook
import Text

/// What the host says of steps, and what that makes of their tasks.
extension HostProgress {
    /// The task that a step is for.
    package func outline(of step: Int) -> TaskOutline? {
        switch roles[step] {
        case .task(let index): named(index)
        case .verify, nil: nil
        }
    }

    private func named(_ index: Int) -> TaskOutline {
        var outline = outlines[index]
        outline.name = name(of: index)
        if !outline.namesTimeout, case .ready(let task)? = entries[index].understanding {
            for usual in [task.work.usualTimeout, entries[index].timeout] {
                if let usual { outline.timeout = max(outline.timeout, usual) }
            }
        }
        return outline
    }

    /// How long a step may take, with all its attempts.
    package func deadline(of step: Int) -> Duration {
        guard let outline = outline(of: step) else { return .seconds(600) }
        if !repeated.contains(step) { return outline.timeout }
        return outline.timeout * (outline.retries + 1) + outline.delay * outline.retries
    }

    /// Of one attempt.
    package func timeout(of step: Int) -> Duration { outline(of: step)?.timeout ?? .seconds(600) }

    /// A step ended. Nothing that a host says about steps that it was not given counts.
    package mutating func ended(_ number: Int, _ step: StepReport) {
        guard isApplying, failure == nil, let role = roles.removeValue(forKey: number) else { return }
        switch role {
        case .verify(let indexes):
            switch step.end {
            case .done, .skipped: for index in indexes { entries[index].isFinal = true }
            case .stale: staleAt = indexes[0]
            case .failed: fail(indexes[0], Self.problem(step, "what was seen could not be looked at again"))
            }
        case .task(let index):
            if case .stale = step.end {
                staleAt = index
            } else if let check = entries[index].check {
                checked(number, index, check, step)
            } else if entries[index].isChange {
                changed(index, step)
            } else {
                carriedOut(index, step, wasRepeated: repeated.contains(number))
            }
        }
    }

    /// A step took longer than it may, and was ended with its program; nothing behind it was begun.
    package mutating func timedOut(_ number: Int, _ problem: HostResult.Problem) {
        guard isApplying, failure == nil, case .task(let index)? = roles[number] else { return broke(number, problem) }
        if !repeated.contains(number), isTriedAgain(index) {
            batches = []
            return
        }
        guard outlines[index].ignoresErrors else { return broke(number, problem) }
        var outcome = TaskOutcome(failed: true)
        // What `timeout` of a shell says.
        if outlines[index].isCommand { (outcome.status, outcome.stdout, outcome.stderr) = (124, [], []) }
        finish(index, .ignored, outcome)
        entries[index].result?.problem = problem
        entries[index].result?.changes = []
        batches = []
        isApplying = false
        roles = [:]
        rewind(to: index + 1)
        forgetSightings()
    }

    private mutating func changed(_ index: Int, _ step: StepReport) {
        if case .failed = step.end {
            if isTriedAgain(index) { return }
            finishFailed(index, Self.problem(step, "it could not be done"), TaskOutcome(failed: true), step)
            return
        }
        if case .skipped(let reason) = step.end {
            finish(index, .ok, note: reason.isEmpty ? nil : reason, TaskOutcome(), step)
            return
        }
        entries[index].result?.milliseconds = step.shown?.milliseconds ?? 0
        entries[index].result?.note = step.note
        entries[index].isFinal = true
        if !entries[index].isRegistered { register(index, TaskOutcome(changed: true)) }
    }

    /// Whether a task that failed has attempts left.
    private mutating func isTriedAgain(_ index: Int) -> Bool {
        entries[index].attempts += 1
        guard entries[index].attempts <= outlines[index].retries else { return false }
        again = index
        return true
    }

    mutating func carriedOut(_ index: Int, _ step: StepReport, isLast: Bool = false, wasRepeated: Bool = false) {
        var outcome = step.outcome
        switch step.end {
        case .skipped(let reason):
            let note = reason.isEmpty ? nil : reason
            finish(index, .ok, note: note, .skipped(isCommand: outlines[index].isCommand))
            return
        case .failed: outcome.failed = true
        case .done, .stale: break
        }
        outcome.changed = !entries[index].isCheck
        switch source.judge(index, outcome) {
        case .wantsSecret where isLast:
            let words = "a secret that its condition needs cannot be had"
            finishFailed(index, HostResult.Problem(kind: "secret", message: words), outcome, step)
        case .wantsSecret: unjudged.append((index, step))
        case .wrong(let problem): finishFailed(index, problem, outcome, step)
        case .judged(_, failed: true):
            if !wasRepeated, isTriedAgain(index) { return }
            var problem = Self.problem(step, entries[index].isCheck ? "the check failed" : nil)
            if !outcome.failed {
                problem = HostResult.Problem(kind: "task_failed", message: "its failed_when says so")
            }
            finishFailed(index, problem, outcome, step)
        case .judged(let changed, failed: false):
            outcome.changed = changed
            outcome.failed = false
            finish(index, changed ? .changed : .ok, note: step.note, outcome, step)
        }
    }

    private static func problem(_ step: StepReport, _ words: String?) -> HostResult.Problem {
        var status = ""
        if case .failed(let number) = step.end { status = "status \(number)" }
        guard let words else {
            if let note = step.note {
                return HostResult.Problem(kind: "condition_failed", message: Printable.line(note, limit: 400))
            }
            return HostResult.Problem(kind: "task_failed", message: "the command ended with \(status)")
        }
        let said = LastWords.of(step.shown)
        return HostResult.Problem(kind: "task_failed", message: said.isEmpty ? "\(words) (\(status))" : said)
    }

    private mutating func finishFailed(
        _ index: Int,
        _ problem: HostResult.Problem,
        _ outcome: TaskOutcome,
        _ step: StepReport
    ) {
        var outcome = outcome
        outcome.failed = true
        if outlines[index].ignoresErrors {
            finish(index, .ignored, outcome, step)
            entries[index].result?.problem = problem
        } else {
            if case .failed(let status) = step.end, status != HostResult.lockedStatus { broken = index }
            fail(index, problem, step)
        }
    }

    /// The program of the first batch ended by itself, and all it said has been told. `count` is how many of its steps
    /// that was about, if not about all: the others are still to be sent.
    package mutating func applied(_ count: Int? = nil) {
        guard let batch = batches.first else { return }
        let steps = batch.steps.prefix(count ?? batch.steps.count)
        if failure == nil, staleAt == nil, again == nil {
            if let inquiry = inquiries.last, inquiry.endedItsProgram {
                // What stands behind it is for another program, once it has been asked.
                batches[0].steps.removeFirst(1 + (batch.steps.firstIndex { $0.number == inquiry.number } ?? 0))
                if batches[0].steps.isEmpty { batches.removeFirst() }
                return
            }
            if let step = steps.first(where: { roles[$0.number] != nil }) {
                if isStopping {
                    batches = []
                    isOver = true
                    return
                }
                let words = "the host ended the program without saying what became of this"
                failStep(step.number, HostResult.Problem(kind: "answer_incomplete", message: words))
            }
        }
        let isDone = failure == nil && staleAt == nil && again == nil
        if isDone, steps.count < batch.steps.count {
            batches[0].steps.removeFirst(steps.count)
            return
        }
        batches = isDone ? Array(batches.dropFirst()) : []
    }

    /// The end of a program was not seen. `step` was running, if one was.
    package mutating func broke(_ step: Int?, _ problem: HostResult.Problem) {
        if let step { failStep(step, problem) }
        inquiries = []
        if failure == nil { failure = Failure(number: nil, name: nil, problem: problem) }
        batches = []
        isApplying = false
        isOver = true
    }

    /// sudo refuses an account: the first task that is to be looked at as it shows that. It is no failure of the task
    /// that could be ignored.
    package mutating func refused(_ account: TaskAccount, _ problem: HostResult.Problem) {
        let index = (cursor..<entries.count).first { index in
            guard entries[index].result == nil, case .ready(let task) = understanding(index) else { return false }
            return task.account == account && !task.work.looks.isEmpty
        }
        if let index, failure == nil { fail(index, problem) }
        broke(nil, problem)
    }

    /// What is to be looked at because a task of it failed half way.
    var aftermath: (account: TaskAccount, work: any Work, look: Look)? {
        guard failure != nil, let broken, case .ready(let task)? = entries[broken].understanding,
            let look = task.work.aftermath
        else { return nil }
        return (task.account, task.work, look)
    }

    private mutating func failStep(_ number: Int, _ problem: HostResult.Problem) {
        switch roles[number] {
        case .task(let index):
            broken = index
            fail(index, problem)
        case .verify(let indexes): fail(indexes[0], problem)
        case nil: break
        }
    }
}
