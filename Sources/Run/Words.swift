import Events
import Reactor
import Text

/// How long something waits, for people.
enum Waiting {
    static func text(_ duration: Duration) -> String {
        let milliseconds = Int(duration.inNanoseconds / 1_000_000)
        if milliseconds % 1000 != 0 { return "\(milliseconds) ms" }
        let seconds = milliseconds / 1000
        if seconds >= 120, seconds % 60 == 0 { return "\(seconds / 60) min" }
        return "\(seconds) s"
    }
}

/// The end of what something said before it failed: the reason is usually there.
enum LastWords {
    private static let limit = 400

    static func of(_ execution: HostResult.Execution?) -> String {
        guard let execution else { return "" }
        let said = execution.stderr.isEmpty ? execution.stdout : execution.stderr
        let lines = said.split(whereSeparator: { $0 == 10 || $0 == 13 }).suffix(3)
        return Printable.sentence(Array(lines.joined(separator: [10])).suffix(limit), limit: limit)
    }
}
