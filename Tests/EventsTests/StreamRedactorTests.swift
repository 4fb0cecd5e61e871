import Events
import Testing

/// Secrets and characters that come in pieces.
@Suite struct StreamRedactorTests {
    private func stream(_ secrets: [String], _ pieces: [[UInt8]]) -> String {
        var stream = StreamRedactor(Redactor(secrets))
        return pieces.map { stream.feed($0) }.joined() + stream.finish()
    }

    @Test func `every split of a text gives what the whole gives`() {
        let secrets = ["hunter2secret", "überall", "aaaaaab"]
        let text = Array("x hunter2secret, hunter2 überall€ aaaaaaaab 😀 hunter2secre".utf8)
        let whole = stream(secrets, [text])
        #expect(whole == "x (secret), hunter2 (secret)€ aa(secret) 😀 hunter2secre")
        for first in 0...text.count {
            for second in stride(from: first, through: text.count, by: 5) {
                let pieces = [text[..<first], text[first..<second], text[second...]].map(Array.init)
                #expect(stream(secrets, pieces) == whole, "\(first), \(second)")
            }
        }
    }

    @Test func `without secrets nothing is held back but half characters`() {
        var stream = StreamRedactor(Redactor())
        #expect(stream.feed(Array("abc".utf8)) == "abc")
        #expect(stream.feed([0xE2, 0x82]) == "")
        #expect(stream.feed([0xAC, 0x41]) == "€A")
        #expect(stream.feed([0xF0]) == "")
        #expect(stream.finish() == "\u{FFFD}")
        #expect(stream.feed([0x80, 0x80, 0x80, 0x80]) == "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test func `a secret that was cut with the middle of the output goes`() {
        let redactor = Redactor(["hunter2secret"])
        let clean = redactor.clean(beginning: Array("aaa hunter2s".utf8), end: Array("cret bbb".utf8))
        #expect(String(decoding: clean, as: UTF8.self) == "aaa (secret)(secret) bbb")
        let plain = redactor.clean(beginning: Array("aaa".utf8), end: Array("bbb".utf8))
        #expect(String(decoding: plain, as: UTF8.self) == "aaabbb")
    }
}
