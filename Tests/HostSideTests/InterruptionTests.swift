import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Programs that are ended in the middle, and what is left of them.
@Suite(.enabled(if: Surroundings.has("setsid"), "needs setsid")) struct InterruptionTests {
    /// TERM to the whole session, as when a program is out of time.
    @Test(arguments: HostShell.present)
    func `a program that is ended leaves the old file and nothing else`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "old")
            var ended = host
            ended.user = [Loop.executable("setsid", path: Surroundings.environment["PATH"] ?? "") ?? "", "--wait"]
            let change = FileChange(
                expected: try await host.now("file"),
                content: try await content("new"),
                mode: 0o644,
                validate: "kill -TERM 0; sleep 100; : %s"
            )
            let staged = OperationsProgram.stagingPath(for: change, key: key)
            try Files.write(Array("new".utf8), to: staged)
            let steps = [Step(1, "file", .file(change)), Step(2, "not reached", .verify([]))]
            let program = OperationsProgram(steps, key: key, staged: [1: staged]).program
            let outcome = Outcome(try await ended.run(program.text), steps: steps)
            #expect(outcome.began == [1])
            #expect(outcome.ended.isEmpty)
            #expect(outcome.status != .exited(0))
            #expect(try host.read("file") == "old")
            #expect(host.names() == ["file"])
        }
    }

    @Test(arguments: HostShell.present)
    func `what a killed run left is taken away an hour later`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let names = [
                ".baton-00112233445566aa", ".baton-00112233445566bb", ".baton-00112233445566cc",
                ".baton-00112233445566dd", ".baton-001122334455XX66",
            ]
            for name in names {
                try Files.makeDirectory(host.full(name))
                try host.write("\(name)/file", "half")
                try await host.command("chmod", name.hasSuffix("cc") ? "755" : "700", name)
            }
            try Files.makeDirectory(host.full(".baton-00112233445566dd/folder"))
            try host.write(".file.baton-00112233445566ee", "half", mode: 0o600)
            let theirs = [
                ".file.baton-00112233445566ff", ".file.baton-notes", "..file.baton-0011.baton-22", ".baton-notes",
            ]
            for name in theirs { try host.write(name, "half") }
            for name in host.names() where !name.hasSuffix("bb") {
                try await host.command("touch", "-d", "2 hours ago", name)
            }
            let change = FileChange(
                expected: try await host.now("file"),
                content: try await content("new"),
                mode: 0o644
            )
            #expect(try await host.apply(.file(change))?.end == .done)
            let gone = [".baton-00112233445566aa"]
            let stays = names.filter { !gone.contains($0) } + theirs + ["file"]
            #expect(host.names() == stays.sorted())
            #expect(host.names(".baton-00112233445566dd") == ["folder"])
        }
    }

    @Test(arguments: HostShell.present)
    func `a name that is taken is somebody's trap`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try Files.makeDirectory(host.full("elsewhere"))
            let change = FileChange(
                expected: try await host.now("file"),
                content: try await content("new"),
                mode: 0o644
            )
            for make in ["ln -s elsewhere", "mkdir", "touch"] {
                try await host.command("sh", "-c", "\(make) .baton-0123456789abcdef")
                let ended = try await host.apply(.file(change))
                #expect(ended?.end == .failed(status: 1))
                #expect(ended?.errors.contains("cannot write into \(host.path)") == true)
                #expect(host.names("elsewhere") == [])
                #expect(host.names().contains("file") == false)
                try Files.removeTree(host.full(".baton-0123456789abcdef"))
            }
        }
    }

    @Test(arguments: HostShell.present.prefix(1))
    func `hundreds of files in one program`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let text = try await content("x")
            let steps = (0..<300).map { number in
                let expected = HostSide.Expectation(path: host.full("file \(number)"), fingerprint: "missing")
                return Step(number, "file", .file(FileChange(expected: expected, content: text, mode: 0o644)))
            }
            let outcome = try await host.apply(steps)
            #expect(outcome.ended.count == 300)
            #expect(outcome.ended.filter { $0.end != .done || !$0.errors.isEmpty }.isEmpty)
            #expect(host.names().count == 300)
        }
    }
}
