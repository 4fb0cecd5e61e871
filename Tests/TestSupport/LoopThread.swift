import CSystem
package import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Every test that starts processes does so from a loop, so this is where the machine is shared out. All at once, on a
/// few cores, hundreds of them would each be so slow that what they test ran into its deadlines: logins, agents, boots.
private enum LoopPlaces {
    static let total = max(8, 4 * sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    static let queue = PlaceQueue(total: total)
    /// What a test starts from its loop is within its own place.
    @TaskLocal static var isInside = false
}

/// Runs `body` on a loop that has a thread of its own: tests never block the pool they run on. It waits for its turn, of
/// which there are four per core; `places` is how many of them it takes, for tests that start many programs or busy ones.
package func withLoop<Result: Sendable>(
    places: Int = 1,
    _ body: @escaping @Sendable (Loop) async throws -> Result
) async throws -> Result {
    if LoopPlaces.isInside { return try await withThread(body) }
    let places = min(places, LoopPlaces.total)
    _ = await LoopPlaces.queue.enter(places)
    let outcome: Swift.Result<Result, any Error>
    do {
        outcome = .success(try await LoopPlaces.$isInside.withValue(true) { try await withThread(body) })
    } catch {
        outcome = .failure(error)
    }
    await LoopPlaces.queue.leave(places)
    return try outcome.get()
}

private func withThread<Result: Sendable>(
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
