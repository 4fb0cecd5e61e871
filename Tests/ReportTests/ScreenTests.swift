import Testing

@testable import Report

/// Remote text on a terminal.
@Suite struct ScreenTests {
    @Test(arguments: [
        ("", ""), ("plain text ~!\\", "plain text ~!\\"), ("a\tb", "a\tb"), ("grüße 日本 🎻", "grüße 日本 🎻"),
        ("\u{1b}[31mred\u{1b}[0m", "\\u{1b}[31mred\\u{1b}[0m"), ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
        ("a\0b", "a\\u{0}b"), ("\u{8}\u{7f}", "\\u{8}\\u{7f}"), ("50%\r100%", "50%\\r100%"), ("a\nb", "a\\u{a}b"),
        ("\u{85}\u{9b}31m", "\\u{85}\\u{9b}31m"), ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
        ("\u{2066}x\u{2069}\u{200f}", "\\u{2066}x\\u{2069}\\u{200f}"), ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
        ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"), ("e\u{301}", "e\u{301}"), ("\u{e0041}", "\\u{e0041}"),
        ("é and a literal \\r", "é and a literal \\r"), ("\r", ""), ("\r\r", "\\r"), ("a\r\nb", "a\\r\\u{a}b"),
    ])
    func `what could move the cursor or turn the text is shown`(text: String, expected: String) {
        #expect(Screen.safe(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test(arguments: [
        ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\n\nb\n\n", ["a", "", "b", ""]),
        ("\n", [""]), ("a\r\nb\r\n", ["a", "b"]), ("\r\n\r\n", ["", ""]), ("a\n\u{301}b", ["a", "\u{301}b"]),
        ("1\r2\r3\n", ["1\\r2\\r3"]),
    ])
    func `bytes become lines, whichever way they end`(text: String, expected: [String]) {
        #expect(Screen.lines(Array(text.utf8)) == expected)
    }

    @Test func `bytes that are no text become replacement characters`() {
        #expect(Screen.lines([0x61, 0xff, 0x62, 10, 0xc3]) == ["a\u{fffd}b", "\u{fffd}"])
        #expect(Screen.lines([0xc3, 10, 0xa9]) == ["\u{fffd}", "\u{fffd}"])
        // An overlong escape is not one.
        #expect(Screen.lines([0xc0, 0x9b]).allSatisfy { !$0.utf8.contains(0x1b) })
    }

    @Test func `no byte gets through that a terminal would act on`() {
        for byte in UInt8.min...UInt8.max {
            for line in Screen.lines([0x61, byte, 0x62]) {
                let scalars = line.unicodeScalars.filter { $0 != "\t" }
                #expect(scalars.allSatisfy { $0.properties.generalCategory != .control }, "byte \(byte)")
            }
        }
    }
}
