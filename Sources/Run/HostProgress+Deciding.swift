import Events
import HostSide
import Playbook

/// The decisions: from what was seen to what is to be done.
extension HostProgress {
    /// Why deciding cannot go on for now. What was decided before it is carried out first, but for claims and secrets.
    enum Stop {
        case end
        case looks
        case facts
        case more
        case claim(Int)
        case follow(Int)
        case pause(Int, Pause)
        case deploy(Int, Deployment)
        case fail(Int, HostResult.Problem)
        /// It would fail for sure: what was decided before it is not begun either.
        case refuse(Int, HostResult.Problem)
        /// What was seen of the next task is not worth anything after what comes before it.
        case lookAgain
        /// What was decided must be carried out before more can be.
        case carryOut
    }

    mutating func decide() -> Stop {
        while cursor < entries.count {
            if let stop = decideNext() { return stop }
        }
        return .end
    }

    private mutating func decideNext() -> Stop? {
        let index = cursor
        switch understanding(index) {
        case .wantsMore: return .more
        case .wrong(let problem): return failed(index, problem)
        case .waits(let name): return waiting(index, for: name)
        case .skipped(let reason):
            finish(index, .skipped, note: reason, .skipped(isCommand: outlines[index].isCommand))
            digest.add(outlines[index], "skipped")
        case .ready(let task):
            if let stop = once(index, task) { return stop }
            // A follower's task is done with.
            if entries[index].result != nil { break }
            let seen = sightings[task.account] ?? [:]
            if task.work.looks.contains(where: { seen[$0] == nil }) { return .looks }
            return compare(index, task, seen)
        }
        cursor += 1
        return nil
    }

    private mutating func waiting(_ index: Int, for name: String) -> Stop? {
        if name == "facts", !knowsFacts { return .facts }
        if mode == .plan {
            finish(index, .unknown, note: "depends on \(name), which is known only when it runs", nil)
            digest.add(outlines[index], "unknown", [name] + source.written(index))
            touched.addEverything()
            prospects.addEverything()
            cursor += 1
            return nil
        }
        if !batches.isEmpty { return .carryOut }
        return .fail(
            index,
            HostResult.Problem(
                kind: "unknown_result",
                message: "it needs the result \(name), and no task of this host has it",
                hint: "the task that registers it did not run here: look at its `when` and at --tags"
            )
        )
    }

    private mutating func compare(_ index: Int, _ task: ResolvedTask, _ seen: Sightings) -> Stop? {
        let isTouched = touched.covers(task.work.looks)
        switch task.work.decide(seen) {
        case .none(let note):
            if isTouched, let stop = recheck(index, task, note, seen) { return stop }
            if !isTouched || mode == .plan, entries[index].result == nil {
                // A condition of a command holds.
                let isCommand = outlines[index].isCommand
                finish(index, .ok, note: note, isCommand ? .skipped(isCommand: true) : TaskOutcome())
                digest.add(outlines[index], "ok", task)
            }
        case .change(let change):
            if let obstacle = change.obstacles.first(where: { !prospects.clear($0, touched) }) {
                let stop = failed(index, obstacle.problem)
                return stop == nil || mode == .plan ? stop : .refuse(index, obstacle.problem)
            }
            plan(change, index, task, seen)
        case .unsummed(let path):
            if let problem = source.wantSum(of: path) { return failed(index, problem) }
            return .more
        case .carryOut(let operation):
            carryOut(operation, index, task)
            if mode == .change, outlines[index].isJudged {
                cursor += 1
                return .carryOut
            }
        case .deploy(let deployment, let words):
            if isTouched, mode == .change { return .lookAgain }
            if mode == .change { return .deploy(index, deployment) }
            provisional(index, .changed, changes: words, TaskOutcome(changed: true))
            entries[index].isFinal = true
            digest.add(outlines[index], "deploy " + words.joined(separator: "; "), task)
            touched.addEverything()
            prospects.addEverything()
        case .pause(let pause):
            if mode == .change { return .pause(outlines[index].number, pause) }
            finish(index, .ok, note: Self.words(pause), TaskOutcome())
            digest.add(outlines[index], "pause")
        case .impossible(let problem):
            if isTouched, mode == .change { return .lookAgain }
            if isTouched {
                prospects.addEverything()
                finish(index, .unknown, note: "depends on what earlier tasks do: as it is now, \(problem.message)", nil)
                digest.add(outlines[index], "unknown", task)
                break
            }
            return failed(index, problem)
        }
        cursor += 1
        return nil
    }

