import Testing
import Text

/// Did you mean.
struct NearnessTests {
    @Test(
        arguments: [
            ("hosst", "hosts"), ("chidlren", "children"), ("Vars", "vars"), ("var", "vars"), ("children_", "children"),
            ("xyz", nil), ("", nil), ("h", nil), ("hosts", nil), ("childrn", "children"),
        ] as [(String, String?)]
    )
    func closest(word: String, expected: String?) {
        #expect(Nearness.closest(to: word, among: ["hosts", "children", "vars"]) == expected)
    }

    @Test func `an abbreviation is taken where it fits one word`() {
        #expect(Nearness.closest(to: "inv", among: ["inventory", "limit"]) == "inventory")
        #expect(Nearness.closest(to: "inv", among: ["inventory", "investigate"]) == nil)
        #expect(Nearness.closest(to: "in", among: ["inventory", "limit"]) == nil)
    }

    @Test func theNearestWins() {
        #expect(Nearness.closest(to: "web011", among: ["web0222", "web013", "web01"]) == "web013")
        #expect(Nearness.closest(to: "webs01", among: ["wbs02", "web01"]) == "web01")
    }

    @Test func longWordsAreBounded() {
        let long = String(repeating: "a", count: 1_000_000)
        #expect(Nearness.closest(to: long + "b", among: [long]) == long)
        #expect(Nearness.closest(to: long, among: [String(repeating: "b", count: 1_000_000)]) == nil)
    }

    @Test func hint() {
        #expect(Nearness.hint(for: "a\u{1B}bc", among: ["a\u{1B}bd"]) == "did you mean \"a\\x1bbd\"?")
    }
}
