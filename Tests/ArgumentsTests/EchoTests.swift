import Testing

@testable import Arguments

@Suite struct EchoTests {
    @Test(arguments: [
        ("plain", "plain"), ("é 漢", "é 漢"), ("a\tb\r\n", "a\\tb\\r\\n"), ("\u{0}\u{7F}\u{9B}", "\\u{0}\\u{7F}\\u{9B}"),
        ("\u{200B}\u{2028}\u{E000}", "\\u{200B}\\u{2028}\\u{E000}"),
    ])
    func `invisible text becomes visible`(text: String, shown: String) {
        #expect(Echo.visible(text) == shown)
    }

    @Test func `eighty characters are kept and more are cut`() {
        #expect(Echo.visible(String(repeating: "x", count: 80)) == String(repeating: "x", count: 80))
        #expect(Echo.visible(String(repeating: "x", count: 81)) == String(repeating: "x", count: 79) + "…")
        let marks = Echo.visible("x" + String(repeating: "\u{301}", count: 100_000))
        #expect(marks.unicodeScalars.count == 80)
        let escapes = Echo.visible(String(repeating: "\u{1B}", count: 100))
        #expect(escapes.unicodeScalars.count <= 80)
        #expect(escapes.last == "…")
    }
}
