import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Files that are made and replaced, in the shells that hosts have.
@Suite struct FileChangeTests {
    private func change(
        _ host: HostFolder,
        _ name: String,
        _ text: String = "new\n",
        mode: UInt16 = 0o640,
        backup: Bool = false,
        validate: String? = nil
    ) async throws -> FileChange {
        FileChange(
            expected: try await host.now(name),
            content: try await content(text),
            mode: mode,
            backup: backup,
            validate: validate
        )
    }

    @Test(arguments: HostShell.present)
    func `a new file has the right bytes and mode, and nothing else is there`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let text = "it's\n$HOME `x` \\n %s\n\n"
            let ended = try await host.apply(.file(change(host, "new", text)))
            #expect(ended?.end == .done)
            #expect(ended?.errors == "" && ended?.text == "" && ended?.note == nil)
            #expect(try host.read("new") == text)
            #expect(host.mode("new") == 0o640)
            #expect(host.names() == ["new"])
        }
    }

    @Test(arguments: HostShell.present)
    func `names that a careless program would trip over`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try Files.makeDirectory(host.full("-in\nhere"))
            let names = LookingTests.names.map { "-in\nhere/\($0)" }
            var steps: [Step] = []
            for (index, name) in names.enumerated() {
                steps.append(Step(index, name, .file(try await change(host, name, name, mode: 0o4711))))
            }
            let outcome = try await host.apply(steps)
            #expect(outcome.ends == names.map { _ in .done }, "\(outcome.ended.map(\.errors))")
            for name in names {
                #expect(try host.read(name) == name)
                #expect(host.mode(name) == 0o4711)
            }
            #expect(host.names("-in\nhere").count == names.count)
        }
    }

    @Test(arguments: HostShell.present)
    func `an old file is replaced and its owner kept, a link is replaced and not followed`(shell: HostShell)
        async throws
    {
        try await withHost(shell) { host in
            try host.write("target", "old", mode: 0o600)
            try await host.command("ln", "-s", "target", "link")
            try await host.command("mkdir", "folder")
            try await host.command("ln", "-s", "folder", "link to folder")
            for name in ["target", "link", "link to folder"] {
                #expect(try await host.apply(.file(change(host, name, name)))?.end == .done)
                #expect(try host.read(name) == name)
            }
            #expect(host.names() == ["folder", "link", "link to folder", "target"])
            #expect(host.names("folder") == [])
        }
    }

    @Test(arguments: HostShell.present)
    func `what was changed in between is stale, and left as it is`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "old")
            let other = try await change(host, "other")
            let file = try await change(host, "file")
            try host.write("file", "OLD")
            try host.write("other", "came")
            for operation in [Operation.file(other), .file(file)] {
                #expect(try await host.apply(operation)?.end == .stale)
            }
            #expect(try host.read("file") == "OLD")
            #expect(try host.read("other") == "came")
            #expect(host.names() == ["file", "other"])
        }
    }

    @Test(arguments: HostShell.present)
    func `writing the same again is not stale for a small file`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "old")
            let file = try await change(host, "file")
            try host.write("file", "old")
            #expect(try await host.apply(.file(file))?.end == .done)
        }
    }

    @Test(arguments: HostShell.present)
    func `mode alone, and a directory in the way`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "old", mode: 0o644)
            var file = try await change(host, "file", mode: 0o2750)
            file.content = nil
            #expect(try await host.apply(.file(file))?.end == .done)
            #expect(host.mode("file") == 0o2750)
            #expect(try host.read("file") == "old")
            #expect(try await host.apply(.file(file))?.end == .stale)
            try Files.makeDirectory(host.full("folder"))
            let ended = try await host.apply(.file(change(host, "folder")))
            #expect(ended?.end == .failed(status: 1))
            #expect(ended?.errors.contains("/folder is a directory") == true)
            #expect(host.names() == ["file", "folder"])
        }
    }

    @Test(arguments: HostShell.present)
    func `what a command does not like never gets its name`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("it's.conf", "old")
            let name = "it's.conf"
            let refused = try await host.apply(
                .file(change(host, name, "bad\n", validate: "grep -q good %s || { echo 'no good'; exit 7; }"))
            )
            #expect(refused?.end == .failed(status: 1))
            #expect(refused?.errors.hasPrefix("no good\nthe new \(host.full(name)) was refused by: grep") == true)
            #expect(try host.read(name) == "old")
            let taken = try await host.apply(
                .file(
                    change(
                        host,
                        name,
                        "good\n",
                        validate: "test -f %s && grep -q good %s && case %s in *.conf) ;; *) false ;; esac"
                    )
                )
            )
            #expect(taken?.end == .done, "\(taken?.errors ?? "")")
            #expect(try host.read(name) == "good\n")
            #expect(host.names() == [name])
        }
    }

    @Test(arguments: HostShell.present)
    func `a check that changes the file itself is noticed`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "old")
            let change = try await change(host, "file", validate: "echo other >\(host.full("file")); : %s")
            #expect(try await host.apply(.file(change))?.end == .stale)
            #expect(try host.read("file") == "other\n")
            #expect(host.names() == ["file"])
        }
    }

    @Test(arguments: HostShell.present)
    func `the old file can be kept`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "old", mode: 0o604)
            let ended = try await host.apply(.file(change(host, "file", backup: true)))
            let kept = host.names().filter { $0 != "file" }
            #expect(kept.count == 1)
            #expect(kept[0].hasPrefix("file.baton-20") && kept[0].hasSuffix("Z~"))
            #expect(ended?.note == "the old file is \(host.full(kept[0]))")
            #expect(try host.read(kept[0]) == "old")
            #expect(host.mode(kept[0]) == 0o604)
            #expect(try host.read("file") == "new\n")
            #expect(try await host.apply(.file(change(host, "none", backup: true)))?.note == nil)
        }
    }

    @Test(arguments: HostShell.present)
    func `a directory that is not there is named`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let ended = try await host.apply(.file(change(host, "no/such/file")))
            #expect(ended?.end == .failed(status: 1))
            #expect(
                ended?.errors == "the directory of \(host.full("no/such/file")) is not there, or may not be gone into\n"
            )
            #expect(host.names() == [])
        }
    }

    @Test(arguments: HostShell.present)
    func `content that was put there before is used, and taken away if its step is not reached`(shell: HostShell)
        async throws
    {
        try await withHost(shell) { host in
            let bytes: [UInt8] = [0, 1, 255, 10, 10]
            let change = FileChange(
                expected: try await host.now("it's"),
                content: try await content(bytes),
                mode: 0o600
            )
            #expect(OperationsProgram.needsStaging(change))
            let path = OperationsProgram.stagingPath(for: change, key: key)
            #expect(path == host.full(".it's.baton-0123456789abcdef"))
            let failing = Operation.command(CommandRun(ShellCommand(.line("exit 3"))))
            let steps = [Step(1, "fail", failing), Step(2, "file", .file(change))]
            try Files.write(bytes, to: path)
            #expect(try await host.apply(steps, staged: [2: path]).ends == [.failed(status: 3)])
            #expect(host.names() == [])
            try Files.write(bytes, to: path)
            #expect(try await host.apply([steps[1]], staged: [2: path]).ends == [.done])
            #expect(try Files.read(host.full("it's")) == bytes)
            #expect(host.names() == ["it's"])
            // Where others may write, it is summed again out of their reach.
            try await host.command("chmod", "777", ".")
            try Files.write([1, 2], to: path)
            let wrong = FileChange(expected: try await host.now("it's"), content: change.content, mode: 0o600)
            #expect(
                try await host.apply([Step(2, "file", .file(wrong))], staged: [2: path]).ends == [.failed(status: 1)]
            )
            #expect(try Files.read(host.full("it's")) == bytes)
            #expect(host.names() == ["it's"])
        }
    }

    @Test func `what is text and small travels inside the program`() async throws {
        let expected = HostSide.Expectation(path: "/etc/motd", fingerprint: "missing")
        func needs(_ bytes: [UInt8]) -> Bool {
            let content = FileChange.Content(bytes: bytes, sha256: "")
            return OperationsProgram.needsStaging(FileChange(expected: expected, content: content, mode: 0))
        }
        #expect(!needs([]))
        #expect(!needs(Array("é\n\r\u{1}".utf8)))
        #expect(!needs([UInt8](repeating: 120, count: 32768)))
        #expect(needs([UInt8](repeating: 120, count: 32769)))
        #expect(needs([0]))
        #expect(needs([0xff]))
        #expect(!OperationsProgram.needsStaging(FileChange(expected: expected, content: nil, mode: 0)))
    }
}
