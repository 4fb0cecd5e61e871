import CSystem
import Reactor
import TestLoad
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The load against a server that does exactly what is to be seen: every class of outcome, and each request once.
@Suite struct LoadTests {
    typealias Server = ScriptedServer

    /// Sends until enough is seen, and reports.
    private func load(
        _ target: Target,
        _ stream: Stream = .fresh(perSecond: 100),
        versions: Set<String>? = ["1"],
        until isDone: @escaping @Sendable (Report) -> Bool = { $0.total >= 5 },
        on loop: Loop
    ) async throws -> Report {
        let load = try Load([target], Profile([stream]), versions: versions, on: loop)
        load.start()
        let seen = await load.until(isDone)
        let report = await load.stop()
        #expect(seen, "\(report.details)")
        return report
    }

    /// A load on one scripted server; everything is closed again.
    private func serve(
        unix path: String? = nil,
        _ stream: Stream = .fresh(perSecond: 100),
        until isDone: @escaping @Sendable (Report) -> Bool = { $0.total >= 5 },
        _ script: @escaping @Sendable (Int) -> [Server.Step]
    ) async throws -> Report {
        try await withLoop { loop in
            let server = try Server(unix: path, on: loop, script)
            let report = try await load(server.target, stream, until: isDone, on: loop)
            server.close()
            return report
        }
    }

    private func stream(_ change: (inout Exchange.Limits) -> Void) -> Stream {
        var stream = Stream.fresh(perSecond: 100)
        change(&stream.limits)
        return stream
    }

    private func only(_ outcome: Outcome, _ report: Report) {
        #expect(report.total >= 5 && report[outcome] == report.total, "\(report.details)")
    }

    // MARK: Good

    @Test func `good answers are all that is counted`() async throws {
        let report = try await serve { _ in [.read, .send(Server.answer("release=1\n"))] }
        only(.ok, report)
        #expect(report.failed == 0)
        #expect(report.versions["1"]?.count == report.total)
        #expect(report.description.hasPrefix("0 of \(report.total) failed, worst "))
    }

    @Test func `a unix socket is as good`() async throws {
        try await withDirectory { directory in
            only(.ok, try await serve(unix: "\(directory)/s") { _ in [.read, .send(Server.answer("hi"))] })
        }
    }

    @Test func `chunks, an interim answer and an end instead of a length are answers`() async throws {
        let answers = [
            "HTTP/1.1 100 Continue\r\n\r\n" + Server.answer("x"),
            "HTTP/1.1 200 OK\r\nX-Release: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-Release: 1\r\n\r\nto the end",
        ]
        only(.ok, try await serve { [.read, .send(answers[$0 % 3]), .close] })
    }

    @Test func `kept connections are used again`() async throws {
        try await withLoop { loop in
            let server = try Server(on: loop) { _ in (0..<200).flatMap { _ in [.read, .send(Server.answer("hi"))] } }
            let isEnough: @Sendable (Report) -> Bool = { $0.total >= server.accepted + 20 }
            let report = try await load(server.target, .kept(3, perSecond: 100), until: isEnough, on: loop)
            #expect(report[.ok] == report.total, "\(report.details)")
            server.close()
        }
    }

    @Test func `an upload arrives in pieces and whole`() async throws {
        let stream = Stream.uploads(bytes: 5000, over: .milliseconds(50), perSecond: 50)
        only(.ok, try await serve(stream) { _ in [.read, .send(Server.answer("received=5000\n"))] })
        only(.wrongBody, try await serve(stream) { _ in [.read, .send(Server.answer("received=4999\n"))] })
    }

    // MARK: Each way to fail

    @Test func `nobody listens`() async throws {
        let report = try await withLoop { loop in
            let port = try DeafPort()
            return try await load(port.target, on: loop)
        }
        only(.refused, report)
        only(.refused, try await withLoop { try await load(.unix("/nonexistent/socket"), on: $0) })
    }

    @Test func `a full queue is a connect timeout`() async throws {
        let stream = stream { $0.connect = .milliseconds(50) }
        let report = try await withLoop { loop in
            let link = try FaultyLink(to: 1, .full, on: loop)
            defer { link.close() }
            return try await load(.loopback(link.port), stream, on: loop)
        }
        only(.connectTimeout, report)
    }

