package import Reactor
package import TestSupport

/// Real hosts of one test: Debian 12 under systemd, each with its own OpenSSH, in a network of their own.
package struct HostFleet: Sendable {
    /// Its thread is in the fleet's network: what it connects and starts reaches the hosts.
    package let loop: Loop
    package let hosts: [TestHost]
    /// A folder for the test, and the inventory of the fleet; `baton` runs there.
    package let place: Workplace
    /// Logs in as root, deploy, asked and barred.
    package let userKey: String
    /// The fleet's folder and processes, for tests of the harness itself.
    package let folder: String
    package let keeper: Int32
    package let world: Int32

    /// Of all users; only `asked` ever needs it.
    package static let password = "correct horse ' battery"

    package subscript(_ index: Int) -> TestHost { hosts[index] }

    /// Runs baton with the fleet's inventory: `fleet.baton("exec", "-u", "deploy", "--", "id")`.
    package func baton(
        _ command: String,
        _ arguments: String...,
        environment: [String: String] = [:]
    ) async throws -> ChildResult {
        try await place.run([BatonProgram.path, command, "-i", place.inventory] + arguments, environment: environment)
    }

    /// Hosts that may be up at once.
    fileprivate static let places = PlaceQueue(total: 6)

    /// The inventory's text: root logs in unless a variable says otherwise.
    static func inventory(_ hosts: [TestHost], userKey: String) -> String {
        var text = """
            all:
              vars:
                ansible_user: root
                ansible_ssh_private_key_file: "\(userKey)"
              hosts:

            """
        for host in hosts {
            text += "    \(host.name): {ansible_host: \(host.address), host_key: \"\(host.hostKey)\"}\n"
        }
        return text
    }
}

/// Boots so many hosts that nobody has used, runs `body` on a loop inside their network, and takes everything back. The
/// hosts are web1, web2 and so on. Tests that run side by side have six hosts between them and wait for their turn.
@discardableResult
package func withHosts<Result: Sendable>(
    _ count: Int,
    _ body: @escaping @Sendable (HostFleet) async throws -> Result
) async throws -> Result {
    if let missing = HostRequirements.missing { throw HostFailure(missing) }
    let number = await HostFleet.places.enter(count)
    let outcome: Swift.Result<Result, any Error>
    do {
        outcome = .success(
            try await withLoop(places: count) { loop in
                let world = try await World.start(try await HostFleet.base(on: loop), number: number, on: loop)
                return try await world.ending { try await body(try await HostFleet.boot(count, in: world, on: loop)) }
            }
        )
    } catch {
        outcome = .failure(error)
    }
    await HostFleet.places.leave(count)
    return try outcome.get()
}

extension World {
    /// Stops the world behind `body`, whatever comes of it.
    fileprivate func ending<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        try await stop()
        return try outcome.get()
    }
}

extension HostFleet {
    /// The base of the present recipe, made by the first who needs it: the script lets others wait.
    fileprivate static func base(on loop: Loop) async throws -> String {
        var request = ChildRequest(
            ["sh", "\(World.sources)/scripts/test-hosts", "base"],
            environment: try wholeEnvironment()
        )
        request.deadline = .seconds(1800)
        let made = try await loop.run(request)
        guard made.succeeded else { throw HostFailure("no base for test hosts (\(made.status)): \(made.errors)") }
        return String(made.output.dropLast())
    }

    /// Package registries are reached the way this machine is set up to, which may stand in any variable.
    private static func wholeEnvironment() throws -> [String: String] {
        var result: [String: String] = [:]
        for entry in try Files.read("/proc/self/environ").split(separator: 0) {
            let parts = String(decoding: entry, as: UTF8.self).split(separator: "=", maxSplits: 1)
            if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
        }
        return result.merging(Surroundings.environment) { $1 }
    }

    fileprivate static func boot(_ count: Int, in world: World, on loop: Loop) async throws -> HostFleet {
        let directory = "\(world.folder)/test"
        let userKey = "\(world.folder)/user_key"
        try Files.makeDirectory(directory, mode: 0o700)
        var key = ChildRequest(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", userKey],
            environment: Surroundings.environment
        )
        key.deadline = .seconds(60)
        let made = try await loop.run(key)
        guard made.succeeded else { throw HostFailure("no key for the fleet: \(made.errors)") }
        let named = (1...count).map { ("web\($0)", "198.18.0.\(10 + $0)") }
        let up = try await world.call(["up"] + named.map { "\($0)=\($1)" })
        guard up.succeeded else { throw HostFailure("hosts could not be made (\(up.status)): \(up.errors)") }
        var hosts: [TestHost] = []
        for (name, address) in named {
            let words = String(decoding: try Files.read("\(world.folder)/\(name).pub"), as: UTF8.self)
                .split(separator: " ")
            hosts.append(
                TestHost(
                    name: name,
                    address: address,
                    hostKey: words.prefix(2).joined(separator: " "),
                    userKey: userKey,
                    world: TestHost.Home(world, on: loop)
                )
            )
        }
        for host in hosts { try await host.whenRunning() }
        let inventory = "\(directory)/inventory.yml"
        try Files.write(Array(Self.inventory(hosts, userKey: userKey).utf8), to: inventory)
        return HostFleet(
            loop: loop,
            hosts: hosts,
            place: Workplace(loop: loop, directory: directory, inventory: inventory),
            userKey: userKey,
            folder: world.folder,
            keeper: world.keeper,
            world: world.process
        )
    }
}

extension HostFleet {
    /// Clears away what killed runs have left: `make clean-hosts`.
    package static func clean() async throws -> ChildResult {
        try await runChild(["sh", "\(World.sources)/scripts/test-hosts", "clean"])
    }
}
