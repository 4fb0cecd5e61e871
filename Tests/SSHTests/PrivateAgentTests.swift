import CSystem
import Reactor
import TestSupport
import Testing
import Text

@testable import SSH

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Key files with a passphrase: what can be told of them, and how they are unlocked.
@Suite struct PrivateAgentTests {
    private static let passphrase = "  two words, 'quotes' \"$HOME\" `id` \\n * é  "

    private static let kinds: [(name: String, make: [String], lock: [String])] = [
        ("OpenSSH", ["-t", "ed25519"], []),
        ("OpenSSH, GCM", ["-t", "ed25519"], ["-Z", "aes256-gcm@openssh.com"]),
        ("OpenSSH, ChaCha", ["-t", "ed25519"], ["-Z", "chacha20-poly1305@openssh.com"]),
        ("OpenSSH, RSA", ["-t", "rsa", "-b", "2048"], []),
        ("PEM", ["-t", "rsa", "-b", "2048"], ["-m", "PEM"]),
        ("PKCS8", ["-t", "rsa", "-b", "2048"], ["-m", "PKCS8"]),
        ("PEM, ECDSA", ["-t", "ecdsa"], ["-m", "PEM"]),
    ]

    /// A key as it is and the same one with a passphrase, without a `.pub` beside it.
    private func key(_ index: Int, in directory: String, _ loop: Loop) async throws -> (PrivateKey, locked: String) {
        let (plain, locked) = ("\(directory)/plain\(index)", "\(directory)/locked\(index)")
        let kind = Self.kinds[index]
        try await run(loop, ["ssh-keygen", "-q", "-N", "", "-C", "a comment", "-f", plain] + kind.make)
        try Files.write(try Files.read(plain), to: locked, mode: 0o600)
        try await run(loop, ["ssh-keygen", "-q", "-p", "-P", "", "-N", Self.passphrase, "-f", locked] + kind.lock)
        return (try PrivateKey(file: try Files.read(plain), name: plain), locked)
    }

    private func run(_ loop: Loop, _ arguments: [String]) async throws {
        let result = try await loop.run(ChildRequest(arguments, environment: Surroundings.environment))
        try #require(result.succeeded, "\(result.errors)")
    }

