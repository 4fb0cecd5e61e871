import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Directories, links and removals, in the shells that hosts have.
@Suite struct OtherChangeTests {
    private func directory(_ host: HostFolder, _ name: String, _ mode: UInt16) async throws -> Operation {
        .directory(DirectoryChange(expected: try await host.now(name), mode: mode))
    }

    private func link(_ host: HostFolder, _ name: String, to target: String) async throws -> Operation {
        .link(LinkChange(expected: try await host.now(name), target: target))
    }

    private func removal(_ host: HostFolder, _ name: String, all: Bool = false, backup: Bool = false) async throws
        -> Operation
    {
        .remove(Removal(expected: try await host.now(name), recursively: all, backup: backup))
    }

    @Test(arguments: HostShell.present)
    func `a directory is made with those above it, and changed`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let made = try await host.apply(directory(host, "a b/-c/d", 0o2770))
            #expect(made?.end == .done && made?.errors == "")
            #expect(host.mode("a b") == 0o755 && host.mode("a b/-c") == 0o755)
            #expect(host.mode("a b/-c/d") == 0o2770)
            #expect(try await host.apply(directory(host, "a b/-c/d", 0o700))?.end == .done)
            #expect(host.mode("a b/-c/d") == 0o700)
            #expect(host.names() == ["a b"])
        }
    }

    @Test(arguments: HostShell.present)
    func `a directory that came, went or changed in between is stale`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let new = try await directory(host, "new", 0o755)
            try Files.makeDirectory(host.full("new"))
            #expect(try await host.apply(new)?.end == .stale)
            let changed = try await directory(host, "new", 0o700)
            try await host.command("chmod", "711", "new")
            #expect(try await host.apply(changed)?.end == .stale)
            let gone = try await directory(host, "new", 0o700)
            try await host.command("rmdir", "new")
            #expect(try await host.apply(gone)?.end == .stale)
            #expect(host.names() == [])
        }
    }

    @Test(arguments: HostShell.present)
    func `a file in the way of a directory is named`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("file", "x")
            let ended = try await host.apply(directory(host, "file/below", 0o755))
            #expect(ended?.end == .failed(status: 1))
            #expect(ended?.errors.contains("cannot make the directories above \(host.full("file/below"))") == true)
            #expect(try host.read("file") == "x")
        }
    }

    @Test(arguments: HostShell.present)
    func `a link is made and changed, also one to a directory and in the place of a file`(shell: HostShell)
        async throws
    {
        try await withHost(shell) { host in
            try Files.makeDirectory(host.full("one"))
            try Files.makeDirectory(host.full("two"))
            try host.write("file", "x")
            for (name, target) in [
                ("current", "one"), ("current", "two"), ("current", "-no\nsuch 'place"), ("current", "one"),
                ("file", "two"), ("-x", "$HOME"),
            ] {
                let ended = try await host.apply(link(host, name, to: target))
                #expect(ended?.end == .done, "\(ended?.errors ?? "")")
                #expect(try await host.state(name)?.kind == .link(target: target))
            }
            #expect(host.names() == ["-x", "current", "file", "one", "two"])
            #expect(host.names("one") == [] && host.names("two") == [])
            let stale = try await link(host, "current", to: "two")
            try await host.command("ln", "-sfn", "elsewhere", "current")
            #expect(try await host.apply(stale)?.end == .stale)
            let folder = try await host.apply(link(host, "one", to: "two"))
            #expect(folder?.end == .failed(status: 1))
            #expect(host.names("one") == [])
        }
    }

    @Test(arguments: HostShell.present)
    func `files, links and empty directories are removed, full ones only if that is meant`(shell: HostShell)
        async throws
    {
        try await withHost(shell) { host in
            try Files.makeDirectory(host.full("full"))
            try Files.makeDirectory(host.full("empty"))
            try host.write("full/-file", "x")
            try host.write("file", "x")
            try await host.command("ln", "-s", "full", "link")
            try await host.command("ln", "-s", "../file", "full/outside")
            for name in ["file", "link", "empty"] {
                #expect(try await host.apply(removal(host, name))?.end == .done)
            }
            #expect(host.names() == ["full"])
            let refused = try await host.apply(removal(host, "full"))
            #expect(refused?.end == .failed(status: 1))
            #expect(refused?.errors.contains("cannot remove \(host.full("full"))") == true)
            try host.write("file", "stays")
            #expect(try await host.apply(removal(host, "full", all: true))?.end == .done)
            #expect(host.names() == ["file"])
            #expect(try host.read("file") == "stays")
            let gone = try await removal(host, "file")
            try await host.command("rm", "file")
            #expect(try await host.apply(gone)?.end == .stale)
        }
    }

    @Test(arguments: HostShell.present)
    func `what is removed can be kept`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try Files.makeDirectory(host.full("folder"))
            try host.write("folder/file", "x")
            let ended = try await host.apply(removal(host, "folder", all: true, backup: true))
            let kept = host.names()
            #expect(kept.count == 1 && kept[0].hasPrefix("folder.baton-20") && kept[0].hasSuffix("Z~"))
            #expect(ended?.note == "the old one is \(host.full(kept[0]))")
            #expect(host.names(kept[0]) == ["file"])
        }
    }

    @Test(arguments: HostShell.present)
    func `where a system lives is not removed`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            // The mode is wrong on purpose: if the refusal were missing, the removal would be stale.
            for path in ["/", "/usr", "/etc", "/proc/self"] {
                let removal = Removal(
                    expected: HostSide.Expectation(path: path, fingerprint: "directory 0 0 0"),
                    recursively: true
                )
                let ended = try await host.apply(.remove(removal))
                #expect(ended?.end == (path == "/proc/self" ? .stale : .failed(status: 1)), "\(path)")
            }
        }
    }

    @Test(arguments: HostShell.present)
    func `verification says whether all is as it was`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let names = ["file", "folder", "link", "none"]
            try host.write("file", "x")
            try Files.makeDirectory(host.full("folder"))
            try await host.command("ln", "-s", "two\nlines", "link")
            var seen: [HostSide.Expectation] = []
            for name in names { seen.append(try await host.now(name)) }
            #expect(try await host.apply(.verify(seen))?.end == .skipped("as it was"))
            try host.write("file", "x")
            try host.write("folder/file", "x")
            #expect(try await host.apply(.verify(seen))?.end == .skipped("as it was"))
            try host.write("file", "y")
            let ended = try await host.apply(.verify(seen))
            #expect(ended?.end == .stale)
            #expect(ended?.note == "\(host.full("file")) is not as it was")
            #expect(try await host.apply(.verify(Array(seen.dropFirst())))?.end == .skipped("as it was"))
        }
    }
}
