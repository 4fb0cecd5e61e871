package import Reactor
package import Shell

/// A host: the outside of one connection, pinned to a loop. Each operation suspends once.
package actor SSHRemote: Remote {
    package nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let target: Target
    private let connector: Connector
    private var abandon: (() -> Void)?
    private var wasOpened = false
    private(set) var line: Line?

    /// What became known while connecting.
    package struct Opened: Sendable {
        package var hostKey: HostKey?
        /// The host key was not known and was accepted as the target allows.
        package var isNewHostKey = false
        /// The key that opened the door, if it was one.
        package var key: (any Signer)?
    }

    package init(_ target: Target, _ connector: Connector) {
        self.target = target
        self.connector = connector
        loop = connector.loop
    }

    /// Connects, checks the host key and logs in. The shell starts with the first program, which saves its round trip.
    package func open() async throws(SSHError) -> Opened {
        let link = try await makeLink(onlyHostKey: false)
        line = Line(target, link, on: loop)
        return link.opened
    }

    /// Another connection to the same host, which nobody has opened yet: nothing of this one is used for it, except for a
    /// session with a jump host.
    package nonisolated func another() -> SSHRemote { SSHRemote(target, connector) }

    /// Connects anew in the place of a connection that is lost. What still runs over the old one is reported as lost.
    package func reopen() async throws(SSHError) {
        close()
        wasOpened = false
        _ = try await open()
    }

    /// Asks the host for its key and hangs up. Nothing is believed and nobody logs in.
    package func readHostKey() async throws(SSHError) -> HostKey? {
        let link = try await makeLink(onlyHostKey: true)
        let key = link.opened.hostKey
        link.close()
        return key
    }

    private func makeLink(onlyHostKey: Bool) async throws(SSHError) -> any Link {
        precondition(!wasOpened, "opened twice")
        wasOpened = true
        let result = await withCheckedContinuation { continuation in
            startLink(onlyHostKey) { continuation.resume(returning: LinkBox($0)) }
        }
        abandon = nil
        return try result.value.get()
    }

    /// Carries what is confined to the loop through a continuation of the loop.
    private struct LinkBox: @unchecked Sendable {
        // Unchecked: made and opened on the loop's thread.
        let value: Result<any Link, SSHError>
        init(_ value: Result<any Link, SSHError>) { self.value = value }
    }

    private func startLink(_ onlyHostKey: Bool, _ done: @escaping (Result<any Link, SSHError>) -> Void) {
        switch target.transport {
        case .libssh2:
            let opening = connector.open(target, onlyHostKey: onlyHostKey) { done($0.map { $0 }) }
            abandon = { opening.cancel() }
        case .openssh(let program, let pins): open(OpenSSHLink(program, pins: pins, target, on: loop), done)
        case .local(let program): open(LocalLink(program, on: loop), done)
        }
    }

    private func open(_ link: any Link, _ done: @escaping (Result<any Link, SSHError>) -> Void) {
        abandon = { link.close() }
        link.open { error in done(error.map { .failure($0) } ?? .success(link)) }
    }

    package func run(
        _ program: ReadingProgram,
        as account: Account,
        _ limits: Limits,
        _ observer: OutputObserver?
    ) async throws(RemoteError) -> Reply {
        try await perform(program.label) { line, done in line.run(program, as: account, limits, observer, done) }
    }

    package func run(
        _ program: ChangingProgram,
        as account: Account,
        under authority: Authority,
        _ limits: Limits,
        _ observer: OutputObserver?
    ) async throws(RemoteError) -> Reply {
        try await perform(program.label) { line, done in line.run(program, as: account, limits, observer, done) }
    }

    package func runBeside(
        _ program: ReadingProgram,
        as account: Account,
        _ limits: Limits
    ) async throws(RemoteError) -> Reply {
        try await perform(program.label) { line, done in line.runBeside(program, as: account, limits, done) }
    }

    package func runBeside(
        _ program: ChangingProgram,
        as account: Account,
        under authority: Authority,
        _ limits: Limits
    ) async throws(RemoteError) -> Reply {
        try await perform(program.label) { line, done in line.runBeside(program, as: account, limits, done) }
    }

    package func put(
        _ content: UploadContent,
        _ upload: Upload,
        as account: Account,
        under authority: Authority,
        _ limits: Limits
    ) async throws(RemoteError) -> Reply {
        let program = upload.program(key: .random())
        return try await perform(program.label) { line, done in line.feed(program, content, as: account, limits, done) }
    }

    /// Sends bytes to a place that the host connects to for us, and gathers what comes back until `isEnough`, the other
    /// side has closed, or `limit` bytes are there. Nothing to send: it is enough that the host has connected.
    package func exchange(
        with place: ExchangePlace,
        sending: [UInt8],
        limit: Int,
        within: Duration,
        until isEnough: @escaping @Sendable ([UInt8]) -> Bool
    ) async -> Exchange {
        guard let line else { return .lost("there is no connection to \(target.name)") }
        let terms = TunnelExchange.Terms(
            place: place,
            sending: sending,
            limit: limit,
            within: within,
            isEnough: isEnough
        )
        return await withCheckedContinuation { continuation in
            line.exchange(terms) { continuation.resume(returning: $0) }
        }
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

    /// Whether programs can still be run, as far as is known here.
    package var isWell: Bool { line?.isWell ?? false }

    package func close() {
        abandon?()
        abandon = nil
        line?.close()
        line = nil
    }
}
