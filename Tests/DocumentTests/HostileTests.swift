import Document
import Testing

/// Input that means harm: an error, never a crash, a hang or a full memory.
struct HostileTests {
    @Test func billionLaughs() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [" + Array(repeating: alias, count: 10).joined(separator: ", ") + "]\n"
        }
        #expect(problems(text).contains("error: with what *a4 stands for, the document has more than 1000000 parts\n"))
    }

    @Test func laughsThroughMerges() {
        var text = "a0: &a0 {k: v}\n"
        for level in 1...40 { text += "a\(level): &a\(level) {x: *a\(level - 1), y: *a\(level - 1)}\n" }
        #expect(problems(text).contains("parts\n"))
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func deepNesting(opening: String) {
        let text = String(repeating: opening, count: 10_000)
        #expect(problems(text).contains("error: lists and mappings lie more than 64 deep in each other\n"))
    }

    @Test func depthThroughAliases() {
        var text = "a0: &a0 [x]\n"
        for level in 1...80 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(problems(text).contains("a.yml:63:12: error: lists and mappings lie more than 64 deep in each other\n"))
    }

    @Test func depthAtTheLimit() throws {
        let text = String(repeating: "[", count: 63) + "x" + String(repeating: "]", count: 63)
        #expect(problems(text) == "")
        #expect(problems("[" + text + "]") != "")
    }

    @Test func hugeScalar() {
        let text = String(repeating: "x", count: 17 << 20)
        #expect(problems("a: \(text)").hasPrefix("a.yml:1:4: error: this text has more than 16777216 bytes\n"))
    }

    @Test func hugeInput() {
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 50 << 20)
        #expect(problems(bytes) == "a.yml: error: the file has more than 33554432 bytes")
    }

    @Test func manyParts() {
        var limits = Limits()
        limits.nodes = 10
        #expect(problems("[1, 2, 3, 4, 5, 6, 7, 8, 9]", limits: limits) == "")
        let expected = "a.yml:1:29: error: the document has more than 10 parts\n"
        #expect(problems("[1, 2, 3, 4, 5, 6, 7, 8, 9, 0]", limits: limits).hasPrefix(expected))
    }

    @Test func manyDirectives() {
        let text = String(repeating: "%TAG !a! b\n", count: 100_000)
        #expect(problems(text).hasPrefix("a.yml:1001:1: error: too many lines start with %\n"))
    }

    @Test func manyErrors() {
        let text = String(repeating: "- *x\n", count: 5000)
        #expect(problems(text).hasSuffix("\nand 4900 more"))
    }

    @Test func everyPrefixIsReadOrRefused() {
        let bytes = Array(sample.utf8)
        var read = 0
        for count in 0...bytes.count {
            var diagnostics = Diagnostics()
            let source = SourceText(name: "a.yml", bytes: Array(bytes[..<count]))
            let node = YAML.parse(source, diagnostics: &diagnostics)
            #expect(node != nil || diagnostics.hasErrors)
            if !diagnostics.hasErrors { read += 1 }
            _ = diagnostics.rendered
        }
        #expect(problems(bytes) == "")
        #expect(read > 10 && read < bytes.count)
    }
}

/// A document with something of everything.
let sample = """
    %YAML 1.1
    ---
    # comment é
    all: &all
      hosts: {"web[01:03]": ~, "db 1": 'it''s'}
      vars:
        <<: [{a: 1}, {b: 2.10}]
        text: |-
          one
            two
        folded: >
          a
          b
        list:
        - !vault x
        - "esc \\u00e9 \\n"
        - *nothing
    other: *all
    ? key
    : value
    ...

    """.replacing("*nothing", with: "&n 日本")
