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

    /// A step begins when it finds no word to stop; that and the word are one moment each. So of a program of quick steps
    /// none begins after the word was given, but for the one that had just looked.
    @Test(arguments: HostShell.present)
    func `no step begins once the host has been told to stop`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let line = ShellCommand(.line("echo >>\(host.path)/begun"))
            let steps = (1...4000).map { Step($0, "quick", .command(CommandRun(line))) }
            let key = Marker.random()
            async let ran = host.run(OperationsProgram(steps, key: key).program.text)
            let told = try await runChild(
                ["sh", "-c", "until [ -s begun ]; do :; done; sh \"$1\" && wc -l <begun", "sh", try stop(key, host)],
                directory: host.path
            )
            let result = try await ran
            #expect(told.succeeded && result.status == .exited(0), "\(told.errors)\(result.errors)")
            let before = Int(told.output.filter(\.isNumber)) ?? 0
            let after = try host.read("begun").utf8.count
            #expect(before > 0 && (before...before + 1).contains(after), "\(before) \(after)")
            #expect(Outcome(result, steps: steps, key: key).began.count == after)
            _ = try await host.run(OperationsProgram.unstop(key: key).text)
        }
    }

    private func stop(_ key: Marker, _ host: HostFolder) throws -> String {
        let file = "\(host.path)-stop"
        try Files.write(Array(OperationsProgram.stop(key: key).text.utf8), to: file)
        return file
    }

    /// Removing a tree stops at what is mounted in it, and what is mounted under the name of a left-over stays.
    @Test(
        .enabled(if: Surroundings.isRoot && Surroundings.has("unshare"), "needs root and unshare"),
        arguments: HostShell.present
    )
    func `what is mounted is not removed along with what it is mounted in`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            for name in ["tree", "tree/a b", "other", ".baton-00112233445566aa"] {
                try Files.makeDirectory(host.full(name))
            }
            try host.write("other/kept", "kept")
            try host.write("tree/file", "")
            var mounted = host
            let path = Surroundings.environment["PATH"] ?? ""
            mounted.user = [
                Loop.executable("unshare", path: path) ?? "", "-m", Loop.executable("sh", path: path) ?? "", "-c",
                """
                tools=$PATH PATH='\(path)'
                mount --bind other 'tree/a b' && mount --bind other .baton-00112233445566aa &&
                touch -d '2 hours ago' .baton-00112233445566aa && chmod 700 .baton-00112233445566aa || exit
                PATH=$tools
                exec "$@"
                """, "sh",
            ]
            let removal = Removal(expected: try await host.now("tree"), recursively: true)
            let ended = try await mounted.apply(.remove(removal))
            #expect(ended?.end == .failed(status: 1))
            #expect(
                ended?.errors.contains("something is mounted at \(host.path)/tree/a b") == true,
                "\(ended?.errors ?? "")"
            )
            #expect(host.names("tree") == ["a b", "file"])
            let change = FileChange(
                expected: try await host.now("file"),
                content: try await content("new"),
                mode: 0o644
            )
            #expect(try await mounted.apply(.file(change))?.end == .done)
            #expect(try host.read("other/kept") == "kept")
            #expect(try await host.apply(.remove(removal))?.end == .done)
            #expect(host.names() == [".baton-00112233445566aa", "file", "other"])
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
