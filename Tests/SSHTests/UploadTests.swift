import Lab
import Reactor
import SSH
import Shell
import Synchronization
import TestSupport
import Testing

/// Files through a channel of their own.
@Suite struct UploadTests {
    private func upload(_ bytes: [UInt8], _ path: String, mode: UInt16 = 0o640) -> Upload {
        Upload(destination: path, mode: mode, sha256: Checksum.sha256(bytes), size: bytes.count)
    }

    @Test func `a file arrives with its bytes and mode, beside a running program`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                var bytes = [UInt8](repeating: 0, count: 5_000_000)
                for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 31 ^ (index >> 8)) }
                async let busy = remote.sh("while [ ! -e 'new file' ]; do sleep 0.02; done; echo seen")
                let reply = try await remote.put(
                    bytes,
                    upload(bytes, "\(server.host.home)/new file"),
                    under: .operatorCommand,
                    Limits()
                )
                #expect(reply.status == 0, "\(reply.stderr.text)")
                #expect(try await busy.stdout.text == "seen\n")
                #expect(try Files.read("\(server.host.home)/new file") == bytes)
                #expect(try await remote.sh("stat -c %a 'new file'; ls -A").stdout.text == "640\nnew file\n")
            }
        }
    }

    @Test func `wrong bytes never get the name`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let path = "\(server.host.home)/file"
                try Files.write(Array("old".utf8), to: path)
                let wrong = Upload(destination: path, mode: 0o644, sha256: Checksum.sha256([1]), size: 3)
                let reply = try await remote.put(Array("new".utf8), wrong, under: .operatorCommand, Limits())
                #expect(reply.status == 1)
                #expect(reply.stderr.text.contains("instead of"))
                #expect(try Files.read(path) == Array("old".utf8))
                #expect(Files.list(server.host.home) == ["file"])
            }
        }
    }

    @Test func `of bytes whose sum is not known yet the host says it, and they can be taken away again`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let path = "\(server.host.home)/-a file"
                let upload = Upload(destination: path, mode: 0o600, sha256: nil, size: 3)
                let reply = try await remote.put(Array("new".utf8), upload, under: .operatorCommand, Limits())
                #expect(reply.status == 0 && upload.said(reply) == Checksum.sha256(Array("new".utf8)))
                #expect(try Files.read(path) == Array("new".utf8))
                _ = try await remote.run(upload.removal, as: .standard, under: .operatorCommand, Limits(), nil)
                #expect(Files.list(server.host.home) == [])
            }
        }
    }

    @Test func `an upload that cannot be written fails with the host's reason`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let bytes = [UInt8](repeating: 7, count: 3_000_000)
                let reply = try await remote.put(
                    bytes,
                    upload(bytes, "/no/such/directory/file"),
                    under: .operatorCommand,
                    Limits()
                )
                #expect(reply.status == 1)
                #expect(reply.stderr.text.contains("cannot write into the directory of /no/such/directory/file"))
                // The rest of the upload must not have been taken for programs.
                #expect(try await remote.sh("echo fine").stdout.text == "fine\n")
            }
        }
    }

    @Test func `an upload over a link that is cut leaves the old file`() async throws {
        try await withServer { server in
            let link = try FaultyLink(to: server.port, .none, on: server.loop)
            defer { link.close() }
            try await server.connected({ $0.port = link.port }) { remote in
                let path = "\(server.host.home)/file"
                try Files.write(Array("old".utf8), to: path)
                _ = try await remote.sh("true")
                link.set(.cutAfter(link.passed + 200))
                let bytes = [UInt8](repeating: 7, count: 30_000_000)
                await #expect(throws: RemoteError.self) {
                    _ = try await remote.put(bytes, upload(bytes, path), under: .operatorCommand, Limits())
                }
                #expect(try Files.read(path) == Array("old".utf8))
            }
        }
    }

    @Test func `an empty file is a file`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let reply = try await remote.put(
                    [],
                    upload([], "\(server.host.home)/-empty"),
                    under: .operatorCommand,
                    Limits()
                )
                #expect(reply.status == 0, "\(reply.stderr.text)")
                #expect(try Files.read("\(server.host.home)/-empty") == [])
            }
        }
    }

    /// The file's bytes as they are sent, and how many were read at once.
    private func content(_ file: OpenFile) -> UploadContent {
        .pieces { limit throws(UploadContent.Unreadable) in
            do throws(SystemError) {
                return try file.read(limit)
            } catch {
                throw UploadContent.Unreadable(error.description)
            }
        }
    }

    @Test(arguments: [0, 1, 300_000, 5_000_000])
    func `a file is read while it is sent`(size: Int) async throws {
        try await withServer { server in
            try await server.connected { remote in
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 8)) }
                let path = "\(server.host.home)/source"
                try Files.write(bytes, to: path)
                let file = try OpenFile(path)
                let sum = try Checksum.sha256 { limit throws(SystemError) in try file.read(limit) }
                #expect(sum == Checksum.sha256(bytes))
                for name in ["one", "two"] {
                    file.rewind()
                    let goal = Upload(
                        destination: "\(server.host.home)/\(name)",
                        mode: 0o600,
                        sha256: sum,
                        size: file.size
                    )
                    let reply = try await remote.put(
                        content(file),
                        goal,
                        as: .standard,
                        under: .playbook,
                        Limits()
                    )
                    #expect(reply.status == 0, "\(reply.stderr.text)")
                    #expect(try Files.read(goal.destination) == bytes)
                }
            }
        }
    }

    @Test func `a file that cannot be read to its end is not put`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let path = "\(server.host.home)/file"
                let left = Countdown(3)
                let broken = UploadContent.pieces { limit throws(UploadContent.Unreadable) in
                    if left.isOver() { throw UploadContent.Unreadable("the disk is gone") }
                    return [UInt8](repeating: 7, count: limit)
                }
                let goal = Upload(destination: path, mode: 0o600, sha256: Checksum.sha256([]), size: 50_000_000)
                do throws(RemoteError) {
                    _ = try await remote.put(broken, goal, as: .standard, under: .playbook, Limits())
                    Issue.record("it did not fail")
                } catch {
                    #expect(error.kind == .unsendable)
                    #expect(error.detail == "the disk is gone")
                }
                // The host notices that its input has ended, and clears up.
                let reply = try await remote.sh("until [ -z \"$(ls -A)\" ]; do sleep 0.05; done; echo fine")
                #expect(reply.stdout.text == "fine\n")
            }
        }
    }

    @Test func `a large file does not wait in memory`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                // Stops taking: what has been read by then is what is kept.
                let read = Countdown(0)
                let endless = UploadContent.pieces { limit throws(UploadContent.Unreadable) in
                    read.add(limit)
                    return [UInt8](repeating: 7, count: limit)
                }
                let goal = Upload(
                    destination: "\(server.host.home)/file",
                    mode: 0o600,
                    sha256: Checksum.sha256([]),
                    size: 1 << 30
                )
                try server.enter("exec sh -c 'read -r line; exec sleep 2'")
                await #expect(throws: RemoteError.self) {
                    _ = try await remote.put(
                        endless,
                        goal,
                        as: .standard,
                        under: .playbook,
                        Limits(timeout: .seconds(1))
                    )
                }
                // The windows of the channel and of the connection, and two pieces.
                #expect(read.total < 8 << 20, "\(read.total)")
            }
        }
    }
}

private final class Countdown: Sendable {
    private let value: Atomic<Int>
    init(_ value: Int) { self.value = Atomic(value) }
    func isOver() -> Bool { value.subtract(1, ordering: .relaxed).newValue < 0 }
    func add(_ count: Int) { value.add(count, ordering: .relaxed) }
    var total: Int { value.load(ordering: .relaxed) }
}
