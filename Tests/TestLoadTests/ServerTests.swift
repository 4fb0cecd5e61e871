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

/// The real servers: that the fixtures behave as documented, and leave nothing behind.
@Suite(.serialized) struct ServerTests {
    /// For servers that listen and answer nothing.
    private static var brief: Exchange.Limits {
        var limits = Exchange.Limits()
        limits.answer = .milliseconds(300)
        return limits
    }

    @Test(.enabled(if: !ServerKind.installed().isEmpty, "no server is installed"), arguments: ServerKind.installed())
    func `it starts, serves what is documented, and leaves nothing behind`(kind: ServerKind) async throws {
        let root = try await withServerFixture(kind) { server in
            try await server.start()
            let answer = await server.loop.ask(server.target)
            #expect(answer.outcome == .ok && answer.version == "1")
            #expect(answer.body.hasPrefix("release=1\npid="))
            let upload = await server.loop.ask(server.target, .upload(bytes: 100_000, over: .milliseconds(100)))
            #expect(upload.outcome == .ok, "\(upload)")
            let slow = await server.loop.ask(server.target, .get("/slow?seconds=1", expects: "release=1\n"))
            #expect(slow.outcome == .ok && slow.version == "1", "\(slow)")
            #expect(await server.loop.ask(server.target, .get("/health")).status == 200)
            let master = try server.master()
            #expect(master.children.count >= 2, "\(master.children)")
            #expect(server.processes.contains(master))
            return server.root
        }
        #expect(FixtureProcess.belonging(to: root).isEmpty)
        #expect(!Files.exists(root))
    }

    @Test(
        .enabled(if: !ServerKind.installed().isEmpty, "no server is installed"),
        arguments: ServerKind.installed([.gunicorn, .nginx, .unicorn, .puma])
    )
    func `it serves a unix socket as well`(kind: ServerKind) async throws {
        var options = ServerFixture.Options()
        options.onUnixSocket = true
        try await withServerFixture(kind, options) { server in
            try await server.start()
            #expect(await server.loop.ask(server.target).version == "1")
        }
    }

    @Test(
        .enabled(if: !ServerKind.installed().isEmpty, "no server is installed"),
        arguments: ServerKind.installed([.gunicorn, .nginx, .unicorn, .puma])
    )
    func `the settings of one release break the other`(kind: ServerKind) async throws {
        try await withServerFixture(kind) { server in
            try server.configure(for: "2")
            try await server.launch()
            try await server.wait("the boot to fail") {
                let log = String(decoding: (try? Files.read(server.log)) ?? [], as: UTF8.self)
                return log.contains("release 1 cannot read")
                    || log.contains("unknown \"settings_of_release_2\" variable")
            }
            #expect(await server.loop.ask(server.target, limits: Self.brief).outcome.isFailure)
        }
        try await withServerFixture(kind) { server in
            try server.configure(for: "2")
            try server.flip(to: "2")
            try await server.start()
            #expect(await server.loop.ask(server.target).version == "2")
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a release can be told at run time how to behave`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            try server.behave(["status": "503"], "1")
            #expect(await server.loop.ask(server.target).outcome == .badStatus(503))
            try server.behave(["release": "9"], "1")
            #expect(await server.loop.ask(server.target).version == "9")
            try server.behave(["healthy": "no"])
            try server.behave([:], "1")
            #expect(await server.loop.ask(server.target).outcome == .ok)
            #expect(await server.loop.ask(server.target, .get("/health")).outcome == .badStatus(503))
            let crash = await server.loop.ask(server.target, .get("/crash"))
            #expect(crash.outcome == .emptyReply || crash.outcome == .reset, "\(crash)")
            try await server.answers(as: "1")
        }
    }

    @Test(
        .enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing),
        arguments: ["fail", "exit", "hang"]
    )
    func `a release can be told not to boot`(how: String) async throws {
        try await withServerFixture(.gunicorn) { server in
            try server.behave(["boot": how], "1")
            try await server.launch()
            try await server.wait("an attempt to boot") {
                let log = String(decoding: (try? Files.read(server.log)) ?? [], as: UTF8.self)
                return log.contains("told not to boot") || log.contains("told to exit at boot")
                    || how == "hang" && log.contains("Booting worker")
            }
            #expect(await server.loop.ask(server.target, limits: Self.brief).outcome.isFailure)
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a release can be told to die after a while`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try server.behave(["die_after": "0.1"], "1")
            try await server.start()
            let first = try server.master().children
            try await server.wait("every worker to be replaced") {
                Set(try server.master().children).isDisjoint(with: first)
            }
        }
    }
}
