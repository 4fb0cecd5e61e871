import CSystem
package import Reactor

/// Runs `body` on a loop that has a thread of its own: tests never block the pool they run on.
package func withLoop<Result: Sendable>(
    _ body: @escaping @Sendable (Loop) async throws -> Result
) async throws -> Result {
    // As the program does first: a child that closes its input must not end the tests.
    baton_prepare_signals()
    let loop = try Loop()
    let context = Unmanaged.passRetained(loop).toOpaque()
    try SystemError.check(
        baton_thread_start({ Unmanaged<Loop>.fromOpaque($0!).takeRetainedValue().run() }, context),
        "start a thread"
    )
    defer { loop.stop() }
    return try await Pinned(to: loop).run(body)
}

extension Loop {
    /// The addresses of a name, as a task waits for them.
    package func resolve(
        _ name: String,
        port: UInt16,
        _ family: AddressFamily = .any
    ) async throws -> [SocketAddress] {
        let answer = await withCheckedContinuation { continuation in
            resolve(name, port: port, family) { continuation.resume(returning: $0) }
        }
        return try answer.get()
    }
}
