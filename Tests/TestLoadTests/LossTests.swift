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

/// The load on real servers that are changed in crude and in careful ways: that it sees loss where there is some, and
/// none where there is none.
@Suite(.serialized) struct LossTests {
    /// Two hundred requests a second, with slow ones and uploads always on their way.
    private static let mixed = Profile.mixed(perSecond: 200, slow: 1)
    /// For unicorn, of which a worker does one thing at a time.
    private static let light = Profile([
        .fresh(perSecond: 60), .kept(10, perSecond: 40), .slow(seconds: 0.5, perSecond: 2),
        .uploads(over: .milliseconds(500), perSecond: 1),
    ])

    private static func load(_ server: ServerFixture) throws -> Load {
        let profile = server.kind == .unicorn ? light : mixed
        return try Load([server.target], profile, versions: ["1"], on: server.loop)
    }

    /// A server at release 1 under a load that has seen it for a while.
    private static func underLoad(
        _ kind: ServerKind,
        _ body: @escaping @Sendable (ServerFixture, Load) async throws -> Void
    ) async throws -> Report {
        var options = ServerFixture.Options()
        options.workers = kind == .unicorn ? 8 : 2
        return try await withServerFixture(kind, options) { server in
            try await server.start()
            let load = try load(server)
            load.start()
            #expect(await load.settle(100))
            try await body(server, load)
            return await load.stop()
        }
    }

    // MARK: Loss is seen

