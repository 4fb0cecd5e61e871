import HostSide
import Shell
import TestSupport
import Testing

/// Answers of steps, in pieces and from hosts that lie.
@Suite struct OperationsReaderTests {
    /// Events in a form that can be compared; output is joined.
    private struct Log: Equatable {
        var lines: [String] = []
        var output: [String: [UInt8]] = [:]

        mutating func note(_ event: OperationsReader.Event) {
            switch event {
            case .began(let step): lines.append("began \(step)")
            case .output(let step, let stream, let bytes): output["\(step) \(stream)", default: []] += Array(bytes)
            case .ended(let step, let end, let stdout, let stderr, let note):
                lines.append("ended \(step) \(end) \(stdout.text) \(stderr.text) \(note ?? "-")")
            }
        }
    }

    private func read(
        _ stdout: String,
        _ stderr: String,
        steps: [Int] = [7, 9],
        piece: Int = 1 << 20,
        errorsFirst: Bool = false
    ) -> (log: Log, isBroken: Bool) {
        var reader = OperationsReader(key: key, steps: steps, keep: 1000)
        var log = Log()
        func feed(_ stream: StandardStream, _ text: String) {
            // The byte that stands behind the mark of a beginning.
            let filled = text.replacing("b 7\n", with: "b 7\n.").replacing("b 9\n", with: "b 9\n.")
            let bytes = Array(filled.replacing("KEY", with: key.text).utf8)
            for start in stride(from: 0, to: bytes.count, by: piece) {
                bytes[start..<min(start + piece, bytes.count)].withUnsafeBytes {
                    reader.feed(stream, $0) { log.note($0) }
                }
            }
        }
        if errorsFirst { feed(.stderr, stderr) }
        feed(.stdout, stdout)
        if !errorsFirst { feed(.stderr, stderr) }
        return (log, reader.isBroken)
    }

    private static let stdout = "noise\nKEY b 7\na\n\nKEY e done\n\nKEY b 9\nb\nKEY n\nit's so\nKEY e skipped\nnoise"
    private static let stderr = "noise\nKEY b 7\nc\nKEY e done\n\nKEY b 9\n\nKEY e skipped\n"

    @Test(arguments: [1, 2, 3, 5, 17, 1000], [false, true])
    func `pieces of any size are read alike, in any order of the streams`(piece: Int, errorsFirst: Bool) {
        let (log, isBroken) = read(Self.stdout, Self.stderr, piece: piece, errorsFirst: errorsFirst)
        let lines = log.lines.sorted()
        #expect(lines == ["began 7", "began 9", "ended 7 done a\n c -", "ended 9 skipped(\"it\\'s so\") b  -"])
        #expect(
            log.output == ["7 stdout": Array("a\n".utf8), "7 stderr": Array("c".utf8), "9 stdout": Array("b".utf8)]
        )
        #expect(!isBroken)
    }

    @Test(arguments: [
        "\nKEY b 9\n", "\nKEY e done\n", "\nKEY n\n", "\nKEY b 7\n\nKEY b 9\n", "\nKEY b 7\n\nKEY e 0\n",
        "\nKEY b 7\n\nKEY e 256\n", "\nKEY b 7\n\nKEY e -1\n", "\nKEY b 7\n\nKEY e\n", "\nKEY x\n", "\nKEY\n",
        "\nKEY b 7\n\nKEY n\nx\nKEY n\n", "\nKEY b 7 and more than a trailer may have", "\nKEY b 07\n",
        "\nKEY b 7\n\nKEY e done\n\nKEY b 7\n",
    ])
    func `a host that does not keep to the framing is not listened to any more`(text: String) {
        #expect(read(text, "").isBroken)
        let (log, _) = read(text + Self.stdout + Self.stderr, Self.stderr)
        #expect(!log.lines.contains { $0.hasPrefix("ended 9") })
    }

    @Test func `a step has begun before it has printed anything, also behind one who keeps line ends back`() throws {
        let shell = Marker((1, 1))
        var conversation = Conversation()
        _ = conversation.expect(shell)
        var reader = OperationsReader(key: key, steps: [7], keep: 1000)
        var log = Log()
        try Array("\n\(key.text) b 7\n.".utf8).withUnsafeBytes { bytes in
            try conversation.receive(.stdout, bytes) { event in
                if case .output(_, let stream, let bytes) = event { reader.feed(stream, bytes) { log.note($0) } }
            }
        }
        #expect(log.lines == ["began 7"])
        #expect(log.output.isEmpty)
    }

    @Test func `steps that nobody sent are not read`() {
        let (log, isBroken) = read("\nKEY b 7\n\nKEY e done\n\nKEY b 8\n", "", steps: [7])
        #expect(isBroken)
        #expect(log.lines == ["began 7"])
    }

    @Test func `what is kept is bounded`() {
        let text = String(repeating: "0123456789", count: 100_000)
        let (log, _) = read("\nKEY b 7\n\(text)\nKEY n\n\(text)\nKEY e 3\n", "\nKEY b 7\n\(text)\nKEY e 3\n")
        #expect(log.lines.count == 2)
        #expect(log.lines[1].utf8.count < 2000 + 4096 + 100)
    }

    @Test func `any bytes are read without harm`() {
        var random = Seeded(7)
        let pieces = ["\nKEY", "KEY", "\n", " b 7", " e done", " n", " b 9", " e 3", "x", "\0", "\u{ff}", " ", "é"]
        for _ in 0..<20_000 {
            var texts = ["", ""]
            for index in 0..<2 {
                for _ in 0..<Int.random(in: 0...12, using: &random) {
                    texts[index] += pieces.randomElement(using: &random)!
                }
            }
            let (log, _) = read(texts[0], texts[1], piece: Int.random(in: 1...20, using: &random))
            #expect(log.lines.filter { $0.hasPrefix("ended") }.count <= 2)
        }
    }
}
