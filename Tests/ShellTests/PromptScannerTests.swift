import Shell
import Testing

/// sudo's question among other text.
@Suite struct PromptScannerTests {
    @Test func `every split counts the same`() {
        let text = Array("lecture baton-1 Sorry, try again. baton-baton-1 baton-".utf8)
        for first in 0...text.count {
            for second in first...text.count {
                var scanner = PromptScanner("baton-1")
                for piece in [text[..<first], text[first..<second], text[second...]] { scanner.feed(piece) }
                #expect(scanner.timesSeen == 2)
            }
        }
    }

    @Test func `a flood before it does not hide it`() {
        var scanner = PromptScanner("baton-1")
        for _ in 0..<1000 { scanner.feed([UInt8](repeating: UInt8(ascii: "b"), count: 100)) }
        #expect(scanner.timesSeen == 0)
        scanner.feed("aton-1".utf8)
        #expect(scanner.timesSeen == 1)
    }
}
