import Shell
import TestSupport
import Testing

/// The answers of several frames in two streams.
@Suite struct ConversationTests {
    /// What a conversation reported, in a form that does not depend on how the bytes came.
    private struct Heard: Equatable {
        var output: [Conversation.Frame: [StandardStream: [UInt8]]] = [:]
        var ended: [String] = []

        mutating func note(_ event: Conversation.Event) {
            switch event {
            case .output(let frame, let stream, let bytes):
                output[frame, default: [:]][stream, default: []] += Array(bytes)
            case .ended(let frame, let trailer): ended.append("\(frame): \(trailer)")
            }
        }

        func text(_ frame: Conversation.Frame, _ stream: StandardStream) -> String {
            String(decoding: output[frame]?[stream] ?? [], as: UTF8.self)
        }
    }

    private struct Piece {
        let stream: StandardStream
        let bytes: [UInt8]
    }

    private static let markers = [Marker((0, 0)), Marker((0, 1)), Marker((0, 2))]

    private func hear(_ pieces: [Piece], flush: Bool = false) throws -> Heard {
        var conversation = Conversation()
        var heard = Heard()
        for marker in Self.markers { _ = conversation.expect(marker) }
        for piece in pieces {
            try piece.bytes.withUnsafeBytes { bytes in
                try conversation.receive(piece.stream, bytes) { heard.note($0) }
            }
        }
        if flush { conversation.flush { heard.note($0) } }
        return heard
    }

    private static func end(_ index: Int, _ trailer: String = "") -> String { "\n\(markers[index].text)\(trailer)\n" }

    private static let stdout = Array(
        ("Welcome to web1!\nlast login: never" + end(0, " 4711") + "one\n\n" + end(1, " 3")
            + "\(markers[1].text)\n\(markers[0].text) 0\nNUL \0 and no newline" + end(2, " 0")).utf8
    )
    private static let stderr = Array(("stty: not a tty\n" + end(0) + end(1) + "warn\n" + end(2)).utf8)

    private static func check(_ heard: Heard, _ note: Comment? = nil) {
        #expect(heard.ended == ["1: 4711", "2: 3", "3: 0"], note)
        #expect(heard.text(1, .stdout) == "Welcome to web1!\nlast login: never", note)
        #expect(heard.text(1, .stderr) == "stty: not a tty\n", note)
        #expect(heard.text(2, .stdout) == "one\n\n", note)
        #expect(heard.text(2, .stderr) == "", note)
        #expect(heard.text(3, .stdout) == "\(markers[1].text)\n\(markers[0].text) 0\nNUL \0 and no newline", note)
        #expect(heard.text(3, .stderr) == "warn\n", note)
    }

    @Test func `a banner, an answer and another are told apart`() throws {
        Self.check(try hear([Piece(stream: .stdout, bytes: Self.stdout), Piece(stream: .stderr, bytes: Self.stderr)]))
    }

    @Test func `every split of one stream around the other says the same`() throws {
        for split in 0...Self.stdout.count {
            let first = Piece(stream: .stdout, bytes: Array(Self.stdout[..<split]))
            let second = Piece(stream: .stdout, bytes: Array(Self.stdout[split...]))
            Self.check(try hear([first, Piece(stream: .stderr, bytes: Self.stderr), second]), "stdout at \(split)")
        }
        for split in 0...Self.stderr.count {
            let first = Piece(stream: .stderr, bytes: Array(Self.stderr[..<split]))
            let second = Piece(stream: .stderr, bytes: Array(Self.stderr[split...]))
            Self.check(try hear([first, Piece(stream: .stdout, bytes: Self.stdout), second]), "stderr at \(split)")
        }
    }

    @Test func `five hundred random interleavings say the same`() throws {
        var random = Seeded(3)
        for _ in 0..<500 {
            var rests = [Self.stdout[...], Self.stderr[...]]
            var pieces: [Piece] = []
            while !rests.allSatisfy(\.isEmpty) {
                let stream = Bool.random(using: &random) ? StandardStream.stdout : .stderr
                let count = Int.random(in: 1...50, using: &random)
                pieces.append(Piece(stream: stream, bytes: Array(rests[stream.rawValue].prefix(count))))
                rests[stream.rawValue] = rests[stream.rawValue].dropFirst(count)
            }
            Self.check(try hear(pieces))
        }
    }

    @Test func `a frame ends only when both streams have ended`() throws {
        let out = Piece(stream: .stdout, bytes: Array(Self.end(0, " 1").utf8))
        let errors = Piece(stream: .stderr, bytes: Array(Self.end(0).utf8))
        #expect(try hear([out]).ended == [])
        #expect(try hear([errors]).ended == [])
        #expect(try hear([out, errors]).ended == ["1: 1"])
        #expect(try hear([errors, out]).ended == ["1: 1"])
    }

    @Test func `frames are idle when all were answered, and later bytes are dropped`() throws {
        var conversation = Conversation()
        #expect(conversation.isIdle)
        let frame = conversation.expect(Self.markers[0])
        #expect(!conversation.isIdle)
        var heard = Heard()
        for (stream, text) in [
            (StandardStream.stdout, Self.end(0, " 0")), (.stderr, Self.end(0)), (.stdout, "a late child\n"),
        ] {
            try Array(text.utf8).withUnsafeBytes { try conversation.receive(stream, $0) { heard.note($0) } }
        }
        #expect(conversation.isIdle)
        #expect(heard.ended == ["\(frame): 0"])
        #expect(heard.output.isEmpty)
        #expect(conversation.expect(Self.markers[1]) == frame + 1)
    }

    @Test func `what was held back belongs to the frame that was being answered`() throws {
        let half = Array("half\n\(Self.markers[0].text.prefix(9))".utf8)
        let pieces = [Piece(stream: .stdout, bytes: half), Piece(stream: .stderr, bytes: Array("e\n".utf8))]
        let early = try hear(pieces)
        #expect(early.text(1, .stdout) == "half")
        #expect(early.text(1, .stderr) == "e")
        let late = try hear(pieces, flush: true)
        #expect(late.text(1, .stdout) == String(decoding: half, as: UTF8.self))
        #expect(late.text(1, .stderr) == "e\n")
        #expect(late.ended == [])
    }

    @Test func `a stream that ended has nothing held back`() throws {
        let heard = try hear(
            [Piece(stream: .stdout, bytes: Array((Self.end(0, " 0")).utf8))],
            flush: true
        )
        #expect(heard.output.isEmpty)
    }

    @Test func `a trailer without an end is not our loop`() {
        #expect(throws: Conversation.Broken.self) {
            try hear([Piece(stream: .stdout, bytes: Array(Self.end(0, " 12345678901234567890").utf8))])
        }
    }
}
