import Document
import Testing

/// What a document becomes.
struct TreeTests {
    @Test func positionsAndStyles() throws {
        let text = "a: 1\nb:\n  - 'x'\n  - |\n    long\n    text\n\"c\": {d: é, e: 2.10}\n"
        let root = try parse(text)
        #expect(root.entries?.map(\.name) == ["a", "b", "c"])
        #expect(root.entries?.map(\.key.position) == [pos(1, 1), pos(2, 1), pos(7, 1)])
        #expect(root["b"]?.position == pos(3, 3))
        #expect(root["b"]?.elements?.map(\.position) == [pos(3, 5), pos(4, 5)])
        #expect(
            root["b"]?.elements?.map(\.content) == [
                .scalar(.init("x", style: .quoted)), .scalar(.init("long\ntext\n", style: .literal)),
            ]
        )
        // Columns count characters: é is two bytes.
        #expect(root["c"]?["e"]?.position == pos(7, 16))
        #expect(root["c"]?["e"]?.text == "2.10")
        #expect(root["c"]?["e"]?.resolved == .float(2.1))
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "---\n", "---\n...\n", "\u{FEFF}"])
    func emptyIsNull(text: String) throws {
        #expect(try parse(text).isNull)
    }

    @Test func markAndLineEnds() throws {
        let root = try parse("\u{FEFF}a: 1\r\nb: 2\r\n")
        #expect(root.entries?.map(\.name) == ["a", "b"])
        #expect(root["a"]?.position == pos(1, 4))
        #expect(root["b"]?.text == "2")
    }

    @Test func aliasesShareAndKeepPositions() throws {
        let root = try parse("a: &x {k: [1, 2]}\nb: *x\nc: *x\n")
        #expect(root["b"] == root["a"])
        #expect(root["c"]?["k"]?.position == pos(1, 11))
    }

    @Test func anchorsMayBeTakenAgain() throws {
        let root = try parse("[&x 1, *x, &x 2, *x]")
        #expect(root.elements?.map(\.text) == ["1", "1", "2", "2"])
    }

    @Test func mergeOrder() throws {
        let root = try parse("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {w: 3, <<: [*a, *b], z: 4}\n")
        #expect(root["c"]?.entries?.map { "\($0.name)=\($0.value.text ?? "")" } == ["y=1", "z=4", "x=1", "w=3"])
    }

    @Test func mergeOfOneAndOfTwo() throws {
        let root = try parse("a: &a {x: 1}\nb: &b {x: 2}\nc: {<<: *a}\nd: {<<: *a, <<: *b}\ne: {'<<': q}\n")
        #expect(root["c"]?["x"]?.text == "1")
        #expect(root["d"]?["x"]?.text == "2")
        #expect(root["e"]?["<<"]?.text == "q")
    }

    @Test func mergedValuesAreNotDuplicates() throws {
        let root = try parse("a: &a {x: 1}\nb: {<<: *a, x: 2}\n")
        #expect(root["b"]?.entries?.count == 1)
        #expect(root["b"]?["x"]?.text == "2")
    }
}

func parse(_ text: String) throws(DocumentError) -> Node {
    try YAML.parse(SourceText(name: "a.yml", text: text))
}

func pos(_ line: Int, _ column: Int) -> Position {
    Position(line: line, column: column)
}

/// What is said of a text that is not in order; empty where it is.
func problems(_ text: String, limits: Limits = Limits()) -> String {
    problems(Array(text.utf8), limits: limits)
}

func problems(_ bytes: [UInt8], limits: Limits = Limits()) -> String {
    var diagnostics = Diagnostics()
    _ = YAML.parse(SourceText(name: "a.yml", bytes: bytes), limits: limits, diagnostics: &diagnostics)
    return diagnostics.rendered
}
