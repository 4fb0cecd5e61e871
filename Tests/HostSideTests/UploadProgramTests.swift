import Reactor
import Shell
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The program that makes a file on a host.
@Suite struct UploadProgramTests {
    private static let key = Marker((1, 2))
    private static let content = Array("new\0content\n\n".utf8)

    private struct Upload {
        let shell: HostShell
        let directory: String
        var environment: [String: String]

        /// Runs the program in the directory; the sum is that of `summed`, the content's own if nil.
        func run(
            _ destination: String,
            _ content: [UInt8],
            mode: UInt16 = 0o640,
            summed: [UInt8]? = nil,
            size: Int? = nil
        ) async throws -> ChildResult {
            let sum = try await runChild(["sha256sum"], input: summed ?? content).output.prefix(64)
            let upload = Shell.Upload(
                destination: destination,
                mode: mode,
                sha256: String(sum),
                size: size ?? content.count
            )
            return try await runChild(
                shell.words + ["-c", upload.program(key: UploadProgramTests.key).text],
                input: content,
                environment: environment,
                directory: directory
            )
        }

        /// All names under the directory but the links to applets.
        func names(_ folder: String = "") -> [String] {
            Files.list("\(directory)/\(folder)").filter { $0 != "applets" }
        }

        func read(_ name: String) throws -> [UInt8] { try Files.read("\(directory)/\(name)") }

        func mode(_ name: String) -> UInt32 {
            var info = stat()
            return lstat("\(directory)/\(name)", &info) == 0 ? UInt32(info.st_mode) & 0o7777 : 0
        }

        func temporary(_ name: String) -> String { ".\(name).baton-\(UploadProgramTests.key.text)" }
    }

    private func with(_ shell: HostShell, _ body: (Upload) async throws -> Void) async throws {
        try await withDirectory { directory in
            try await body(
                Upload(shell: shell, directory: directory, environment: try await shell.environment(directory))
            )
        }
    }

    @Test(arguments: HostShell.present)
    func `a new file has the right bytes and mode`(shell: HostShell) async throws {
        try await with(shell) { upload in
            let result = try await upload.run("file", Self.content)
            #expect(result.status == .exited(0))
            #expect(result.stdout == [] && result.stderr == [])
            #expect(try upload.read("file") == Self.content)
            #expect(upload.mode("file") == 0o640)
            #expect(upload.names() == ["file"])
        }
    }

    @Test(arguments: HostShell.present)
    func `an old file is replaced, and a link is replaced rather than followed`(shell: HostShell) async throws {
        try await with(shell) { upload in
            try Files.write(Array("old".utf8), to: "\(upload.directory)/target", mode: 0o600)
            _ = try await runChild(["ln", "-s", "target", "\(upload.directory)/link"])
            #expect(try await upload.run("target", Self.content, mode: 0o4755).succeeded)
            #expect(upload.mode("target") == 0o4755)
            #expect(try await upload.run("link", Array("x".utf8)).succeeded)
            #expect(try upload.read("target") == Self.content)
            #expect(try upload.read("link") == Array("x".utf8))
            #expect(upload.names() == ["link", "target"])
        }
    }

