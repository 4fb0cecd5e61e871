import Shell
import TestSupport
import Testing

/// The end of an answer in a stream that comes in pieces.
@Suite struct MarkerScannerTests {
    private static let marker = Marker((1, 2))
    private static let text = "00000000000000010000000000000002"

    private struct Found: Equatable {
        var output: [UInt8] = []
        var end: String?
        /// What came behind the end.
        var rest: [UInt8] = []
        var isBroken = false
    }

    /// Feeds the pieces until the end is found; what is left is the rest.
    private func scan(_ pieces: [[UInt8]]) -> Found {
        var scanner = MarkerScanner(Self.marker)
        var found = Found()
        for piece in pieces {
            if found.end != nil || found.isBroken {
                found.rest += piece
                continue
            }
            piece.withUnsafeBytes { bytes in
                do {
                    guard let end = try scanner.feed(bytes, { found.output += Array($0) }) else { return }
                    found.end = end.trailer
                    found.rest += Array(bytes[end.used...])
                } catch {
                    found.isBroken = true
                }
            }
        }
        if found.end == nil, !found.isBroken { found.output += scanner.flush() }
        return found
    }

    private func scan(_ text: String) -> Found { scan([Array(text.utf8)]) }

    @Test func `a marker's text is 32 hexadecimal digits`() {
        #expect(Self.marker.text == Self.text)
        #expect(Marker((.max, 0)).text == "ffffffffffffffff0000000000000000")
        #expect(Marker.random() != Marker.random())
    }

    @Test func `output, status and rest are told apart`() {
        let found = scan("out\n\n\(Self.text) 3\nmore")
        #expect(found == Found(output: Array("out\n".utf8), end: " 3", rest: Array("more".utf8)))
    }

    /// Streams that look like an end where there is none, and ends in odd places.
    private static let streams: [String] = [
        "\n\(text) 0\n",
        "a\n\(text) 0\nb",
        "no newline\n\(text) 127\n",
        "\n\n\n\(text)\n",
        "nul\0\0\n\(text) 0\n\0",
        "\(text) 1\nbegins with it\n\(text) 2\n",
        "\n0000\n00000000000000010000000000000001\n\(text.dropLast())3\n\(text) 4\n",
        "\n0000\n\n\(text) 4\n\n\(text) 5\n",
        "never\n\(text.dropLast())",
        "never\n",
        "\n\(text) 12345678901234567 too long\n",
        "x\n\(text) 123456789012345\ny",
        "x\n\(text) 1234567890123456\ny",
    ]

    @Test(arguments: streams)
    func `a stream split over two pieces says the same as in one`(stream: String) {
        let bytes = Array(stream.utf8)
        let whole = scan([bytes])
        for split in 0...bytes.count {
            var halves = scan([Array(bytes[..<split]), Array(bytes[split...])])
            // What follows a broken end is nobody's.
            if whole.isBroken { halves.rest = [] }
            #expect(halves == whole, "split at \(split)")
        }
    }

    @Test(arguments: streams)
    func `a stream in single bytes says the same as in one piece`(stream: String) {
        var single = scan(stream.utf8.map { [$0] })
        if single.isBroken { single.rest = [] }
        #expect(single == scan(stream))
    }

    @Test func `random streams in random pieces say the same as in one`() {
        var random = Seeded(2)
        let tokens = ["\n", "0", Self.text, String(Self.text.prefix(20)), "\n" + Self.text, " 0\n", "x", "\0"]
        var ends = 0
        for _ in 0..<2000 {
            let stream = (0..<12).flatMap { _ in Array(tokens.randomElement(using: &random)!.utf8) }
            var pieces: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...40, using: &random)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            let whole = scan([stream])
            var parts = scan(pieces)
            if whole.isBroken { parts.rest = [] }
            #expect(parts == whole)
            if whole.end != nil { ends += 1 }
        }
        #expect(ends > 200 && ends < 2000)
    }

    @Test func `a trailer longer than any status is no answer`() {
        #expect(scan("\n\(Self.text)\(String(repeating: "1", count: 16))\n").end?.count == 16)
        #expect(scan("\n\(Self.text)\(String(repeating: "1", count: 17))\n").isBroken)
        #expect(scan("\n\(Self.text)\(String(repeating: "1", count: 17))").isBroken)
    }

    @Test func `output that cannot be the marker is given out at once`() {
        var scanner = MarkerScanner(Self.marker)
        var output: [UInt8] = []
        let early = Array("prompt? \n0".utf8)
        early.withUnsafeBytes { bytes in _ = try? scanner.feed(bytes) { output += Array($0) } }
        #expect(output == Array("prompt? ".utf8))
        #expect(scanner.flush() == Array("\n0".utf8))
        #expect(scanner.flush() == [])
    }
}
