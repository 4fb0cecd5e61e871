import Reactor
import Shell
import TestSupport
import Testing

/// Words that real shells read back.
@Suite struct QuotingTests {
    @Test(arguments: [
        ("plain", "plain"), ("a/b-c_d.e,f:g+h@i%j", "a/b-c_d.e,f:g+h@i%j"), ("", "''"), ("a b", "'a b'"),
        ("it's", #"'it'\''s'"#), ("'", #"''\'''"#), ("~root", "'~root'"), ("a=b", "'a=b'"), ("#x", "'#x'"),
        ("-n", "-n"), ("a\nb", "'a\nb'"), ("$(x)", "'$(x)'"), ("é", "'é'"), ("\r\n", "'\r\n'"),
    ])
    func `a word is quoted as little as is safe`(text: String, expected: String) {
        #expect(Quoting.word(text) == expected)
    }

    @Test func `a line is its words with one space between`() {
        #expect(Quoting.line(["a", "b c", ""]) == "a 'b c' ''")
        #expect(Quoting.line([]) == "")
    }

    private static let pieces =
        [
            "'", "\"", "\\", "\n", "\r\n", "\t", " ", "$", "`", "!", "*", "?", "[", "]", "{", "}", "(", ")", "<", ">",
            "|", "&", ";", "#", "~", "=", "%", "-", "--", "-n", "-e", "\\n", "\\0", "$(id)", "${x}", "'\\''", "a", "B",
            "7", "é", "日本", "🎻", "e\u{301}", "\u{202e}", "\u{feff}", "\u{80}", "\u{85}", "\u{10ffff}",
        ] + (1...31).map { String(Unicode.Scalar(UInt8($0))) } + ["\u{7f}"]

    @Test(arguments: HostShell.present)
    func `two thousand random words come back byte for byte`(shell: HostShell) async throws {
        var random = Seeded(1)
        let words = (0..<2000).map { _ in
            (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.pieces.randomElement(using: &random)! }
                .joined()
        }
        // As text of a program, not as an argument of this child: the shell has to read the quotes.
        let text = words.map { "printf '%s\\0' \(Quoting.word($0))\n" }.joined()
        try await withDirectory { directory in
            let file = "\(directory)/words.sh"
            try Files.write(Array(text.utf8), to: file)
            let result = try await runChild(
                shell.words + [file],
                environment: try await shell.environment(directory)
            )
            let expected: [UInt8] = words.flatMap { $0.utf8 + [0] as [UInt8] }
            #expect(result.errors == "")
            #expect(result.stdout == expected)
        }
    }
}
