import Handover
import Lab
import Reactor
import SSH
import Shell
import TestLoad
import TestServers
import TestSupport
import Testing

@testable import Run

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A real server on a host under a real sshd, and a controller at the other end of a link that can be cut.
final class ControlledTakeover: @unchecked Sendable {
    // Unchecked: used on its loop's thread only.
    let server: ServerFixture
    let old: FixtureProcess
    let link: FaultyLink
    /// sshd, whose children are sessions.
    let listener: FixtureProcess
    let load: Load
    var job: TakeoverJob
    private let target: SSH.Target
    private let sshd: UInt16
    /// What was told, in order.
    private(set) var news: [HandoverNews] = []
    /// Which calls were made.
    private(set) var calls: [HandoverCall] = []
    private var driver: TakeoverDriver?

    static let nonce = "0123456789abcdef"
    /// From which release to which.
    private let releases: (one: String, other: String)
    var loop: Loop { server.loop }

    init(
        _ server: ServerFixture,
        _ lab: Lab,
        _ state: Lab.HostState,
        _ load: Load,
        from one: String = "1",
        to other: String = "2",
        nonce: String = nonce
    ) throws {
        self.server = server
        releases = (one, other)
        self.load = load
        old = try server.master()
        sshd = state.port
        link = try FaultyLink(to: state.port, on: server.loop)
        listener = try #require(state.pid.flatMap { FixtureProcess.read($0) })
        let host = lab.layout.host(state.name)
        let words = String(decoding: try Files.read(host.hostKey + ".pub"), as: UTF8.self).split(separator: " ")
        let key = try PrivateKey(file: try Files.read(lab.layout.userKey), name: lab.layout.userKey)
        target = SSH.Target(
            name: "lab1",
            address: "127.0.0.1",
            port: link.port,
            user: Surroundings.user,
            keys: [key],
            known: [try #require(HostKey(line: words.prefix(2).joined(separator: " ")))]
        )
        var order = try server.order(nonce: nonce, from: one, to: other)
        order.overrun = .proceed
        order.profile.drainSeconds = 30
        job = TakeoverJob(order, owner: "tests", state: "\(server.root)/state")
    }

    /// Another controller of the same server, with a link of its own.
    init(sharing first: ControlledTakeover, nonce: String) throws {
        (server, load, old, listener, sshd) = (first.server, first.load, first.old, first.listener, first.sshd)
        releases = first.releases
        link = try FaultyLink(to: first.sshd, on: first.server.loop)
        var target = first.target
        target.port = link.port
        self.target = target
        var order = first.job.order
        order.nonce = nonce
        job = TakeoverJob(order, owner: "others", state: first.job.state)
    }

    // MARK: Running

    /// What a test does at some place: `news` as they come, calls before they go out and when they are answered.
    struct Hooks: Sendable {
        var heard: @Sendable (ControlledTakeover, HandoverNews) -> Void = { _, _ in }
        /// Whether the answer is lost on its way.
        var called: @Sendable (ControlledTakeover, HandoverCall, _ isAnswered: Bool) -> Bool = { _, _, _ in false }
    }

    func drive(_ hooks: Hooks = Hooks()) async throws -> HandoverEnding {
        let remote = SSHRemote(target, Connector(try Library(), on: loop))
        _ = try await remote.open()
        let driver = TakeoverDriver(
            job,
            over: remote,
            tell: { [unowned self] news in
                self.news.append(news)
                hooks.heard(self, news)
            },
            seam: { [unowned self] call, isAnswered in
                if !isAnswered { calls.append(call) }
                return hooks.called(self, call, isAnswered)
            }
        )
        self.driver = driver
        let ending = await driver.run()
        await remote.close()
        load.allow([ending.word == .committed ? releases.other : releases.one])
        return ending
    }

    /// From a hook, which is on the loop.
    func interrupt() { driver?.assumeIsolated { $0.interrupt() } }

    /// Nothing gets through any more, and nobody is told.
    func vanish() {
        link.cut()
        link.set(.silence)
    }

    /// The processes of sshd that serve somebody.
    func killSessions() {
        for session in listener.children { session.signal(SIGKILL) }
    }

    // MARK: Looks

    var directory: String { job.directory }
    func has(_ name: String) -> Bool { Files.exists("\(directory)/\(name)") }

    var verdict: HandoverVerdict? {
        HandoverVerdict.read((try? Files.read("\(directory)/verdict")) ?? [], nonce: job.order.nonce)
    }

    var journal: HandoverJournal { HandoverJournal.read((try? Files.read("\(directory)/journal")) ?? []) }

    /// A call as another controller on the host would make it.
    func call(_ role: String...) async throws -> ChildResult {
        let words = ["sh", "\(directory)/program", directory] + role
        return try await loop.run(ChildRequest(words, environment: Surroundings.environment))
    }

    /// Until the host has concluded by itself.
    func waitForVerdict() async throws -> HandoverVerdict {
        try await server.wait("a verdict", within: .seconds(150)) { has("verdict") }
        return try #require(verdict)
    }

    var story: String {
        let lines = journal.entries.map { "\($0.time) \($0.word) \($0.rest)" }.joined(separator: "\n")
        return "\n\(news)\n\(calls)\n\(lines)"
    }

    /// Everything is as it was, and nothing of it goes on.
    func isBack() async throws {
        #expect(try server.master() == old, "\(story)")
        #expect(!Files.exists(job.order.sidePidFile), "\(story)")
        try await server.wait("the new release's processes to have gone") {
            server.processes.filter { $0.command.contains(server.kind.word) }
                .allSatisfy { $0 == old || $0.parent == old.pid }
        }
        #expect(await loop.ask(server.target).version == releases.one, "\(story)")
        try await isOver()
    }

    func isNew() async throws {
        #expect(!old.isAlive, "\(story)")
        #expect(try server.master().children.count >= server.options.workers)
        #expect(await loop.ask(server.target).version == releases.other, "\(story)")
        try await isOver()
    }

    private func isOver() async throws {
        try await server.wait("conductor and guard to have gone") {
            !server.processes.contains { $0.command.contains("\(directory)/program") }
        }
    }
}

extension ServerKind {
    /// In the command line of each of its processes.
    fileprivate var word: String { self == .newestGunicorn ? "gunicorn" : rawValue }
}

/// A server at release 1 under load, on a host under sshd. The report is of the whole time.
func withControlledTakeover(
    _ kind: ServerKind = .gunicorn,
    _ body: @escaping @Sendable (ControlledTakeover) async throws -> Void
) async throws -> Report {
    try await withServerFixture(kind) { server in
        try await server.start()
        let lab = Lab(
            directory: "\(server.root)/lab",
            user: Surroundings.user,
            environment: Surroundings.environment,
            on: server.loop
        )
        let states = try await lab.up(1)
        let profile = Profile([.fresh(perSecond: 40), .kept(10, perSecond: 40), .slow(seconds: 1, perSecond: 2)])
        let load = try Load([server.target], profile, versions: ["1"], on: server.loop)
        load.start()
        let outcome: Result<Void, any Error>
        do {
            #expect(await load.settle(50))
            load.allow(["1", "2"])
            let takeover = try ControlledTakeover(server, lab, states[0], load)
            defer { takeover.link.close() }
            try await body(takeover)
            #expect(await load.settle(50))
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        let report = await load.stop()
        try await lab.down()
        try outcome.get()
        return report
    }
}
