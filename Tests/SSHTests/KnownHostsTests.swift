import Reactor
import TestSupport
import Testing

@testable import SSH

/// known_hosts files: what is found in them is what OpenSSH finds, and what is added to them OpenSSH finds too.
@Suite struct KnownHostsTests {
    /// A key that tells which line it is from.
    private static func key(_ number: Int) -> HostKey {
        HostKey(
            blob: WireFormat.string("ssh-ed25519") + WireFormat.string([UInt8](repeating: UInt8(number), count: 32))
        )!
    }

    /// `%` stands for the line's key, `TYPE` and `BASE64` for its parts.
    private static let files: [String: [String]] = [
        "plain": [
            "one.example %", "Two.Example %", "three.example,four.example,10.0.0.1 %",
            "five.example % a comment # here",
            "   six.example   %   ", "\tseven.example\tTYPE\tBASE64", "one.example %", "a %", "xn--bcher-kva.example %",
            "10.0.0.2 %", "# comment %", "#eight.example %", "", "   ", ",nine.example,, %", "under_score.example %",
            "\"quoted.example\" %", "trailing.dot. %", "twelve.example,UPPER.example,!no.example %",
            "host%percent %", "dup.example,dup.example %", "+ %", "- %",
        ],
        "patterns": [
            "*.wild.example %", "*.wild.example,!not.wild.example %", "!first.neg.example,*.neg.example %", "h?st %",
            "web-??.example %", "10.1.*.* %", "* %", "*a*b*c* %", "!only.negated.example %", "*.UPPER.example %",
            "**.double.example %", "?*.one.more %", "host.?,!host.b %", "!*.all.neg,x.all.neg %", "[*]:2022 %",
            "[*.wild.example]:* %",
        ],
        "markers": [
            "@revoked gone.example %", "@cert-authority *.ca.example %", "@revoked  two.spaces.example %",
            "@cert-authority,x ca.example %", "@other strange.example %", "@REVOKED upper.example %",
            "@revoked *.gone.example,!kept.gone.example %", "gone.example %", "@cert-authority * %",
            "@ lonely.example %", "@revoked @cert-authority both.example %", " @revoked indented.example %",
        ],
        "places": [
            "[port.example]:2222 %", "port.example %", "[ipv6.example]:22 %", "::1 %", "[::1]:2222 %",
            "2001:DB8::1 %", "[2001:db8::2]:22022 %", "fe80::1%eth0 %", "[fe80::1%eth0]:2222 %",
            "[Mixed.Example]:2222 %",
            "noport.example:2222 %", "[bare.example] %", "[many.example]:2222,many.example,[many.example]:2223 %",
            "[port.example]:2223 %",
        ],
    ]

    /// Lines whose key cannot be read: ssh-keygen -F does not look at keys, ssh passes such lines over.
    private static let damaged = [
        "good.example %", "no.key", "no.blob ssh-ed25519", "bad.base64 ssh-ed25519 AAAA!!!!",
        "short ssh-ed25519 AAAAC3Nz",
        "other.type ssh-rsa BASE64", "rsa1.example 1024 35 12345678901234567890", "|1|bad|hash %", "|2|AAAA|AAAA %",
        "|1|AAAA|AAAAAAAAAAAAAAAAAAAAAAAAAAA= %", "|1| %", ", %", "@revoked", "@revoked x", "\u{1}\u{2} %  x",
        "last.example %",
    ]

    private static let names = [
        "one.example", "ONE.example", "two.example", "Two.Example", "three.example", "four.example", "10.0.0.1",
        "five.example", "six.example", "seven.example", "eight.example", "#eight.example", "nine.example", "a", "b",
        "aa",
        "xn--bcher-kva.example", "10.0.0.2", "10.0.0.3", "under_score.example", "quoted.example", "\"quoted.example\"",
        "trailing.dot.", "trailing.dot", "twelve.example", "upper.example", "no.example", "!no.example", "host%percent",
        "dup.example", "+", "-x", "x.wild.example", "X.WILD.EXAMPLE", "not.wild.example", "wild.example",
        ".wild.example",
        "first.neg.example", "second.neg.example", "host", "hst", "hoost", "web-01.example", "web-1.example",
        "10.1.2.3",
        "10.1.2", "xaybzc", "abc", "acb", "only.negated.example", "x.upper.example", "x.double.example", "x.one.more",
        ".one.more", "host.a", "host.b", "x.all.neg", "[x]:2022", "[x]:2023", "[y.wild.example]:99", "gone.example",
        "two.spaces.example", "x.ca.example", "ca.example", "strange.example", "both.example", "indented.example",
        "a.gone.example", "kept.gone.example", "lonely.example", "[port.example]:2222", "[port.example]:2223",
        "[port.example]:2224", "port.example", "ipv6.example", "::1", "[::1]:2222", "2001:db8::1", "2001:DB8::1",
        "[2001:db8::2]:22022", "fe80::1%eth0", "[fe80::1%eth0]:2222", "[mixed.example]:2222", "[MIXED.example]:2222",
        "noport.example:2222", "[bare.example]:22022", "many.example", "[many.example]:2222", "[many.example]:2223",
        "none",
    ]

