import Lab
import Reactor
import SSH
import Shell
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
}
