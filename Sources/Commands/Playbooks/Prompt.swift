import Fleet
import Reactor
import Run
import Text

/// Questions in the middle of a run. They are asked beside the loop: hosts, deadlines and interrupts go on meanwhile.
enum Prompt {
    /// Nil where nobody can answer.
    static func confirm(_ context: Context, _ interrupts: Interrupts) -> RunSurroundings.Confirm? {
        guard let ask = context.askBeside else { return nil }
        let isHeard = interrupts.isHeard
        let workers = Workers()
        return { text, duration in
            let prompt = "\(Printable.line(text)) [Enter goes on, Ctrl-C stops] "
            return await workers.run {
                let began = ContinuousClock.now
                var isLate = false
                let answer = ask(prompt) {
                    if let duration { isLate = ContinuousClock.now - began >= duration }
                    return isLate || isHeard.isSet
                }
                if case .answer = answer { return true }
                return isLate && !isHeard.isSet
            }
        }
    }
}