    @Test func `a full queue of a unix socket is waited at, and then a connect timeout`() async throws {
        let stream = stream {
            $0.connect = .milliseconds(50)
            $0.answer = .milliseconds(200)
        }
        try await withDirectory { directory in
            let report = try await withLoop { loop in
                let (listener, target) = try listenSomewhere(unix: "\(directory)/s", backlog: 0)
                defer { shut(listener) }
                return try await load(target, stream, until: { $0[.connectTimeout] >= 5 }, on: loop)
            }
            // The first ones fit into the queue, and nobody answers them.
            #expect(report[.connectTimeout] >= 5, "\(report.details)")
            #expect(report[.connectTimeout] + report[.unanswered] + report[.abandoned] == report.total)
        }
    }

    @Test func `a reset after accept`() async throws { only(.reset, try await serve { _ in [.reset] }) }

    @Test func `a reset instead of an answer`() async throws {
        only(.reset, try await serve { _ in [.wait, .reset] })
        try await withDirectory { directory in
            // A unix socket that is closed with the request unread in it.
            only(.reset, try await serve(unix: "\(directory)/s") { _ in [.wait, .close] })
        }
    }

    @Test func `an end instead of an answer`() async throws {
        only(.emptyReply, try await serve { _ in [.read, .close] })
    }

    @Test func `a reset inside the answer`() async throws {
        only(.resetInAnswer, try await serve { _ in [.read, .send("HTTP/1.1 200 OK\r\nContent-"), .reset] })
        let half = String(Server.answer("hello").dropLast())
        only(.resetInAnswer, try await serve { _ in [.read, .send(half), .reset] })
    }

    @Test func `an end inside the answer`() async throws {
        let half = String(Server.answer("hello").dropLast())
        only(.truncated, try await serve { _ in [.read, .send(half), .close] })
    }

    @Test func `silence`() async throws {
        let stream = stream { $0.answer = .milliseconds(100) }
        only(.unanswered, try await serve(stream) { _ in [.hold] })
        only(.unanswered, try await serve(stream) { _ in [.read, .send("HTTP/1.1 200 OK\r\n"), .hold] })
    }

    @Test func `no HTTP, and more than was asked for`() async throws {
        only(.malformed, try await serve { _ in [.read, .send("220 mail ready\r\n"), .hold] })
        only(.malformed, try await serve { _ in [.read, .send(Server.answer("hi") + "more"), .hold] })
    }

    @Test func `bad statuses are counted by status`() async throws {
        let report = try await serve(until: { $0[.badStatus(503)] > 0 && $0[.badStatus(404)] > 0 }) { number in
            let status = number % 2 == 0 ? "503 Service Unavailable" : "404 Not Found"
            return [.read, .send(Server.answer(status: status))]
        }
        #expect(report[.badStatus(503)] + report[.badStatus(404)] == report.total)
        #expect(report.failed == report.total)
    }

    @Test func `an answer of the wrong release`() async throws {
        let report = try await serve { _ in [.read, .send(Server.answer(version: "2"))] }
        only(.wrongVersion, report)
        #expect(report.failures.first?.detail == "answered by release 2")
    }

    @Test func `late answers`() async throws {
        only(.late, try await serve(stream { $0.late = .zero }) { _ in [.read, .send(Server.answer())] })
    }

    // MARK: Kept connections that go away

    @Test func `a kept connection that is reset under a request is no failure`() async throws {
        let report = try await serve(.kept(1, perSecond: 100), until: { $0[.keptConnectionClosed] >= 3 }) { _ in
            [.read, .send(Server.answer()), .wait, .reset]
        }
        #expect(report[.keptConnectionClosed] + report[.ok] == report.total, "\(report.details)")
        #expect(report.failed == 0)
        #expect(report.description.contains("kept connections closed under a request"))
    }

