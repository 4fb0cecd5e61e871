import Document
import HostSide
import Playbook
import Reactor
import TestSupport
import Testing

/// Modes, paths, lengths of time and addresses, as playbooks write them.
struct ReadingTests {
    private func mode(_ text: String, from old: UInt16 = 0, isDirectory: Bool = false) -> String? {
        Mode(text).map { Mode.text($0.applied(to: old, isDirectory: isDirectory)) }
    }

    @Test func `octal modes`() {
        for (text, expected) in [
            ("644", "0644"), ("0644", "0644"), ("0o644", "0644"), ("00644", "0644"), ("2755", "2755"), ("7", "0007"),
        ] { #expect(mode(text) == expected) }
        for text in [
            "", "8", "0888", "10000", "77777", "644 ", "-644", "0x1", "064400", "rw", "u+q", "u", ",", "u=rw,", "z+r",
            "u+", "+ug",
        ] {
            #expect(Mode(text) == nil, "\(text)")
        }
        #expect(mode("0755", from: 0o2777, isDirectory: true) == "2755")
        #expect(mode("00755", from: 0o2777, isDirectory: true) == "0755")
        #expect(mode("0755", from: 0o2777) == "0755")
    }

    /// chmod is the judge, for all modes that a few symbols lead from and to.
    @Test func `symbolic modes are those of chmod`() async throws {
        let texts = [
            "u=rw,g=r,o=", "u+x", "a-w", "+X", "a+X", "g=u", "o=g", "u+s", "g+s", "+t", "o+t", "u+t", "ug=rwx,o-rwx",
            "g-s", "a=",
            "u=rwx,go=rx", "-x", "=r", "u+r-w", "a=rX", "go=", "g=s", "o=rt", "u=s",
        ]
        let starts: [UInt16] = [0o644, 0o755, 0o000, 0o7777, 0o2750, 0o4711, 0o1777, 0o100]
        var script = "umask 0; d=$(mktemp -d) || exit; trap 'rm -rf \"$d\"' EXIT; cd \"$d\"; mkdir d; : > f\n"
        for text in texts {
            for start in starts {
                for name in ["f", "d"] {
                    let octal = String(start, radix: 8)
                    script +=
                        "chmod 0\(String(repeating: "0", count: 4 - octal.count))\(octal) \(name); chmod -- \(text) \(name); stat -c %a \(name)\n"
                }
            }
        }
        let result = try await runChild(["/bin/sh"], input: Array(script.utf8))
        let lines = result.output.split(separator: "\n").map(String.init)
        try #require(lines.count == texts.count * starts.count * 2, "\(result.errors)")
        var index = 0
        for text in texts {
            for start in starts {
                for isDirectory in [false, true] {
                    let found = Mode(text)?.applied(to: start, isDirectory: isDirectory)
                    #expect(
                        found == UInt16(lines[index], radix: 8),
                        "\(text) from \(Mode.text(start)), directory: \(isDirectory)"
                    )
                    index += 1
                }
            }
        }
    }

