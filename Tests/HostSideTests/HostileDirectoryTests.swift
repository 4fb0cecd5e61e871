import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Directories of somebody else, who prepares them for root.
@Suite(.enabled(if: Surroundings.isRoot, "needs root")) struct HostileDirectoryTests {
    /// A host whose folder `theirs` belongs to somebody else, with a date that stands still.
    private func with(_ shell: HostShell, _ body: (HostFolder) async throws -> Void) async throws {
        try await withHost(shell) { host in
            try await host.command("sh", "-c", "chmod 755 . ..; mkdir theirs mine; chown 65534:65534 theirs")
            let bin = "\(host.path)-tools"
            try Files.makeDirectory(bin)
            try Files.write(Array("#!/bin/sh\necho 20260101T000000Z\n".utf8), to: "\(bin)/date", mode: 0o755)
            var still = host
            still.environment["PATH"] = "\(bin):\(host.environment["PATH"] ?? "")"
            try await body(still)
        }
    }

    private func change(_ host: HostFolder, _ name: String, _ text: String) async throws -> Operation {
        .file(
            FileChange(
                expected: try await host.now(name),
                content: try await content(text),
                mode: 0o644,
                backup: true
            )
        )
    }

    @Test(arguments: HostShell.present)
    func `an old file is kept under a name that nobody has taken`(shell: HostShell) async throws {
        try await with(shell) { host in
            try host.write("theirs/file", "old")
            try host.write("mine/file", "root's")
            try host.write("theirs/open", "")
            let kept = "theirs/file.baton-20260101T000000Z"
            try await host.command("ln", "-s", "../mine/file", "\(kept)~")
            try await host.command("ln", "-s", "../mine", "\(kept).2~")
            try await host.command("mkdir", "\(kept).3~")
            for text in ["one", "two", "three"] {
                let ended = try await host.apply(change(host, "theirs/file", text))
                #expect(ended?.end == .done, "\(ended?.errors ?? "")")
            }
            #expect(try host.read("mine/file") == "root's")
            #expect(host.names("mine") == ["file"])
            #expect(host.names("\(kept).3~") == [])
            #expect(try host.read("\(kept).4~") == "old")
            #expect(try host.read("\(kept).5~") == "one")
            #expect(try host.read("\(kept).6~") == "two")
            #expect(try host.read("theirs/file") == "three")
            let removal = Removal(expected: try await host.now("theirs/file"), backup: true)
            let ended = try await host.apply(.remove(removal))
            #expect(ended?.note == "the old one is \(host.full("\(kept).7~"))")
            #expect(try host.read("\(kept).7~") == "three")
            #expect(host.names("mine") == ["file"] && host.names("\(kept).3~") == [])
        }
    }

    @Test(arguments: HostShell.present)
    func `a path is a parameter of what validates, and no part of its line`(shell: HostShell) async throws {
        try await with(shell) { host in
            let name = "theirs/x; touch mine\\'$(touch mine)`touch mine`\""
            let change = FileChange(
                expected: try await host.now(name),
                content: try await content("new"),
                mode: 0o644,
                validate: "cd \(host.path)/mine; echo \"%s\" '%s' >/dev/null; test -f %s; : \"${b_key-}${b_content-}\""
            )
            #expect(try await host.apply(.file(change))?.end == .done)
            #expect(host.names("mine") == [])
            #expect(try host.read(name) == "new")
        }
    }

    @Test(arguments: HostShell.present)
    func `root looks through no link of others`(shell: HostShell) async throws {
        try await with(shell) { host in
            try host.write("mine/secret", "root's", mode: 0o600)
            try await host.command("ln", "-s", "../mine", "theirs/way")
            try await host.command("ln", "-s", "../mine/secret", "theirs/end")
            try await host.command("ln", "-s", "mine", "own")
            try await host.command("chown", "-h", "65534", "theirs/way", "theirs/end")
            let looks: [Look] = [
                .content(host.full("theirs/way/secret"), limit: 10), .content(host.full("theirs/end"), limit: 10),
                .path(host.full("theirs/way/secret"), hashing: .always),
                .path(host.full("theirs/way/no/thing"), hashing: .always),
                .path(host.full("own/secret"), hashing: .always), .content(host.full("own/secret"), limit: 10),
            ]
            let seen = try await host.look(looks)
            let sentence = "\(host.full("theirs/way")) is a link of user 65534: root does not follow it"
            #expect(seen[looks[0]] == .failed(sentence))
            #expect(seen[looks[1]] == .failed("it is not there, or not a file"))
            #expect(seen[looks[2]] == .failed(sentence))
            #expect(seen[looks[3]] == .failed(sentence))
            guard case .path(let own)? = seen[looks[4]] else {
                Issue.record("\(String(describing: seen[looks[4]]))")
                return
            }
            #expect(own.kind == .file && own.sha256 != nil)
            #expect(seen[looks[5]] == .content(Array("root's".utf8), isWhole: true))
        }
    }

    @Test(arguments: HostShell.present)
    func `a file with another name is not given away`(shell: HostShell) async throws {
        try await with(shell) { host in
            try host.write("mine/secret", "root's", mode: 0o600)
            try await host.command("ln", "mine/secret", "theirs/name")
            let change = FileChange(
                expected: try await host.now("theirs/name"),
                content: nil,
                mode: 0o644,
                ownership: Ownership(user: "65534")
            )
            let ended = try await host.apply(.file(change))
            #expect(ended?.end == .failed(status: 1))
            #expect(ended?.errors.hasPrefix("\(host.full("theirs/name")) has other names") == true)
            #expect(host.owner("mine/secret") == 0 && host.mode("mine/secret") == 0o600)
        }
    }

    @Test(.enabled(if: Surroundings.has("setpriv")), arguments: HostShell.present)
    func `the mode of one's own file that cannot be read`(shell: HostShell) async throws {
        try await with(shell) { host in
            try await host.command("sh", "-c", "echo x >theirs/file; chown 65534:65534 theirs/file; chmod 777 theirs")
            try await host.command("chmod", "000", "theirs/file")
            var they = host
            let tool = Loop.executable("setpriv", path: Surroundings.environment["PATH"] ?? "") ?? ""
            they.user = [tool, "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
            let look = Look.path(host.full("theirs/file"), hashing: .never)
            guard case .path(let state)? = try await they.look([look])[look] else {
                Issue.record("cannot be seen")
                return
            }
            let change = FileChange(
                expected: HostSide.Expectation(path: host.full("theirs/file"), fingerprint: state.fingerprint),
                content: nil,
                mode: 0o640
            )
            let ended = try await they.apply(.file(change))
            #expect(ended?.end == .done, "\(ended?.errors ?? "")")
            #expect(host.mode("theirs/file") == 0o640)
            #expect(host.names("theirs") == ["file"])
        }
    }

    @Test(arguments: HostShell.present)
    func `a sentence and the reason for it are one line`(shell: HostShell) async throws {
        try await with(shell) { host in
            try Files.write([], to: host.full("theirs/.baton-0123456789abcdef"))
            let ended = try await host.apply(change(host, "theirs/file", "x"))
            #expect(ended?.errors.hasPrefix("cannot write into \(host.full("theirs")): mkdir: ") == true)
            #expect(ended?.errors.split(separator: "\n").count == 1)
        }
    }

    @Test(arguments: HostShell.present.prefix(1))
    func `words to stop that nobody took back go after a day`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let (old, young) = ("/tmp/.baton-stop-0000fixa0000\(Marker.random().text.prefix(4))", Marker.random())
            try Files.write([], to: old)
            defer { try? Files.removeTree(old) }
            try await host.command("touch", "-d", "2 days ago", old)
            #expect(try await host.run(OperationsProgram.stop(key: young).text).status == .exited(0))
            let laid = "/tmp/.baton-stop-\(young.text.suffix(16))"
            #expect(!Files.exists(old) && Files.exists(laid))
            #expect(try await host.run(OperationsProgram.stop(key: young).text).status != .exited(0))
            #expect(try await host.run(OperationsProgram.unstop(key: young).text).status == .exited(0))
            #expect(!Files.exists(laid))
        }
    }
}
