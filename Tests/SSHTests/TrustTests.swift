import Lab
import Reactor
import SSH
import Shell
import TestSupport
import Testing

/// Host keys and user keys against a real server, and the files they come from.
@Suite struct TrustTests {
    private let stranger =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPdvTjPqrNiOzrMGlc6FX5mRd5z9NfK46Glv9o6mXZI1"

    @Test func `an unknown host key is refused, with its fingerprint`() async throws {
        try await withServer { server in
            let error = try await server.failureToOpen { $0.known = [] }
            guard case .hostKeyUnknown(let key) = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(key.line == server.hostKey)
            #expect(error?.message.contains(key.fingerprint) == true)
            let accepted = try await server.failureToOpen {
                $0.known = []
                $0.acceptsNewHostKey = true
            }
            #expect(accepted == nil)
        }
    }

    @Test func `a key that is known for the address at another port is believed, and another one is only unknown`()
        async throws
    {
        try await withServer { server in
            let same = try await server.failureToOpen {
                $0.known = []
                $0.knownElsewhere = [HostKey(line: server.hostKey)!]
            }
            #expect(same == nil)
            let other = try await server.failureToOpen {
                $0.known = []
                $0.knownElsewhere = [HostKey(line: stranger)!]
            }
            guard case .hostKeyUnknown = other?.kind else {
                Issue.record("\(String(describing: other))")
                return
            }
        }
    }

