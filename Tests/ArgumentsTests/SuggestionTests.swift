import Testing

@testable import Arguments

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("limt", "limit"), ("ilmit", "limit"), ("limits", "limit"), ("lumit", "limit"), ("inventroy", "inventory"),
        ("inv", "inventory"), ("fork", "forks"),
    ])
    func `a near word is found`(typed: String, meant: String) {
        #expect(Suggestion.nearest(to: typed, among: ["check", "inventory", "limit", "forks"]) == meant)
    }

    @Test(arguments: ["", "x", "zz", "completely", "in", String(repeating: "limit", count: 1000)])
    func `a far word is not guessed`(typed: String) {
        #expect(Suggestion.nearest(to: typed, among: ["check", "inventory", "limit", "y", "ab"]) == nil)
    }

    @Test func `the nearest wins and then the first`() {
        #expect(Suggestion.nearest(to: "abcdef", among: ["abcdxx", "abcdex", "abcdey"]) == "abcdex")
    }

    @Test func `an abbreviation of two words is not guessed`() {
        #expect(Suggestion.nearest(to: "inv", among: ["inventory", "investigate"]) == nil)
    }

    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "axc", 1),
        ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
    func `the distance counts typing mistakes`(first: String, second: String, distance: Int) {
        let counted = Suggestion.distance(from: Array(first.unicodeScalars), to: Array(second.unicodeScalars))
        #expect(counted == distance)
    }
}

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