    /// Nothing is to be done as it was seen, but steps before it may have changed that.
    private mutating func recheck(
        _ index: Int,
        _ task: ResolvedTask,
        _ note: String?,
        _ seen: Sightings
    ) -> Stop? {
        if mode == .plan {
            // A file that will change makes what is younger than it older.
            if let operation = task.work.conditional, touched.coversPaths(of: task.work.looks.filter(\.isAge)) {
                carryOut(operation, index, task)
            }
            return nil
        }
        if let operation = task.work.conditional {
            carryOut(operation, index, task)
            if outlines[index].isJudged {
                cursor += 1
                return .carryOut
            }
            return nil
        }
        var expectations: [Expectation] = []
        for look in task.work.looks {
            if case .name = look { continue }
            guard case .path(let path, _) = look, case .path(let state)? = seen[look] else { return .lookAgain }
            expectations.append(Expectation(path: path, fingerprint: state.fingerprint))
        }
        provisional(index, .ok, note: note, TaskOutcome())
        verify(expectations, index, task)
        return nil
    }

    private mutating func plan(_ change: Change, _ index: Int, _ task: ResolvedTask, _ seen: Sightings) {
        entries[index].isChange = true
        entries[index].timeout = change.timeout
        provisional(index, .changed, changes: change.words, TaskOutcome(changed: true))
        entries[index].isFinal = mode == .plan
        if wantsDiffs, !change.differences.isEmpty { differences[index] = change.differences }
        digest.add(outlines[index], change, task, seen)
        append(change.operation, index, task)
        prospects.add(change.operation)
        for path in change.paths { touched.add(path) }
        switch change.operation {
        case .link, .script: touched.addEverything()
        default: break
        }
    }

    private mutating func carryOut(_ operation: Operation, _ index: Int, _ task: ResolvedTask) {
        var changesNothing = false
        if case .check(let check) = operation {
            entries[index].check = check
            if case .command = check.target {} else { changesNothing = true }
        }
        if mode == .plan {
            let note = entries[index].isCheck ? "will be checked" : outlines[index].neverChanges ? "runs" : nil
            provisional(index, note == nil ? .changed : .ok, note: note, nil)
            entries[index].result?.isCarriedOut = note != nil
            entries[index].isFinal = true
            digest.add(outlines[index], operation, task)
        }
        append(operation, index, task)
        prospects.add(operation)
        if !changesNothing { touched.addEverything() }
    }

    // MARK: Tasks that run once for all hosts

    /// Nil when this host goes on with it, or does not need to.
    private mutating func once(_ index: Int, _ task: ResolvedTask) -> Stop? {
        let outline = outlines[index]
        guard outline.isOnce, mode == .change else { return nil }
        if onces.leads(outline.number) { return nil }
        if let settled = onces.settled(outline.number) {
            if settled.status == .failed {
                let problem = HostResult.Problem(
                    kind: "once_failed",
                    message: "it runs once for all hosts, and failed on \(settled.host)",
                    hint: "mend it on \(settled.host), and run again"
                )
                return failed(index, problem)
            }
            finish(index, .skipped, note: "once for all hosts: ran on \(settled.host)", settled.outcome)
            return nil
        }
        return onces.isTaken(outline.number) ? .follow(outline.number) : .claim(outline.number)
    }

    // MARK: Understanding

    mutating func understanding(_ index: Int) -> Understanding {
        if let known = entries[index].understanding { return known }
        let understanding = source.understand(index)
        switch understanding {
        case .ready, .skipped: entries[index].understanding = understanding
        case .waits, .wantsMore, .wrong: break
        }
        return understanding
    }

    /// Everything that can be looked at now.
    mutating func dueLooks() -> [TaskAccount: [Look]] {
        var looks: [TaskAccount: [Look]] = [:]
        var listed: [TaskAccount: Set<Look>] = [:]
        for index in cursor..<entries.count where entries[index].result == nil {
            guard case .ready(let task) = understanding(index) else { continue }
            for look in task.work.looks where sightings[task.account]?[look] == nil {
                if listed[task.account, default: []].insert(look).inserted {
                    looks[task.account, default: []].append(look)
                }
            }
        }
        return looks
    }

    /// Whether any of the tasks needs what `baton facts` says: asked first, so that all others can be looked at together.
    mutating func wantsFacts() -> Bool {
        if knowsFacts { return false }
        return (cursor..<entries.count).contains { index in
            if case .waits("facts") = understanding(index) { true } else { false }
        }
    }

    private static func words(_ pause: Pause) -> String {
        if let prompt = pause.prompt { return "waits for an answer: \(prompt)" }
        return "waits \(pause.duration.map { Waiting.text($0) } ?? "")"
    }
}

extension Look {
    fileprivate var isAge: Bool { if case .age = self { true } else { false } }
}
