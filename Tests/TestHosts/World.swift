import CSystem
package import Reactor
import TestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What went wrong with the hosts themselves, and not with what is tested on them.
package struct HostFailure: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// The namespaces that a fleet lives in, and the keeper that ends them. Confined to its loop's thread, whose network is
/// the fleet's from `start` to `stop`: sockets and children of this loop reach the hosts, and nothing else does.
package final class World {
    /// Where everything of the fleet lies that is not inside of it; the keeper removes it.
    package let folder: String
    /// The first process of the namespaces, by this machine's numbers.
    package private(set) var process: Int32 = 0
    /// The process that ends the fleet when this one is gone.
    package private(set) var keeper: Int32 = 0
    private let loop: Loop
    #if os(Linux)
    private var watch: KeeperWatch?
    #endif

    private init(_ folder: String, on loop: Loop) {
        self.folder = folder
        self.loop = loop
    }

    /// Three steps up from this file.
    static let sources = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    static var scripts: String { "\(sources)/Tests/TestHosts/shell" }

    /// Where the base and the folders of fleets are: scripts/test-hosts has the same.
    static var home: String {
        getenv("BATON_TEST_HOSTS").map { String(cString: $0) } ?? "\(sources)/.build/test-hosts"
    }

    #if os(Linux)
    /// Makes the namespaces above `base` and enters their network.
    static func start(_ base: String, number: Int, on loop: Loop) async throws -> World {
        loop.preconditionOnLoop()
        // The name says whose it is, for `scripts/test-hosts clean`.
        let started = try ProcessStart.of(getpid())
        let world = World("\(home)/runs/\(getpid())-\(started)-\(number)", on: loop)
        try Files.makeDirectory("\(home)/runs")
        try Files.makeDirectory(world.folder, mode: 0o700)
        let watch = try KeeperWatch(
            // The keeper gets TERM when this thread ends, however it does.
            ["setpriv", "--pdeathsig", "TERM", "sh", "\(scripts)/keeper.sh", world.folder, base],
            log: "\(world.folder)/keeper.log",
            on: loop
        )
        world.watch = watch
        world.keeper = watch.process
        do {
            world.process = try await world.whenReady(watch)
            try world.enterNetwork(of: "/proc/\(world.process)/ns/net")
        } catch {
            try? await world.stop()
            throw error
        }
        return world
    }

    private func whenReady(_ watch: KeeperWatch) async throws -> Int32 {
        let end = loop.now + .seconds(90)
        while loop.now < end, watch.status == nil {
            if let bytes = try? Files.read("\(folder)/world") {
                let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
                if let process = words.first.flatMap({ Int32($0) }) { return process }
            }
            await loop.sleep(.milliseconds(10))
        }
        throw HostFailure("the namespaces of a fleet did not come up: \(watch.log)")
    }

    private func enterNetwork(of path: String) throws {
        let descriptor = try SystemError.check(baton_open(path, O_RDONLY, 0), "open \(path)")
        defer { close(descriptor) }
        try SystemError.check(baton_enter_network(descriptor), "enter the network of \(path)")
    }

    /// Ends the fleet, and returns when nothing is left of it.
    func stop() async throws {
        // The main thread's network is this machine's.
        try enterNetwork(of: "/proc/self/ns/net")
        guard let watch else { return }
        self.watch = nil
        _ = baton_signal(watch.process, SIGTERM)
        let status = await watch.whenEnded(within: .seconds(60))
        guard status == .exited(0), !Files.exists(folder) else {
            throw HostFailure("a fleet could not be taken away whole (\(status)): \(watch.log)")
        }
    }
    #else
    static func start(_ base: String, number: Int, on loop: Loop) async throws -> World {
        throw HostFailure(HostRequirements.missing ?? "")
    }
    func stop() async throws {}
    #endif

    /// Runs host.sh inside.
    package func call(
        _ arguments: [String],
        input: [UInt8] = [],
        deadline: Duration = .seconds(60)
    ) async throws -> ChildResult {
        let entered = ["nsenter", "--target", "\(process)", "--mount", "--net", "--pid", "--"]
        var request = ChildRequest(
            entered + ["sh", "\(Self.scripts)/host.sh"] + arguments,
            environment: Surroundings.environment
        )
        request.input = input
        request.deadline = deadline
        request.outputLimit = 64 << 20
        return try await loop.run(request)
    }

    /// Runs a program that sees the fleet's mounts, but processes by this machine's numbers.
    func outside(_ arguments: [String]) async throws -> ChildResult {
        try await loop.run(
            ChildRequest(
                ["nsenter", "--target", "\(process)", "--mount", "--"] + arguments,
                environment: Surroundings.environment
            )
        )
    }
}
