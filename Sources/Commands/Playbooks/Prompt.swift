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
        return { text, limit in
            let prompt = "\(Printable.line(text)) [Enter goes on, Ctrl-C stops] "
            let end = limit.map { Instant.now() + $0 }
            let answer = await workers.run {
                ask(prompt) { isOver?.isSet == true || end.map { $0 <= .now() } == true }
            }
            // Who does not answer in time lets it go on.
            if isOver?.isSet != true, let end, end <= .now() { return true }
            return answer != .interrupted && answer != .nothing
        }
    }
}
