import Document
import Testing

/// JSON as Python reads it, in the tree that YAML gives.
struct JSONTests {
    private func read(_ text: String) throws -> Node {
        try JSONText.parse(SourceText(name: "a.json", text: text))
    }

    private func problem(_ text: String) -> String {
        do {
            _ = try read(text)
            return ""
        } catch {
            return "\(error)".split(separator: "\n").first.map(String.init) ?? ""
        }
    }

    @Test func values() throws {
        let root = try read(#"{"a": [1, -2.5, 1e3, 1E-2, true, false, null, NaN, -Infinity], "b": {"c": "d"}}"#)
        #expect(
            root["a"]?.elements?.prefix(7).map(\.resolved) == [
                .int(1), .float(-2.5), .float(1000), .float(0.01), .bool(true), .bool(false), .null,
            ]
        )
        #expect(root["a"]?.elements?[8].resolved == .float(-.infinity))
        #expect(root["b"]?["c"]?.resolved == .text("d"))
        #expect(try read(#""12""#).resolved == .text("12"))
    }

    @Test func stringsAndEscapes() throws {
        #expect(try read(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#).text == "\"\\/\u{8}\u{c}\n\r\té😀é")
        // Half a pair is no character, whatever follows it.
        #expect(try read(#""\ud83dx\ude00\ud83d\u0041""#).text == "\u{FFFD}x\u{FFFD}\u{FFFD}A")
    }

    @Test func theLastOfEqualKeysCounts() throws {
        let root = try read(#"{"a": 1, "b": 2, "a": 3}"#)
        #expect(root.entries?.map { "\($0.name)=\($0.value.text ?? "")" } == ["a=3", "b=2"])
    }

    @Test func places() throws {
        let root = try read("{\n\t\"é\": [1,\r\n 2]}\n")
        #expect(root.entries?[0].key.position == Position(line: 2, column: 2))
        #expect(root["é"]?.position == Position(line: 2, column: 7))
        #expect(root["é"]?.elements?[1].position == Position(line: 3, column: 2))
    }

    @Test(arguments: [
        ("", "1:1: error: a value is missing"), ("{", "1:2: error: a name in double quotes is missing"),
        ("{\"a\" 1}", "1:6: error: \":\" is missing"), ("[1 2]", "1:4: error: \",\" or \"]\" is missing"),
        ("[1,]", "1:4: error: this is no JSON value"),
        ("{\"a\": 1,}", "1:9: error: a name in double quotes is missing"),
        ("01", "1:1: error: this is no JSON value"), ("1.", "1:1: error: this is no JSON value"),
        ("+1", "1:1: error: this is no JSON value"), ("tru", "1:1: error: this is no JSON value"),
        ("\"a", "1:1: error: this quote is never closed"), ("\"\\x\"", "1:3: error: there is no such escape"),
        ("\"\\u12g4\"", "1:4: error: four hexadecimal digits are missing"),
        ("\"a\nb\"", "1:3: error: a control character must be written as an escape"),
        ("1 2", "1:3: error: the value ends here, but the text goes on"),
    ])
    func refuses(text: String, head: String) {
        #expect(problem(text) == "a.json:" + head)
    }

    @Test func limits() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(problem(deep) == "a.json:1:65: error: lists and objects lie more than 64 deep in each other")
        var limits = Limits()
        limits.nodes = 3
        #expect(throws: DocumentError.self) {
            try JSONText.parse(SourceText(name: "a", text: "[1, 2, 3]"), limits: limits)
        }
    }

    @Test func equalKeysInYAMLAreAWarningWhereAsked() {
        var diagnostics = Diagnostics()
        let source = SourceText(name: "a", text: "a: 1\nb: 2\na: 3\n")
        let root = YAML.parse(source, duplicates: .lastCounts, diagnostics: &diagnostics)
        #expect(root?.entries?.map { "\($0.name)=\($0.value.text ?? "")" } == ["a=3", "b=2"])
        #expect(!diagnostics.hasErrors)
        #expect(diagnostics.items.map(\.message) == ["the key \"a\" is given twice; the last counts"])
    }
}
