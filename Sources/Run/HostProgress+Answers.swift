import Document
import Events
package import HostSide
package import Playbook

/// What comes in, and what is kept of it.
extension HostProgress {
    package mutating func learned(_ facts: [Facts.Fact]) {
        knowsFacts = true
        source.learn(facts)
    }

    /// Those that could be fetched are there; the others are errors of the tasks that need them.
    package mutating func fetched() {
        let waiting = unjudged
        unjudged = []
        for (index, step) in waiting { carriedOut(index, step, isLast: true) }
        if failure != nil { isOver = true }
        if let index = again { rewind(to: index) }
    }

    package mutating func saw(_ answers: [TaskAccount: Sightings]) {
        for (account, seen) in answers {
            for (look, sighting) in seen {
                if case .content = look {
                    oldContents[account, default: [:]][look] = sighting
                } else {
                    sightings[account, default: [:]][look] = sighting
                }
            }
        }
    }

    /// Who has a task that runs once.
    package mutating func claimed(_ number: Int, _ claim: Claim) { onces.note(number, claim) }

    /// What became of tasks that this host runs for all; each is told once.
    package mutating func takeSettledOnces(host: String) -> [(number: Int, result: OnceResult)] {
        var settled: [(number: Int, result: OnceResult)] = []
        for (index, outline) in outlines.enumerated() where onces.leads(outline.number) {
            guard entries[index].isFinal, let result = entries[index].result else { continue }
            let outcome = entries[index].outcome ?? TaskOutcome(failed: result.status == .failed)
            settled.append((outline.number, OnceResult(host: host, status: result.status, outcome: outcome)))
            onces.letGo(outline.number)
        }
        return settled
    }

    /// Tasks that this host was to run for all, and will not.
    package mutating func takeReleasedOnces() -> [Int] { onces.releaseAll() }

    /// A pause is over.
    package mutating func paused() {
        finish(cursor, .ok, TaskOutcome())
        cursor += 1
        // Things may have happened meanwhile.
        forgetSightings()
    }

    /// A part of a release's coming is over.
    package mutating func deployed(_ report: DeployReport, _ part: DeployTask.Part) {
        switch part {
        case .hand:
            if report.problem == nil { handed.append((outlines[cursor].number, report.before)) }
        case .stage, .migrate: holdsLease = true
        default: break
        }
        if let problem = report.problem {
            deployWord = report.word
            return fail(cursor, problem)
        }
        finish(cursor, report.words.isEmpty ? .ok : .changed, TaskOutcome(changed: !report.words.isEmpty))
        entries[cursor].result?.changes = report.words
        cursor += 1
        forgetSightings()
    }

    // MARK: Results

    mutating func finish(
        _ index: Int,
        _ status: TaskResult.Status,
        note: String? = nil,
        _ outcome: TaskOutcome?,
        _ step: StepReport? = nil
    ) {
        provisional(index, status, note: note, outcome)
        if let outcome, !entries[index].isRegistered { register(index, outcome) }
        entries[index].result?.execution = step?.shown
        entries[index].result?.milliseconds = step?.shown?.milliseconds ?? 0
        entries[index].isFinal = true
    }

    /// A result that holds if what is to be carried out goes well. What was to be ignored may go wrong: its result is not
    /// known before.
    mutating func provisional(
        _ index: Int,
        _ status: TaskResult.Status,
        changes: [String] = [],
        note: String? = nil,
        _ outcome: TaskOutcome?
    ) {
        let outline = outlines[index]
        let name = name(of: index)
        var result = TaskResult(
            number: outline.number,
            name: name,
            kind: outline.kind,
            phase: outline.phase,
            status: status
        )
        if name != outline.name { result.written = outline.name }
        result.isPlanned = mode == .plan
        if mode == .plan, case .ready(let task)? = entries[index].understanding {
            result.raws = task.raws.filter { !$0.isTainted }.map(\.text)
        }
        result.changes = changes
        result.note = note
        entries[index].result = result
        if let outcome, !outline.ignoresErrors || mode == .plan { register(index, outcome) }
    }

    /// With what it works on here, where that is known.
    func name(of index: Int) -> String {
        if case .ready(let task)? = entries[index].understanding { task.name } else { outlines[index].name }
    }

    mutating func register(_ index: Int, _ outcome: TaskOutcome) {
        var outcome = outcome
        if case .ready(let task)? = entries[index].understanding { outcome.isTainted = task.isTainted }
        entries[index].outcome = outcome
        guard outlines[index].register != nil else { return }
        entries[index].isRegistered = true
        source.register(index, outcome)
    }

    mutating func fail(_ index: Int, _ problem: HostResult.Problem, _ step: StepReport? = nil) {
        finish(index, .failed, TaskOutcome(failed: true), step)
        entries[index].result?.problem = problem
        entries[index].result?.changes = []
        failure = Failure(
            number: outlines[index].number,
            name: entries[index].result?.name ?? outlines[index].name,
            problem: problem
        )
        // What was decided behind it does not happen.
        for later in entries.indices where later > index && !entries[later].isFinal { entries[later].result = nil }
        for later in entries.indices where later > index { entries[later].isFinal = false }
        digest.add(outlines[index], "failed")
        if !isApplying { isOver = true }
    }

    /// It cannot be done. Nil if that is to be ignored.
    mutating func failed(_ index: Int, _ problem: HostResult.Problem) -> Stop? {
        guard outlines[index].ignoresErrors else { return .fail(index, problem) }
        finish(index, .ignored, TaskOutcome(failed: true))
        entries[index].result?.problem = problem
        // Later tasks about the same must not fail for what was seen then.
        if mode == .change, case .ready(let task)? = entries[index].understanding {
            for look in task.work.looks { sightings[task.account]?[look] = nil }
        }
        digest.add(outlines[index], "ignored")
        cursor += 1
        return nil
    }
}