    private func withAgent(_ body: @escaping @Sendable (PrivateAgent, String, Loop) async throws -> Void) async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                try Files.makeDirectory("\(directory)/run")
                let agent = try await PrivateAgent.start(
                    in: ["/nowhere", "\(directory)/run"],
                    environment: Surroundings.environment,
                    on: loop
                )
                let outcome: Result<Void, any Error>
                do { outcome = .success(try await body(agent, directory, loop)) } catch { outcome = .failure(error) }
                await agent.close()
                #expect(try Files.entries("\(directory)/run").isEmpty)
                try outcome.get()
            }
        }
    }

    @Test func `a key file tells what it is, and its public half where it can`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                for (index, kind) in Self.kinds.enumerated() {
                    let (key, locked) = try await key(index, in: directory, loop)
                    let pub = try Files.read(key.name + ".pub")
                    guard case .plain(let again) = KeyFile.inspect(try Files.read(key.name), name: "k") else {
                        Issue.record("\(kind.name) is not plain")
                        continue
                    }
                    #expect(again.blob == key.blob)
                    for isBeside in [false, true] {
                        let kept = isBeside || kind.name.hasPrefix("OpenSSH")
                        let file = KeyFile.inspect(try Files.read(locked), pub: isBeside ? pub : nil, name: "k")
                        guard case .encrypted(let blob) = file else {
                            Issue.record("\(kind.name) is not encrypted: \(file)")
                            continue
                        }
                        #expect(blob == (kept ? key.blob : nil), "\(kind.name)")
                    }
                    if case .encrypted(let blob) = KeyFile.inspect(try Files.read(locked), pub: [1, 32, 2], name: "k") {
                        #expect(blob == (kind.name.hasPrefix("OpenSSH") ? key.blob : nil))
                    }
                }
                guard case .unusable(let reason) = KeyFile.inspect(Array("hello".utf8), name: "k") else {
                    Issue.record("text is a key")
                    return
                }
                #expect(reason.contains("is not a private key"))
                // A locked key of a type that nothing here can use: not worth asking for its passphrase.
                var body = Array("openssh-key-v1\0".utf8)
                for text in ["aes256-ctr", "bcrypt", ""] { body += WireFormat.string(text) }
                body += WireFormat.number(1) + WireFormat.string(WireFormat.string("sk-ssh-ed25519@openssh.com"))
                let text =
                    "-----BEGIN OPENSSH PRIVATE KEY-----\n\(Base64.encode(body))\n-----END OPENSSH PRIVATE KEY-----\n"
                guard case .unusable(let token) = KeyFile.inspect(Array(text.utf8), name: "k") else {
                    Issue.record("a token's key is usable")
                    return
                }
                #expect(token.contains("hardware token"))
            }
        }
    }

    @Test(arguments: kinds.indices)
    func `a passphrase unlocks every kind of key file, once`(index: Int) async throws {
        try await withAgent { agent, directory, loop in
            let (plain, locked) = try await key(index, in: directory, loop)
            let bytes = try Files.read(locked)
            guard case .encrypted(let blob) = KeyFile.inspect(bytes, name: locked) else {
                Issue.record("not encrypted")
                return
            }
            let passphrase = Array(Self.passphrase.utf8)
            await #expect(throws: PrivateAgent.Failure.wrongPassphrase) {
                _ = try await agent.unlock(locked, passphrase: Array("wrong".utf8), blob: blob)
            }
            let key = try await agent.unlock(locked, passphrase: passphrase, blob: blob)
            #expect(key.blob == plain.blob)
            if plain.algorithm != .ecdsa(bits: 256) {
                let method = plain.algorithm == .rsa ? "rsa-sha2-512" : "ssh-ed25519"
                #expect(try await key.signature([1, 2, 3], method) == plain.signature([1, 2, 3], method, on: loop))
            }
            // The same key in another file, which does not tell its public half either.
            try Files.write(bytes, to: locked + "-again", mode: 0o600)
            let again = try await agent.unlock(locked + "-again", passphrase: passphrase, blob: blob)
            #expect(again.blob == plain.blob)
            #expect(try await agent.unlock(locked, passphrase: [], blob: blob) === key)
        }
    }

    @Test func `several keys side by side are kept apart`() async throws {
        try await withAgent { agent, directory, loop in
            var files: [(PrivateKey, locked: String)] = []
            for index in [4, 5, 6] { files.append(try await key(index, in: directory, loop)) }
            let blobs = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
                for (index, file) in files.enumerated() {
                    let (locked, passphrase) = (file.locked, Array(Self.passphrase.utf8))
                    group.addTask(executorPreference: loop) {
                        let key = try await Pinned(to: loop).run { _ in
                            try await agent.unlock(locked, passphrase: passphrase, blob: nil)
                        }
                        return (index, key.blob)
                    }
                }
                return try await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
            }
            for (index, file) in files.enumerated() { #expect(blobs[index] == file.0.blob) }
        }
    }

    @Test func `what cannot be unlocked is said`() async throws {
        try await withAgent { agent, directory, loop in
            let (_, locked) = try await key(0, in: directory, loop)
            for bad in ["", "a\nb", "a\0b", String(repeating: "x", count: 2000)] {
                await #expect(throws: PrivateAgent.Failure.wrongPassphrase) {
                    _ = try await agent.unlock(locked, passphrase: Array(bad.utf8), blob: nil)
                }
            }
            func reason(_ path: String) async -> String {
                do throws(PrivateAgent.Failure) {
                    _ = try await agent.unlock(path, passphrase: Array("x".utf8), blob: nil)
                    return "none"
                } catch {
                    if case .failed(let reason) = error { return reason }
                    return "\(error)"
                }
            }
            #expect(await reason("\(directory)/none").contains("No such file or directory"))
            try await run(loop, ["chmod", "644", locked])
            let open = await reason(locked)
            #expect(open.contains("UNPROTECTED") && open.hasSuffix("(it did not ask for the passphrase)"), "\(open)")
        }
    }

    @Test func `without OpenSSH's tools, or without a place, that is said`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                await #expect(throws: PrivateAgent.Failure.missingTool("ssh-agent")) {
                    _ = try await PrivateAgent.start(in: ["/tmp"], environment: ["PATH": directory], on: loop)
                }
                let long = directory + "/" + String(repeating: "x", count: 90)
                try Files.makeDirectory(long)
                let failure = await #expect(throws: PrivateAgent.Failure.self) {
                    _ = try await PrivateAgent.start(
                        in: ["relative", "/nowhere", long],
                        environment: Surroundings.environment,
                        on: loop
                    )
                }
                guard case .failed(let reason) = failure else { return }
                #expect(reason.contains("/nowhere") && reason.contains("too long a name"))
                #expect(try Files.entries(long).isEmpty)
            }
        }
    }

    /// The pipe's other end is held by a process that is killed as Baton could be; the agent is not its child.
    @Test func `the agent ends when whoever holds it is killed`() async throws {
        try await withDirectory { directory in
            try await withLoop { loop in
                let run = "\(directory)/run"
                try Files.makeDirectory(run)
                let words = PrivateAgent.command(run).map { "'\($0)'" }.joined(separator: " ")
                // `sleep` is in Baton's place: it alone holds the writing end.
                let text = "sh -c 'echo $$ >&2; exec sleep 600' | \(words)"
                let child = try RunningChild(["sh", "-c", text], environment: Surroundings.environment, on: loop)
                var agent = ""
                var holder = ""
                await withCheckedContinuation { continuation in
                    child.handler = { event in
                        switch event {
                        case .received(.output, let bytes): agent += String(decoding: bytes, as: UTF8.self)
                        case .received(.errors, let bytes): holder += String(decoding: bytes, as: UTF8.self)
                        default: break
                        }
                        guard agent.hasSuffix("\n"), holder.hasSuffix("\n") else { return }
                        child.handler = { _ in }
                        continuation.resume()
                    }
                }
                let client = Agent("\(run)/agent", on: loop)
                #expect(try await client.identities().keys.isEmpty)
                client.close()
                #expect(baton_signal(try #require(Int32(holder.dropLast())), SIGKILL) == 0)
                if child.exit == nil {
                    await withCheckedContinuation { continuation in
                        child.handler = { if case .exited = $0 { continuation.resume() } }
                    }
                }
                // The agent was told to end; `tail` returns when it has.
                let gone = ["tail", "--pid", String(agent.dropLast()), "-s", "0.05", "-f", "/dev/null"]
                #expect(try await loop.run(ChildRequest(gone, environment: Surroundings.environment)).succeeded)
                #expect(!Files.exists(run))
                child.close()
            }
        }
    }

    @Test func `a hundred signatures cost one decryption`() async throws {
        try await withAgent { agent, directory, loop in
            let (plain, locked) = try await key(0, in: directory, loop)
            let start = (cpu: Self.cpu(), time: loop.now)
            let key = try await agent.unlock(locked, passphrase: Array(Self.passphrase.utf8), blob: plain.blob)
            let unlocked = (cpu: Self.cpu(), time: loop.now)
            for index in 0..<100 {
                let data = [UInt8](repeating: UInt8(index), count: 300)
                let signature = try await key.signature(data, "ssh-ed25519")
                #expect(try await plain.signature(data, "ssh-ed25519", on: loop) == signature)
            }
            print(
                "unlocking: \((unlocked.time - start.time).inSeconds) s, of children's CPU "
                    + "\(unlocked.cpu - start.cpu) s; 100 signatures: \((loop.now - unlocked.time).inSeconds) s"
            )
        }
    }

    /// Seconds of CPU that children took which have ended.
    private static func cpu() -> Double {
        var usage = rusage()
        #if canImport(Glibc)
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        #else
        getrusage(RUSAGE_CHILDREN, &usage)
        #endif
        let (user, system) = (usage.ru_utime, usage.ru_stime)
        return Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) / 1e6
    }
}
