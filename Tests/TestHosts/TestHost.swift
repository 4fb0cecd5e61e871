package import Reactor

/// One host, and hands on it that do not go through ssh: whatever is broken on it, they work. Use on the fleet's loop.
package struct TestHost: Sendable {
    package let name: String
    package let address: String
    package var port: UInt16 { 22 }
    /// `type base64` of its ed25519 key.
    package let hostKey: String
    /// A private key that logs in as root, deploy, asked and barred.
    package let userKey: String
    let world: Home

    /// The world for those that are on its loop anyway.
    struct Home: @unchecked Sendable {
        // Unchecked: `World` is confined to the loop, and every use goes through `confined`, which checks.
        private let world: World
        private let loop: Loop
        init(_ world: World, on loop: Loop) {
            self.world = world
            self.loop = loop
        }
        var confined: World {
            loop.preconditionOnLoop()
            return world
        }
        var now: Instant { loop.now }
        func pause() async { await loop.sleep(.milliseconds(50)) }
    }

    // MARK: Hands on it

    /// Runs a shell line on the host as root, with `$1` and so on. What it starts counts to no limit of the host.
    @discardableResult
    package func run(
        _ line: String,
        _ parameters: String...,
        input: [UInt8] = [],
        deadline: Duration = .seconds(120)
    ) async throws -> ChildResult {
        try await world.confined.call(
            ["run", name, "sh", "-c", line, "sh"] + parameters,
            input: input,
            deadline: deadline
        )
    }

    /// What a shell line prints, without the last line's end. Where it fails, so does the test.
    @discardableResult
    package func output(_ line: String, _ parameters: String...) async throws -> String {
        let result = try await world.confined.call(["run", name, "sh", "-c", line, "sh"] + parameters)
        guard result.succeeded else {
            throw HostFailure("on \(name): `\(line)` ended with \(result.status): \(result.errors)\(result.output)")
        }
        return result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output
    }

    /// Replaces a file at once, with this owner and mode.
    package func write(_ path: String, _ text: String, owner: String = "root", mode: String = "644") async throws {
        let result = try await run(
            #"set -e; new=$(mktemp "$1.XXXXXX"); cat >"$new"; chown "$2" "$new"; chmod "$3" "$new"; mv "$new" "$1""#,
            path,
            owner,
            mode,
            input: Array(text.utf8)
        )
        guard result.succeeded else { throw HostFailure("on \(name): cannot write \(path): \(result.errors)") }
    }

    package func read(_ path: String) async throws -> [UInt8] {
        let result = try await run(#"cat -- "$1""#, path)
        guard result.succeeded else { throw HostFailure("on \(name): cannot read \(path): \(result.errors)") }
        return result.stdout
    }

    /// Waits until a shell line succeeds on the host.
    package func waitFor(_ line: String, _ parameters: String..., within limit: Duration = .seconds(60)) async throws {
        let end = world.now + limit
        var last: ChildResult?
        while world.now < end {
            let result = try await world.confined.call(["run", name, "sh", "-c", line, "sh"] + parameters)
            if result.succeeded { return }
            last = result
            await world.pause()
        }
        throw HostFailure(
            "on \(name): `\(line)` did not come true in \(limit); last \(String(describing: last?.status)), "
                + "\(last?.errors ?? "")\(last?.output ?? "")"
        )
    }

    /// The host's process 1 by this machine's numbers, and when it began.
    package func leader() async throws -> (pid: Int32, start: String) {
        // Asked from outside of the fleet's process namespace, the kernel answers in this machine's numbers.
        let world = world.confined
        let found = try await world.machineView(of: name)
        return (found, try ProcessStart.of(found))
    }

    // MARK: Up and down

    /// Differs after each boot.
    package func bootID() async throws -> String { try await output("cat /proc/sys/kernel/random/boot_id") }

    /// Waits until systemd is done and every unit is well.
    package func whenRunning(within limit: Duration = .seconds(120)) async throws {
        let end = world.now + limit
        var last = "no answer"
        while world.now < end {
            let result = try await run("systemctl is-system-running --wait || systemctl --failed --plain --no-legend")
            if result.output == "running\n" { return }
            last = result.output + result.errors
            if last.hasPrefix("degraded") { break }
            await world.pause()
        }
        throw HostFailure("\(name) is not well: \(last)\nits console: \(world.confined.console(of: name))")
    }

    /// Reboots in order and waits until the host is well again.
    package func reboot() async throws {
        let before = try await bootID()
        try await run("systemctl reboot")
        let end = world.now + .seconds(120)
        while world.now < end {
            let now = try await run("cat /proc/sys/kernel/random/boot_id")
            if now.succeeded, now.output.dropLast() != before { return try await whenRunning() }
            await world.pause()
        }
        throw HostFailure("\(name) did not reboot; its console: \(world.confined.console(of: name))")
    }

    /// As when somebody pulls the plug: every process is gone at once. What had been written stays.
    package func crash() async throws {
        let result = try await world.confined.call(["crash", name])
        guard result.succeeded else { throw HostFailure("\(name) could not be stopped: \(result.errors)") }
        let end = world.now + .seconds(60)
        while world.now < end {
            if try await !world.confined.call(["leader", name]).succeeded,
                world.confined.console(of: name).contains("nspawn ended with")
            {
                return
            }
            await world.pause()
        }
        throw HostFailure("\(name) did not stop")
    }

    /// Boots a host that is down.
    package func start() async throws {
        let result = try await world.confined.call(["start", name])
        guard result.succeeded else { throw HostFailure("\(name) could not be started: \(result.errors)") }
        try await whenRunning()
    }
}

extension World {
    fileprivate func machineView(of host: String) async throws -> Int32 {
        let group = "/sys/fs/cgroup/baton-hosts-\(folder.split(separator: "/").last ?? "")/\(host)"
        let result = try await outside(["cat", "\(group)/payload/init.scope/cgroup.procs"])
        guard let pid = Int32(result.output.split(separator: "\n").first ?? "") else {
            throw HostFailure("\(host) is not running: \(result.errors)")
        }
        return pid
    }

    fileprivate func console(of host: String) -> String {
        let bytes = (try? Files.read("\(folder)/\(host).log")) ?? []
        return String(decoding: bytes.suffix(4000), as: UTF8.self)
    }
}
