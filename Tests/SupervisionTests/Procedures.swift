import HostSide
import Reactor
import Shell
import Supervision
import TestSupport
import Testing

/// What became of a procedure.
struct ProcedureEnd {
    var end: StepEnd
    /// What it printed, a line each, without the times.
    var lines: [String]
    var errors: String
    var note: String?

    private static let key = Marker((0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210))

    /// The program of an operation, as it is sent.
    static func program(_ operation: Operation, round: Int = 0) -> String {
        // Work files are named after the key: two at a time need two.
        let text = OperationsProgram([Step(1, "service", operation)], key: key).program.text
        let id = String(key.text.prefix(16))
        return text.replacing("b_id=\(id)", with: "b_id=\(id.dropLast(2))\(10 + round)")
    }

    init(_ result: ChildResult) throws {
        var reader = OperationsReader(key: Self.key, steps: [1], keep: 1 << 20)
        var found: ProcedureEnd?
        let note = { (event: OperationsReader.Event) in
            guard case .ended(_, let end, let stdout, let stderr, let note) = event else { return }
            found = ProcedureEnd(end: end, lines: Self.lines(stdout.text), errors: stderr.text, note: note)
        }
        result.stdout.withUnsafeBytes { reader.feed(.stdout, $0, note) }
        result.stderr.withUnsafeBytes { reader.feed(.stderr, $0, note) }
        self = try #require(found, "\(result.output)\(result.errors)")
    }

    private init(end: StepEnd, lines: [String], errors: String, note: String?) {
        (self.end, self.lines, self.errors, self.note) = (end, lines, errors, note)
    }

    /// Without times and numbers of processes.
    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in
            var words = line.split(separator: " ").map(String.init)
            if words.first?.contains(".") == true, words.first?.allSatisfy({ $0.isNumber || $0 == "." }) == true {
                words.removeFirst()
            }
            if words.first == "begin" { words = Array(words.prefix(2)) }
            if let place = words.firstIndex(of: "pid"), words.count > place + 1 { words[place + 1] = "N" }
            return words.joined(separator: " ")
        }
    }
}