    @Test func `one that ends long after it has read the request is`() async throws {
        var stream = Stream.kept(1, perSecond: 100)
        stream.limits.race = .nanoseconds(-1)
        let report = try await serve(stream, until: { $0[.emptyReply] >= 3 }) { _ in
            [.read, .send(Server.answer()), .read, .close]
        }
        #expect(report[.emptyReply] + report[.ok] == report.total, "\(report.details)")
    }

    @Test func `one that the server closes while it is idle costs nothing`() async throws {
        let report = try await serve(.kept(1, perSecond: 100), until: { $0.idleClosed >= 3 }) { _ in
            [.read, .send(Server.answer()), .close]
        }
        #expect(report[.ok] == report.total, "\(report.details)")
    }

    // MARK: Bounds

    @Test func `a load outside its bounds is refused`() async throws {
        try await withLoop { loop in
            var long = Profile([.fresh(perSecond: 1)])
            long.longest = Profile.longest + .seconds(1)
            let profiles = [
                Profile([]), Profile([.fresh(perSecond: 401)]), Profile([.fresh(perSecond: 0)]), long,
                Profile([.fresh(perSecond: 300), .kept(1, perSecond: 101)]),
            ]
            for profile in profiles {
                #expect(throws: LoadError.self) { _ = try Load([.loopback(1)], profile, on: loop) }
            }
            #expect(throws: LoadError.self) { _ = try Load([], .mixed(), on: loop) }
        }
    }

    @Test func `what exceeds the bound on connections is counted as unsent`() async throws {
        let report = try await withLoop { loop in
            let server = try Server(on: loop) { _ in [.hold] }
            var profile = Profile([.fresh(perSecond: 200)])
            profile.mostConnections = 3
            let load = try Load([server.target], profile, on: loop)
            load.start()
            _ = await load.until { $0[.unsent] >= 5 }
            let report = await load.stop(drain: .zero)
            server.close()
            return report
        }
        #expect(report[.unsent] >= 5)
        #expect(report[.abandoned] == 3, "\(report.details)")
        #expect(report.failed == report.total)
    }

    @Test func `a load stops sending by itself`() async throws {
        let report = try await withLoop { loop in
            let server = try Server(on: loop) { _ in [.read, .send(Server.answer())] }
            var profile = Profile([.fresh(perSecond: 100)])
            profile.longest = .milliseconds(50)
            let load = try Load([server.target], profile, on: loop)
            load.start()
            #expect(await !load.until(within: .milliseconds(500)) { $0.total > 6 })
            let report = await load.stop()
            server.close()
            return report
        }
        #expect((1...6).contains(report.total), "\(report.details)")
    }

    @Test func `what the load itself was held up for is left out, and said`() async throws {
        let report = try await withLoop { loop in
            let server = try Server(on: loop) { _ in [.read, .send(Server.answer())] }
            let load = try Load([server.target], Profile([.fresh(perSecond: 100)]), on: loop)
            load.start()
            // This loop has a thread of its own, and the whole of it stands still.
            usleep(600_000)
            _ = await load.settle(5)
            let report = await load.stop()
            server.close()
            return report
        }
        #expect(report.missed >= 50 && report.total < 50, "\(report.details)")
        #expect(report.details.contains("left out: the load itself was held up"))
    }

    @Test func `every target and every stream gets its share`() async throws {
        let report = try await withLoop { loop in
            let servers = try (1...2).map { number in
                try Server(on: loop) { _ in [.read, .send(Server.answer(version: "\(number)"))] }
            }
            let profile = Profile([.fresh(perSecond: 100), Stream("health", .get("/health"), perSecond: 100)])
            let load = try Load(servers.map(\.target), profile, versions: ["1", "2"], on: loop)
            load.start()
            _ = await load.settle(40)
            let report = await load.stop()
            for server in servers { server.close() }
            return report
        }
        #expect(report.failed == 0, "\(report.details)")
        #expect(report.total(of: "fresh") >= 15 && report.total(of: "health") >= 15, "\(report.details)")
        #expect((report.versions["1"]?.count ?? 0) >= 15 && (report.versions["2"]?.count ?? 0) >= 15)
        #expect(report["health", .ok] == report.total(of: "health"))
    }
}
