import Handover
import Lab
import Reactor
import TestLoad
import TestServers
import TestSupport
import Testing

@testable import Run

/// One server, handed from release to release again and again by a controller over real ssh, under a load that never stops:
/// what one takeover leaves behind is what the next one meets. Three in a test run; `BATON_UPGRADES=200` for the proof of
/// docs/reliability.md.
@Suite(.serialized) struct ConsecutiveUpgradeTests {
    @Test(
        .enabled(if: !UpgradeCase.chosen.isEmpty, "no server is installed"),
        arguments: UpgradeCase.chosen
    )
    func `upgrades in a row lose nothing`(server: UpgradeCase) async throws {
        let wanted = Proof.upgrades ?? 3
        let (done, report) = try await Self.upgrade(server, times: wanted)
        try Proof.record(server.name, path: server.path, upgrades: done, wanted: wanted, report)
        #expect(done == wanted)
        #expect(report.failed == 0, "\(report.details)")
    }

    /// How many were committed before one was not, and the load's report of the whole time.
    private static func upgrade(_ upgraded: UpgradeCase, times: Int) async throws -> (Int, Report) {
        let isWhole = Proof.upgrades != nil
        return try await withServerFixture(upgraded.kind, upgraded.options) { server in
            try await server.start()
            let target =
                upgraded.way == .direct
                ? server.target : try await server.startFront(keeps: upgraded.way == .behindKeeping)
            let lab = Lab(
                directory: "\(server.root)/lab",
                user: Surroundings.user,
                environment: Surroundings.environment,
                on: server.loop
            )
            let states = try await lab.up(1)
            let load = try Load([target], upgraded.profile(isWhole: isWhole), versions: ["1"], on: server.loop)
            load.start()
            // Until all that is slow has been on its way for a while.
            #expect(await load.settle(isWhole ? 2000 : 200))
            var done = 0
            let outcome: Result<Void, any Error>
            do {
                for turn in 0..<times {
                    let releases = turn.isMultiple(of: 2) ? ("1", "2") : ("2", "1")
                    load.allow([releases.0, releases.1])
                    guard try await once(server, lab, states[0], load, turn, releases) else { break }
                    done += 1
                }
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            // Half a minute more, for what comes late.
            #expect(await load.settle(isWhole ? 6000 : 400, within: .seconds(120)))
            let report = await load.stop(drain: .seconds(30))
            try await lab.down()
            try outcome.get()
            return (done, report)
        }
    }

    private static func once(
        _ server: ServerFixture,
        _ lab: Lab,
        _ state: Lab.HostState,
        _ load: Load,
        _ turn: Int,
        _ releases: (String, String)
    ) async throws -> Bool {
        let digits = String(turn, radix: 16)
        let takeover = try ControlledTakeover(
            server,
            lab,
            state,
            load,
            from: releases.0,
            to: releases.1,
            nonce: String(repeating: "0", count: 16 - digits.count) + digits
        )
        defer { takeover.link.close() }
        let ending = try await takeover.drive()
        #expect(ending.word == .committed, "upgrade \(turn + 1): \(ending) \(takeover.story)")
        guard ending.word == .committed else { return false }
        try await takeover.isNew()
        return true
    }
}
