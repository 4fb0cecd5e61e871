import Reactor
import SSH
import Shell
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What the network and the other side do to a connection.
@Suite struct FaultTests {
    private func linked<Result: Sendable>(
        _ fault: FaultyLink.Fault,
        _ body: @escaping @Sendable (TestServer, FaultyLink) async throws -> Result
    ) async throws -> Result {
        try await withServer { server in
            let link = try FaultyLink(to: server.port, fault, on: server.loop)
            defer { link.close() }
            return try await body(server, link)
        }
    }

    @Test func `bytes that come one by one make no difference`() async throws {
        try await linked(.trickle) { server, link in
            try await server.connected({ $0.port = link.port }) { remote in
                let reply = try await remote.sh("seq 1 200")
                #expect(reply.stdout.text.hasSuffix("\n199\n200\n"))
                #expect(reply.status == 0)
            }
        }
    }

    @Test func `the first result takes few round trips and each later one takes one`() async throws {
        try await linked(.none) { server, link in
            try await server.connected({ $0.port = link.port }) { remote in
                _ = try await remote.sh("echo first")
                // Eight, without TCP's own handshake, which the link does not see; the two first lines and key lists
                // cross on the way, and where they do it counts one more.
                #expect(link.turns <= 9)
                for _ in 0..<10 {
                    let before = link.turns
                    _ = try await remote.sh("echo later; echo error >&2; false")
                    #expect(link.turns == before + 1)
                }
            }
        }
    }

    @Test func `a link that is cut anywhere in the login is an error and never a hang`() async throws {
        // How much a whole login is.
        let whole = try await linked(.none) { server, link in
            try await server.connected({ $0.port = link.port }) { _ = try await $0.sh("true") }
            return link.passed
        }
        try await withServer { server in
            for limit in Array(stride(from: 0, to: whole, by: 97)) {
                let link = try FaultyLink(to: server.port, .cutAfter(limit), on: server.loop)
                let remote = try server.remote { $0.port = link.port }
                var opened = false
                do throws(SSHError) {
                    _ = try await remote.open()
                    opened = true
                } catch {
                    #expect(!error.message.isEmpty)
                }
                if opened {
                    // No two logins have the same packets: near the end the whole answer may come before the cut.
                    let failure = await remote.failure("true")
                    let isRight = failure.map { $0.kind == .linkLost } ?? (whole - limit < 500)
                    #expect(isRight, "cut after \(limit) of \(whole)")
                }
                await remote.close()
                link.close()
            }
        }
    }

    @Test func `a link that is cut during a command is lost, with the output that had come`() async throws {
        try await linked(.none) { server, link in
            try await server.connected({ $0.port = link.port }) { remote in
                let failure = await remote.failure("echo before; sleep 600", Limits()) { _, _ in
                    link.set(.cutAfter(0))
                    link.cut()
                }
                #expect(failure?.kind == .linkLost)
                #expect(failure?.stdout.text == "before\n")
            }
        }
    }

    @Test func `output that is in flight when the server goes is kept`() async throws {
        try await linked(.none) { server, link in
            try await server.connected({ $0.port = link.port }) { remote in
                // The session's sshd is two parents up: it sends what it has and goes.
                let failure = await remote.failure("head -c 20000 /dev/zero; sleep 0.2; kill -9 $PPID; sleep 600")
                #expect(failure != nil)
                #expect(failure?.stdout.count == 20000)
            }
        }
    }

    @Test func `a host that goes silent is noticed by its missing signs of life`() async throws {
        try await linked(.none) { server, link in
            try await server.connected({
                $0.port = link.port
                $0.timeouts.heartbeat = .seconds(2)
            }) { remote in
                let failure = await remote.failure("echo before; sleep 600", Limits()) { _, _ in link.set(.silence) }
                #expect(failure?.kind == .linkLost)
                #expect(failure?.detail.contains("no sign of life") == true)
                #expect(failure?.stdout.text == "before\n")
            }
        }
    }

    @Test func `signs of life keep a quiet command alive`() async throws {
        try await linked(.none) { server, link in
            try await server.connected({
                $0.port = link.port
                $0.timeouts.heartbeat = .seconds(2)
            }) { remote in
                let reply = try await remote.sh("sleep 10; echo awake")
                #expect(reply.stdout.text == "awake\n")
            }
        }
    }

    @Test func `a port that nobody listens on is refused`() async throws {
        try await withServer { server in
            // A port below the ones that other tests are given.
            let port: UInt16 = 1
            let error = try await server.failureToOpen { $0.port = port }
            #expect(error?.kind == .refused)
            #expect(error?.message == "cannot connect to 127.0.0.1:\(port): Connection refused")
            #expect(error?.isTransient == true)
        }
    }

    @Test func `a host behind a firewall that drops packets has a deadline`() async throws {
        try await linked(.full) { server, link in
            let error = try await server.failureToOpen {
                $0.port = link.port
                $0.timeouts.connect = .milliseconds(300)
            }
            #expect(error?.kind == .timedOut(.connect))
            #expect(error?.hint == "a firewall that drops packets looks like this")
        }
    }

    @Test func `a host that accepts and says nothing has a deadline`() async throws {
        try await linked(.silence) { server, link in
            let error = try await server.failureToOpen {
                $0.port = link.port
                $0.timeouts.login = .milliseconds(300)
            }
            #expect(error?.kind == .timedOut(.handshake))
        }
    }

    @Test func `a login that stops half way has a deadline`() async throws {
        try await linked(.silenceAfter(1500)) { server, link in
            let error = try await server.failureToOpen {
                $0.port = link.port
                $0.timeouts.login = .milliseconds(500)
            }
            guard case .timedOut = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test(arguments: [
        ("", SSHError.Kind.droppedBeforeBanner),
        ("Exceeded MaxStartups\r\n", .droppedBeforeBanner),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", .notSSH),
        ("SSH-2.0-Fake\r\n", .dropped(.handshake)),
    ])
    func `what hangs up early is told apart`(_ said: String, _ kind: SSHError.Kind) async throws {
        try await linked(.says(said)) { server, link in
            let error = try await server.failureToOpen { $0.port = link.port }
            #expect(error?.kind == kind, "\(String(describing: error))")
        }
    }

    @Test func `a name that does not exist is a name error`() async throws {
        try await withServer { server in
            let error = try await server.failureToOpen { $0.address = "no-such-host.invalid" }
            #expect(error?.kind == .nameUnknown)
        }
    }

    @Test func `a server that is stopped in the middle of a command is noticed`() async throws {
        try await withServer { server in
            try await server.connected({ $0.timeouts.heartbeat = .seconds(2) }) { remote in
                let reply = try await remote.sh("echo $PPID")
                let session = Int32(reply.stdout.text.dropLast()) ?? 0
                #expect(session > 1 && session != server.listener)
                let failure = await remote.failure("echo begun; sleep 600", Limits()) { _, _ in kill(session, SIGSTOP) }
                #expect(failure?.kind == .linkLost)
                kill(session, SIGCONT)
            }
        }
    }

    @Test func `a server that accepts and says nothing is given up when connecting may take no longer`() async throws {
        try await linked(.silence) { server, link in
            let error = try await server.failureToOpen {
                $0.port = link.port
                $0.timeouts.connect = .milliseconds(700)
            }
            #expect(error?.kind == .timedOut(.handshake))
            #expect(error?.message.contains("within 0.7 s") == true, "\(String(describing: error))")
        }
    }
}