    @Test(arguments: [
        ("30s", 30_000), ("2m", 120_000), ("500ms", 500), ("1h30m", 5_400_000), ("7", 7000), ("0.25", 250),
        ("1d", 86_400_000),
        ("0", 0),
    ])
    func `lengths of time`(text: String, milliseconds: Int) throws {
        guard case .pause(let pause) = try World().work("pause: \(text)").decide([:]) else { throw Unexpected() }
        #expect(pause.duration == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "1m1h", "5x", "-1", "1.5s", "8d", "99999999999999999999", "1s1s", "\"\"", "1:30", "s", ".5", "1.", "1e3",
    ])
    func `no lengths of time`(text: String) {
        #expect(World().problem("pause: \(text)").contains("must be a length of time"))
    }

    @Test(arguments: [
        ("/a//b/./c/", "/a/b/c"), ("/a b", "/a b"), ("/é", "/é"), ("/.hidden", "/.hidden"), ("/a/...", "/a/..."),
    ])
    func `paths`(text: String, path: String) throws {
        #expect(try World().work("file: {path: \"\(text)\", content: x}").looks == [.path(path, hashing: .ifSize(1))])
    }

    @Test(arguments: [
        ("a", "must be an absolute path"), ("~/a", "must be an absolute path"), ("/a/../b", "contains \\\"..\\\""),
        ("/", "the root"), ("/.", "the root"), ("/a\\nb", "a control character"), ("/a\\0", "a NUL byte"),
    ])
    func `no paths`(text: String, why: String) {
        let why = why.split(separator: "\\").joined()
        #expect(World().problem("file: {path: \"\(text)\", content: x}").contains(why))
        // What is made for a host is held to the same.
        #expect(World().problem("file: {path: \"{{ p }}\", content: x}\nvars: {p: \"\(text)\"}").contains(why))
    }

    @Test(arguments: [
        "http://", "http:///x", "http://a:0/", "http://a:65536/", "http://a b/", "http://u:p@a/", "http://a/#x", "a/b",
        "http://[x]/", "http://-a/", "http://a/é", "HTTP://a/", "http://[::1", "http://[::1]x",
    ])
    func `no addresses`(text: String) {
        #expect(World().problem("check: {http: \"\(text)\"}").contains("\"http\" "))
    }

    @Test(arguments: ["0", "65536", "a", "a:b", "\":22\"", "a:22:1", "\"[::1]\"", "-a:1"])
    func `no endpoints`(text: String) {
        #expect(World().problem("check: {tcp: \(text)}").contains("must be host:port, or a port"))
    }

    @Test(arguments: [
        "{unix: /\(String(repeating: "a", count: 107))}", "{unix: \"/{{ 'a' * 107 }}\"}",
        "{http: \"http://a/\", connect: /\(String(repeating: "a", count: 107))}",
    ])
    func `no sockets`(check: String) {
        let problem = World().problem("check: \(check)")
        #expect(problem.contains("at most 107 bytes"), "\(problem)")
        #expect(problem.contains("play.yml:3:"), "\(problem)")
    }

    @Test func `what a check cannot send is refused where it stands`() {
        let problem = World().problem("check: {http: \"http://a/\", headers: {X: \"a\\x7Fb\"}}")
        #expect(problem.contains("control character"), "\(problem)")
        #expect(problem.contains("play.yml:3:"), "\(problem)")
    }

    @Test func `values of -e are texts`() throws {
        var world = World()
        let origin = Origin(SourceText(name: "-e", text: ""), .start)
        func text(_ text: String) -> Value { Value(.string(text), origin: origin) }
        world.extra = [
            "f": text("true"), "m": text("0600"), "d": text("2m"), "p": text("8080"), "n": Value(.null, origin: origin),
        ]
        let file = try world.work(
            "file: {path: /a, content: x, backup: \"{{ f }}\", mode: \"{{ m }}\", owner: \"{{ n }}\"}"
        )
        guard
            case .change(let change) = file.decide([
                .path("/a", hashing: .ifSize(1)): .path(PathState(.file, mode: 0o644, size: 2))
            ]),
            case .file(let operation) = change.operation
        else { throw Unexpected() }
        #expect(operation.backup && operation.mode == 0o600 && operation.ownership.user == nil)
        guard case .pause(let pause) = try world.work("pause: \"{{ d }}\"").decide([:]) else { throw Unexpected() }
        #expect(pause.duration == .seconds(120))
        #expect(world.problem("file: {path: \"{{ n }}\", content: x}").contains("\"path\" comes to nothing"))
        #expect(
            world.problem("file: {path: /a, content: x, backup: \"{{ d }}\"}").contains(
                "\"backup\" must be true or false, not the text \"2m\""
            )
        )
        #expect(world.problem("file: {path: /a, content: x, mode: \"{{ 400 + 20 }}\"}").contains("write it as a text"))
        #expect(
            world.problem("file: {path: /a, content: \"{{ [1] }}\"}").contains("\"content\" must be a text, not a list")
        )
    }
}
