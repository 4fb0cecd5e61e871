/// Whatever runs programs on one host: libssh2, a spawned `ssh`, a local `sh`. The words of every room above.
///
/// A host has a long-lived shell per account, started with the first program that needs it. Programs for one account run
/// one after another, those for different accounts beside each other.
package protocol Remote: Actor {
    /// Runs a program that looks, in the account's shell, after those that were sent there before it.
    func run(
        _ program: ReadingProgram,
        as account: Account,
        _ limits: Limits,
        _ observer: OutputObserver?
    ) async throws(RemoteError) -> Reply

    /// Runs a program that changes.
    func run(
        _ program: ChangingProgram,
        as account: Account,
        under authority: Authority,
        _ limits: Limits,
        _ observer: OutputObserver?
    ) async throws(RemoteError) -> Reply

    /// Runs a program beside the one in the account's shell, through a second shell: what must get through while
    /// another program runs.
    func runBeside(_ program: ReadingProgram, as account: Account, _ limits: Limits) async throws(RemoteError) -> Reply

    /// The same with a program that changes.
    func runBeside(
        _ program: ChangingProgram,
        as account: Account,
        under authority: Authority,
        _ limits: Limits
    ) async throws(RemoteError) -> Reply

    /// Streams `content` into a file through a channel of its own; the host checks the sum before the name appears.
    func put(
        _ content: UploadContent,
        _ upload: Upload,
        as account: Account,
        under authority: Authority,
        _ limits: Limits
    ) async throws(RemoteError) -> Reply

    /// Ends the programs that are running, of every account; their replies then come as they ended.
    func cancel() async

    /// Lets go of the connection; programs that still run are reported as lost.
    func close() async
}

/// Who a program is on a host.
package enum Account: Hashable, Sendable {
    /// As the command line and the inventory say.
    case standard
    /// Whoever logged in.
    case login
    /// Through sudo.
    case become(String)
}

extension Remote {
    package func run(
        _ program: ReadingProgram,
        _ limits: Limits,
        _ observer: OutputObserver?
    ) async throws(RemoteError) -> Reply {
        try await run(program, as: .standard, limits, observer)
    }

    package func run(
        _ program: ChangingProgram,
        under authority: Authority,
        _ limits: Limits,
        _ observer: OutputObserver?
    ) async throws(RemoteError) -> Reply {
        try await run(program, as: .standard, under: authority, limits, observer)
    }

    package func runBeside(_ program: ReadingProgram, _ limits: Limits) async throws(RemoteError) -> Reply {
        try await runBeside(program, as: .standard, limits)
    }

    package func put(
        _ content: [UInt8],
        _ upload: Upload,
        under authority: Authority,
        _ limits: Limits
    ) async throws(RemoteError) -> Reply {
        try await put(.bytes(content), upload, as: .standard, under: authority, limits)
    }

    package func put(
        _ content: [UInt8],
        _ upload: Upload,
        as account: Account,
        under authority: Authority,
        _ limits: Limits
    ) async throws(RemoteError) -> Reply {
        try await put(.bytes(content), upload, as: account, under: authority, limits)
    }
}

/// Called on the remote's loop with output as it comes.
package typealias OutputObserver = @Sendable (StandardStream, UnsafeRawBufferPointer) -> Void

/// The bounds of one program.
package struct Limits: Sendable {
    /// After this the program is ended on the host. Nil only for programs that end by themselves and are bounded there.
    package var timeout: Duration?
    /// What is kept of each stream.
    package var output: Int

    package init(timeout: Duration? = .seconds(60), output: Int = 1 << 20) {
        self.timeout = timeout
        self.output = output
    }
}

/// How a program ended and what it printed. A non-zero status is data.
package struct Reply: Sendable {
    package let status: Int32
    package let stdout: Capture
    package let stderr: Capture
    package let duration: Duration

    package init(status: Int32, stdout: Capture, stderr: Capture, duration: Duration) {
        self.status = status
        self.stdout = stdout
        self.stderr = stderr
        self.duration = duration
    }
}

/// A program whose end was not seen, or that could not be sent. Never success; what had arrived is kept.
package struct RemoteError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// The connection broke or went silent.
        case linkLost
        /// The host's shell ended before it reported a status.
        case shellLost
        /// The program ran longer than it may. `ended` says whether the host confirmed that it was ended.
        case timedOut(ended: Bool)
        /// The operator stopped waiting. `ended` as above.
        case cancelled(ended: Bool)
        /// sudo said no.
        case becomeRefused
        /// What answers does not keep to the framing.
        case protocolBroken
        /// The program has a NUL byte or is too large to send.
        case unsendable
    }

    package let kind: Kind
    package let label: String
    package let detail: String
    package let stdout: Capture
    package let stderr: Capture
    /// How long it had run.
    package let duration: Duration

    package init(
        _ kind: Kind,
        _ label: String,
        _ detail: String,
        stdout: Capture,
        stderr: Capture,
        after duration: Duration = .zero
    ) {
        self.duration = duration
        self.kind = kind
        self.label = label
        self.detail = detail
        self.stdout = stdout
        self.stderr = stderr
    }

    package init(_ kind: Kind, _ label: String, _ detail: String) {
        self.init(kind, label, detail, stdout: Capture(limit: 0), stderr: Capture(limit: 0))
    }

    package var description: String { "\(label): \(detail)" }
}
