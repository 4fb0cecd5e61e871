import HostSide
import Testing

/// Which releases may go, and where a rollback goes.
@Suite struct ReleaseHistoryTests {
    /// `1:good 2:bad` in the order of their serials; `found` is one of them.
    private static func sighting(_ text: String, current: String) throws -> ReleaseSighting {
        var sighting = ReleaseSighting()
        for (number, word) in text.split(separator: " ").enumerated() {
            let parts = word.split(separator: ":")
            let id = try id(String(parts[0]))
            let state = try #require(ReleaseRecord.State(rawValue: String(parts[1])))
            var record = ReleaseRecord(id: id, state: state, serial: number + 1, target: "releases/\(id)")
            record.hasTree = parts.count == 2
            sighting.records.append(record)
        }
        sighting.records.reverse()
        if !current.isEmpty { sighting.current = .release(try id(current)) }
        return sighting
    }

    private static func id(_ name: String) throws -> ReleaseID {
        try #require(ReleaseID(name == "found" ? name : "\(name)-0123456789ab"))
    }

    @Test(
        arguments: [
            // The newest two good ones, the current one and what was found stay whatever `keep` says.
            ("found:good 1:good 2:good 3:good", "3", 1, "1"), ("found:good 1:good 2:good 3:good", "1", 1, ""),
            ("1:good 2:good 3:good 4:good", "4", 3, "1"), ("1:good 2:good", "2", 5, ""),
            // Bad ones go once something newer runs, but for the newest.
            ("1:bad 2:bad 3:good 4:good", "4", 5, "1"), ("1:good 2:good 3:bad 4:bad", "2", 5, ""),
            // What was staged and passed over goes; what was staged since stays.
            ("1:staged 2:good 3:staged", "2", 5, "1"), ("1:good 2:active 3:good", "3", 1, ""), ("1:staged", "", 5, ""),
        ]
    )
    func `what may go`(text: String, current: String, keep: Int, gone: String) throws {
        let sighting = try Self.sighting(text, current: current)
        let expected = try gone.split(separator: " ").map { try Self.id(String($0)) }
        #expect(Retention.prunable(sighting, keep: keep) == expected)
    }

    @Test func `what a process uses stays`() throws {
        var sighting = try Self.sighting("1:good 2:good 3:good 4:good", current: "4")
        #expect(Retention.prunable(sighting, keep: 1).count == 2)
        sighting.uses = [ReleaseSighting.Use(name: "1-0123456789ab", pid: 7, how: .code)]
        let second = try Self.id("2")
        #expect(Retention.prunable(sighting, keep: 1) == [second])
    }

    @Test(
        arguments: [
            ("1:good 2:good", "2", "2", "1", false), ("1:good 2:active", "2", "2", "1", false),
            // Given up before the switch: nothing needs to move.
            ("1:good 2:active", "1", "2", "1", true), ("1:good 2:bad 3:good", "3", "3", "1", false),
            ("found:good 1:active", "1", "1", "found", false),
            ("1:good 2:staged 3:active 4:staged", "3", "3", "1", false),
            // A tree that is gone is no target.
            ("1:good 2:good:gone 3:good", "3", "3", "1", false), ("1:active", "1", "1", "", false),
            ("", "", "", "", false),
        ]
    )
    func `where a rollback goes`(text: String, current: String, abandoned: String, target: String, there: Bool) throws {
        let rollback = RollbackTarget(try Self.sighting(text, current: current))
        let ends = try [abandoned, target].map { $0.isEmpty ? nil : try Self.id($0) }
        #expect([rollback.abandoned, rollback.target] == ends)
        #expect(rollback.isThere == there)
    }

    @Test func `a named target must be there and not bad`() throws {
        let sighting = try Self.sighting("1:good 2:bad 3:good:gone 4:active", current: "4")
        let (first, newest) = (try Self.id("1"), try Self.id("4"))
        #expect(RollbackTarget(to: first, sighting)?.abandoned == newest)
        for name in ["2", "3", "5"] {
            let id = try Self.id(name)
            #expect(RollbackTarget(to: id, sighting) == nil)
        }
        let same = RollbackTarget(to: newest, sighting)
        #expect(same?.isThere == true && same?.abandoned == nil)
    }

    @Test func `hosts with one target go there together, others are shown`() throws {
        typealias Row = RollbackTarget.Choice<String>.Row
        func row(_ host: String, _ text: String, _ current: String) throws -> Row {
            Row(host: host, target: RollbackTarget(try Self.sighting(text, current: current)))
        }
        let moving = try row("a", "1:good 2:active", "2")
        // What `current` names need not be what runs: where the other is still to be given up, somebody has to look.
        let doubtful = try row("b", "1:good 2:active", "1")
        let first = try Self.id("1")
        #expect(RollbackTarget.choice([moving, doubtful]) == .common(first, moving: ["a", "b"]))
        let other = try row("c", "3:good 2:active", "2")
        #expect(RollbackTarget.choice([moving, other]) == .table([moving, other]))
        let none = try row("d", "2:active", "2")
        #expect(RollbackTarget.choice([none]) == .table([none]))
        #expect(RollbackTarget.choice([Row]()) == .table([]))
    }

    @Test(
        arguments: [
            // All gave up the same one.
            ("1:good 2:good|1:good 2:good", "2|2", "1", "0 1"),
            // A deploy that was cut off after the first host: the others never switched.
            ("1:good 2:active|1:good 2:staged|1:good", "2|1|1", "1", "0"),
            // A rollback that was cut off after the first host.
            ("1:good 2:bad|1:good 2:good", "1|2", "1", "1"),
            ("0:good 1:good 2:bad|0:good 1:good 2:good", "1|2", "1", "1"),
            // Neither is known to be bad: people choose.
            ("1:good 2:good|1:good", "2|1", "", ""), ("1:good 2:active|1:good 3:active", "2|3", "1", "0 1"),
            // One host has gone on since: what is bad there was good in between.
            ("1:good 2:bad 3:good|1:good 2:good", "3|2", "", ""), ("1:active|1:active", "1|1", "", ""),
        ]
    )
    func `what several hosts give up together`(texts: String, currents: String, target: String, moving: String) throws {
        var hosts: [(host: Int, sighting: ReleaseSighting)] = []
        for (number, (text, current)) in zip(texts.split(separator: "|"), currents.split(separator: "|")).enumerated() {
            hosts.append((number, try Self.sighting(String(text), current: String(current))))
        }
        let choice = RollbackTarget.choice(RollbackTarget.rows(hosts))
        guard !target.isEmpty else {
            guard case .table(let rows) = choice else { return #expect(Bool(false), "\(choice)") }
            #expect(rows.count == hosts.count)
            return
        }
        let expected = moving.split(separator: " ").compactMap { Int($0) }
        #expect(choice == .common(try Self.id(target), moving: expected))
    }
}