    /// A slow request and an upload were with a worker that ended.
    private static func sawCuts(_ report: Report) -> Bool {
        ["slow", "upload"].allSatisfy { report[$0, .emptyReply] + report[$0, .reset] > 0 }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `stopping and starting gunicorn loses requests, and they are counted`() async throws {
        let report = try await Self.underLoad(.gunicorn) { server, load in
            let master = try server.master()
            let workers = master.children
            load.allow(["1", "2"])
            // QUIT: quick, in the middle of everything. Requests are on their way now, also where looking for the
            // workers has held up the load.
            #expect(await load.settle(20))
            master.signal(SIGQUIT)
            try await server.wait("the end of gunicorn") { !master.isAlive && workers.allSatisfy { !$0.isAlive } }
            #expect(await load.until { $0[.refused] >= 20 })
            try server.flip(to: "2")
            try await server.start()
            #expect(await load.until { ($0.versions["2"]?.count ?? 0) >= 50 })
        }
        let cut = report[.reset] + report[.emptyReply]
        #expect(cut > 0, "requests that were being served: \(report.details)")
        #expect(report.failed >= report[.refused] + cut)
        #expect(report[.malformed] == 0 && report[.wrongVersion] == 0, "\(report.details)")
        #expect(report.versions["1"] != nil && report.versions["2"] != nil)
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `killed workers are seen`() async throws {
        let report = try await Self.underLoad(.gunicorn) { server, load in
            // Where the machine has held up the load, nothing may be in a worker's hands just then: its successor is next.
            for _ in 0..<20 {
                for worker in try server.master().children { worker.signal(SIGKILL) }
                if await load.until(within: .seconds(3), Self.sawCuts) { break }
            }
        }
        #expect(Self.sawCuts(report), "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a release that answers too early is seen`() async throws {
        let report = try await Self.underLoad(.gunicorn) { server, load in
            try server.behave(["release": "2"], "1")
            #expect(await load.until { $0[.wrongVersion] >= 20 })
        }
        #expect(report.failed == report[.wrongVersion] + report.slow, "\(report.details)")
        let told = report.failures.filter { $0.outcome == .wrongVersion }
        #expect(told.allSatisfy { $0.detail == "answered by release 2" }, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a release that answers badly is seen`() async throws {
        let report = try await Self.underLoad(.gunicorn) { server, load in
            try server.behave(["status": "500"], "1")
            #expect(await load.until { $0[.badStatus(500)] >= 20 })
        }
        #expect(report.failed == report[.badStatus(500)] + report.slow, "\(report.details)")
    }

    // MARK: None is seen where there is none

    @Test(
        .enabled(if: !ServerKind.installed().isEmpty, "no server is installed"),
        arguments: ServerKind.installed([.gunicorn, .newestGunicorn, .nginx, .unicorn])
    )
    func `a takeover with a second master loses nothing`(kind: ServerKind) async throws {
        let report = try await Self.underLoad(kind) { server, load in
            let old = try server.master()
            let oldWorkers = old.children
            load.allow(["1", "2"])
            try server.flip(to: "2")
            old.signal(SIGUSR2)
            try await server.wait("a second master with its workers") {
                let news = old.children.filter { !oldWorkers.contains($0) }
                return news.contains { $0.children.count >= server.options.workers }
            }
            #expect(await load.until { ($0.versions["2"]?.count ?? 0) > 0 })
            old.signal(kind == .nginx || kind == .unicorn ? SIGQUIT : SIGTERM)
            try await server.wait("the old ones to leave") { !old.isAlive && oldWorkers.allSatisfy { !$0.isAlive } }
            load.allow(["2"])
            #expect(await load.settle(100))
            _ = try await server.master(after: old)
        }
        #expect(report.failed == 0, "\(report.details)")
        #expect((report.versions["2"]?.count ?? 0) >= 100)
    }

    @Test(
        .enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing),
        arguments: ServerKind.installed([.gunicorn, .newestGunicorn, .nginx, .unicorn])
    )
    func `a reload loses nothing`(kind: ServerKind) async throws {
        let report = try await Self.underLoad(kind) { server, load in
            let master = try server.master()
            let workers = master.children
            load.allow(["1", "2"])
            try server.flip(to: "2")
            master.signal(SIGHUP)
            try await server.wait("the old workers to leave") { workers.allSatisfy { !$0.isAlive } }
            load.allow(["2"])
            #expect(await load.settle(100))
            #expect(try server.master() == master)
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    @Test(.enabled(if: ServerKind.puma.isInstalled, ServerKind.puma.missing))
    func `a phased restart of puma loses nothing that it has begun to read`() async throws {
        let report = try await Self.underLoad(.puma) { server, load in
            let workers = try server.master().children
            load.allow(["1", "2"])
            try server.flip(to: "2")
            try server.master().signal(SIGUSR1)
            try await server.wait("the old workers to leave") { workers.allSatisfy { !$0.isAlive } }
            try await server.wait("both workers of release 2") {
                String(decoding: (try? Files.read(server.log)) ?? [], as: UTF8.self)
                    .split(separator: "release 2 booted", omittingEmptySubsequences: false).count == 3
            }
            #expect(await load.settle(100))
        }
        // A worker that leaves closes the connections of which it has not read a byte (puma#2398, here 5.6.5): one in
        // some hundred new connections has met that. Nothing else may fail, and the load must not hide it either.
        #expect(report.failed == report[.emptyReply] + report[.reset], "\(report.details)")
        #expect(report.failed * 50 <= report.total, "\(report.details)")
        #expect(report.versions["2"] != nil)
    }

    @Test(
        .enabled(if: !ServerKind.installed().isEmpty, "no server is installed"),
        arguments: ServerKind.installed([.gunicorn, .nginx, .unicorn])
    )
    func `a second master that cannot boot costs nothing`(kind: ServerKind) async throws {
        let report = try await Self.underLoad(kind) { server, load in
            let old = try server.master()
            try server.behave(["boot": "fail"], "2")
            try server.flip(to: "2")
            old.signal(SIGUSR2)
            try await server.wait("the second master to have tried") {
                let log = String(decoding: (try? Files.read(server.log)) ?? [], as: UTF8.self)
                return log.contains("told not to boot") || log.contains("told_not_to_boot")
            }
            try server.flip(to: "1")
            #expect(await load.settle(50))
            #expect(old.isAlive)
        }
        #expect(report.failed == 0, "\(report.details)")
        #expect(report.versions["2"] == nil)
    }
}
