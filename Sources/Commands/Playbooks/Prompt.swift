import Fleet
import Reactor
import Run
import Text

/// Questions in the middle of a run. They are asked beside the loop: hosts, deadlines and interrupts go on meanwhile.
enum Prompt {
    /// Nil where nobody can answer.
    static func confirm(_ context: Context, _ interrupts: Interrupts?) -> RunSurroundings.Confirm? {
        guard let ask = context.askBeside else { return nil }
        let workers = Workers()
        let isOver = interrupts?.isHeard
        return { text in
            let prompt = "\(Printable.line(text)) [Enter goes on, Ctrl-C stops] "
            let answer = await workers.run { ask(prompt) { isOver?.isSet == true } }
            return answer != .interrupted && answer != .nothing
        }
    }
}
