import CCrypto
import Reactor
import TestSupport
import Testing

@testable import SSH

/// The agent client against OpenSSH's agent, and against agents that misbehave.
@Suite struct AgentTests {
    private static let kinds = [
        ["-t", "ed25519"], ["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384"], ["-t", "ecdsa", "-b", "521"],
        ["-t", "rsa", "-b", "2048"],
    ]

    /// An ssh-agent of its own with one key of every kind, and the same keys as files.
    private func withAgent(
        _ body: @escaping @Sendable (Agent, [PrivateKey], String) async throws -> Void
    ) async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                // It ends and leaves nothing, which is tested elsewhere.
                let host = try await PrivateAgent.start(
                    in: [directory],
                    environment: Surroundings.environment,
                    on: loop
                )
                var environment = Surroundings.environment
                environment["SSH_AUTH_SOCK"] = host.agent.path
                let outcome: Result<Void, any Error>
                do {
                    var keys: [PrivateKey] = []
                    for (index, kind) in Self.kinds.enumerated() {
                        let path = "\(directory)/key\(index)"
                        try await run(loop, ["ssh-keygen", "-q", "-N", "", "-C", "key \(index)", "-f", path] + kind)
                        let added = try await loop.run(ChildRequest(["ssh-add", "-q", path], environment: environment))
                        try #require(added.succeeded, "\(added.errors)")
                        keys.append(try PrivateKey(file: try Files.read(path), name: path))
                    }
                    outcome = .success(try await body(host.agent, keys, directory))
                } catch {
                    outcome = .failure(error)
                }
                await host.close()
                try outcome.get()
            }
        }
    }

    private func run(_ loop: Loop, _ arguments: [String]) async throws {
        let result = try await loop.run(ChildRequest(arguments, environment: Surroundings.environment))
        try #require(result.succeeded, "\(result.errors)")
    }

    @Test func `it holds what was added, by name and by key`() async throws {
        try await withAgent { agent, keys, _ in
            let identities = try await agent.identities()
            #expect(identities.keys.map(\.blob) == keys.map(\.blob))
            #expect(identities.keys.map(\.name) == (0..<5).map { "key \($0) (agent)" })
            #expect(identities.keys.map(\.algorithm) == keys.map(\.algorithm))
            #expect(identities.keys.map(\.fingerprint) == keys.map(\.fingerprint))
            #expect(identities.unusable.isEmpty)
        }
    }

    @Test func `its signatures are those of the key itself`() async throws {
        try await withAgent { agent, files, _ in
            let keys = try await agent.identities().keys
            for length in [0, 1, 1000, 200_000] {
                let data = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
                for (key, file) in zip(keys, files) {
                    for method in key.algorithm == .rsa ? ["rsa-sha2-512", "rsa-sha2-256"] : ["the only one"] {
                        let signature = try await key.signature(data, method)
                        // Where the same is signed alike each time, the bytes are the same; ECDSA takes a new number.
                        if case .ecdsa(let bits) = key.algorithm {
                            #expect(try Self.isValid(signature, of: data, file, bits))
                        } else {
                            #expect(try await file.signature(data, method, on: agent.loop) == signature)
                        }
                    }
                }
            }
            #expect(
                keys[4].offeredBlob(libraryNamesRSAMethod: false) == files[4].offeredBlob(libraryNamesRSAMethod: false)
            )
            #expect(keys[4].offeredBlob(libraryNamesRSAMethod: true) == keys[4].blob)
        }
    }

    @Test func `five hundred hosts share one connection`() async throws {
        try await withAgent { agent, files, _ in
            let key = try await agent.identities().keys[0]
            let signatures = await withTaskGroup(of: (Int, [UInt8]?).self) { group in
                for index in 0..<500 {
                    group.addTask(executorPreference: agent.loop) {
                        (
                            index,
                            try? await Pinned(to: agent.loop).run { _ in
                                try await key.signature([UInt8(index & 255), UInt8(index >> 8)], "")
                            }
                        )
                    }
                }
                return await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
            }
            for index in 0..<500 {
                let expected = try await files[0].signature(
                    [UInt8(index & 255), UInt8(index >> 8)],
                    "",
                    on: agent.loop
                )
                #expect(signatures[index] == expected)
            }
        }
    }

    @Test func `certificates and DSA keys are listed apart, with the reason`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                let types = [
                    "ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", "ssh-dss", "x\u{1b}y", "ssh-rsa",
                ]
                var answer = [12] + WireFormat.number(types.count + 1)
                for type in types {
                    answer += WireFormat.string(WireFormat.string(type)) + WireFormat.string("c\u{1b}[2J")
                }
                answer += WireFormat.string([1]) + WireFormat.string([0xff])
                let message = WireFormat.string(answer)
                let fake = try FakeAgent("\(directory)/agent", on: loop) { _, _ in .bytes(message) }
                defer { fake.end() }
                let agent = Agent("\(directory)/agent", on: loop)
                let identities = try await agent.identities()
                #expect(identities.keys.map(\.name) == ["c\\x1b[2J (agent)"])
                #expect(identities.keys.map(\.algorithm) == [.rsa])
                #expect(
                    identities.unusable.map(\.reason) == [
                        "is a certificate, which libssh2 cannot use",
                        "lives in a hardware token, which libssh2 cannot use",
                        "is a DSA key, which servers have refused for years", "is no public key", "is no public key",
                    ]
                )
                agent.close()
            }
        }
    }

    @Test func `an agent that is not there is an error that names it`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                let missing = await error(Agent("\(directory)/none", on: loop))
                #expect(missing?.kind == .unreachable)
                #expect(
                    missing?.description
                        == "the agent at \(directory)/none cannot be reached: No such file or directory"
                )
                let long = await error(Agent("/" + String(repeating: "x", count: 300), on: loop))
                #expect(long?.description.hasSuffix("File name too long") == true)
                try Files.write([], to: "\(directory)/file")
                let file = await error(Agent("\(directory)/file", on: loop))
                #expect(file?.kind == .unreachable)
            }
        }
    }

    @Test func `an agent that answers nonsense is not believed`() async throws {
        let answers: [[UInt8]] = [
            Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), [0, 0, 0, 1, 99], [0, 0, 0, 0], [0, 0, 0, 1, 12],
            WireFormat.string([14] + WireFormat.string(WireFormat.string("ssh-ed25519") + WireFormat.string([1]))),
        ]
        for answer in answers {
            let error = try await failure { _, _ in .bytes(answer) }
            #expect(error?.kind == .nonsense, "\(answer)")
        }
        #expect(try await failure { _, _ in .bytes([0, 0, 0, 1, 5]) }?.kind == .refused)
    }

    @Test func `an agent that hangs or dies is an error, not a wait`() async throws {
        let silent = try await failure(patience: .milliseconds(50)) { _, _ in .silence }
        #expect(silent?.kind == .silent)
        #expect(silent?.description.hasSuffix("did not answer within 1 s") == true)
        let half = try await failure(patience: .milliseconds(50)) { _, _ in .bytes([0, 0, 1]) }
        #expect(half?.kind == .silent)
        let dead = try await failure { _, _ in .hangUp }
        #expect(dead?.kind == .closed)
    }

    @Test func `an agent that hung up is asked once more`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                var asked = 0
                let fake = try FakeAgent("\(directory)/agent", on: loop) { connection, _ in
                    asked += 1
                    return connection == 1 ? .hangUp : .bytes([0, 0, 0, 5, 12, 0, 0, 0, 0])
                }
                defer { fake.end() }
                let agent = Agent("\(directory)/agent", on: loop)
                #expect(try await agent.identities().keys.isEmpty)
                #expect(asked == 2)
                // Remembered: asked for once.
                _ = try await agent.identities()
                #expect(asked == 2)
                // Closed while nothing was under way, as after a restart.
                fake.hangUp()
                #expect(try await agent.identities(again: true).keys.isEmpty)
                #expect(asked == 3)
                agent.close()
            }
        }
    }

    @Test func `no more than sixteen requests are out at a time, and their order is kept`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                let type = WireFormat.string("ssh-ed25519")
                var held: [[UInt8]] = []
                var most = 0
                var fake: FakeAgent!
                fake = try FakeAgent("\(directory)/agent", on: loop) { _, message in
                    // Each signature is the last byte of what was signed.
                    var reader = WireReader(Array(message.dropFirst()))
                    _ = reader.string()
                    let byte = reader.string()?.last ?? 0
                    held.append(WireFormat.string([14] + WireFormat.string(type + WireFormat.string([byte]))))
                    // All are held until whatever came with them has been counted as well.
                    if held.count == 1 {
                        loop.after(.zero) {
                            most = max(most, held.count)
                            fake.send(held.flatMap { $0 })
                            held = []
                        }
                    }
                    return .silence
                }
                defer { fake.end() }
                let agent = Agent("\(directory)/agent", on: loop)
                let key = AgentKey(type, .ed25519, name: "k", agent)
                var answers: [UInt8] = []
                await withCheckedContinuation { continuation in
                    for index in 0..<100 {
                        key.sign([UInt8(index)], method: "ssh-ed25519", on: loop) { result in
                            answers += (try? result.get()) ?? []
                            if answers.count == 100 { continuation.resume() }
                        }
                    }
                }
                #expect(answers == Array(0..<100))
                #expect(most == 16)
                agent.close()
            }
        }
    }

    @Test func `a signature by another method is refused`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                let answer = WireFormat.string(
                    [14] + WireFormat.string(WireFormat.string("ssh-rsa") + WireFormat.string([1]))
                )
                var isNo = false
                let fake = try FakeAgent("\(directory)/agent", on: loop) { _, _ in
                    .bytes(isNo ? [0, 0, 0, 1, 5] : answer)
                }
                defer { fake.end() }
                let agent = Agent("\(directory)/agent", on: loop)
                let key = AgentKey(WireFormat.string("ssh-rsa"), .rsa, name: "k (agent)", agent)
                await #expect(
                    throws: SignFailure(
                        "the agent at \(directory)/agent signs RSA keys with SHA-1 only, which servers refuse"
                    )
                ) {
                    _ = try await key.signature([1], "rsa-sha2-512")
                }
                isNo = true
                let refusal = await #expect(throws: SignFailure.self) {
                    _ = try await key.signature([1], "rsa-sha2-512")
                }
                #expect(refusal?.description.contains("refused to sign with k (agent)") == true)
                agent.close()
            }
        }
    }

    // MARK: Helpers

    private func error(_ agent: Agent) async -> AgentError? {
        do throws(AgentError) {
            _ = try await agent.identities()
            return nil
        } catch {
            return error
        }
    }

    private func failure(
        patience: Duration = .seconds(30),
        _ answer: @escaping @Sendable (Int, [UInt8]) -> FakeAgent.Reaction
    ) async throws -> AgentError? {
        try await withDirectory { directory in
            try await withLoop { loop in
                let fake = try FakeAgent("\(directory)/agent", on: loop, answer: answer)
                defer { fake.end() }
                let agent = Agent("\(directory)/agent", on: loop, patience: patience)
                defer { agent.close() }
                return await error(agent)
            }
        }
    }

    /// By libcrypto alone; an SSH signature's numbers are written as DER writes them.
    private static func isValid(_ signature: [UInt8], of data: [UInt8], _ file: PrivateKey, _ bits: Int) throws -> Bool
    {
        var reader = WireReader(signature)
        let numbers = [reader.string() ?? [], reader.string() ?? []]
        let body = numbers.flatMap { (bytes: [UInt8]) -> [UInt8] in [2, UInt8(bytes.count)] + bytes }
        let der: [UInt8] = [48] + (body.count > 127 ? [0x81] : []) + [UInt8(body.count)] + body
        let secret = try #require(OpenSSHKeyFile.body(of: try Files.read(file.name)))
        let key = try OpenSSHKeyFile.key(from: secret, file.name)
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
        }
        let digest = EVP_get_digestbyname(bits == 256 ? "SHA256" : bits == 384 ? "SHA384" : "SHA512")
        return EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1
            && EVP_DigestVerify(context, der, der.count, data, data.count) == 1
    }
}

extension Signer {
    func signature(_ data: [UInt8], _ method: String, on loop: Loop) async throws -> [UInt8] {
        try await withCheckedContinuation { continuation in
            sign(data, method: method, on: loop) { continuation.resume(returning: $0) }
        }.get()
    }
}

extension AgentKey {
    func signature(_ data: [UInt8], _ method: String) async throws -> [UInt8] {
        try await signature(data, method, on: agent.loop)
    }
}
