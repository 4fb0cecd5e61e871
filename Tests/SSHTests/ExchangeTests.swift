import Lab
import Reactor
import Shell
import TestSupport
import Testing

@testable import SSH

/// Connections that the host makes for us, for hosts that have nothing to ask with.
@Suite struct ExchangeTests {
    /// sshd itself is what answers: it greets, and ends after a line that is no greeting.
    private func ask(
        _ remote: SSHRemote,
        _ place: ExchangePlace,
        _ text: String = "hello\r\n",
        limit: Int = 1 << 16,
        within: Duration = .seconds(20)
    ) async -> Exchange {
        await remote.exchange(with: place, sending: Array(text.utf8), limit: limit, within: within) {
            $0.count > 1 && $0.last == 10
        }
    }

    private func greeting(_ exchange: Exchange) -> String {
        guard case .answer(let bytes) = exchange else { return "\(exchange)" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `what the host reaches answers`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let place = ExchangePlace.tcp(host: "127.0.0.1", port: server.port)
                async let beside = remote.sh("echo beside")
                let answer = await ask(remote, place)
                #expect(greeting(answer).hasPrefix("SSH-2.0-"))
                let connected = await ask(remote, place, "")
                #expect(connected == .answer([]))
                let cut = await remote.exchange(with: place, sending: [10], limit: 7, within: .seconds(20)) { _ in false
                }
                #expect(cut == .answer(Array("SSH-2.0".utf8)))
                let reply = try await beside
                #expect(reply.stdout.text == "beside\n")
            }
        }
    }

    @Test func `what is not there is said, and the connection goes on`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let absent = await ask(remote, .tcp(host: "127.0.0.1", port: 1))
                #expect(absent == .refused("Channel open failure (connect failed)"))
                let socket = await ask(remote, .unix("/nonexistent"), "")
                guard case .refused = socket else { throw Unexpected("\(socket)") }
                let reply = try await remote.sh("echo fine")
                #expect(reply.stdout.text == "fine\n")
            }
        }
        try await withServer("AllowTcpForwarding no") { server in
            try await server.connected { remote in
                let barred = await ask(remote, .tcp(host: "127.0.0.1", port: server.port))
                guard case .refused(let reason) = barred else { throw Unexpected("\(barred)") }
                #expect(reason.contains("prohibited"), "\(reason)")
            }
        }
    }

    @Test(.enabled(if: Surroundings.has("python3"))) func `unix sockets are reached too`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let path = "\(server.host.home)/socket"
                let listener = """
                    import socket
                    s = socket.socket(socket.AF_UNIX); s.bind("\(path)"); s.listen(5)
                    c, _ = s.accept(); c.sendall(b"got " + c.recv(100)); c.close()
                    """
                async let served = remote.sh("python3 -c \(Quoting.word(listener))")
                _ = try await remote.runBeside(
                    ReadingProgram("test", "while [ ! -S \(path) ]; do sleep 0.05; done"),
                    Limits()
                )
                let answer = await ask(remote, .unix(path))
                #expect(greeting(answer) == "got hello\r\n")
                _ = try await served
            }
        }
    }

    @Test func `nothing is waited for without end`() async throws {
        try await withServer { server in
            try await server.connected { remote in
                let place = ExchangePlace.tcp(host: "127.0.0.1", port: server.port)
                let late = await remote.exchange(with: place, sending: [65], limit: 9999, within: .milliseconds(300)) {
                    _ in
                    false
                }
                #expect(late == .timedOut)
                await remote.close()
                let closed = await ask(remote, place)
                #expect(closed == .lost("there is no connection to test"))
            }
        }
    }

    private struct Unexpected: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }
}
