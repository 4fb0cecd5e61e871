import HostSide
import Playbook
import Reactor
import TestSupport
import Testing

@testable import Run

/// Directories made archives, as the tar programs of hosts read them.
@Suite struct DirectoryArchiveTests {
    private static let long = String(repeating: "n", count: 101)
    private static let far = (0..<30).map { "directory\($0)" }.joined(separator: "/")

    /// Runs a shell line in a new directory, with a `tree` in it that is good.
    private func withTree(_ body: @escaping @Sendable (String, Loop) async throws -> Void) async throws {
        try await withWorkplace(hosts: 0) { place in
            let made = try await place.shell(
                """
                umask 027
                mkdir -p tree/empty tree/bin tree/\(Self.far)
                printf 'one\\n' >tree/a; : >tree/none; head -c 5000 /dev/urandom >'tree/a b'
                printf '#!/bin/sh\\necho ran\\n' >tree/bin/run; chmod 710 tree/bin/run
                echo long >tree/\(Self.long); echo far >tree/\(Self.far)/file; echo ü >'tree/größe'
                ln -s a tree/link; ln -s \(Self.long) tree/longlink
                touch -d '2001-02-03 04:05:06 UTC' tree/a
                """
            )
            #expect(made.succeeded, "\(made.errors)")
            try await body(place.directory, place.loop)
        }
    }

    private func shell(_ line: String, _ directory: String, _ loop: Loop) async throws -> ChildResult {
        try await loop.run(
            ChildRequest(["sh", "-c", line], environment: Surroundings.environment, directory: directory)
        )
    }

    @Test(arguments: ["tar", "busybox tar"])
    func `what is unpacked is what was packed`(tar: String) async throws {
        try await withTree { directory, loop in
            try DirectoryArchive.write("\(directory)/tree", to: "\(directory)/one.tar")
            let unpacked = try await shell(
                """
                mkdir out && cd out && \(tar) -xof ../one.tar 2>&1 && cd .. &&
                diff -r --no-dereference tree out && out/bin/run && readlink out/longlink &&
                date -u -r out/a +%Y-%m-%dT%T && stat -c %a out/a out/bin/run
                """,
                directory,
                loop
            )
            let expected = "ran\n\(Self.long)\n2001-02-03T04:05:06\n"
            #expect(unpacked.succeeded && unpacked.output.hasPrefix(expected), "\(unpacked.output)\(unpacked.errors)")
        }
    }

    @Test func `equal directories make equal archives, whoever made them`() async throws {
        try await withTree { directory, loop in
            try DirectoryArchive.write("\(directory)/tree", to: "\(directory)/one.tar")
            let copied = try await shell(
                "cp -a tree other && chmod -R g+w other && touch other/empty && chmod u+w other/*",
                directory,
                loop
            )
            #expect(copied.succeeded, "\(copied.errors)")
            try DirectoryArchive.write("\(directory)/other", to: "\(directory)/two.tar")
            #expect(try Files.read("\(directory)/one.tar") == Files.read("\(directory)/two.tar"))
            _ = try await shell("echo two >other/a", directory, loop)
            try DirectoryArchive.write("\(directory)/other", to: "\(directory)/three.tar")
            #expect(try Files.read("\(directory)/one.tar") != Files.read("\(directory)/three.tar"))
        }
    }

    @Test func `an empty directory and one with a pipe are refused`() async throws {
        try await withTree { directory, loop in
            _ = try await shell("mkdir void; mkfifo tree/pipe", directory, loop)
            #expect(throws: ContentProblem.self) {
                try DirectoryArchive.write("\(directory)/void", to: "\(directory)/1")
            }
            do throws(ContentProblem) {
                try DirectoryArchive.write("\(directory)/tree", to: "\(directory)/2")
                Issue.record("a pipe was packed")
            } catch {
                #expect(error.message.contains("neither file, directory nor link"), "\(error)")
            }
        }
    }

    @Test func `numbers that octal digits cannot hold are written in binary`() {
        let entry = ArchiveEntry(name: "x", kind: .file(size: 1 << 40), isExecutable: false, modified: 0)
        let field = entry.header[124..<136]
        #expect(Array(field) == [0x80, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
        #expect(entry.header.count == 512)
        let small = ArchiveEntry(name: "x", kind: .file(size: 8), isExecutable: true, modified: 1)
        #expect(String(decoding: small.header[124..<136], as: UTF8.self) == "00000000010\0")
        #expect(String(decoding: small.header[100..<108], as: UTF8.self) == "0000755\0")
    }
}
