import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// What root does among the files of others, and others among root's.
@Suite(.enabled(if: Surroundings.isRoot && Surroundings.has("setpriv"), "needs root and setpriv")) struct OwnerTests {
    private static let nobody = [
        Loop.executable("setpriv", path: Surroundings.environment["PATH"] ?? "") ?? "", "--reuid=65534",
        "--regid=65534", "--clear-groups", "--",
    ]

    /// A host whose folder `theirs` belongs to somebody else.
    private func with(_ shell: HostShell, _ body: (HostFolder) async throws -> Void) async throws {
        try await withHost(shell) { host in
            try await host.command("sh", "-c", "chmod 755 . ..; mkdir theirs; chown 65534:65534 theirs; mkdir mine")
            try await body(host)
        }
    }

    private func file(_ host: HostFolder, _ name: String, _ ownership: Ownership = Ownership()) async throws
        -> Operation
    {
        .file(
            FileChange(
                expected: try await host.now(name),
                content: try await content("new"),
                mode: 0o4750,
                ownership: ownership
            )
        )
    }

    @Test(arguments: HostShell.present)
    func `owner and mode are those wanted, or those that were`(shell: HostShell) async throws {
        try await with(shell) { host in
            try host.write("theirs/old", "old")
            try await host.command("chown", "65534:12", "theirs/old")
            let cases: [(String, Ownership, UInt32, UInt32)] = [
                ("theirs/old", Ownership(), 65534, 12), ("theirs/old", Ownership(user: "0"), 0, 12),
                ("theirs/old", Ownership(group: "7"), 0, 7), ("mine/new", Ownership(user: "nobody"), 65534, 0),
                ("mine/group", Ownership(group: "7"), 0, 7), ("theirs/both", Ownership(user: "5", group: "6"), 5, 6),
            ]
            for (name, ownership, user, group) in cases {
                let ended = try await host.apply(file(host, name, ownership))
                #expect(ended?.end == .done, "\(name): \(ended?.errors ?? "")")
                #expect(host.owner(name) == user && host.group(name) == group, "\(name)")
                #expect(host.mode(name) == 0o4750)
            }
            let unknown = try await host.apply(file(host, "mine/x", Ownership(user: "no-such-user")))
            #expect(unknown?.end == .failed(status: 1))
            #expect(unknown?.errors.contains("cannot give \(host.full("mine/x")) to no-such-user") == true)
            #expect(host.names("mine") == ["group", "new"])
        }
    }

    @Test(arguments: HostShell.present)
    func `mode and owner of what others could swap are changed on what was looked at`(shell: HostShell) async throws {
        try await with(shell) { host in
            try host.write("theirs/file", "x")
            var expected = try await host.now("theirs/file")
            let ownership = Ownership(user: "5", group: "6")
            let change = FileChange(expected: expected, content: nil, mode: 0o2711, ownership: ownership)
            let ended = try await host.apply(.file(change))
            #expect(ended?.end == .done, "\(ended?.errors ?? "")")
            #expect(host.mode("theirs/file") == 0o2711 && host.owner("theirs/file") == 5)
            expected = try await host.now("theirs")
            let directory = DirectoryChange(expected: expected, mode: 0o700, ownership: Ownership(user: "5"))
            #expect(try await host.apply(.directory(directory))?.end == .done)
            #expect(host.mode("theirs") == 0o700 && host.owner("theirs") == 5)
            let link = LinkChange(
                expected: try await host.now("mine/link"),
                target: "/etc/passwd",
                ownership: Ownership(user: "5")
            )
            #expect(try await host.apply(.link(link))?.end == .done)
            #expect(host.owner("mine/link") == 5 && host.owner("/etc/passwd") == 0)
        }
    }

    @Test(arguments: HostShell.present)
    func `root follows no link of others on its way, but its own`(shell: HostShell) async throws {
        try await with(shell) { host in
            try await host.command("ln", "-s", "../mine", "theirs/way")
            try await host.command("ln", "-s", "mine", "own")
            try await host.command("chown", "-h", "65534", "theirs/way")
            let refused = try await host.apply(file(host, "theirs/way/file"))
            #expect(refused?.end == .failed(status: 1))
            #expect(
                refused?.errors
                    == "\(host.full("theirs/way")) is a link of user 65534: root does not follow it\n"
            )
            // Root's own link in a directory where it can be replaced at any moment.
            try await host.command("chown", "-h", "0", "theirs/way")
            let replaceable = try await host.apply(file(host, "theirs/way/file"))
            #expect(replaceable?.errors.contains("is a link in a directory that others may write") == true)
            #expect(host.names("mine") == [])
            #expect(try await host.apply(file(host, "own/file"))?.end == .done)
            #expect(host.names("mine") == ["file"])
            for operation in [
                Operation.directory(DirectoryChange(expected: try await host.now("theirs/way/a/b"), mode: 0o755)),
                .link(LinkChange(expected: try await host.now("theirs/way/l"), target: "x")),
                .remove(Removal(expected: try await host.now("theirs/way/file"))),
            ] {
                #expect(try await host.apply(operation)?.end == .failed(status: 1))
            }
            #expect(host.names("mine") == ["file"])
        }
    }

    @Test(arguments: HostShell.present)
    func `circles of links end`(shell: HostShell) async throws {
        try await with(shell) { host in
            try await host.command("ln", "-s", "two", "one")
            try await host.command("ln", "-s", "one", "two")
            let ended = try await host.apply(file(host, "one/file"))
            #expect(ended?.end == .failed(status: 1))
        }
    }

    @Test(arguments: HostShell.present)
    func `who is not root changes what is theirs, and nothing else`(shell: HostShell) async throws {
        try await with(shell) { host in
            try host.write("mine/file", "root's")
            try host.write("theirs/locked", "root's", mode: 0o600)
            try host.write("mine/secret", "root's", mode: 0o600)
            try await host.command("mkdir", "-m", "700", "closed")
            try await host.command("ln", "-s", "theirs", "way")
            var they = host
            they.user = Self.nobody
            let looks: [Look] = [
                .path(host.full("closed/file"), hashing: .always), .path(host.full("mine/secret"), hashing: .always),
                .path(host.full("mine/file"), hashing: .always), .content(host.full("mine/secret"), limit: 10),
            ]
            let seen = try await they.look(looks)
            #expect(seen[looks[0]] == .failed("a directory on the way to it may not be looked into"))
            #expect(seen[looks[1]] == .failed("it may not be read"))
            #expect(seen[looks[3]] == .failed("it may not be read"))
            let made = try await they.apply(file(they, "way/new"))
            #expect(made?.end == .done, "\(made?.errors ?? "")")
            #expect(host.owner("theirs/new") == 65534)
            let kept = FileChange(
                expected: try await host.now("theirs/locked"),
                content: try await content("new"),
                mode: 0o600
            )
            let stale = try await they.apply(.file(kept))
            #expect(stale?.end == .stale, "what they cannot read they cannot have seen")
            let given = try await they.apply(file(they, "theirs/given", Ownership(user: "0")))
            #expect(given?.errors.contains("cannot give \(host.full("theirs/given")) to 0") == true)
            let barred = try await they.apply(file(they, "mine/new"))
            #expect(barred?.end == .failed(status: 1))
            #expect(barred?.errors.contains("cannot write into \(host.full("mine"))") == true)
            #expect(host.names("theirs") == ["locked", "new"])
            #expect(host.names("mine") == ["file", "secret"])
        }
    }

    @Test(arguments: HostShell.present)
    func `a new file in a setgid directory gets its group`(shell: HostShell) async throws {
        try await with(shell) { host in
            try await host.command("sh", "-c", "chgrp 7 mine && chmod 2775 mine")
            #expect(try await host.apply(file(host, "mine/file"))?.end == .done)
            #expect(host.group("mine/file") == 7)
        }
    }

    @Test(arguments: HostShell.present)
    func `a full disk leaves the old file`(shell: HostShell) async throws {
        try await with(shell) { host in
            let script = """
                mount -t tmpfs -o size=64k,mode=755 tmpfs mine && printf old >mine/file &&
                head -c 48k /dev/zero >mine/filler && exec "$@"
                """
            var full = host
            full.user = ["unshare", "-m", "sh", "-c", script, "sh"]
            let change = FileChange(
                expected: HostSide.Expectation(
                    path: host.full("mine/file"),
                    fingerprint: "file 644 0 0 3 sha256 \(try await content("old").sha256)"
                ),
                content: try await content(String(repeating: "x", count: 30_000)),
                mode: 0o644
            )
            let look = Operation.command(CommandRun(ShellCommand(.line("cat mine/file; ls -A mine"))))
            let outcome = try await full.apply([
                Step(1, "write", .file(change), ignoresFailure: true), Step(2, "look", look),
            ])
            #expect(outcome.ends == [.failed(status: 1), .done])
            #expect(outcome.ended.first?.errors.contains("is the disk full?") == true)
            #expect(outcome.ended.last?.text == "oldfile\nfiller\n")
        }
    }
}
