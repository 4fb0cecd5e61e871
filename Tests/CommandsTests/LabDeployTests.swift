import Lab
import Reactor
import TestLoad
import TestServers
import TestSupport
import Testing

/// A release on hosts that have neither root nor a supervisor, as the lab has them: examples/shop.
@Suite(.enabled(if: ServerKind.gunicorn.isInstalled, "gunicorn is not installed"))
struct LabDeployTests {
    private static let example =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/examples/shop"

    /// The example in a project of its own.
    private func begin(_ place: Workplace) async throws {
        let copied = try await place.shell(
            "cp -R \(Self.example)/. . && printf 'inventory: fleet/inventory.yml\\n' >baton.yml"
        )
        #expect(copied.succeeded, "\(copied.errors)")
    }

    private func deploy(_ version: String, _ place: Workplace, _ more: String...) async throws -> ChildResult {
        // Three takeovers, each with its proofs.
        try await place.run(
            [BatonProgram.path, "deploy", "-y", "shop.yml", "-e", "version=\(version)"] + more,
            within: .seconds(240)
        )
    }

    private func socket(_ host: LabHost) -> Target { .unix("\(host.home)/shop/shared/run/web.sock") }

    private func master(_ host: LabHost) -> String {
        String(decoding: (try? Files.read("\(host.home)/shop/shared/run/web.pid")) ?? [], as: UTF8.self)
    }

    @Test func `three hosts start, upgrade under load, and one that fails goes back`() async throws {
        try await withWorkplace(hosts: 3) { place in
            try await begin(place)
            let first = try await deploy("1.0", place)
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            let masters = place.hosts.map(master)
            #expect(Set(masters).count == 3)

            let profile = Profile([.fresh(perSecond: 45), .kept(6, perSecond: 45)])
            let load = try Load(place.hosts.map(socket), profile, versions: ["1.0"], on: place.loop)
            load.start()
            #expect(await load.settle(30))
            load.allow(["1.0", "2.0"])
            let second = try await deploy("2.0", place, "-o", "json")
            #expect(second.status == .exited(0), "\(second.output)\(second.errors)")
            #expect(second.output.split(separator: "handed over: 0 of").count >= 4, "\(second.output)")
            load.allow(["2.0"])
            #expect(await load.settle(30))
            #expect(zip(place.hosts, masters).allSatisfy { master($0) != $1 })

            // Its second worker never starts: the first host goes back, the others are not begun.
            load.allow(["2.0", "3.0"])
            let before = place.hosts.map(master)
            let third = try await deploy("3.0", place, "-o", "json")
            #expect(third.status == .exited(3), "\(third.output)\(third.errors)")
            #expect(third.output.contains("\"outcome\":\"rolled_back\""), "\(third.output)")
            #expect(third.output.split(separator: "\"status\":\"untouched\"").count == 3, "\(third.output)")
            load.allow(["2.0"])
            #expect(await load.settle(30))
            #expect(place.hosts.map(master) == before)
            let report = await load.stop()
            #expect(report.failed == 0, "\(report.details)")

            let status = try await place.baton("status", "web", "-o", "json")
            #expect(status.status == .exited(0), "\(status.errors)")
            #expect(status.output.split(separator: "\"state\":\"running\"").count == 4, "\(status.output)")
            for pid in before { #expect(status.output.contains("\"pid\":\(pid.trimmed)"), "\(status.output)") }
        }
    }

    @Test func `verbs find it by its name alone, and hosts of one machine have their own`() async throws {
        try await withWorkplace(hosts: 2) { place in
            try await begin(place)
            #expect(try await deploy("1.0", place).status == .exited(0))
            let (one, other) = (master(place.hosts[0]), master(place.hosts[1]))

            let restarted = try await place.baton("restart", "web", "-y", "-l", "lab1")
            #expect(restarted.status == .exited(0), "\(restarted.output)\(restarted.errors)")
            #expect(master(place.hosts[0]) != one)
            #expect(master(place.hosts[1]) == other)
            let stopped = try await place.baton("stop", "web", "-y", "-l", "lab1")
            #expect(stopped.status == .exited(0), "\(stopped.output)\(stopped.errors)")
            #expect(master(place.hosts[0]) == "")
            #expect(master(place.hosts[1]) == other)

            // A pid file that names a stranger, here the server of the other host: it is nobody's business.
            let run = "\(place.hosts[0].home)/shop/shared/run"
            try Files.write(Array(other.utf8), to: "\(run)/web.pid")
            let mistaken = try await place.baton("status", "web", "-l", "lab1")
            #expect(mistaken.output.contains(" stopped"), "\(mistaken.output)\(mistaken.errors)")

            let started = try await place.baton("start", "web", "-y")
            #expect(started.status == .exited(0), "\(started.output)\(started.errors)")
            #expect(master(place.hosts[1]) == other)
            let own = master(place.hosts[0])
            try Files.write(Array(other.utf8), to: "\(run)/web.pid")
            let stranger = try await place.baton("stop", "web", "-y", "-l", "lab1")
            #expect(stranger.status == .exited(3), "\(stranger.output)\(stranger.errors)")
            #expect((stranger.output + stranger.errors).contains("not this service's"), "\(stranger.errors)")
            try Files.write(Array(own.utf8), to: "\(run)/web.pid")
            let reloaded = try await place.baton("reload", "web", "-y")
            #expect(reloaded.status == .exited(0), "\(reloaded.output)\(reloaded.errors)")
            #expect(master(place.hosts[1]) == other)

            // Who is killed does not come back by itself, and is said to have ended.
            _ = try await place.shell("kill -9 \(other.trimmed)")
            let dead = try await place.baton("status", "web", "-l", "lab2")
            #expect(dead.output.contains("it has ended by itself"), "\(dead.output)\(dead.errors)")
            let logs = try await place.baton("logs", "web")
            #expect(logs.output.contains("Booting worker"), "\(logs.output)\(logs.errors)")
        }
    }
}

extension String {
    fileprivate var trimmed: String { split(whereSeparator: \.isWhitespace).joined() }
}
