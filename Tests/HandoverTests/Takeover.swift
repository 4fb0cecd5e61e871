import Handover
import HostSide
import Reactor
import TestLoad
import TestServers
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A takeover of a real server: its order on the host's side, and the calls that a controller makes.
struct Takeover {
    let server: ServerFixture
    let old: FixtureProcess
    let directory: String
    var order: HandoverOrder
    /// What `sh` is on this host.
    let shell: HostShell
    private let environment: [String: String]

    var loop: Loop { server.loop }

    static let nonce = "0123456789abcdef"

    init(_ server: ServerFixture, _ shell: HostShell = .dash) async throws {
        self.server = server
        self.shell = shell
        old = try server.master()
        directory = "\(server.root)/handover"
        var environment = Surroundings.environment
        let bin = "\(server.root)/shell"
        try Files.makeDirectory(bin)
        let program = Loop.executable(shell.words[0], path: environment["PATH"] ?? "") ?? "/bin/sh"
        _ = try await server.loop.run(ChildRequest(["ln", "-s", program, "\(bin)/sh"], environment: environment))
        environment["PATH"] = bin + ":" + (environment["PATH"] ?? "")
        self.environment = environment
        order = try server.order(nonce: Self.nonce)
    }

    // MARK: Calls

    @discardableResult
    func call(_ role: String...) async throws -> ChildResult {
        try await loop.run(
            ChildRequest(["sh", "\(directory)/program", directory] + role, environment: environment)
        )
    }

    /// Files, lease, guard.
    func arm(seconds: Int = 60) async throws {
        try Files.makeDirectory(directory)
        for file in try order.files() {
            try Files.write(Array(Mutant.text(file.text).utf8), to: "\(directory)/\(file.name)")
        }
        let lease = try await call("renew", "\(seconds)", "1", "tests")
        #expect(lease.succeeded, "\(lease.errors)")
        let armed = try await call("arm")
        #expect(armed.succeeded && armed.output.hasPrefix("armed "), "\(armed.output)\(armed.errors)")
    }

    func begin(seconds: Int = 60) async throws {
        try await arm(seconds: seconds)
        let begun = try await call("go")
        #expect(begun.succeeded, "\(begun.errors)")
    }

    /// Waits for the verdict, and confirms on the way if wanted. `each` is called with every state that is seen.
    @discardableResult
    func verdict(
        confirms: Bool = true,
        within limit: Duration = .seconds(150),
        _ each: (String) async throws -> Void = { _ in }
    ) async throws -> HandoverVerdict {
        let deadline = loop.now + limit
        var last = ""
        while !Files.exists("\(directory)/verdict") {
            guard loop.now < deadline else { throw TakeoverError("no verdict within \(limit): \(story)") }
            if let state, state != last {
                last = state
                try await each(state)
                if state == "proven", confirms { try await call("confirm", order.nonce, "1") }
            }
            await loop.sleep(.milliseconds(20))
        }
        let bytes = try Files.read("\(directory)/verdict")
        guard let verdict = HandoverVerdict.read(bytes, nonce: order.nonce) else {
            throw TakeoverError("no verdict: \(String(decoding: bytes, as: UTF8.self)) \(story)")
        }
        return verdict
    }

    /// Begins and waits, with the load told which releases may answer.
    func dance(_ load: Load? = nil) async throws -> HandoverVerdict {
        load?.allow(["1", "2"])
        try await begin()
        let verdict = try await verdict()
        load?.allow([verdict.outcome == .committed ? "2" : "1"])
        return verdict
    }

    // MARK: Looks

    var state: String? {
        guard let bytes = try? Files.read("\(directory)/state", limit: 200) else { return nil }
        return String(decoding: bytes.prefix { $0 != 32 }, as: UTF8.self)
    }

    var journal: HandoverJournal {
        HandoverJournal.read((try? Files.read("\(directory)/journal")) ?? [])
    }

    var story: String {
        let lines = journal.entries.map { "\($0.time) \($0.word) \($0.rest)" }.joined(separator: "\n")
        let logs = ["conductor.log", "guard.log"].map {
            String(decoding: (try? Files.read("\(directory)/\($0)")) ?? [], as: UTF8.self)
        }
        return "\n" + lines + "\n" + logs.joined()
    }

    func has(_ name: String) -> Bool { Files.exists("\(directory)/\(name)") }

    func signedIn(_ who: String) -> FixtureProcess? {
        guard let bytes = try? Files.read("\(directory)/\(who)", limit: 64) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split { $0 == "." || $0 == "\n" }
        guard parts.count == 2, let pid = Int32(parts[0]), let process = FixtureProcess.read(pid) else { return nil }
        return process.started == parts[1] ? process : nil
    }

    /// Everything is as it was: code, master, pid files, and nobody of the new release.
    func isBack() async throws {
        #expect(try server.master() == old, "\(story)")
        #expect(!Files.exists(order.sidePidFile), "\(story)")
        #expect(try await link() == "releases/1")
        try await server.wait("the new release's processes to have gone") {
            server.processes.filter { $0.command.contains(server.kind.word) }.allSatisfy { process in
                process == old || process.parent == old.pid
            }
        }
        #expect(await loop.ask(server.target).version == "1")
    }

    func isNew() async throws {
        #expect(!old.isAlive)
        #expect(try server.master().children.count >= server.options.workers)
        #expect(!Files.exists(order.sidePidFile))
        #expect(try await link() == "releases/2")
        #expect(await loop.ask(server.target).version == "2")
    }

    private func link() async throws -> String {
        try await loop.run(ChildRequest(["readlink", server.current], environment: environment)).output.filter {
            $0 != "\n"
        }
    }
}

/// The faults at every step take minutes: `make chaos` has them all, and each test run some.
enum Chaos {
    static let isOn = getenv("BATON_CHAOS") != nil
}

struct TakeoverError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension ServerKind {
    /// In the command line of each of its processes.
    var word: String { self == .newestGunicorn ? "gunicorn" : rawValue }

    /// The servers that are taken over here, each with another shell on its host.
    static let danced: [(ServerKind, HostShell)] = [
        (.gunicorn, .dash), (.newestGunicorn, .bash), (.nginx, .busybox), (.unicorn, .dash),
    ].filter { $0.0.isInstalled && HostShell.present.contains($0.1) }
}

/// A server at release 1 under a load, and what is to be done with it. The report is of the whole time.
func underLoad(
    _ kind: ServerKind,
    _ shell: HostShell = .dash,
    _ options: ServerFixture.Options = ServerFixture.Options(),
    _ body: @escaping @Sendable (Takeover, Load) async throws -> Void
) async throws -> Report {
    var options = options
    if kind == .unicorn { options.workers = 4 }
    let profile = loadProfile(kind == .unicorn || options.environment["FIXTURE_WORKER_CLASS"] == "sync")
    return try await withServerFixture(kind, options) { server in
        try await server.start()
        let load = try Load([server.target], profile, versions: ["1"], on: server.loop)
        load.start()
        #expect(await load.settle(50))
        try await body(try await Takeover(server, shell), load)
        #expect(await load.settle(50))
        return await load.stop()
    }
}

/// Less where a worker does one thing at a time, as those of unicorn do.
private func loadProfile(_ isSingle: Bool) -> Profile {
    isSingle
        ? Profile([.fresh(perSecond: 40), .kept(5, perSecond: 20), .slow(seconds: 0.5, perSecond: 1)])
        : Profile([
            .fresh(perSecond: 80), .kept(20, perSecond: 80), .slow(seconds: 1, perSecond: 3),
            .uploads(over: .milliseconds(500), perSecond: 2),
        ])
}
