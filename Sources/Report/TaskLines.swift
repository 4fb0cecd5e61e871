import Events

extension HostResult.Problem {
    /// Whether all of these lines are in its message, or its message in each of them.
    func says(_ lines: [String]) -> Bool {
        lines.allSatisfy { line in
            let words = line.drop { $0 == " " }
            return words.isEmpty || message.contains(words) || line.contains(message)
        }
    }
}

/// One task on one host: a line, and below it what belongs to it.
struct TaskLines {
    private let style: Style
    private let redactor: Redactor
    private let isVerbose: Bool

    /// Of what a command printed, its end says why it failed.
    private static let outputLines = 20

    init(_ style: Style, _ redactor: Redactor, isVerbose: Bool) {
        self.style = style
        self.redactor = redactor
        self.isVerbose = isVerbose
    }

    func render(_ task: TaskResult, numberWidth: Int, kindWidth: Int) -> String {
        let number = Self.padded(String(task.number), numberWidth, onTheLeft: true)
        let indent = "  " + String(repeating: " ", count: numberWidth) + "  "
        var text = "  \(number)  \(status(task.status))  \(Self.padded(task.kind, kindWidth))  \(line(task))\n"
        if let diff = task.diff { text += self.diff(diff, indent) }
        let isBad = task.status == .failed || task.status == .ignored
        if let problem = task.problem { text += self.problem(problem, indent: indent) }
        if let execution = task.execution, isBad || isVerbose {
            // What a problem was made of is said already; a command's own words are not in it.
            let isOwn = ["run", "check"].contains(task.kind) || isVerbose
            for (name, bytes, dropped) in [
                ("stdout", execution.stdout, execution.stdoutDropped),
                ("stderr", execution.stderr, execution.stderrDropped),
            ] where isOwn || task.problem?.says(Screen.lines(redactor.clean(bytes))) != true {
                text += output(name, bytes, dropped, indent)
            }
        }
        return text
    }

    /// Its name, and what there is to say in a few words.
    private func line(_ task: TaskResult) -> String {
        // A task without a name of its own begins with its kind, which has been said.
        let kind = task.kind + " "
        var text = safe(task.name.hasPrefix(kind) ? String(task.name.dropFirst(kind.count)) : task.name)
        if task.phase != "run" { text += " [\(task.phase)]" }
        var words = task.changes.map(safe)
        if let exit = task.execution?.exit, exit != 0 { words.append("exit \(exit)") }
        if !words.isEmpty { text += ": " + words.joined(separator: ", ") }
        if !task.raws.isEmpty {
            let raws = task.raws.map { "\"\(safe($0))\"" }.joined(separator: ", ")
            text += style.paint(" (inserted without quotes: \(raws))", .yellow)
        }
        if let note = task.note { text += style.paint(" (\(safe(note)))", .dim) }
        return text
    }

    private func status(_ status: TaskResult.Status) -> String {
        let colour: Style.Colour =
            switch status {
            case .ok: .green
            case .changed, .ignored: .yellow
            case .failed: .red
            case .skipped, .unknown: .dim
            }
        let word = Self.padded(status.rawValue, 7)
        return style.paint(word, colour)
    }

    func problem(_ problem: HostResult.Problem, indent: String) -> String {
        var text = indent + style.paint(safe(problem.message), .red) + "\n"
        if let hint = problem.hint { text += indent + safe(hint) + "\n" }
        return text
    }

    private func diff(_ diff: String, _ indent: String) -> String {
        // Split as bytes: to a String, CR and LF are one character, and no newline.
        let lines = Array(redactor.clean(diff).utf8).split(
            separator: UInt8(ascii: "\n"),
            omittingEmptySubsequences: false
        )
        return (lines.last?.isEmpty == true ? lines.dropLast() : lines[...]).map { bytes in
            let isCarriageReturned = bytes.last == UInt8(ascii: "\r")
            let text = Screen.safe(String(decoding: bytes, as: UTF8.self)) + (isCarriageReturned ? "\\r" : "")
            return indent + paintDiff(text) + "\n"
        }.joined()
    }

    private func paintDiff(_ line: String) -> String {
        switch line.utf8.first {
        case UInt8(ascii: "+"): style.paint(line, .green)
        case UInt8(ascii: "-"): style.paint(line, .red)
        case UInt8(ascii: "@"), UInt8(ascii: "\\"), UInt8(ascii: "("): style.paint(line, .dim)
        default: line
        }
    }

    private func output(_ name: String, _ bytes: [UInt8], _ dropped: Int, _ indent: String) -> String {
        let lines = Screen.lines(redactor.clean(bytes))
        if lines.isEmpty { return "" }
        let more = lines.count - Self.outputLines
        var note = more > 0 ? ", the last \(Self.outputLines) of \(lines.count) lines" : ""
        if dropped > 0 { note += ", \(dropped) bytes in the middle were not kept" }
        let head = indent + style.paint("\(name)\(note):", .dim) + "\n"
        return head + lines.suffix(Self.outputLines).map { "\(indent)  \($0)\n" }.joined()
    }

    private func safe(_ text: String) -> String { Screen.safe(redactor.clean(text)) }

    private static func padded(_ text: String, _ width: Int, onTheLeft: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return onTheLeft ? space + text : text + space
    }
}