    @Test func `a changed host key is refused even where new ones are accepted`() async throws {
        try await withServer { server in
            let error = try await server.failureToOpen {
                $0.known = [HostKey(line: stranger)!]
                $0.acceptsNewHostKey = true
            }
            guard case .hostKeyChanged = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.message.contains(HostKey(line: stranger)!.fingerprint) == true)
            #expect(error?.message.contains(HostKey(line: server.hostKey)!.fingerprint) == true)
        }
    }

    @Test func `a key of a type that cannot be asked for is not called a change`() async throws {
        try await withServer { server in
            let made = try await server.loop.run(
                ChildRequest(
                    ["ssh-keygen", "-q", "-N", "", "-t", "rsa", "-b", "2048", "-f", "\(server.directory)/rsa"],
                    environment: Surroundings.environment
                )
            )
            try #require(made.succeeded)
            let line = String(decoding: try Files.read("\(server.directory)/rsa.pub"), as: UTF8.self)
            let rsa = try #require(HostKey(line: line))
            let error = try await server.failureToOpen {
                $0.known = [rsa]
                $0.acceptsNewHostKey = true
            }
            if try Library().number < 0x010b00 {
                guard case .hostKeyUncheckable = error?.kind else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(error?.message.contains("only a host key of type RSA is known") == true)
            }
        }
    }

    @Test func `a revoked host key is refused`() async throws {
        try await withServer { server in
            let error = try await server.failureToOpen { $0.revoked = [HostKey(line: server.hostKey)!] }
            guard case .hostKeyRevoked = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test(arguments: [
        ["-t", "ed25519"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"], ["-t", "ecdsa", "-b", "521"],
        ["-t", "rsa", "-b", "2048"], ["-t", "rsa", "-b", "3072", "-m", "PEM"], ["-t", "ecdsa", "-m", "PKCS8"],
        ["-t", "rsa", "-b", "2048", "-m", "PKCS8"],
    ])
    func `every kind of unencrypted key logs in`(_ kind: [String]) async throws {
        try await withServer { server in
            let path = "\(server.directory)/key"
            let made = try await server.loop.run(
                ChildRequest(
                    ["ssh-keygen", "-q", "-N", "", "-C", "test"] + kind + ["-f", path],
                    environment: Surroundings.environment
                )
            )
            try #require(made.succeeded, "\(made.errors)")
            try Files.append(try Files.read(path + ".pub"), to: server.authorizedKeys)
            let key = try PrivateKey(file: try Files.read(path), name: path)
            let shown = try await server.loop.run(
                ChildRequest(["ssh-keygen", "-l", "-f", path + ".pub"], environment: Surroundings.environment)
            )
            #expect(shown.output.contains(key.fingerprint))
            try await server.connected({ $0.keys = [key] }) { remote in
                let reply = try await remote.sh("echo in")
                #expect(reply.stdout.text == "in\n")
            }
        }
    }

    @Test func `a refused key is followed by the next one`() async throws {
        try await withServer("MaxAuthTries 3") { server in
            let wrong = try await server.key("wrong")
            try await server.connected({ $0.keys = [wrong] + $0.keys }) { remote in
                let reply = try await remote.sh("echo in")
                #expect(reply.stdout.text == "in\n")
            }
            let error = try await server.failureToOpen { $0.keys = [wrong] }
            #expect(error?.kind == .authentication)
            #expect(error?.message.contains("tried publickey with \(wrong.summary);") == true)
            #expect(error?.message.hasSuffix("the server accepts publickey") == true)
            let none = try await server.failureToOpen { $0.keys = [] }
            #expect(none?.message.hasSuffix("there is no key to offer; the server accepts publickey") == true)
        }
    }

    @Test func `a server that counts attempts is asked once more with the keys it has not seen, and not twice`()
        async throws
    {
        try await withServer("MaxAuthTries 2") { server in
            var wrong: [PrivateKey] = []
            for name in ["a", "b", "c", "d", "e"] { wrong.append(try await server.key(name)) }
            let link = try FaultyLink(to: server.port, .none, on: server.loop)
            defer { link.close() }
            let few: [any Signer] = Array(wrong[..<3])
            let second = try await server.failureToOpen {
                $0.keys = few + $0.keys
                $0.port = link.port
            }
            #expect(second == nil)
            #expect(link.connections == 2)
            let all: [any Signer] = wrong
            let error = try await server.failureToOpen {
                $0.keys = all + $0.keys
                $0.port = link.port
            }
            #expect(error?.kind == .authentication)
            #expect(link.connections == 4)
            // What the server saw is said, and nothing else.
            for key in wrong[..<4] { #expect(error?.message.contains(key.fingerprint) == true) }
            #expect(error?.message.contains(wrong[4].fingerprint) == false)
            #expect(error?.hint?.contains("MaxAuthTries") == true)
        }
    }

    @Test func `many keys are offered five at a time, over two connections`() async throws {
        try await withServer { server in
            var wrong: [PrivateKey] = []
            for index in 0..<10 { wrong.append(try await server.key("k\(index)")) }
            let keys: [any Signer] = wrong
            let ninth = try await server.failureToOpen { $0.keys = keys[..<9] + $0.keys }
            #expect(ninth == nil)
            let tenth = try await server.failureToOpen { $0.keys = keys + $0.keys }
            #expect(tenth?.kind == .authentication)
            #expect(tenth?.message.hasSuffix("the server accepts publickey") == true)
        }
    }

    @Test func `algorithms without a match are named on both sides`() async throws {
        let etm = "MACs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com\nCiphers aes128-ctr,aes256-ctr"
        try await withServer(etm) { server in
            guard try Library().number < 0x010b00 else { return }
            let error = try await server.failureToOpen()
            #expect(error?.kind == .negotiation)
            let text = error?.message ?? ""
            #expect(text.contains("no common MAC"), "\(text)")
            #expect(text.contains("hmac-sha2-512-etm@openssh.com"), "\(text)")
            #expect(text.contains("libssh2 \(try Library().version) can hmac-sha2-256, hmac-sha2-512"), "\(text)")
            #expect(error?.hint?.contains("`transport: openssh`") == true)
        }
    }

    @Test func `ssh's configuration may take algorithms away and never add any`() async throws {
        try await withServer { server in
            func failure(_ change: @escaping Algorithms.Change) async throws -> SSHError? {
                try await server.failureToOpen { $0.algorithms.ciphers = change }
            }
            #expect(try await failure { _ in ["aes256-ctr"] } == nil)
            #expect(try await failure { $0 + ["3des-cbc"] } == nil)
            let none = try await failure { _ in ["3des-cbc"] }
            #expect(none?.kind == .configuration)
            #expect(none?.message.contains("leaves no cipher that Baton uses") == true, "\(String(describing: none))")
        }
    }

    @Test func `only a certificate authority being known is said plainly`() async throws {
        try await withServer { server in
            let error = try await server.failureToOpen {
                $0.known = []
                $0.authorities = [HostKey(line: stranger)!]
                $0.acceptsNewHostKey = true
            }
            guard case .hostKeyUncheckable = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.message.contains("only @cert-authority lines") == true)
            #expect(error?.hint?.contains("`transport: openssh`") == true)
        }
    }

    @Test func `an encrypted, a damaged and a foreign file are refused with the reason`() async throws {
        try await withServer { server in
            let path = "\(server.directory)/locked"
            for format in ["RFC4716", "PKCS8", "PEM"] {
                try? Files.removeTree(path)
                try? Files.removeTree(path + ".pub")
                let made = try await server.loop.run(
                    ChildRequest(
                        [
                            "ssh-keygen", "-q", "-N", "a passphrase", "-t", "rsa", "-b", "2048", "-m", format, "-f",
                            path,
                        ],
                        environment: Surroundings.environment
                    )
                )
                try #require(made.succeeded, "\(made.errors)")
                let error = #expect(throws: PrivateKey.Unusable.self) {
                    _ = try PrivateKey(file: try Files.read(path), name: "locked")
                }
                #expect(error?.reason.contains("encrypted") == true, "\(format)")
            }
            let good = try Files.read(server.userKey)
            #expect(throws: PrivateKey.Unusable.self) { _ = try PrivateKey(file: [], name: "empty") }
            #expect(throws: PrivateKey.Unusable.self) { _ = try PrivateKey(file: Array("hello".utf8), name: "text") }
            // Every shortened file is an error and none is a crash.
            for count in stride(from: 0, to: good.count - 2, by: 3) {
                #expect(throws: PrivateKey.Unusable.self) {
                    _ = try PrivateKey(file: Array(good[..<count]), name: "cut")
                }
            }
        }
    }

    @Test func `a server with only an RSA host key is explained`() async throws {
        try await withDirectory { directory in
            try await withServer(
                "HostKeyAlgorithms rsa-sha2-512,rsa-sha2-256\nHostKey \(directory)/rsa",
                prepare: { loop in
                    let made = try await loop.run(
                        ChildRequest(
                            ["ssh-keygen", "-q", "-N", "", "-t", "rsa", "-b", "2048", "-f", "\(directory)/rsa"],
                            environment: Surroundings.environment
                        )
                    )
                    try #require(made.succeeded)
                }
            ) { server in
                let error = try await server.failureToOpen()
                if try Library().number < 0x010b00 {
                    #expect(error?.kind == .negotiation)
                    let text = error?.message ?? ""
                    #expect(text.contains("no common type of host key: the server offers rsa-sha2-512"), "\(text)")
                    #expect(text.contains("libssh2 \(try Library().version) can ssh-ed25519"), "\(text)")
                    #expect(error?.hint?.contains("`transport: openssh`") == true)
                }
            }
        }
    }
}

extension TestServer {
    var authorizedKeys: String { "\(directory)/lab/authorized_keys" }

    /// A key that nobody has authorized.
    func key(_ name: String) async throws -> PrivateKey {
        let path = "\(directory)/\(name)"
        _ = try await loop.run(
            ChildRequest(
                ["ssh-keygen", "-q", "-N", "", "-t", "ed25519", "-f", path],
                environment: Surroundings.environment
            )
        )
        return try PrivateKey(file: try Files.read(path), name: path)
    }
}
