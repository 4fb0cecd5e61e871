import Events
import Foundation
import TestSupport
import Testing

/// Secrets do not get out.
@Suite struct RedactorTests {
    private static let secret = "p@ss 'w\"rd\n€"

    private func clean(_ text: String, _ secrets: [String] = [secret]) -> String { Redactor(secrets).clean(text) }

    @Test func `the value itself, wherever it is`() {
        #expect(clean(Self.secret) == "(secret)")
        #expect(clean("<\(Self.secret)\(Self.secret)>") == "<(secret)(secret)>")
        #expect(clean("p@ss 'w\"rd\n$") == "p@ss 'w\"rd\n$")
        #expect(clean("") == "")
    }

    @Test(arguments: [
        "hunter2", "six666", "longer than that: \u{1f3bb}", "\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}", "ÿÿÿÿÿÿÿ>>>???",
    ])
    func `in base64 of a longer text, at every offset`(secret: String) {
        for before in ["", "a", "ab", "abc", "user:", "\u{e9}"] {
            for after in ["", "x", "xy", "\n", "zzzzzzz"] {
                let plain = Data((before + secret + after).utf8)
                let standard = plain.base64EncodedString()
                let address = standard.replacing("+", with: "-").replacing("/", with: "_")
                for text in [standard, address] {
                    let cleaned = clean("Authorization: Basic \(text)\n", [secret])
                    #expect(cleaned.contains("(secret)"), "\(before)|\(secret)|\(after)")
                    // What is left is too short to hold more than the edges.
                    let rest = cleaned.dropFirst("Authorization: Basic ".count).replacing("(secret)", with: "")
                    #expect(rest.count <= text.count - secret.utf8.count * 4 / 3 + 4)
                }
            }
        }
    }

    @Test func `quoted for an address, a shell and JSON`() {
        #expect(clean("?k=p%40ss%20%27w%22rd%0A%E2%82%AC&x") == "?k=(secret)&x")
        #expect(clean("?k=p%40ss%20%27w%22rd%0a%e2%82%ac&x") == "?k=(secret)&x")
        #expect(clean("?k=p%40ss+%27w%22rd%0A%E2%82%AC&x") == "?k=(secret)&x")
        #expect(clean("echo 'p@ss '\\''w\"rd\n€'") == "echo '(secret)'")
        #expect(clean(JSON.string("a\(Self.secret)b").line) == "\"a(secret)b\"")
    }

    @Test func `values shorter than six bytes are words and stay`() {
        #expect(clean("root root1 root12", ["root1"]) == "root root1 root12")
        #expect(clean("root root1 root12", ["root12"]) == "root root1 (secret)")
        #expect(clean("an empty one", [""]) == "an empty one")
        #expect(Redactor(["abc", ""]).isEmpty)
        #expect(!Redactor(["abcdef"]).isEmpty)
        // Counted in bytes: each of these has three.
        #expect(clean("€€", ["€€"]) == "(secret)")
    }

    @Test func `of two secrets the longer one goes whole`() {
        #expect(clean("x hunter2hunter2 y", ["hunter2", "hunter2hunter2"]) == "x (secret) y")
        #expect(clean("hunter2 hunter22", ["hunter2", "hunter22"]) == "(secret) (secret)")
    }

    @Test func `of two secrets that overlap nothing is left`() {
        #expect(clean("<abcdefghij>", ["abcdefg", "defghij"]) == "<(secret)>")
        #expect(clean("<abcdefghijkl>", ["abcdefg", "cdefgh", "ghijkl"]) == "<(secret)>")
        // Touching is not overlapping.
        #expect(clean("<abcdefghijkl>", ["abcdef", "ghijkl"]) == "<(secret)(secret)>")
        #expect(clean("aaaaaaaaa", ["aaaaaa"]) == "(secret)")
    }

    @Test func `bytes that are no text stay as they are around a secret`() {
        let noise: [UInt8] = [0xff, 0x00, 0xc3]
        let redactor = Redactor(["hunter2"])
        #expect(redactor.clean(noise) == noise)
        #expect(redactor.clean(noise + Array("hunter2".utf8) + noise) == noise + Array("(secret)".utf8) + noise)
        #expect(redactor.clean([UInt8]()) == [])
    }

    @Test func `a secret added later counts as well, and twice is once`() {
        let redactor = Redactor()
        #expect(redactor.clean("hunter2") == "hunter2")
        redactor.add("hunter2")
        redactor.add("hunter2")
        #expect(redactor.clean("hunter2") == "(secret)")
    }

    @Test func `everyone who shares it knows what one has added`() {
        let redactor = Redactor()
        var stream = StreamRedactor(redactor)
        #expect(stream.feed(Array("a hunter2secret b".utf8)) == "a hunter2secret b")
        let copy = redactor
        copy.add("hunter2secret")
        #expect(redactor.clean("hunter2secret") == "(secret)")
        #expect(
            stream.feed(Array("c hunter2".utf8)) + stream.feed(Array("secret d".utf8)) + stream.finish()
                == "c (secret) d"
        )
    }

    @Test func `a secret of several lines is one line by line too`() {
        let key = "-----BEGIN KEY-----\nMC4CAQAwBQYDK2Vw\r\nshort\n-----END KEY-----\n"
        #expect(clean(key, [key]) == "(secret)")
        #expect(clean("+MC4CAQAwBQYDK2Vw\n+short\n", [key]) == "+(secret)\n+short\n")
    }

    @Test func `hundreds of secrets that begin alike are found, each of them`() {
        let secrets = (0..<500).map { "secret number \($0)." }
        let redactor = Redactor(secrets)
        #expect(
            redactor.clean(secrets.joined(separator: "|")) == secrets.map { _ in "(secret)" }.joined(separator: "|")
        )
    }

    @Test func `random texts never keep a secret`() {
        var random = Seeded(7)
        let letters = Array("ab".utf8)
        for _ in 0..<300 {
            let secrets = (0..<3).map { _ in
                String(
                    decoding: (0..<Int.random(in: 6...9, using: &random)).map { _ in
                        letters.randomElement(using: &random)!
                    },
                    as: UTF8.self
                )
            }
            let text = String(decoding: (0..<120).map { _ in letters.randomElement(using: &random)! }, as: UTF8.self)
            let cleaned = clean(text, secrets)
            for secret in secrets { #expect(!cleaned.contains(secret)) }
            // What is left was there, in that order, outside of every occurrence.
            let kept = cleaned.split(separator: "(secret)", omittingEmptySubsequences: true)
            #expect(kept.allSatisfy { text.contains($0) })
            #expect(kept.map(\.count).reduce(0, +) == uncovered(text, secrets))
        }
    }

    private func uncovered(_ text: String, _ secrets: [String]) -> Int {
        let bytes = Array(text.utf8)
        var covered = Set<Int>()
        for secret in secrets.map({ Array($0.utf8) }) {
            for start in bytes.indices where bytes[start...].starts(with: secret) {
                covered.formUnion(start..<(start + secret.count))
            }
        }
        return bytes.count - covered.count
    }
}
