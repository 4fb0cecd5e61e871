import CCrypto
package import Reactor
package import Shell

/// A host over libssh2: the outside of one connection, pinned to a loop. Each operation suspends once.
package actor SSHRemote: Remote {
    package nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let target: Target
    private let library: Library
    private(set) var line: Line?

    /// What became known while connecting.
    package struct Opened: Sendable {
        package let hostKey: HostKey?
        /// The host key was not known and was accepted as the target allows.
        package let isNewHostKey: Bool
        package let key: PrivateKey?
    }

    package init(_ target: Target, _ library: Library, on loop: Loop) {
        self.target = target
        self.library = library
        self.loop = loop
    }

    /// Connects, checks the host key and logs in. The shell starts with the first program, which saves its round trip.
    package func open() async throws(SSHError) -> Opened {
        precondition(line == nil, "opened twice")
        let addresses: [SocketAddress]
        do throws(ResolveError) {
            addresses = try await loop.resolve(
                target.address,
                port: target.port,
                within: target.timeouts.connect
            )
        } catch {
            throw SSHError(
                .nameUnknown,
                "the name \(error.name) has no address: \(error.reason)",
                hint: "is it spelled right? ansible_host can name the address"
            )
        }
        let line = Line(target, addresses, library, on: loop)
        self.line = line
        let failure = await withCheckedContinuation { continuation in
            line.open { continuation.resume(returning: $0) }
        }
        if let failure {
            self.line = nil
            throw failure
        }
        let isNew = line.hostKey.map { !target.known.contains($0) } ?? false
        return Opened(hostKey: line.hostKey, isNewHostKey: isNew, key: line.usedKey)
    }

    package func run(
        _ program: ReadingProgram,
        _ limits: Limits,
        _ observer: OutputObserver?
    ) async throws(RemoteError) -> Reply {
        try await perform(program.label) { line, done in line.run(program, limits, observer, done) }
    }

    package func run(
        _ program: ChangingProgram,
        under authority: Authority,
        _ limits: Limits,
        _ observer: OutputObserver?
    ) async throws(RemoteError) -> Reply {
        try await perform(program.label) { line, done in line.run(program, limits, observer, done) }
    }

    package func runBeside(_ program: ReadingProgram, _ limits: Limits) async throws(RemoteError) -> Reply {
        try await perform(program.label) { line, done in line.runBeside(program, limits, done) }
    }

    package func put(
        _ content: [UInt8],
        _ upload: Upload,
        under authority: Authority,
        _ limits: Limits
    ) async throws(RemoteError) -> Reply {
        let program = upload.program(key: .random())
        return try await perform(program.label) { line, done in line.feed(program, content, limits, done) }
    }

    private func perform(
        _ label: String,
        _ start: (Line, @escaping (ShellChannel.Outcome) -> Void) -> Void
    ) async throws(RemoteError) -> Reply {
        guard let line else {
            throw RemoteError(.linkLost, label, "there is no connection to \(target.name)")
        }
        let outcome = await withCheckedContinuation { continuation in
            start(line) { continuation.resume(returning: $0) }
        }
        return try outcome.get()
    }

    package func cancel() { line?.cancel() }

    package func close() {
        line?.close()
        line = nil
    }
}

/// Checksums as hosts compute them.
package enum Checksum {
    package static func sha256(_ bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = baton_sha256(bytes, bytes.count, &digest)
        return digest.map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()
    }
}
