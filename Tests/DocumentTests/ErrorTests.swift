import Document
import Testing

/// What a user reads when a document is wrong, to the letter.
struct ErrorTests {
    @Test(arguments: ErrorTests.table)
    func says(text: String, expected: String) {
        #expect(problems(text) == expected)
    }

    @Test func severalAtOnce() {
        let text = problems("a: *no\nb: 1\nb: 2\n[c]: 3\n")
        #expect(
            text == """
                a.yml:1:4: error: no &no comes before this alias
                  a: *no
                     ^
                a.yml:3:1: error: the key "b" is given twice
                  b: 2
                  ^
                a.yml:2:1: note: the first is here
                  b: 1
                  ^
                a.yml:4:1: error: a key must be a text, not a list
                  [c]: 3
                  ^
                  hint: put it in quotes
                """
        )
    }

    @Test(arguments: [0, 1, 5, 6, 10])
    func invalidUTF8(offset: Int) {
        var bytes = Array("ab: cd\nef: gh\n".utf8)
        bytes[offset] = 0xFF
        let line = offset < 7 ? 1 : 2
        let column = offset < 7 ? offset + 1 : offset - 6
        #expect(problems(bytes).hasPrefix("a.yml:\(line):\(column): error: the text is not UTF-8 here\n"))
    }

    @Test(
        arguments: [[0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80]] as [[UInt8]]
    )
    func malformedSequences(tail: [UInt8]) {
        #expect(problems(Array("a: é ".utf8) + tail).hasPrefix("a.yml:1:6: error: the text is not UTF-8 here\n"))
    }

    @Test func invalidAfterMark() {
        #expect(problems([0xEF, 0xBB, 0xBF] + Array("a: ".utf8) + [0xFF]).hasPrefix("a.yml:1:4: error:"))
    }

    @Test func nul() {
        let expected = """
            a.yml:2:2: error: a NUL byte cannot be in YAML
              b\\x00: 2
               ^
              hint: is this a text file?
            """
        #expect(problems("a: 1\nb\0: 2\n") == expected)
    }

    @Test func escapeCharacter() {
        let expected = """
            a.yml:1:4: error: the control character U+001B cannot be in YAML
              a: \\x1b[31mred
                 ^
              hint: in double quotes it can be written as an escape
            """
        #expect(problems("a: \u{1B}[31mred\n") == expected)
    }

    @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61]] as [[UInt8]])
    func utf16(bytes: [UInt8]) {
        #expect(problems(bytes) == "a.yml: error: the file is UTF-16\n  hint: save it as UTF-8")
    }

    static let table: [(String, String)] = [
        (
            "a:\n\tb: 1\n",
            "a.yml:2:1: error: a tab cannot indent YAML\n      b: 1\n  ^\n  hint: use spaces"
        ),
        (
            "a:\n  b: 1\n  \tc: 2\n",
            "a.yml:3:3: error: a tab cannot indent YAML\n        c: 2\n    ^\n  hint: use spaces"
        ),
        (
            "a: 1\n---\nb: 2\n",
            "a.yml:2:1: error: a second document starts here\n  ---\n  ^\n  hint: a file holds one document"
        ),
        (
            "a: b: c\n",
            """
            a.yml:1:5: error: a key cannot start here
              a: b: c
                  ^
              hint: quote a text that contains ": ", or check the indentation
            """
        ),
        (
            "a: 1\nb\nc: 2\n",
            """
            a.yml:3:1: error: this line has no ":" after its key
              c: 2
              ^
            a.yml:2:1: note: while scanning a simple key
              b
              ^
            """
        ),
        (
            "a: 'open\n",
            """
            a.yml:1:4: error: this quote is never closed
              a: 'open
                 ^
            """
        ),
        (
            "a: [1, 2\nb: 3\n",
            """
            a.yml:2:2: error: the list in brackets goes on without "," or "]"
              b: 3
               ^
            a.yml:1:4: note: while parsing a flow sequence
              a: [1, 2
                 ^
            """
        ),
        (
            "a: {{ x }}\n",
            """
            a.yml:1:5: error: a key must be a text, not a mapping
              a: {{ x }}
                  ^
              hint: put quotes around a value that starts with "{{"
            """
        ),
        (
            "a: %x\n",
            "a.yml:1:4: error: a text cannot start with this character\n  a: %x\n     ^\n  hint: put the text in quotes"
        ),
        ("a: &x [*x]\n", "a.yml:1:8: error: *x stands for something that contains it\n  a: &x [*x]\n         ^"),
        (
            "one: &ones 1\nb: *one\n",
            "a.yml:2:4: error: no &one comes before this alias\n  b: *one\n     ^\n  hint: did you mean \"ones\"?"
        ),
        (
            "a: {<<: 1}\n",
            "a.yml:1:9: error: << takes a mapping or a list of mappings, not 1\n  a: {<<: 1}\n          ^"
        ),
        (
            "a: {<<: [{}, x]}\n",
            "a.yml:1:14: error: << takes a mapping or a list of mappings, not the text \"x\"\n  a: {<<: [{}, x]}\n               ^"
        ),
        (
            "a: 1\n 'a': 2\n",
            """
            a.yml:2:5: error: a key cannot start here
               'a': 2
                  ^
              hint: quote a text that contains ": ", or check the indentation
            """
        ),
    ]
}
