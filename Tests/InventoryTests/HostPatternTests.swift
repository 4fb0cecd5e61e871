import Testing

@testable import Inventory

/// Names under `hosts:` that stand for several, or carry a port.
struct HostPatternTests {
    @Test(
        arguments: [
            ("web", "web", nil), ("web[1:3]", "web1 web2 web3", nil), ("web[01:03].x", "web01.x web02.x web03.x", nil),
            ("[08:11]", "08 09 10 11", nil), ("w[1:9:2]", "w1 w3 w5 w7 w9", nil), ("[a:f:2]", "a c e", nil),
            ("[y:B]", "y z A B", nil), ("r[1:2]n[a:b]", "r1na r1nb r2na r2nb", nil), ("w[:2]", "w0 w1 w2", nil),
            ("w[5:5]", "w5", nil), ("web:22", "web", 22), ("w[1:2]:22", "w1 w2", 22),
            ("10.0.0.1:65535", "10.0.0.1", 65535),
            ("[::1]:22", "::1", 22), ("[web]:22", "web", 22), ("::1", "::1", nil), ("fe80::1:22", "fe80::1:22", nil),
            ("a:b", "a:b", nil), ("[1:3]:22", "1", 3), ("w[0:10:5]", "w0 w5 w10", nil),
        ] as [(String, String, Int?)]
    )
    func expands(text: String, names: String, port: Int?) throws {
        let pattern = try HostPattern(text)
        #expect(pattern.names.joined(separator: " ") == names)
        #expect(pattern.port == port)
    }

    @Test(arguments: [
        ("w[3:1]", "the range ends before it starts"), ("w[f:a]", "the range ends before it starts"),
        ("w[1:2", "the range has no \"]\""), ("w[1]", "a range is [from:to] or [from:to:step]"),
        ("w[1:]", "a range is [from:to] or [from:to:step]"), ("w[1:2:3:4]", "a range is [from:to] or [from:to:step]"),
        ("w[1:9:0]", "the step of a range must be a whole number above 0"),
        ("w[1:9:x]", "the step of a range must be a whole number above 0"),
        ("w[a:9]", "a range goes from number to number or from letter to letter"),
        ("w[-1:9]", "a range goes from number to number or from letter to letter"),
        ("w[01:100]", "both ends of a range with leading zeros must have as many digits"),
        ("w[0:999999999]", "the range has more than 100000 names"),
        ("w[1:99999999999999999999]", "a range goes from number to number or from letter to letter"),
        ("w[1:1000][1:1000]", "the range has more than 100000 names"), ("w:70000", "the port must be from 1 to 65535"),
        ("w:0", "the port must be from 1 to 65535"),
    ])
    func refuses(text: String, message: String) {
        #expect(throws: HostPattern.Problem(message)) { try HostPattern(text) }
    }

    @Test(arguments: [
        ("*", "", true), ("a*", "abc", true), ("a*", "ba", false), ("*b*d", "abcbd", true), ("*b*d", "abcb", false),
        ("a?c", "abc", true), ("a?c", "ac", false), ("[abc]1", "b1", true), ("[abc]1", "d1", false),
        ("[a-c]", "b", true), ("[!a-c]", "b", false), ("[!a-c]", "d", true), ("[]]", "]", true), ("[", "[", true),
        ("[c-a]", "b", false), ("a", "A", false), ("**a", "ba", true), ("", "", true), ("", "a", false),
        ("[a-]", "-", true),
    ])
    func globs(pattern: String, text: String, expected: Bool) {
        #expect(Glob(pattern).matches(text) == expected)
    }

    @Test func globsAreNotExponential() {
        let pattern = String(repeating: "*a", count: 500) + "b"
        #expect(!Glob(pattern).matches(String(repeating: "a", count: 2000)))
    }
}
