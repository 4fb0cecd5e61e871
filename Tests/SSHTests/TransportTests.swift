import Reactor
import Shell
import TestSupport
import Testing

@testable import SSH

/// The same programs over OpenSSH's own client, and on this machine without any SSH.
@Suite struct TransportTests {
    private func openssh(_ server: TestServer, _ options: [String] = []) throws -> Target {
        var target = try server.target()
        // Nothing pinned: known_hosts says it.
        target.known = []
        let known = "\(server.directory)/known"
        try Files.write(Array("[127.0.0.1]:\(server.port) \(server.hostKey)\n".utf8), to: known)
        let arguments =
            [
                "ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=\(known)", "-o",
                "StrictHostKeyChecking=yes",
            ] + options + ["-i", server.userKey, "-p", "\(server.port)", "-l", Surroundings.user]
        target.transport = .openssh(LocalProgram(arguments, environment: Surroundings.environment), pins: [])
        return target
    }

    private func local(_ directory: String) -> Target {
        var target = Target(name: "here", address: "localhost", user: Surroundings.user)
        let shell = LocalProgram(["sh", "-c"], environment: Surroundings.environment, directory: directory)
        target.transport = .local(shell)
        return target
    }

    private func withBoth(_ body: @escaping @Sendable (SSHRemote, String) async throws -> Void) async throws {
        try await withServer { server in
            for target in [try openssh(server), local(server.directory)] {
                let remote = SSHRemote(target, Connector(try Library(), on: server.loop))
                _ = try await remote.open()
                let outcome: Swift.Result<Void, any Error>
                do {
                    outcome = .success(try await body(remote, server.directory))
                } catch {
                    outcome = .failure(error)
                }
                await remote.close()
                try outcome.get()
            }
        }
    }

    @Test func `output, status and order are the same`() async throws {
        try await withBoth { remote, _ in
            let first = try await remote.sh("x=1; echo out; echo err >&2; exit 3")
            #expect(first.stdout.text == "out\n")
            #expect(first.stderr.text == "err\n")
            #expect(first.status == 3)
            let large = try await remote.sh("head -c 1000000 /dev/zero | tr '\\0' x", Limits(output: 2 << 20))
            #expect(large.stdout.bytes.count == 1_000_000)
            let input = try await remote.sh("cat; echo end")
            #expect(input.stdout.text == "end\n")
        }
    }

    @Test func `what a server with few sessions refuses is said over OpenSSH's client too`() async throws {
        try await withServer("MaxSessions 2") { server in
            let remote = SSHRemote(try openssh(server), Connector(try Library(), on: server.loop))
            _ = try await remote.open()
            // The master has one session, the shell the other.
            let first = try await remote.sh("echo $$")
            do throws(RemoteError) {
                _ = try await remote.runBeside(ReadingProgram("test", "true"), Limits())
                Issue.record("it did not fail")
            } catch {
                #expect(error.kind == .shellLost)
                #expect(error.detail.contains("MaxSessions"), "\(error.detail)")
            }
            let second = try await remote.sh("echo $$")
            #expect(first.stdout.text == second.stdout.text)
            await remote.close()
        }
    }

    @Test func `OpenSSH's client reaches what the host reaches`() async throws {
        try await withServer { server in
            let remote = SSHRemote(try openssh(server), Connector(try Library(), on: server.loop))
            _ = try await remote.open()
            func ask(_ place: ExchangePlace, _ text: String) async -> Exchange {
                await remote.exchange(with: place, sending: Array(text.utf8), limit: 4, within: .seconds(20)) { _ in
                    false
                }
            }
            let answer = await ask(.tcp(host: "127.0.0.1", port: server.port), "\n")
            #expect(answer == .answer(Array("SSH-".utf8)))
            let absent = await ask(.tcp(host: "127.0.0.1", port: 1), "\n")
            guard case .refused(let reason) = absent else {
                Issue.record("\(absent)")
                return
            }
            #expect(reason.contains("refused by peer"), "\(reason)")
            // Whether it has connected it does not say.
            let unknown = await ask(.tcp(host: "127.0.0.1", port: server.port), "")
            #expect(unknown == .impossible)
            await remote.close()
        }
    }

