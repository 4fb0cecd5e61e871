import Reactor
import Shell
import TestSupport
import Testing

@testable import SSH

/// Hosts behind hosts, with a real sshd for each.
@Suite struct JumpTests {
    /// What is reachable through one server, from the loop of that server.
    private func through(_ hop: Target, _ inner: TestServer, _ change: (inout Target) -> Void = { _ in }) throws
        -> Target
    {
        var target = try inner.target()
        target.route = .jump(hop)
        change(&target)
        return target
    }

    private func opened<Result: Sendable>(
        _ target: Target,
        _ connector: Connector,
        _ body: (SSHRemote) async throws -> Result
    ) async throws -> Result {
        let remote = SSHRemote(target, connector)
        _ = try await remote.open()
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(remote))
        } catch {
            outcome = .failure(error)
        }
        await remote.close()
        return try outcome.get()
    }

    private func failure(_ target: Target, _ connector: Connector) async -> SSHError? {
        let remote = SSHRemote(target, connector)
        do throws(SSHError) {
            _ = try await remote.open()
            await remote.close()
            return nil
        } catch {
            return error
        }
    }

    /// Servers, each with its own directory and keys.
    private func withServers(
        _ outer: String = "",
        _ body: @escaping @Sendable (TestServer, TestServer, Connector) async throws -> Void
    ) async throws {
        try await withServer(outer) { first in
            try await withServer { second in
                let loop = first.loop
                try await Pinned(to: loop).run { _ in
                    let connector = Connector(try Library(), on: loop)
                    let result: Swift.Result<Void, any Error>
                    do {
                        result = .success(try await body(first, second, connector))
                    } catch {
                        result = .failure(error)
                    }
                    connector.close()
                    try result.get()
                }
            }
        }
    }

    @Test func `one hop, and what goes through it is whole`() async throws {
        try await withServers { bastion, inner, connector in
            let target = try through(try bastion.target(), inner)
            try await opened(target, connector) { remote in
                let reply = try await remote.sh("echo $BATON_LAB_HOST; head -c 3000000 /dev/zero | tr '\\0' x | wc -c")
                #expect(reply.stdout.text == "lab1\n3000000\n")
                let content = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let upload = Upload(
                    destination: "\(inner.directory)/big",
                    mode: 0o600,
                    sha256: Checksum.sha256(content),
                    size: content.count
                )
                let put = try await remote.put(content, upload, under: .operatorCommand, Limits())
                #expect(put.status == 0)
                #expect(try Files.read("\(inner.directory)/big") == content)
            }
        }
    }

    @Test func `two hops`() async throws {
        try await withServers { first, second, connector in
            try await withServer { third in
                var hop = try second.target()
                hop.route = .jump(try first.target())
                let target = try through(hop, third)
                #expect(target.jumps.map(\.port) == [first.port, second.port])
                try await opened(target, connector) { remote in
                    let reply = try await remote.sh("echo through")
                    #expect(reply.stdout.text == "through\n")
                }
            }
        }
    }

    @Test func `a hop that dies in the middle is named`() async throws {
        try await withServers { bastion, inner, connector in
            let link = try FaultyLink(to: bastion.port, .none, on: connector.loop)
            defer { link.close() }
            var hop = try bastion.target()
            (hop.name, hop.port) = ("gate", link.port)
            let target = try through(hop, inner)
            try await opened(target, connector) { remote in
                let error = await remote.failure("echo begun; sleep 60") { _, _ in link.cut() }
                #expect(error?.kind == .linkLost)
                #expect(error?.stdout.text == "begun\n")
                #expect(error?.detail.contains("the connection to jump host gate was lost") == true, "\(error!)")
            }
            // The next host gets a new session with the hop.
            try await opened(target, connector) { remote in
                let reply = try await remote.sh("echo again")
                #expect(reply.stdout.text == "again\n")
            }
            #expect(link.connections == 2)
        }
    }

    @Test func `many hosts share a session, and it gives their connections back`() async throws {
        try await withServers { bastion, inner, connector in
            let link = try FaultyLink(to: bastion.port, .none, on: connector.loop)
            let far = try FaultyLink(to: inner.port, .none, on: connector.loop)
            defer {
                link.close()
                far.close()
            }
            var hop = try bastion.target()
            hop.port = link.port
            let target = try through(hop, inner) { $0.port = far.port }
            for _ in 0..<20 {
                try await opened(target, connector) { remote in
                    let reply = try await remote.sh("echo in")
                    #expect(reply.stdout.text == "in\n")
                }
            }
            #expect(link.connections == 1)
            #expect(far.connections == 20)
            // The last may still be on its way.
            for _ in 0..<200 where far.standing > 1 { await connector.loop.sleep(.milliseconds(10)) }
            #expect(far.standing <= 1)
        }
    }

    @Test func `a wrong key is tried once at the hop, however many hosts are behind it`() async throws {
        try await withServers { bastion, inner, connector in
            let link = try FaultyLink(to: bastion.port, .none, on: connector.loop)
            defer { link.close() }
            var hop = try bastion.target()
            (hop.name, hop.port, hop.keys) = ("gate", link.port, [try await bastion.key("wrong")])
            let target = try through(hop, inner)
            let kinds = await withTaskGroup(of: SSHError?.self) { group in
                for _ in 0..<30 { group.addTask { await failure(target, connector) } }
                var kinds: [SSHError?] = []
                for await error in group { kinds.append(error) }
                return kinds
            }
            #expect(kinds.count == 30)
            for error in kinds {
                #expect(error?.kind == .authentication)
                #expect(error?.message.hasPrefix("jump host gate: cannot log in to") == true)
            }
            #expect(link.connections == 1)
            let later = await failure(target, connector)
            #expect(later?.kind == .authentication)
            #expect(link.connections == 1)
        }
    }

    @Test func `a host that does not answer behind a hop holds up no other`() async throws {
        try await withServers { bastion, inner, connector in
            let full = try FaultyLink(to: inner.port, .full, on: connector.loop)
            defer { full.close() }
            let hop = try bastion.target()
            var dead = try through(hop, inner) { $0.port = full.port }
            dead.timeouts.connect = .seconds(4)
            let alive = try through(hop, inner)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let stuck = dead
                group.addTask {
                    let error = await failure(stuck, connector)
                    #expect(error?.message.contains("no answer within 4 s") == true, "\(String(describing: error))")
                }
                for _ in 0..<5 {
                    group.addTask {
                        try await opened(alive, connector) { remote in
                            let reply = try await remote.sh("echo in")
                            #expect(reply.stdout.text == "in\n")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a host that hangs up behind a hop is heard of at once, and leaves nothing at the hop`() async throws {
        try await withServers { bastion, inner, connector in
            let rude = try FaultyLink(to: inner.port, .says(""), on: connector.loop)
            let near = try FaultyLink(to: bastion.port, .none, on: connector.loop)
            defer {
                rude.close()
                near.close()
            }
            var hop = try bastion.target()
            hop.port = near.port
            let target = try through(hop, inner) { $0.port = rude.port }
            for _ in 0..<3 {
                let error = await failure(target, connector)
                #expect(error?.kind == .droppedBeforeBanner, "\(String(describing: error))")
            }
            #expect(near.connections == 1)
            // The hop's sshd holds no connection to it any more.
            let held = try await runChild(["sh", "-c", "ss -tnH state close-wait '( dport = :\(rude.port) )' | wc -l"])
            #expect(held.output.filter(\.isNumber) == "0", "\(held.output)")
        }
    }

    @Test func `a port that nobody listens on, and a hop that may not forward`() async throws {
        try await withServers { bastion, inner, connector in
            let target = try through(try bastion.target(), inner) { $0.port = 1 }
            let error = await failure(target, connector)
            #expect(error?.kind == .refused)
            #expect(error?.message.contains("jump host test: ") == true, "\(String(describing: error))")
            #expect(error?.message.contains("connect failed") == true, "\(String(describing: error))")
        }
        try await withServers("AllowTcpForwarding no") { bastion, inner, connector in
            let error = await failure(try through(try bastion.target(), inner), connector)
            #expect(error?.isTransient == false)
            #expect(error?.message.contains("administratively prohibited") == true, "\(String(describing: error))")
        }
    }

    @Test func `a changed key behind a hop is that host's, and a changed key of the hop is the hop's`() async throws {
        let stranger = HostKey(
            line: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPdvTjPqrNiOzrMGlc6FX5mRd5z9NfK46Glv9o6mXZI1"
        )!
        try await withServers { bastion, inner, connector in
            var hop = try bastion.target()
            let behind = await failure(try through(hop, inner) { $0.known = [stranger] }, connector)
            guard case .hostKeyChanged = behind?.kind else {
                Issue.record("\(String(describing: behind))")
                return
            }
            #expect(behind?.message.hasPrefix("the host key of 127.0.0.1:\(inner.port) has changed") == true)
            hop.known = [stranger]
            // A session with the hop stands, made by a description that believes it: this one does not.
            let itself = await failure(try through(hop, inner), connector)
            guard case .hostKeyChanged = itself?.kind else {
                Issue.record("\(String(describing: itself))")
                return
            }
            #expect(itself?.message.hasPrefix("jump host test: the host key of 127.0.0.1:\(bastion.port)") == true)
        }
    }

    @Test func `a proxy command carries a session, and what it says when it fails is told`() async throws {
        try await withServer { server in
            var target = try server.target()
            let ssh = [
                "ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o",
                "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-i", server.userKey, "-p", "\(server.port)",
                "-W", "127.0.0.1:\(server.port)", "127.0.0.1",
            ]
            target.route = .command(LocalProgram(ssh, environment: Surroundings.environment))
            let connector = Connector(try Library(), on: server.loop)
            try await opened(target, connector) { remote in
                let reply = try await remote.sh("echo in")
                #expect(reply.stdout.text == "in\n")
            }
            let failing = ["sh", "-c", "echo 'no way' >&2; exit 3"]
            target.route = .command(LocalProgram(failing, environment: Surroundings.environment))
            let error = await failure(target, connector)
            #expect(error?.message.contains("the proxy command ended with status 3, saying: no way") == true)
            target.route = .command(LocalProgram(["no-such-program"], environment: Surroundings.environment))
            let missing = await failure(target, connector)
            #expect(missing?.message.contains("no-such-program") == true, "\(String(describing: missing))")
            target.route = .command(LocalProgram(["yes", "welcome"], environment: Surroundings.environment))
            let flood = await failure(target, connector)
            #expect(flood?.kind == .notSSH, "\(String(describing: flood))")
            let unknown = ["sh", "-c", "exec no-such-program"]
            target.route = .command(LocalProgram(unknown, environment: Surroundings.environment))
            let permanent = await failure(target, connector)
            #expect(permanent?.isTransient == false)
            #expect(permanent?.hint == nil && permanent?.message.contains("status 127") == true)
        }
    }
}
