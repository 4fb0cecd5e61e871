import Handover
import HostSide
import Reactor
import Shell
import Supervision
import TestLoad
import TestServers
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What real servers look like before a handover, in every shell that hosts have, and what is concluded.
@Suite struct PreflightLookTests {
    /// What a definition of the fixture's server says.
    static func look(_ server: ServerFixture, trial seconds: Int? = nil) -> HandoverLook {
        let user = String(cString: getpwuid(getuid()).pointee.pw_name)
        var look = HandoverLook("web", user: user, command: server.command)
        (look.pidFile, look.root) = (server.pidFile, server.root)
        look.environment = server.variables.map { EnvironmentVariable($0.key, $0.value) }
        if let seconds { look.trial = HandoverLook.Trial(tree: server.folder("2"), seconds: seconds) }
        return look
    }

    static func service(_ server: ServerFixture) -> ServiceDefinition {
        var instance = ServiceInstance(number: 0, command: server.command, directory: server.current)
        switch server.target {
        case .tcp(let address, let port): instance.listen = .port(host: address, port: Int(port))
        case .unix(let path): instance.listen = .socket(path)
        }
        let user = String(cString: getpwuid(getuid()).pointee.pw_name)
        var service = ServiceDefinition(
            name: "web",
            description: "",
            root: server.root,
            user: user,
            instances: [instance]
        )
        service.handover.pidfile = server.pidFile
        return service
    }

    static let health = Health(
        question: .http("http://localhost/", status: 200),
        version: "2",
        versionHeader: "X-Release"
    )

    static func wish(_ server: ServerFixture) -> Preflight.Wish { Preflight.Wish(service(server), health: health) }

    /// Looks, and judges.
    static func judge(
        _ server: ServerFixture,
        trial seconds: Int? = nil,
        _ shell: HostShell = .dash,
        adjusting: (inout HandoverLook, inout Preflight.Wish) -> Void = { _, _ in }
    ) async throws -> Preflight.Decision {
        var (look, wish) = (look(server, trial: seconds), wish(server))
        adjusting(&look, &wish)
        return Preflight.judge(try await ask(look, shell, in: server.root), wish)
    }

    static func ask(_ look: HandoverLook, _ shell: HostShell, in directory: String) async throws -> HandoverSighting {
        let looks = [look.look]
        let result = try await shell.run(Looking.program(looks).text, in: directory)
        #expect(result.errors == "", "\(shell): \(result.errors)")
        return try look.read(try Looking.read(Array(result.output.utf8), looks)[look.look])
    }

    private static let kinds = ServerKind.installed([.gunicorn, .newestGunicorn, .nginx, .unicorn])

    @Test(.enabled(if: !kinds.isEmpty, "no server is installed"), arguments: kinds)
    func `a server that runs well is taken over`(kind: ServerKind) async throws {
        try await withServerFixture(kind) { server in
            try await server.start()
            let master = try server.master()
            try await server.wait("its workers") { master.children.count >= 2 }
            for shell in HostShell.present {
                let seen = try await Self.ask(Self.look(server, trial: 30), shell, in: server.root)
                #expect(seen.master?.pid == master.pid && "\(seen.master?.start ?? 0)" == master.started)
                #expect(seen.boot == (try server.order(nonce: Takeover.nonce).old.boot))
                #expect(seen.pidFile == .names(master.pid, .alive))
                #expect(seen.sides == [".2": .missing, ".oldbin": .missing])
                #expect(seen.server?.rawValue == kind.word, "\(seen)")
                #expect(seen.version?.text.contains(".") == true, "\(shell): \(seen)")
                #expect(seen.current == "releases/1" && seen.currentReal == server.folder("1"))
                #expect(seen.hasTree)
                #expect(HandoverPlan.workers(seen, kind.profile).count == 2, "\(seen.children)")
                #expect(seen.children.allSatisfy { $0.memory > 0 } && (seen.master?.memory ?? 0) > 0)
                #expect((seen.memoryLeft ?? 0) > 0)
                let address = try #require(Self.service(server).instances[0].listen)
                #expect(seen.listening.contains(address), "\(shell): \(seen.listening)")
                if kind == .unicorn {
                    guard case .none(let why) = seen.trial else { throw TakeoverError("\(seen.trial)") }
                    #expect(why == "unicorn has no check of its configuration")
                } else {
                    guard case .ran(0, _, _) = seen.trial else { throw TakeoverError("\(shell): \(seen.trial)") }
                }
                let decision = Preflight.judge(seen, Self.wish(server))
                #expect(decision.strategy == .takeover, "\(shell): \(decision.findings)")
                #expect(decision.profile?.name == kind.profile.name)
            }
        }
    }

