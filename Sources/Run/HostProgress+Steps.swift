import Events
import HostSide
import Playbook
import Text

/// What is to be carried out, and what it came to.
extension HostProgress {
    /// A program is sent as one line that the host's shell reads byte by byte: beyond this a second one is quicker.
    private static var longest: Int { 1 << 20 }

    mutating func append(_ operation: Operation, _ index: Int, _ task: ResolvedTask) {
        let outline = outlines[index]
        // A plan is shown and never sent.
        let isShown = mode == .plan && task.isTainted
        var step = Step(nextStep, task.name, isShown ? operation.withoutSecrets : operation)
        let isRepeated = Self.isRepeatedThere(operation, outline)
        step.retries = isRepeated ? outline.retries : 0
        step.delay = outline.delay
        // One that will be tried again ends its program.
        let isLast = isRepeated || entries[index].attempts >= outline.retries
        step.ignoresFailure = outline.isJudged || (outline.ignoresErrors && isLast)
        if isRepeated { repeated.insert(nextStep) }
        roles[nextStep] = .task(index)
        nextStep += 1
        append(step, task.account)
    }

    /// A check that holds itself to its time may be tried again on the host. Everything else is begun anew from here: so
    /// each attempt has its own time, and one that does not end can be ended and tried again.
    private static func isRepeatedThere(_ operation: Operation, _ outline: TaskOutline) -> Bool {
        guard case .check(let check) = operation, !outline.isJudged else { return false }
        if case .command = check.target { return false }
        return true
    }

    /// Looks again at what was found right. Neighbours share a step.
    mutating func verify(_ expectations: [Expectation], _ index: Int, _ task: ResolvedTask) {
        if let batch = batches.last, batch.account == task.account, let step = batch.steps.last,
            case .verify(let indexes) = roles[step.number], case .verify(let others) = step.operation
        {
            roles[step.number] = .verify(indexes + [index])
            batches[batches.count - 1].steps[batch.steps.count - 1].operation = .verify(others + expectations)
            return
        }
        roles[nextStep] = .verify([index])
        append(Step(nextStep, "as they were seen", .verify(expectations)), task.account)
        nextStep += 1
    }

    private mutating func append(_ step: Step, _ account: TaskAccount) {
        var size = 512 + step.label.utf8.count
        var waitsForDirectory = false
        if case .script(let script) = step.operation { size += script.text.utf8.count }
        if case .file(let change) = step.operation {
            if tools.needsUpload(change) {
                // It is put beside its place before the program runs: what makes the place is in a program before that.
                waitsForDirectory = touched.everything || touched.covers(change.expected.path)
            } else {
                size += change.content?.bytes.count ?? 0
            }
        }
        if let last = batches.last, last.account == account, last.size + size <= Self.longest, !waitsForDirectory {
            batches[batches.count - 1].steps.append(step)
            batches[batches.count - 1].size += size
        } else {
            batches.append(Batch(account: account, steps: [step], size: size))
        }
        if mode == .plan { planned = batches }
    }
}
