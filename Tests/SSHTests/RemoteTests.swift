import Lab
import Reactor
import SSH
import Shell
import TestSupport
import Testing

/// The connection against OpenSSH's own server.
@Suite struct RemoteTests {
    @Test func `a program's output and status come back byte for byte`() async throws {
        try await withServer { server in
            let remote = try server.remote()
            let opened = try await remote.open()
            #expect(opened.hostKey?.type == "ssh-ed25519")
            let reply = try await remote.run(
                ReadingProgram("test", #"printf 'a\0b\n\n'; printf 'err\n' >&2; exit 3"#),
                Limits(),
                nil
            )
            #expect(reply.status == 3)
            #expect(reply.stdout.bytes == [97, 0, 98, 10, 10])
            #expect(reply.stderr.text == "err\n")
            let second = try await remote.run(ReadingProgram("test", "pwd"), Limits(), nil)
            #expect(second.stdout.text == server.host.home + "\n")
            await remote.close()
        }
    }
}

extension TestServer {
    func target() throws -> Target {
        let key = try PrivateKey(file: try Files.read(userKey), name: userKey)
        return Target(
            name: "test",
            address: "127.0.0.1",
            port: port,
            user: Surroundings.user,
            keys: [key],
            known: [HostKey(line: hostKey)!]
        )
    }

    func remote(_ change: (inout Target) -> Void = { _ in }) throws -> SSHRemote {
        var target = try target()
        change(&target)
        return SSHRemote(target, try Library(), on: loop)
    }
}
