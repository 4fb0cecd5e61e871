import Document
import Testing

/// How diagnostics look.
struct DiagnosticTests {
    private func rendered(_ text: String, _ line: Int, _ column: Int) -> String {
        Diagnostic("wrong", in: SourceText(name: "f", text: text), at: pos(line, column)).rendered
    }

    @Test func plain() {
        #expect(rendered("one\ntwo\n", 2, 2) == "f:2:2: error: wrong\n  two\n   ^")
    }

    @Test func tabsAlign() {
        #expect(rendered("\ta\tb", 1, 4) == "f:1:4: error: wrong\n      a    b\n           ^")
    }

    @Test func wideAndCombining() {
        #expect(rendered("日本x", 1, 3) == "f:1:3: error: wrong\n  日本x\n      ^")
        #expect(rendered("e\u{301}x", 1, 3) == "f:1:3: error: wrong\n  e\u{301}x\n   ^")
    }

    @Test func controlAndDirection() {
        #expect(
            rendered("\u{1B}\u{202E}\u{7F}x", 1, 4)
                == "f:1:4: error: wrong\n  \\x1b\\u{202e}\\x7fx\n                  ^"
        )
    }

    @Test func invalidBytes() {
        let source = SourceText(name: "f", bytes: [0x61, 0xFF, 0xC3, 0x62])
        let expected = "f:1:4: error: wrong\n  a\\xff\\xc3b\n           ^"
        #expect(Diagnostic("wrong", in: source, at: pos(1, 4)).rendered == expected)
    }

    @Test(arguments: [[0xE0, 0x81, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC1, 0xBF]] as [[UInt8]])
    func overlongAndSurrogates(bytes: [UInt8]) {
        let source = SourceText(name: "f", bytes: bytes + [0x78])
        let shown = bytes.map { "\\x" + String($0, radix: 16) }.joined()
        let expected = "f:1:1: error: wrong\n  \(shown)x\n  ^"
        #expect(Diagnostic("wrong", in: source, at: pos(1, 1)).rendered == expected)
    }

    @Test func longLineIsCutOnBothSides() {
        let text = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
        let lines = rendered(text, 1, 501).split(separator: "\n")
        #expect(
            lines[1] == "  ..." + String(repeating: "a", count: 60) + "X" + String(repeating: "b", count: 39) + "..."
        )
        #expect(lines[2] == String(repeating: " ", count: 65) + "^")
    }

    @Test func longLineIsCutAfterTheStart() {
        let lines = rendered(String(repeating: "é", count: 5000), 1, 3).split(separator: "\n")
        #expect(lines[1] == "  " + String(repeating: "é", count: 100) + "...")
        #expect(lines[2] == "    ^")
    }

    @Test func endOfTheText() {
        #expect(rendered("ab", 1, 3) == "f:1:3: error: wrong\n  ab\n    ^")
        #expect(rendered("ab\n", 2, 1) == "f:2:1: error: wrong")
        #expect(rendered("ab", 9, 1) == "f:9:1: error: wrong")
    }

    @Test func allParts() {
        let source = SourceText(name: "a\u{1B}b\n", text: "x")
        let diagnostic = Diagnostic(
            "line\nbreak",
            in: source,
            at: nil,
            hint: "try\u{7}",
            notes: [Diagnostic.Note("there", in: SourceText(name: "g", text: "y"), at: pos(1, 1))],
            severity: .warning
        )
        let expected = "a\\x1bb\\n: warning: line\\nbreak\n  hint: try\\x07\ng:1:1: note: there\n  y\n  ^"
        #expect(diagnostic.rendered == expected)
    }

    @Test func messagesHaveABound() {
        let long = String(repeating: "m", count: 5000)
        let text = Diagnostic(long, in: SourceText(name: long, text: ""), at: nil).rendered
        #expect(text.utf8.count == 300 + 3 + ": error: ".utf8.count + 1000 + 3)
    }

    @Test func secretsStayHidden() {
        let diagnostic = Diagnostic("m", in: SourceText(name: "f", text: "secret"), at: pos(1, 1), showsSource: false)
        #expect(diagnostic.rendered == "f:1:1: error: m")
    }

    @Test func manyAreCounted() {
        var diagnostics = Diagnostics()
        let source = SourceText(name: "f", text: "")
        diagnostics.add(Diagnostic("w", in: source, at: nil, severity: .warning))
        #expect(!diagnostics.hasErrors)
        for _ in 0..<149 { diagnostics.add(Diagnostic("e", in: source, at: nil)) }
        #expect(diagnostics.items.count == 100)
        #expect(diagnostics.rendered.hasSuffix("\nand 50 more"))
        var other = Diagnostics()
        other.add(contentsOf: diagnostics)
        #expect(other == diagnostics)
        #expect(throws: DocumentError(diagnostics)) { try diagnostics.throwIfErrors() }
    }
}

/// Lines and columns of a text.
struct SourceTextTests {
    private let source = SourceText(name: "f", text: "\u{FEFF}ab\r\ncé\rd\u{85}e\u{2028}f\n")

    @Test func lines() {
        let texts = (1...source.lineCount).map { line in
            source.byteRange(ofLine: line).map { String(decoding: source.bytes[$0], as: UTF8.self) }
        }
        #expect(texts == ["ab", "cé", "d", "e", "f", ""])
        #expect(source.byteRange(ofLine: 0) == nil)
        #expect(source.byteRange(ofLine: 7) == nil)
    }

    @Test func bytesAndPositionsAgree() {
        for (line, column, byte) in [(1, 1, 3), (1, 3, 5), (2, 1, 7), (2, 2, 8), (2, 3, 10), (3, 1, 11), (4, 1, 14)] {
            #expect(source.byte(of: pos(line, column)) == byte)
            #expect(source.position(ofByte: byte) == pos(line, column))
        }
        // Inside é, and in the byte order mark.
        #expect(source.position(ofByte: 9) == pos(2, 2))
        #expect(source.position(ofByte: 0) == pos(1, 1))
    }

    @Test func equality() {
        #expect(SourceText(name: "a", text: "x") == SourceText(name: "a", text: "x"))
        #expect(SourceText(name: "a", text: "x") != SourceText(name: "b", text: "x"))
        #expect(SourceText(name: "a", text: "x") != SourceText(name: "a", text: "y"))
    }
}
