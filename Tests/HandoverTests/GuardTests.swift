import Handover
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

/// Whatever ends, stops or is never heard of again, and wherever: the host ends on one side by itself, and on the right one.
@Suite(.serialized) struct GuardTests {
    /// States of a takeover before the point of no return, and behind it.
    private static let before = ["fit", "switched", "doubled", "ready", "seen", "draining", "alone", "proven"]
    private static let after = ["retiring", "promoted"]

    /// Does something as soon as a state was seen, or the next one: some pass faster than one can look. Which it was in the
    /// end is in the journal.
    private static func fault(
        _ kind: ServerKind,
        at state: String,
        _ fault: @escaping @Sendable (Takeover) async throws -> Void
    ) async throws -> (HandoverVerdict?, HandoverJournal, Report) {
        let verdict = Box<HandoverVerdict>()
        let journal = Box<HandoverJournal>()
        let report = try await underLoad(kind) { takeover, load in
            load.allow(["1", "2"])
            try await takeover.begin(seconds: 30)
            var isDone = false
            verdict.value = try await takeover.verdict(confirms: true) { seen in
                guard !isDone, Self.isAt(seen, state) else { return }
                isDone = true
                try await fault(takeover)
            }
            journal.value = takeover.journal
            try await takeover.server.wait("conductor and guard to have gone") {
                !takeover.server.processes.contains { $0.command.contains("\(takeover.directory)/program") }
            }
            #expect(isDone, "it never came to \(state) \(takeover.story)")
            if verdict.value?.outcome == .committed {
                try await takeover.isNew()
                load.allow(["2"])
            } else {
                try await takeover.isBack()
                load.allow(["1"])
            }
        }
        return (verdict.value, try #require(journal.value), report)
    }

    /// That state, or the first behind it that was seen.
    private static func isAt(_ seen: String, _ wanted: String) -> Bool {
        let order = ["armed"] + before + ["cleared"] + after + ["settled"]
        guard let seen = order.firstIndex(of: seen), let wanted = order.firstIndex(of: wanted) else { return false }
        return seen >= wanted
    }

    /// The right side, by whether the token had been renamed to `retiring`.
    private static func isRight(_ verdict: HandoverVerdict?, _ journal: HandoverJournal) -> Bool {
        let wasDecided = journal.has("token", "retiring")
        return verdict?.outcome == (wasDecided ? .committed : .undone)
    }

    @Test(
        .enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing),
        arguments: Chaos.isOn ? before + after : ["doubled", "alone", "retiring"]
    )
    func `a conductor that is killed is followed by its guard`(state: String) async throws {
        let (verdict, journal, report) = try await Self.fault(.gunicorn, at: state) { takeover in
            let conductor = try #require(takeover.signedIn("conductor"), "\(takeover.story)")
            conductor.signal(SIGKILL)
        }
        #expect(journal.has("guard", "the conductor has ended"), "\(journal.entries)")
        #expect(Self.isRight(verdict, journal), "\(journal.entries)")
        #expect(verdict?.outcome == (Self.after.contains(state) ? .committed : .undone))
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(
        .enabled(if: ServerKind.nginx.isInstalled && ServerKind.unicorn.isInstalled, "nginx or unicorn is missing"),
        arguments: Chaos.isOn
            ? [(ServerKind.nginx, "doubled"), (.nginx, "alone"), (.nginx, "retiring"), (.unicorn, "alone")]
            : [(ServerKind.nginx, "alone")]
    )
    func `so it is with other servers`(kind: ServerKind, state: String) async throws {
        let (verdict, journal, report) = try await Self.fault(kind, at: state) { takeover in
            try #require(takeover.signedIn("conductor"), "\(takeover.story)").signal(SIGKILL)
        }
        #expect(Self.isRight(verdict, journal), "\(journal.entries)")
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(
        .enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing),
        arguments: Chaos.isOn
            ? before + after : ["switched", "proven", "retiring"]
    )
    func `a lease that runs out goes back, and forward behind the point of no return`(state: String) async throws {
        let (verdict, journal, report) = try await Self.fault(.gunicorn, at: state) { takeover in
            try await takeover.expireLease()
        }
        #expect(Self.isRight(verdict, journal), "\(journal.entries)")
        #expect(verdict?.outcome == (Self.after.contains(state) ? .committed : .undone))
        if verdict?.outcome == .undone { #expect(verdict?.because.hasPrefix("the lease ran out") == true) }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a conductor that is stopped is ended and followed`() async throws {
        let (verdict, journal, report) = try await Self.fault(.gunicorn, at: "alone") { takeover in
            try #require(takeover.signedIn("conductor"), "\(takeover.story)").signal(SIGSTOP)
            // It looks away for half a minute; the guard has the lease to go by.
            try await takeover.expireLease()
        }
        #expect(journal.has("guard", "the lease ran out"), "\(journal.entries)")
        #expect(verdict?.outcome == .undone)
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `nothing goes on without a guard`() async throws {
        let (verdict, _, report) = try await Self.fault(.gunicorn, at: "doubled") { takeover in
            try #require(takeover.signedIn("guard"), "\(takeover.story)").signal(SIGKILL)
        }
        #expect(verdict?.outcome == .undone && verdict?.because.hasPrefix("the guard has ended") == true)
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `it is called off`() async throws {
        let (verdict, _, report) = try await Self.fault(.gunicorn, at: "alone") { takeover in
            let answer = try await takeover.call("abort", takeover.order.nonce)
            #expect(answer.succeeded)
        }
        #expect(verdict?.outcome == .undone && verdict?.because == "it was called off")
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a rollback whose controller is lost goes forward`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            var takeover = try await Takeover(server)
            takeover.order.lost = .forward
            try await takeover.begin()
            try await takeover.expireLease()
            let verdict = try await takeover.verdict(confirms: false)
            #expect(verdict.outcome == .committed, "\(takeover.story)")
            try await takeover.isNew()
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a rollback whose controller and conductor are lost goes forward too`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            var takeover = try await Takeover(server)
            takeover.order.lost = .forward
            try await takeover.begin()
            try await takeover.expireLease()
            var isDone = false
            let verdict = try await takeover.verdict(confirms: false) { state in
                guard !isDone, Self.isAt(state, "doubled") else { return }
                isDone = true
                try #require(takeover.signedIn("conductor")).signal(SIGKILL)
            }
            #expect(verdict.outcome == .committed, "\(takeover.story)")
            #expect(takeover.journal.has("guard"))
            try await takeover.isNew()
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `an armed guard that is never told to begin goes home and has changed nothing`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            let takeover = try await Takeover(server)
            try await takeover.arm()
            let proof = try await takeover.call("proof")
            #expect(proof.succeeded && proof.output.hasPrefix("guard "), "\(proof.errors)")
            // Of a session of its own: no terminal and no logout reaches it.
            let keeper = try #require(takeover.signedIn("guard"))
            #expect(try Self.session(keeper.pid) == keeper.pid)
            try await takeover.expireLease()
            let verdict = try await takeover.verdict(confirms: false)
            #expect(verdict.outcome == .undone && !verdict.touched)
            #expect(takeover.journal.sent.isEmpty)
            try await takeover.isBack()
            try await server.wait("the guard to go") { !keeper.isAlive }
            #expect(try await !takeover.call("proof").succeeded)
        }
    }

    private static func session(_ pid: Int32) throws -> Int32 { getsid(pid) }
}

extension Takeover {
    /// As if its time had passed. It is put there as leases are: whole.
    func expireLease() async throws {
        let lease = String(decoding: try Files.read("\(directory)/lease"), as: UTF8.self)
        let words = lease.split(separator: " ").dropFirst().joined(separator: " ")
        try Files.write(Array("1 \(words)".utf8), to: "\(directory)/lease.old")
        try await rename("lease.old", "lease")
    }

    func rename(_ from: String, _ to: String) async throws {
        let words = ["mv", "-f", "\(directory)/\(from)", "\(directory)/\(to)"]
        let result = try await loop.run(ChildRequest(words, environment: Surroundings.environment))
        #expect(result.succeeded, "\(result.errors)")
    }
}