    private static func text(_ lines: [String], ends: String = "\n") -> String {
        lines.enumerated().map { index, line in
            let key = key(index)
            let parts = key.line.split(separator: " ")
            // Only a `%` that stands alone is the key.
            return line.split(separator: " ", omittingEmptySubsequences: false).map {
                $0 == "%" ? key.line : String($0)
            }
            .joined(separator: " ")
            .replacing("TYPE", with: parts[0]).replacing("BASE64", with: parts[1]) + ends
        }.joined()
    }

    /// Which lines ssh-keygen finds for a name, each with its marker.
    private func found(_ name: String, in file: String, _ loop: Loop) async throws -> Set<String> {
        let result = try await loop.run(
            ChildRequest(["ssh-keygen", "-F", name, "-f", file], environment: Surroundings.environment)
        )
        var found: Set<String> = []
        var marker = ""
        for line in result.output.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("# Host") {
                marker = line.hasSuffix(" CA") ? "CA" : line.hasSuffix(" REVOKED") ? "REVOKED" : ""
            } else if let word = line.split(whereSeparator: { " \t\r".contains($0) }).first(where: {
                $0.hasPrefix("AAAAC3NzaC1lZDI1NTE5AAAA")
            }) {
                found.insert(marker + String(word))
            }
        }
        return found
    }

    private func found(_ name: String, in known: KnownHosts) -> Set<String> {
        let found = known.find(name: name)
        func words(_ keys: [HostKey], _ marker: String) -> [String] {
            keys.map { marker + $0.line.split(separator: " ")[1] }
        }
        return Set(words(found.known, "") + words(found.revoked, "REVOKED") + words(found.authorities, "CA"))
    }

    @Test func `every name is found as ssh-keygen finds it`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                var texts: [(name: String, text: String, hashes: Bool)] = []
                for (name, lines) in Self.files.sorted(by: { $0.key < $1.key }) {
                    texts.append((name, Self.text(lines), false))
                    // ssh-keygen hashes no file with a line that it does not understand.
                    let sound = lines.filter {
                        !$0.hasPrefix("@") || $0.hasPrefix("@revoked ") || $0.hasPrefix("@cert-authority ")
                    }
                    .filter { !$0.contains("both.example") }
                    texts.append((name + ", hashed", Self.text(sound), true))
                }
                let all = Self.files.sorted { $0.key < $1.key }.flatMap(\.value)
                texts.append(("all, CRLF", Self.text(all, ends: "\r\n"), false))
                texts.append(("all, no newline at the end", String(Self.text(all).dropLast()), false))
                texts.append(("empty", "", false))
                var differences: [String] = []
                var matches = 0
                for (file, text, hashes) in texts {
                    let path = "\(directory)/known"
                    try Files.write(Array(text.utf8), to: path)
                    if hashes {
                        let arguments = ["ssh-keygen", "-q", "-H", "-f", path]
                        let made = try await loop.run(ChildRequest(arguments, environment: Surroundings.environment))
                        #expect(made.succeeded, "\(file): \(made.errors)")
                    }
                    var known = KnownHosts()
                    known.add(file: path, try Files.read(path))
                    for name in Self.names {
                        // ssh makes a name lower case before it hashes it; ssh-keygen leaves that to whoever asks.
                        let theirs = try await found(hashes ? name.lowercased() : name, in: path, loop)
                        let ours = found(name, in: known)
                        matches += theirs.count
                        if theirs != ours {
                            differences.append("\(file), \(name): ssh-keygen \(theirs), Baton \(ours)")
                        }
                    }
                }
                #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
                #expect(matches > 300)
            }
        }
    }

    @Test func `damaged lines are passed over and named, and do not spoil the others`() {
        var known = KnownHosts()
        known.add(file: "f", Array(Self.text(Self.damaged).utf8) + [0xff, 0xfe, 0x20, 0, 10])
        #expect(known.badLines.map(\.line) == Array(2...14) + [17])
        #expect(known.badLines.allSatisfy { $0.file == "f" })
        #expect(known.find("good.example", port: 22).known == [Self.key(0)])
        #expect(known.find("last.example", port: 22).known == [Self.key(15)])
        for name in ["no.key", "no.blob", "bad.base64", "short", "other.type", "x", ""] {
            #expect(known.find(name, port: 22) == KnownHosts.Found(), "\(name)")
        }
        var long = KnownHosts()
        let filler = String(repeating: "y", count: 1024)
        let comment = String(repeating: "c", count: 300_000)
        long.add(file: "f", Array("a,\(filler) \(Self.key(1).line)\nb \(Self.key(2).line) \(comment)\n".utf8))
        #expect(long.badLines.map(\.line) == [1])
        #expect(long.find("b", port: 22).known == [Self.key(2)])
        var nonsense = KnownHosts()
        nonsense.add(file: "f", Array(String(repeating: "x\n", count: 10_000).utf8))
        #expect(nonsense.badLines.count == 100)
    }

    @Test func `revoked wins, and an authority is no known key`() {
        var known = KnownHosts()
        let text = "h %\n@revoked * %\n@cert-authority h,c %\nh %\n".replacing("%", with: Self.key(1).line)
        known.add(file: "f", Array(text.utf8))
        let found = known.find("H", port: 22)
        #expect(found == KnownHosts.Found(known: [Self.key(1)], revoked: [Self.key(1)], authorities: [Self.key(1)]))
        #expect(KnownHosts.judge(Self.key(1), known: found.known, revoked: found.revoked) == .revoked)
        let onlyAuthority = known.find("c", port: 22)
        #expect(onlyAuthority.known.isEmpty && onlyAuthority.authorities == [Self.key(1)])
        // Stricter than OpenSSH, which takes a marker that ends with a tab for none.
        known.add(file: "f", Array("@revoked\tt \(Self.key(2).line)\n".utf8))
        #expect(known.find("t", port: 22).revoked == [Self.key(1), Self.key(2)])
    }

    @Test func `new lines are found by ssh-keygen and added once`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                let keys = [
                    (name: "new.example", key: Self.key(1)), (name: "[New.example]:2222", key: Self.key(2)),
                    (name: "new.example", key: Self.key(1)), (name: "there.example", key: Self.key(3)),
                    (name: "bad name", key: Self.key(4)), (name: "*", key: Self.key(4)),
                    (name: "|1|x", key: Self.key(4)),
                    (name: "a,b", key: Self.key(4)), (name: "", key: Self.key(4)), (name: "x\ny", key: Self.key(4)),
                ]
                let there = "there.example \(Self.key(3).line)"
                let path = "\(directory)/known"
                for (existing, asked, hides) in [
                    ("", nil, false), (there + "\n", nil, false), (there, nil, false), (there + "\r\n", nil, false),
                    ("", true, true), (there, true, true),
                    (KnownHosts.line("there.example", Self.key(3), hashed: true), false, true),
                ] as [(String, Bool?, Bool)] {
                    let added = KnownHosts.newLines(for: keys, existing: Array(existing.utf8), hashed: asked)
                    let text = existing + String(decoding: added, as: UTF8.self)
                    try Files.write(Array(text.utf8), to: path)
                    #expect(text.split(whereSeparator: \.isNewline).count == 3, "\(text)")
                    #expect(text.contains("|1|") == hides)
                    #expect(text.contains("new.example") == !hides)
                    for (name, key) in keys.prefix(4) {
                        let found = try await found(name.lowercased(), in: path, loop)
                        #expect(found == [String(key.line.split(separator: " ")[1])], "\(name) in \(text)")
                    }
                    #expect(KnownHosts.newLines(for: keys, existing: Array(text.utf8), hashed: asked).isEmpty)
                }
            }
        }
    }
}
