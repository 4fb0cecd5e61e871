import Reactor
import TestHosts
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A deploy that is cut in the middle of a takeover on a real host, by all that can happen to a controller and to a host. The
/// host comes to its end by itself, and another run finds it there.
@Suite(.needsHosts, .serialized) struct CutDeployTests {
    /// All of it takes long: `make chaos` has it, and each test run some.
    private static let isChaos = getenv("BATON_CHAOS") != nil

    private static func within(_ body: @escaping @Sendable (ShopHost) async throws -> Void) async throws {
        try await withHosts(1) { fleet in try await body(try await ShopHost(fleet)) }
    }

    /// Deploys once more: done, whatever became of the first one.
    private static func converges(_ shop: ShopHost) async throws {
        let again = try await shop.deploy("2")
        #expect(again.status == .exited(0), "\(again.output)\(again.errors)")
        #expect(try await shop.version() == "2")
    }

    private static let states = ["switched", "doubled", "draining", "alone", "proven", "retiring|promoted"]

    @Test(arguments: isChaos ? states : ["proven"])
    func `a host that loses its power in the middle comes back on the right side`(state: String) async throws {
        try await Self.within { shop in
            async let run = shop.deploy("2", within: .seconds(400))
            try await shop.reaches(state)
            try await shop.host.crash()
            try await shop.host.start()
            try await shop.host.waitFor("curl -fsS -m 10 http://127.0.0.1:8000/")
            let verdict = try await shop.verdict()
            let journal = try await shop.journal()
            #expect(verdict.isRight, "\(verdict) \(journal)")
            #expect(try await shop.version() == (verdict.outcome == "undone" ? "1" : "2"), "\(journal)")
            let result = try await run
            #expect(result.status == .exited(verdict.outcome == "undone" ? 3 : 0), "\(result.output)\(result.errors)")
            try await Self.converges(shop)
        }
    }

    @Test(arguments: isChaos ? states : ["alone|proven"])
    func `a controller that is killed leaves the host to end by itself`(state: String) async throws {
        try await Self.within { shop in
            try await shop.ask()
            async let run = shop.deploy("2")
            try await shop.reaches(state)
            try await shop.signal("KILL")
            let killed = try await run
            #expect(killed.status == .exited(137) || killed.status == .signaled(9))
            let verdict = try await shop.verdict()
            let journal = try await shop.journal()
            #expect(verdict.isRight, "\(verdict) \(journal)")
            #expect(try await shop.version() == (verdict.outcome == "undone" ? "1" : "2"), "\(journal)")
            try await shop.outwaitLease()
            try await Self.converges(shop)
            #expect(try await shop.failures() == "")
        }
    }

    /// Longer than its lease of a minute.
    @Test(.enabled(if: isChaos, "it sleeps for more than a minute: make chaos"))
    func `a laptop that sleeps past its lease hears what the host has done without it`() async throws {
        try await Self.within { shop in
            try await shop.ask()
            async let run = shop.deploy("2", within: .seconds(300))
            try await shop.reaches("doubled|ready|seen|draining|alone")
            try await shop.signal("STOP")
            let verdict = try await shop.verdict()
            let journal = try await shop.journal()
            #expect(verdict.outcome == "undone" && verdict.isRight, "\(journal)")
            try await shop.signal("CONT")
            let result = try await run
            #expect(result.status == .exited(3), "\(result.output)\(result.errors)")
            #expect(result.output.contains("lease"), "\(result.output)")
            #expect(try await shop.version() == "1")
            try await Self.converges(shop)
            #expect(try await shop.failures() == "")
        }
    }

    @Test(arguments: isChaos ? states.dropLast() : ["doubled"])
    func `sshd that is killed with all its sessions is waited for`(state: String) async throws {
        try await Self.within { shop in
            try await shop.ask()
            async let run = shop.deploy("2", within: .seconds(300))
            try await shop.reaches(state)
            for process in try await shop.host.processes("^sshd") { try? await shop.host.kill(process) }
            try await shop.host.output("systemctl reset-failed ssh.service; systemctl start ssh.service")
            let result = try await run
            #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
            #expect(try await shop.version() == "2")
            #expect(try await shop.failures() == "")
        }
    }

    @Test func `a second controller is told who is at it, and changes nothing`() async throws {
        try await Self.within { shop in
            try await shop.ask()
            try await shop.build("3")
            async let run = shop.deploy("2")
            try await shop.reaches("switched|doubled|ready|seen|draining|alone|proven")
            let second = try await shop.deploy("3")
            // By the lease, or by what it has seen before it asked for that: both promise that nothing was changed.
            #expect([.exited(2), .exited(7)].contains(second.status), "\(second.output)\(second.errors)")
            let result = try await run
            #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
            #expect(try await shop.version() == "2")
            #expect(try await shop.failures() == "")
        }
    }

    /// Again and again under systemd, by the whole of Baton: what is left behind by one is met by the next.
    @Test func `deploys in a row lose nothing under systemd`() async throws {
        let count = getenv("BATON_UPGRADES").flatMap { Int(String(cString: $0)) }.map { min($0, 20) } ?? 3
        try await Self.within { shop in
            try await shop.ask()
            for turn in 0..<count {
                let result = try await shop.deploy(turn.isMultiple(of: 2) ? "2" : "1")
                #expect(result.status == .exited(0), "deploy \(turn + 1): \(result.output)\(result.errors)")
            }
            let asked = try await shop.host.output("wc -l </run/load-asked")
            let failures = try await shop.failures()
            #expect(failures == "")
            guard let file = getenv("BATON_PROOF").map({ String(cString: $0) }) else { return }
            let failed = failures.split(separator: "\n").count { $0 == "failed" }
            let line = #"{"server":"gunicorn 20.1 sync tcp","path":"systemd, baton deploy","upgrades":\#(count),"#
            let counts = #""wanted":\#(count),"requests":\#(asked),"failed":\#(failed)}"#
            try Files.append(Array("\(line)\(counts)\n".utf8), to: file, mode: 0o644)
        }
    }
}
