import CSystem
package import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A throwaway fleet on this machine: one unprivileged sshd per host on a loopback port, each with its own directory.
package struct Lab: Sendable {
    package let layout: LabLayout
    package let loop: Loop
    package let user: String
    package let environment: [String: String]

    package struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        package let message: String
        package let hint: String?
        package init(_ message: String, hint: String? = nil) {
            self.message = message
            self.hint = hint
        }
        package var description: String { hint.map { "\(message); \($0)" } ?? message }
    }

    package struct HostState: Equatable, Sendable {
        package let name: String
        package let port: UInt16
        package let pid: Int32?
        package var isUp: Bool { pid != nil }
    }

    package static let sizeLimit = 250

    package init(directory: String, user: String, environment: [String: String], on loop: Loop) {
        layout = LabLayout(directory: directory)
        self.loop = loop
        self.user = user
        self.environment = environment
    }

    // MARK: Up

    /// Starts hosts lab1 to labN. What a crashed run left in the same place is cleared away first.
    package func up(_ count: Int, extra: String = "") async throws(Failure) -> [HostState] {
        try prepareDirectory()
        if await status().contains(where: \.isUp) {
            throw Failure("a lab is up in \(layout.directory)", hint: "`baton lab down` ends it")
        }
        if Files.exists(layout.stamp) { _ = try await down() }
        let lock = try begin()
        defer { Files.unlock(lock) }
        guard let sshd = Loop.executable("sshd", path: searchPath) else {
            throw Failure("there is no sshd on this machine", hint: "on Debian: apt-get install openssh-server")
        }
        do {
            try Files.makeDirectory(layout.hosts, mode: 0o700)
            // Portable OpenSSH separates privileges through a directory that Debian makes only at boot.
            if geteuid() == 0 { try Files.makeDirectory("/run/sshd") }
            try await makeKey(layout.userKey, comment: "baton-lab")
            try Files.write(try Files.read(layout.userKey + ".pub"), to: layout.authorizedKeys, mode: 0o600)
        } catch let error as SystemError {
            throw Failure("\(error)")
        } catch {
            throw error as? Failure ?? Failure("\(error)")
        }
        var states: [HostState] = []
        var listed: [(name: String, port: UInt16, hostKey: String)] = []
        for index in 1...count {
            let host = layout.host("lab\(index)")
            let (state, key) = try await start(host, sshd, extra)
            states.append(state)
            listed.append((state.name, state.port, key))
        }
        let text = layout.inventoryText(user: user, hosts: listed)
        do throws(SystemError) {
            try Files.write(Array(text.utf8), to: layout.inventory)
        } catch {
            throw Failure("\(error)")
        }
        return states
    }

    /// The stamp is also the lock: two that start a lab in one place must not tear down each other's.
    private func begin() throws(Failure) -> Int32 {
        do throws(SystemError) {
            try Files.makeDirectory(layout.directory, mode: 0o700)
            return try Files.lock(layout.stamp)
        } catch {
            if error.code == EWOULDBLOCK { throw Failure("another `baton lab up` is at work in \(layout.directory)") }
            throw Failure("\(error)")
        }
    }

    private func prepareDirectory() throws(Failure) {
        let directory = layout.directory
        guard LabLayout.isUsable(directory) else {
            throw Failure(
                "a lab cannot live in \(directory)",
                hint: "sshd is confused by quotes, %, \\, $ and what is not ASCII; name another place with --directory"
            )
        }
        if Files.exists(directory), !Files.exists(layout.stamp), !Files.list(directory).isEmpty {
            throw Failure("\(directory) is there already and is no lab", hint: "name another one with --directory")
        }
    }

    private func start(_ host: LabHost, _ sshd: String, _ extra: String) async throws(Failure) -> (HostState, String) {
        var lastLog = ""
        // The port may be taken between the moment it is found and the moment sshd binds it.
        for _ in 0..<5 {
            let port = try freePort()
            do {
                try Files.makeDirectory(host.directory, mode: 0o700)
                try Files.makeDirectory(host.home)
                if !Files.exists(host.hostKey) { try await makeKey(host.hostKey, comment: host.name) }
                try Files.write(Array(host.enterText.utf8), to: host.enter, mode: 0o755)
                let text = host.configurationText(port: port, authorizedKeys: layout.authorizedKeys, extra: extra)
                try Files.write(Array(text.utf8), to: host.configuration, mode: 0o600)
                let result = try await loop.run(
                    ChildRequest([sshd, "-f", host.configuration, "-E", host.log], environment: environment)
                )
                lastLog = result.errors
                if let pid = await waitForPid(host) {
                    let words = String(decoding: try Files.read(host.hostKey + ".pub"), as: UTF8.self).split(
                        separator: " "
                    )
                    let key = words.prefix(2).joined(separator: " ")
                    return (HostState(name: host.name, port: port, pid: pid), key)
                }
            } catch let error as SystemError {
                throw Failure("\(error)")
            } catch {
                throw error as? Failure ?? Failure("\(error)")
            }
            lastLog += (try? Files.read(host.log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        let reason = lastLog.split(separator: "\n").last.map(String.init) ?? "no reason given"
        throw Failure("sshd for \(host.name) does not start: \(reason)", hint: "its log is \(host.log)")
    }

    /// sshd writes its pid once it listens.
    private func waitForPid(_ host: LabHost) async -> Int32? {
        for _ in 0..<300 {
            if let pid = readPid(host) { return pid }
            if let log = try? Files.read(host.log), String(decoding: log, as: UTF8.self).contains("Cannot bind") {
                return nil
            }
            await loop.sleep(.milliseconds(10))
        }
        return nil
    }

    private func readPid(_ host: LabHost) -> Int32? {
        guard let bytes = try? Files.read(host.pidFile, limit: 64) else { return nil }
        return Int32(String(decoding: bytes.filter { $0 > 32 }, as: UTF8.self))
    }

    private func makeKey(_ path: String, comment: String) async throws(Failure) {
        let request = ChildRequest(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path],
            environment: environment
        )
        do throws(SystemError) {
            let result = try await loop.run(request)
            if !result.succeeded { throw SystemError(code: EIO, doing: "make the key \(path): \(result.errors)") }
        } catch {
            let isMissing = error.code == ENOENT
            throw Failure("\(error)", hint: isMissing ? "ssh-keygen comes with OpenSSH's client" : nil)
        }
    }

    private func freePort() throws(Failure) -> UInt16 {
        let port = baton_free_loopback_port()
        guard port > 0 else { throw Failure("no free port on 127.0.0.1: \(SystemError.text(of: -port))") }
        return UInt16(port)
    }

    private var searchPath: String { (environment["PATH"] ?? "") + ":/usr/sbin:/usr/local/sbin:/sbin" }

    // MARK: Status and down

    /// The hosts that this directory has, whether they run or not.
    package func status() async -> [HostState] {
        let live = await ProcessTable.read(on: loop).belonging(to: layout.directory)
        return names().map { name in
            let host = layout.host(name)
            let listener = live.first {
                $0.command.contains(" -f \(host.configuration) ") && $0.command.contains("[listener]")
            }
            return HostState(name: name, port: port(of: host), pid: listener?.pid)
        }
    }

    private func names() -> [String] {
        Files.list(layout.hosts).sorted { one, other in
            (one.count, one) < (other.count, other)
        }
    }

    private func port(of host: LabHost) -> UInt16 {
        let text = (try? Files.read(host.configuration)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("Port ") }
        return line.flatMap { UInt16($0.dropFirst(5)) } ?? 0
    }

    /// Ends every process of the lab and removes its directory; works on what a crash left. Returns how many hosts there
    /// were.
    @discardableResult
    package func down() async throws(Failure) -> Int {
        guard Files.exists(layout.directory) else { return 0 }
        guard Files.exists(layout.stamp) else {
            throw Failure("\(layout.directory) is no lab", hint: "only what `baton lab up` made is removed")
        }
        let count = names().count
        // TERM first; what is still there after two seconds gets KILL. Sessions may start while we look: three rounds.
        for signal in [SIGTERM, SIGKILL, SIGKILL] {
            for _ in 0..<20 {
                let left = await ProcessTable.read(on: loop).belonging(to: layout.directory)
                if left.isEmpty { break }
                for process in left { ProcessTable.signal(process, signal) }
                await loop.sleep(.milliseconds(100))
            }
        }
        let left = await ProcessTable.read(on: loop).belonging(to: layout.directory)
        if let stubborn = left.first {
            throw Failure("process \(stubborn.pid) of the lab does not end: \(stubborn.command)")
        }
        do throws(SystemError) {
            // The stamp goes last: a removal that fails half way can be tried again.
            for name in Files.list(layout.directory) where "\(layout.directory)/\(name)" != layout.stamp {
                try Files.removeTree("\(layout.directory)/\(name)")
            }
            try Files.removeTree(layout.directory)
        } catch {
            throw Failure("\(error)")
        }
        return count
    }
}
