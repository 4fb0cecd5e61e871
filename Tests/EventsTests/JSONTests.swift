import Reactor
import TestSupport
import Testing

@testable import Events

/// JSON as programs read it.
@Suite struct JSONTests {
    @Test(arguments: [
        (JSON.null, "null"), (.bool(true), "true"), (.bool(false), "false"), (.integer(-7), "-7"),
        (.integer(.max), "9223372036854775807"), (.number(1.5), "1.5"), (.number(.nan), "null"),
        (.number(.infinity), "null"), (.string(""), "\"\""), (.array([]), "[]"), (.object([]), "{}"),
        (.array([.integer(1), .string("a"), .null]), "[1,\"a\",null]"),
        (.string("\"\\/\n\r\t\u{8}\u{c}"), #""\"\\/\n\r\t\u0008\u000c""#),
        (.string("\u{0}\u{1f}\u{7f}\u{2028}\u{2029}"), #""\u0000\u001f\u007f\u2028\u2029""#),
        (.string("é日🎻"), "\"é日🎻\""), (.string("\r\n"), #""\r\n""#),
    ])
    func `values are one line`(value: JSON, expected: String) {
        #expect(value.line == expected)
    }

    @Test func `members keep their order, and those without a value are left out`() {
        let value = JSON.members(["z": .integer(1), "none": nil, "a\n": .members(["x": .null])])
        #expect(value.line == #"{"z":1,"a\n":{"x":null}}"#)
        #expect(value["z"] == .integer(1))
        #expect(value["none"] == nil)
        #expect(JSON.null["z"] == nil)
    }

    /// Python's reader is the judge: what it reads is written back in a form without escapes that could hide anything.
    @Test(.enabled(if: Surroundings.has("python3"), "python3 is not installed"))
    func `python reads back what was written`() async throws {
        var random = Seeded(5)
        var texts = (0..<0x3000).compactMap { Unicode.Scalar(UInt32($0)) }.map { "a\($0)b" }
        for _ in 0..<500 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let most: UInt32 = Bool.random(using: &random) ? 0x80 : 0x10ffff
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...most, using: &random)) { text.append(scalar) }
            }
            texts.append(String(text))
        }
        let lines = texts.map { JSON.object([.init(name: $0, value: .string($0))]).line }
        #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } })
        let program = """
            import json, sys
            for line in sys.stdin.buffer.read().split(b"\\n"):
                (name, value), = json.loads(line).items()
                assert name == value
                print(value.encode().hex())
            """
        let result = try await runChild(
            ["python3", "-c", program],
            input: Array(lines.joined(separator: "\n").utf8)
        )
        #expect(result.errors == "")
        let expected = texts.map { text in
            text.utf8.map { String($0 + 0, radix: 16) }.map { $0.count == 1 ? "0" + $0 : $0 }.joined() + "\n"
        }
        #expect(result.output == expected.joined())
    }
}