    @Test(arguments: HostShell.present)
    func `wrong bytes leave the old file and nothing else`(shell: HostShell) async throws {
        try await with(shell) { upload in
            try Files.write(Array("old".utf8), to: "\(upload.directory)/file", mode: 0o600)
            let result = try await upload.run("file", Self.content, summed: Array("other".utf8))
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("what arrived for file has sha256 "))
            #expect(try upload.read("file") == Array("old".utf8))
            #expect(upload.mode("file") == 0o600)
            #expect(upload.names() == ["file"])
        }
    }

    @Test(arguments: HostShell.present)
    func `input that is too short is refused, input that is too long is cut`(shell: HostShell) async throws {
        try await with(shell) { upload in
            let short = try await upload.run("short", Self.content, size: Self.content.count + 1)
            #expect(short.succeeded, "the sum is right: nothing is missing")
            let missing = try await upload.run("missing", Array(Self.content.dropLast()), summed: Self.content)
            #expect(missing.status == .exited(1))
            let long = try await upload.run(
                "long",
                Self.content + [1, 2],
                summed: Self.content,
                size: Self.content.count
            )
            #expect(long.succeeded)
            #expect(try upload.read("long") == Self.content)
            #expect(upload.names() == ["long", "short"])
        }
    }

    @Test(arguments: HostShell.present)
    func `an empty file and a large one`(shell: HostShell) async throws {
        let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try await with(shell) { upload in
            let empty = try await upload.run("empty", [])
            #expect(empty.succeeded)
            #expect(try upload.read("empty") == [])
            #expect(try await upload.run("large", large).succeeded)
            #expect(try upload.read("large") == large)
        }
    }

    @Test(arguments: HostShell.present)
    func `a directory is no file to replace`(shell: HostShell) async throws {
        try await with(shell) { upload in
            try Files.makeDirectory("\(upload.directory)/folder")
            _ = try await runChild(["ln", "-s", "folder", "\(upload.directory)/link"])
            for name in ["folder", "link"] {
                let result = try await upload.run(name, Self.content)
                #expect(result.status == .exited(1))
                #expect(result.errors == "\(name) is a directory\n")
            }
            #expect(upload.names("folder") == [])
            #expect(upload.names() == ["folder", "link"])
        }
    }

    @Test(arguments: HostShell.present)
    func `a directory that is not there is named`(shell: HostShell) async throws {
        try await with(shell) { upload in
            let result = try await upload.run("no/such/file", Self.content)
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("cannot write into the directory of no/such/file"))
            #expect(upload.names() == [])
        }
    }

    @Test(arguments: HostShell.present)
    func `a temporary name that is taken is left alone, whatever it is`(shell: HostShell) async throws {
        try await with(shell) { upload in
            let trap = "\(upload.directory)/\(upload.temporary("file"))"
            try Files.write(Array("mine".utf8), to: "\(upload.directory)/victim", mode: 0o600)
            for make in [
                ["ln", "-s", "victim", trap], ["ln", "-s", "nowhere", trap], ["ln", "-s", "/dev/null", trap],
                ["cp", "\(upload.directory)/victim", trap], ["mkdir", trap], ["mkfifo", trap],
            ] {
                #expect(try await runChild(make).succeeded)
                let before = upload.names()
                let result = try await upload.run("file", Self.content)
                #expect(result.status == .exited(1), "\(make)")
                #expect(result.errors.contains("file"), "\(make)")
                #expect(upload.names() == before, "\(make)")
                #expect(try upload.read("victim") == Array("mine".utf8), "\(make)")
                try Files.removeTree(trap)
            }
        }
    }

    @Test(arguments: HostShell.present)
    func `names that a careless program would trip over`(shell: HostShell) async throws {
        let names = [
            "with space", "it's", "a\"b", "-n", "--help", "$HOME", "*", "new\nline", "é", "back\\slash", "#x", "~",
        ]
        try await with(shell) { upload in
            for name in names {
                #expect(try await upload.run(name, Array(name.utf8)).status == .exited(0), "\(name)")
                #expect(try upload.read(name) == Array(name.utf8))
            }
            #expect(Set(upload.names()) == Set(names))
            try Files.makeDirectory("\(upload.directory)/-in here")
            #expect(try await upload.run("-in here/-f", Self.content, mode: 0o600).status == .exited(0))
            #expect(try upload.read("-in here/-f") == Self.content)
            #expect(upload.mode("-in here/-f") == 0o600)
            #expect(try await upload.run("\(upload.directory)/-in here/absolute", Self.content).succeeded)
            #expect(upload.names("-in here") == ["-f", "absolute"])
        }
    }

    @Test(arguments: HostShell.present)
    func `until it is checked nobody else may read it`(shell: HostShell) async throws {
        try await with(shell) { upload in
            // chmod is replaced by one that tells the mode before it.
            let bin = "\(upload.directory)/applets/first"
            try Files.makeDirectory("\(upload.directory)/applets")
            try Files.makeDirectory(bin)
            let real = Loop.executable("chmod", path: upload.environment["PATH"] ?? "") ?? ""
            try Files.write(
                Array("#!/bin/sh\nls -l .file* >&2\nexec \(real) \"$@\"\n".utf8),
                to: "\(bin)/chmod",
                mode: 0o755
            )
            var changed = upload
            changed.environment["PATH"] = "\(bin):\(upload.environment["PATH"] ?? "")"
            let result = try await changed.run("file", Self.content, mode: 0o666)
            #expect(result.succeeded)
            #expect(result.errors.hasPrefix("-rw------- "))
            #expect(upload.mode("file") == 0o666)
        }
    }
}
