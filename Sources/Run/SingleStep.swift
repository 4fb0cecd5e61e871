package import HostSide
package import SSH
package import Shell

/// One operation on a host, in a program of its own, and how it ended.
package struct SingleStep: Sendable {
    package var end: StepEnd?
    package var stdout: Capture
    package var stderr: Capture

    /// `limits` are of the whole program. The end is nil where the host ended it without saying what became of it.
    package static func run(
        _ operation: Operation,
        _ label: String,
        on remote: SSHRemote,
        as account: Account,
        under authority: Authority,
        _ limits: Limits,
        keep: Int = 64 << 10,
        retries: Int = 0
    ) async throws(RemoteError) -> SingleStep {
        let key = Marker.random()
        let program = OperationsProgram(
            [Step(1, label, operation, retries: retries, delay: .seconds(1))],
            key: key
        ).program
        let hearing = Hearing(key, keep)
        _ = try await remote.run(program, as: account, under: authority, limits) { hearing.heard($0, $1) }
        return hearing.step
    }
}

/// Hears what one step says. Called on the loop that the remote is pinned to, and read when it has ended.
private final class Hearing: @unchecked Sendable {
    // Unchecked: touched on the remote's loop only.
    private var reader: OperationsReader
    private(set) var step: SingleStep

    init(_ key: Marker, _ keep: Int) {
        reader = OperationsReader(key: key, steps: [1], keep: keep)
        step = SingleStep(end: nil, stdout: Capture(limit: keep), stderr: Capture(limit: keep))
    }

    func heard(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer) {
        reader.feed(stream, bytes) { event in
            guard case .ended(_, let end, let stdout, let stderr, _) = event else { return }
            step = SingleStep(end: end, stdout: stdout, stderr: stderr)
        }
    }
}