    @Test func `files arrive whole`() async throws {
        try await withBoth { remote, directory in
            let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let path = "\(directory)/file"
            let upload = Upload(
                destination: path,
                mode: 0o600,
                sha256: Checksum.sha256(content),
                size: content.count
            )
            let put = try await remote.put(content, upload, under: .operatorCommand, Limits())
            #expect(put.status == 0)
            #expect(try Files.read(path) == content)
            try Files.removeTree(path)
        }
    }

    @Test func `a program that is out of time is ended, and only that one`() async throws {
        try await withBoth { remote, directory in
            let error = await remote.failure(
                "sh -c 'echo $$ >\(directory)/pid; exec sleep 300'",
                Limits(timeout: .seconds(1))
            )
            #expect(error?.kind == .timedOut(ended: true), "\(String(describing: error))")
            // Whoever was to collect it may have ended with it: what is left in the table then is no process.
            let state = "cut -d ' ' -f 3 /proc/$(cat \(directory)/pid)/stat 2>/dev/null | grep -v Z"
            let after = try await remote.sh("\(state); echo after")
            #expect(after.stdout.text == "after\n")
        }
    }

    @Test func `a shell that is killed is not a success, and the next program gets a new one`() async throws {
        try await withBoth { remote, _ in
            let error = await remote.failure("kill -9 $$")
            #expect(error?.kind == .shellLost || error?.kind == .linkLost, "\(String(describing: error))")
            let next = try await remote.sh("echo again")
            #expect(next.stdout.text == "again\n")
        }
    }

    @Test func `what OpenSSH's client does not manage is told in its words`() async throws {
        try await withServer { server in
            let connector = Connector(try Library(), on: server.loop)
            func failure(_ target: Target) async -> SSHError? {
                let remote = SSHRemote(target, connector)
                do throws(SSHError) {
                    _ = try await remote.open()
                    await remote.close()
                    return nil
                } catch {
                    return error
                }
            }
            let unknown = await failure(try openssh(server, ["-o", "UserKnownHostsFile=/dev/null"]))
            #expect(unknown?.kind == nil)
            let strict = try openssh(server)
            try Files.write([], to: "\(server.directory)/known")
            let refused = await failure(strict)
            #expect(refused?.kind == .hostKeyRefused, "\(String(describing: refused))")
            let wrong = try await server.key("wrong")
            let denied = await failure(
                try openssh(server, ["-o", "IdentitiesOnly=yes", "-o", "IdentityFile=\(wrong.name)"])
            )
            #expect(denied?.kind == nil || denied?.kind == .authentication)
            var closed = try openssh(server)
            if case .openssh(var program, _) = closed.transport {
                program.arguments += ["-p", "1"]
                program.arguments = program.arguments.map { $0 == "\(server.port)" ? "1" : $0 }
                closed.transport = .openssh(program, pins: [])
            }
            let nobody = await failure(closed)
            #expect(nobody?.kind == .refused, "\(String(describing: nobody))")
            closed.transport = .openssh(LocalProgram(["no-such-ssh"], environment: Surroundings.environment), pins: [])
            let missing = await failure(closed)
            #expect(missing != nil)
        }
    }

    @Test func `nothing is left of OpenSSH's client when Baton is gone`() async throws {
        try await withServer { server in
            let remote = SSHRemote(try openssh(server), Connector(try Library(), on: server.loop))
            _ = try await remote.open()
            let socket = try await remote.sh("echo in")
            #expect(socket.stdout.text == "in\n")
            let masters = try await server.loop.run(
                ChildRequest(
                    ["pgrep", "-f", "--", "-M -S .*-p \(server.port) "],
                    environment: Surroundings.environment
                )
            )
            // ssh, and the shell that clears up behind it.
            #expect(masters.output.split(separator: "\n").count == 2)
            await remote.close()
            for _ in 0..<300 {
                let left = try await server.loop.run(
                    ChildRequest(
                        ["pgrep", "-f", "--", "-S .*-p \(server.port) "],
                        environment: Surroundings.environment
                    )
                )
                if left.output.isEmpty { return }
                await server.loop.sleep(.milliseconds(10))
            }
            Issue.record("ssh is still there")
        }
    }
}