    // MARK: Traps, for real

    private static func traps(_ decision: Preflight.Decision) -> Set<PreflightTrap> {
        Set(decision.findings.map(\.trap))
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing), arguments: HostShell.present)
    func `pid files: stale, of a stranger, and a second master`(shell: HostShell) async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            let side = server.pidFile + ".2"
            let stranger = try await server.stranger()
            try Files.write(Array("\(stranger.pid)\n".utf8), to: side)
            var decision = try await Self.judge(server, shell)
            #expect(Self.traps(decision).contains(.sidePidFile), "\(decision.findings)")
            #expect(decision.strategy == .restart && decision.because.contains("\(stranger.pid)"))
            stranger.signal(SIGKILL)
            try await server.wait("the stranger to end") { !Files.exists("/proc/\(stranger.pid)") }
            decision = try await Self.judge(server, shell)
            #expect(Self.traps(decision).contains(.staleSidePidFile) && decision.strategy == .takeover)
            // A whole second generation.
            try server.master().signal(SIGUSR2)
            try await server.wait("a second master") { server.process(in: side).map { !$0.children.isEmpty } ?? false }
            decision = try await Self.judge(server, shell)
            #expect(decision.strategy == nil && decision.findings.first?.trap == .secondGeneration, "\(decision)")
            // Its base names another.
            try Files.write(Array("1\n".utf8), to: server.pidFile)
            decision = try await Self.judge(server, shell) { look, _ in look.mains = [Int(server.processes[0].pid)] }
            #expect(decision.strategy != .takeover)
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `a release that cannot be loaded is stopped by its own check`() async throws {
        try await withServerFixture(.gunicorn) { server in
            try await server.start()
            try Files.write(Array("raise RuntimeError('no such table')\n".utf8), to: "\(server.folder("2"))/app.py")
            let decision = try await Self.judge(server, trial: 30)
            #expect(decision.strategy == nil, "\(decision)")
            let finding = try #require(decision.refusals.first)
            #expect(finding.trap == .trialFailed && finding.text.contains("no such table"), "\(finding)")
            // It hangs: it is ended.
            try Files.write(Array("import time\ntime.sleep(100)\n".utf8), to: "\(server.folder("2"))/app.py")
            let hung = try await Self.judge(server, trial: 1)
            #expect(hung.refusals.first?.text.contains("did not end in time") == true, "\(hung)")
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `foreground, reuse_port, a deleted directory and other variables`() async throws {
        var options = ServerFixture.Options()
        options.isDaemon = false
        options.environment = ["GUNICORN_CMD_ARGS": "--reuse-port"]
        try await withServerFixture(.gunicorn, options) { server in
            try await server.start()
            var decision = try await Self.judge(server, trial: 30)
            #expect(Self.traps(decision).isSuperset(of: [.reusePort, .noDrain]), "\(decision.findings)")
            #expect(decision.profile?.drain == nil && decision.strategy == .restart)
            decision = try await Self.judge(server) { look, _ in
                look.environment.append(EnvironmentVariable("FIXTURE_BIND", "127.0.0.1:1"))
                look.environment.append(EnvironmentVariable("NEW", "secret"))
            }
            let finding = try #require(decision.findings.first { $0.trap == .definitionChanged }, "\(decision)")
            #expect(finding.text.contains("FIXTURE_BIND, NEW") && !finding.text.contains("secret"), "\(finding)")
            try Files.removeTree(server.folder("1"))
            decision = try await Self.judge(server)
            #expect(Self.traps(decision).contains(.directoryDeleted), "\(decision.findings)")
        }
    }

    @Test(.enabled(if: ServerKind.nginx.isInstalled, ServerKind.nginx.missing))
    func `nginx in the foreground is reloaded instead`() async throws {
        var options = ServerFixture.Options()
        options.isDaemon = false
        try await withServerFixture(.nginx, options) { server in
            try await server.start()
            let decision = try await Self.judge(server, trial: 10)
            #expect(Self.traps(decision).contains(.foreground), "\(decision.findings)")
            #expect(decision.strategy == .reload && decision.because.contains("ignores USR2"))
        }
    }

    @Test(.enabled(if: ServerKind.unicorn.isInstalled, ServerKind.unicorn.missing))
    func `a hook that kills the old master, in the release to come too`() async throws {
        try await withServerFixture(.unicorn) { server in
            try await server.start()
            let path = "\(server.folder("2"))/unicorn.rb"
            let hook =
                "\nbefore_fork { |s, w| o = \"#{s.config[:pid]}.oldbin\"; Process.kill(:QUIT, File.read(o).to_i) }\n"
            try Files.write(try Files.read(path) + Array(hook.utf8), to: path)
            let decision = try await Self.judge(server, trial: 10)
            #expect(Self.traps(decision).contains(.hookKills), "\(decision.findings)")
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing))
    func `an order written from what was seen takes the server over`() async throws {
        let report = try await underLoad(.gunicorn) { takeover, load in
            var takeover = takeover
            let server = takeover.server
            let look = Self.look(server, trial: 30)
            let seen = try await Self.ask(look, .dash, in: server.root)
            let decision = Preflight.judge(seen, Self.wish(server))
            var options = HandoverPlan.Options(nonce: Takeover.nonce, epoch: 1)
            (options.newVersion, options.oldVersion) = ("2", "1")
            (options.probes, options.interval, options.stable) = (3, .milliseconds(100), .seconds(1))
            var health = Self.health
            guard case .tcp(let address, let port) = server.target else { return }
            health.question = .http("http://\(address):\(port)/", status: 200)
            takeover.order = try HandoverPlan.order(
                seen,
                decision,
                service: Self.service(server),
                health: health,
                flips: takeover.order.flips,
                options
            )
            let verdict = try await takeover.dance(load)
            #expect(verdict.outcome == .committed, "\(takeover.story)")
            try await takeover.isNew()
        }
        #expect(report.failed == 0, "\(report.details)")
    }

    /// Each release has a virtual environment of its own.
    private static func environments(_ server: ServerFixture) async throws {
        for release in ["1", "2"] {
            let folder = server.folder(release)
            let words = ["/usr/bin/python3", "-m", "venv", "--without-pip", "--system-site-packages", "\(folder)/venv"]
            let made = try await server.loop.run(ChildRequest(words, environment: Surroundings.environment))
            #expect(made.succeeded, "\(made.errors)")
            let script =
                "#!\(folder)/venv/bin/python3\nimport sys\nfrom gunicorn.app.wsgiapp import run\nsys.exit(run())\n"
            try Files.write(Array(script.utf8), to: "\(folder)/venv/bin/gunicorn")
            _ = try await server.loop.run(
                ChildRequest(["chmod", "755", "\(folder)/venv/bin/gunicorn"], environment: Surroundings.environment)
            )
        }
    }

    @Test(.enabled(if: ServerKind.gunicorn.isInstalled, ServerKind.gunicorn.missing), arguments: [true, false])
    func `an interpreter of a release is frozen unless its way leads through current`(isFrozen: Bool) async throws {
        var options = ServerFixture.Options()
        options.program = isFrozen ? ["venv/bin/gunicorn"] : ["venv/bin/python3", "venv/bin/gunicorn"]
        try await withServerFixture(.gunicorn, options) { server in
            try await Self.environments(server)
            try await server.start()
            let decision = try await Self.judge(server, trial: 30)
            #expect(Self.traps(decision).contains(.frozenInterpreter) == isFrozen, "\(decision.findings)")
            #expect(decision.strategy == (isFrozen ? .restart : .takeover), "\(decision.findings)")
            // Who goes on all the same is stopped before the drain.
            var takeover = try await Takeover(server)
            takeover.order.oldRelease = server.folder("1")
            let verdict = try await takeover.dance()
            #expect(verdict.outcome == (isFrozen ? .undone : .committed), "\(takeover.story)")
            if isFrozen {
                #expect(verdict.because.contains("by the old release's path: \(server.folder("1"))/venv/bin/python3"))
                #expect(!takeover.journal.states.contains("seen"))
            }
        }
    }
}
