import Shell
import TestSupport
import Testing

/// What is kept of a stream.
@Suite struct CaptureTests {
    private func capture(_ limit: Int, _ pieces: [[UInt8]]) -> Capture {
        var capture = Capture(limit: limit)
        for piece in pieces { piece.withUnsafeBytes { capture.append($0) } }
        return capture
    }

    @Test func `everything below the limit is kept as it came`() {
        let capture = capture(10, [Array("hello".utf8), [], Array("\0wrld".utf8)])
        #expect(capture.text == "hello\0wrld")
        #expect(capture.dropped == 0)
        #expect(capture.count == 10)
    }

    @Test func `above the limit the beginning and the end are kept`() {
        let capture = capture(10, [Array("abcdefghijk".utf8)])
        #expect(capture.beginning == Array("abcde".utf8))
        #expect(Array(capture.end) == Array("ghijk".utf8))
        #expect(capture.text == "abcdeghijk")
        #expect(capture.dropped == 1)
        #expect(capture.count == 11)
    }

    @Test func `nothing is nothing`() {
        #expect(capture(8, []).bytes == [])
        #expect(capture(8, [[]]).text == "")
    }

    @Test(arguments: [2, 3, 8, 64, 1000])
    func `random pieces give what a simple model gives`(limit: Int) {
        var random = Seeded(UInt64(limit))
        for _ in 0..<200 {
            let pieces = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                (0..<Int.random(in: 0...(limit / 2 + 3), using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            }
            let all = pieces.flatMap { $0 }
            let half = limit / 2
            let capture = capture(limit, pieces)
            #expect(capture.count == all.count)
            #expect(capture.dropped == max(0, all.count - 2 * half))
            #expect(capture.bytes == (all.count <= 2 * half ? all : all.prefix(half) + all.suffix(half)))
            #expect(capture.beginning == Array(all.prefix(half)))
        }
    }
}
