import HostSide
import Reactor
import Shell
import Testing

/// An operation on a service as a host carried it out.
struct ServiceRun {
    var end: StepEnd
    /// The journal's lines, without times and numbers of processes.
    var lines: [String]
    var errors: String

    var isSkipped: Bool { if case .skipped = end { true } else { false } }

    var isFailed: Bool { if case .failed = end { true } else { false } }

    private static let key = Marker.random()

    static func program(_ operation: HostSide.Operation) -> String {
        OperationsProgram([Step(1, "service", operation)], key: key).program.text
    }

    init(_ result: ChildResult) throws {
        var reader = OperationsReader(key: Self.key, steps: [1], keep: 1 << 20)
        var found: (StepEnd, String, String)?
        let note = { (event: OperationsReader.Event) in
            guard case .ended(_, let end, let stdout, let stderr, _) = event else { return }
            found = (end, stdout.text, stderr.text)
        }
        result.stdout.withUnsafeBytes { reader.feed(.stdout, $0, note) }
        result.stderr.withUnsafeBytes { reader.feed(.stderr, $0, note) }
        let (end, output, errors) = try #require(found, "\(result.output)\(result.errors)")
        (self.end, self.errors) = (end, errors)
        lines = output.split(separator: "\n").map { line in
            String(line).replacing(#/^[0-9]+\.[0-9]+ /#, with: "").replacing(#/pid \d+/#, with: "pid N")
        }
    }
}
