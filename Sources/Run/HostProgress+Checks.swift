package import Events
import HostSide
import Playbook

/// Checks whose host has nothing to ask with: the controller asks through the connection, and what stands behind them in
/// their program goes on after that.
extension HostProgress {
    /// A check that the controller makes.
    struct Inquiry {
        /// The step.
        let number: Int
        let index: Int
        let question: CheckQuestion
        let timeout: Duration
        /// What the host said.
        let step: StepReport
        let endedItsProgram: Bool
        var retries: Int
        var rests = false
    }

    /// What came of a question.
    package enum Answer: Equatable, Sendable {
        case fine
        /// What came instead; for people.
        case wrong(String)
        /// It cannot be asked this way, now or later.
        case never(String)
    }

    /// The host has made a check, or could not.
    mutating func checked(_ number: Int, _ index: Int, _ check: Check, _ step: StepReport) {
        let wasRepeated = repeated.contains(number)
        guard check.need != nil else { return carriedOut(index, step, wasRepeated: wasRepeated) }
        var step = step
        let printed = step.outcome.stdout ?? []
        if case .failed(let status) = step.end, CheckProgram.foundNothing(printed, status: status) {
            guard let question = CheckQuestion(check) else {
                let words = "and Baton speaks no TLS through the connection"
                return carriedOut(index, step.saying("\(Self.words(of: step)), \(words)"), wasRepeated: true)
            }
            let outline = outlines[index]
            inquiries.append(
                Inquiry(
                    number: number,
                    index: index,
                    question: question,
                    timeout: check.timeout,
                    step: step,
                    endedItsProgram: !outline.ignoresErrors && !outline.isJudged,
                    retries: outline.isJudged ? 0 : outline.retries
                )
            )
            return
        }
        if let rung = CheckProgram.rung(in: printed) { step.note = rung.rawValue }
        carriedOut(index, step.saying(nil), wasRepeated: wasRepeated)
    }

    /// What is to be asked next, or waited for before that.
    mutating func inquiry() -> Action? {
        guard let inquiry = inquiries.first else { return nil }
        if inquiry.rests {
            inquiries[0].rests = false
            return .rest(outlines[inquiry.index].delay)
        }
        return .ask(number: inquiry.number, inquiry.question, within: inquiry.timeout)
    }

    /// A question was asked.
    package mutating func answered(_ number: Int, _ answer: Answer) {
        guard let inquiry = inquiries.first, inquiry.number == number else { return }
        if case .wrong = answer, inquiry.retries > 0 {
            inquiries[0].retries -= 1
            inquiries[0].rests = true
            return
        }
        inquiries.removeFirst()
        var step = inquiry.step
        switch answer {
        case .fine:
            step.end = .done
            step.note = "controller"
            step = step.saying("")
        case .wrong(let words):
            step.end = .failed(status: 1)
            step = step.saying(words)
        case .never(let words): step = step.saying("\(Self.words(of: step)), and \(words)")
        }
        // What is judged by its conditions was asked once, and is tried again as a whole.
        carriedOut(inquiry.index, step, wasRepeated: !outlines[inquiry.index].isJudged)
        if failure != nil || again != nil { batches = [] }
    }

    /// The connection broke while it was asked.
    package mutating func broke(asking number: Int, _ problem: HostResult.Problem) {
        if let inquiry = inquiries.first, inquiry.number == number { fail(inquiry.index, problem) }
        broke(nil, problem)
    }

    private static func words(of step: StepReport) -> String { LastWords.of(step.shown) }
}

extension StepReport {
    /// The same check with these words for what the host said, where there are any. What it printed was for Baton.
    fileprivate func saying(_ words: String?) -> StepReport {
        var report = self
        if case .failed(let status) = end {
            report.shown?.exit = Int(status)
            report.outcome.status = Int(status)
        } else {
            report.shown?.exit = 0
            report.outcome.status = 0
        }
        report.shown?.stdout = []
        report.outcome.stdout = []
        if let words {
            report.shown?.stderr = Array(words.utf8)
            report.outcome.stderr = Array(words.utf8)
        }
        return report
    }
}
