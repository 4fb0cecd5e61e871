import Handover
import HostSide
import Supervision
import Testing

/// What is concluded from what was seen: one deviation from a service that can be taken over at a time.
@Suite struct PreflightTests {
    typealias Process = HandoverSighting.Process

    /// A gunicorn 23 in the background, started through `current`, that nobody supervises.
    static func sighting(_ server: HandoverServer = .gunicorn) -> HandoverSighting {
        var seen = HandoverSighting()
        seen.boot = "aa-bb.5"
        var master = Process(pid: 100, start: 1000, parent: 1, uid: 1001, gid: 1001)
        switch server {
        case .gunicorn:
            master.arguments = [
                "/srv/shop/current/venv/bin/python", "/srv/shop/current/venv/bin/gunicorn", "-D", "shop:app",
            ]
            seen.version = HandoverSighting.Version(text: "23.0.0", language: "3.11")
        case .nginx: master.arguments = ["nginx: master process /usr/sbin/nginx -c /srv/shop/current/nginx.conf"]
        case .unicorn: master.arguments = ["unicorn master -c /srv/shop/current/unicorn.rb config.ru"]
        }
        (master.directory, master.executable) = ("/srv/shop/releases/1", "/usr/bin/x")
        (master.canStart, master.memory) = (true, 20_000)
        seen.master = master
        let title = server == .nginx ? "nginx: worker process" : "worker"
        seen.children = [
            HandoverSighting.Child(pid: 101, start: 1001, memory: 40_000, title: title),
            HandoverSighting.Child(pid: 102, start: 1002, memory: 40_000, title: title),
        ]
        seen.pidFile = .names(100, .alive)
        seen.sides = [".2": .missing, ".oldbin": .missing]
        (seen.root, seen.current, seen.currentReal) = ("/srv/shop", "releases/1", "/srv/shop/releases/1")
        seen.account = (1001, 1001)
        seen.isEnvironmentKnown = true
        (seen.workingPath, seen.workingReal) = ("/srv/shop/current", "/srv/shop/releases/1")
        seen.listening = [.port(host: "127.0.0.1", port: 8000)]
        seen.ancestors = [HandoverSighting.Other(pid: 1, title: "init")]
        seen.memoryLeft = 1_000_000
        seen.server = server
        seen.trial = .ran(status: 0, command: "gunicorn --check-config", said: [])
        return seen
    }

    static func wish(_ server: HandoverServer = .gunicorn) -> Preflight.Wish {
        let command: [String] =
            switch server {
            case .gunicorn:
                ["/srv/shop/current/venv/bin/python", "/srv/shop/current/venv/bin/gunicorn", "-D", "shop:app"]
            case .nginx: ["/usr/sbin/nginx", "-c", "/srv/shop/current/nginx.conf"]
            case .unicorn: ["/usr/bin/unicorn", "-c", "/srv/shop/current/unicorn.rb", "config.ru"]
            }
        var instance = ServiceInstance(number: 0, command: command, directory: "/srv/shop/current")
        instance.listen = .port(host: "127.0.0.1", port: 8000)
        var service = ServiceDefinition(
            name: "web",
            description: "",
            root: "/srv/shop",
            user: "shop",
            instances: [instance]
        )
        service.handover.pidfile = "/run/shop/web.pid"
        let health = Health(question: .http("http://127.0.0.1:8000/", status: 200), version: "2")
        return Preflight.Wish(service, health: health)
    }

    /// The same under a unit that follows a second master.
    static func underSystemd(_ server: HandoverServer = .gunicorn) -> HandoverSighting {
        var seen = sighting(server)
        (seen.systemd, seen.unit) = (252, "web.service")
        seen.properties = [
            "Type": "forking", "ExitType": "cgroup", "Restart": "always", "KillMode": "control-group",
            "OOMPolicy": "continue", "MainPID": "0", "NotifyAccess": "none", "WatchdogUSec": "0", "PIDFile": "",
            "NeedDaemonReload": "no",
        ]
        return seen
    }

    @Test(arguments: HandoverServer.allCases) func `what can be taken over is`(server: HandoverServer) {
        for seen in [Self.sighting(server), Self.underSystemd(server)] {
            let decision = Preflight.judge(seen, Self.wish(server))
            #expect(decision.strategy == .takeover, "\(decision.findings)")
            #expect(decision.findings.allSatisfy { $0.trap == .notPinned }, "\(decision.findings)")
            #expect(decision.because.contains(server.rawValue), "\(decision.because)")
        }
    }

    /// One trap: what is different, of which server, under systemd or not.
    struct Case: CustomTestStringConvertible, Sendable {
        var trap: PreflightTrap
        var server = HandoverServer.gunicorn
        var isUnit = false
        var weight: PreflightTrap.Weight?
        var change: @Sendable (inout HandoverSighting, inout Preflight.Wish) -> Void
        var testDescription: String { "\(trap.rawValue) of \(server.rawValue)\(isUnit ? " under systemd" : "")" }

        init(
            _ trap: PreflightTrap,
            of server: HandoverServer = .gunicorn,
            unit isUnit: Bool = false,
            weight: PreflightTrap.Weight? = nil,
            _ change: @escaping @Sendable (inout HandoverSighting, inout Preflight.Wish) -> Void
        ) {
            (self.trap, self.server, self.isUnit, self.weight, self.change) = (trap, server, isUnit, weight, change)
        }
    }

    static let cases: [Case] = processes + supervisors + starts + differences + others

    private static let processes: [Case] = [
        Case(.nobody) { seen, _ in seen.master = nil },
        Case(.unseen) { seen, _ in seen.master?.executable = "" },
        Case(.strange) { seen, _ in seen.server = nil },
        Case(.strange) { _, wish in wish.handover.profile = "apache" },
        Case(.noPidFile) { _, wish in wish.handover.pidfile = nil },
        Case(.wrongPidFile) { seen, _ in seen.pidFile = .missing },
        Case(.wrongPidFile) { seen, _ in seen.pidFile = .empty },
        Case(.wrongPidFile) { seen, _ in seen.pidFile = .strange },
        Case(.wrongPidFile) { seen, _ in seen.pidFile = .link },
        Case(.wrongPidFile) { seen, _ in seen.pidFile = .names(7, .alive) },
        Case(.wrongPidFile) { seen, _ in seen.pidFile = .names(7, .dead) },
        Case(.sidePidFile) { seen, _ in seen.sides[".2"] = .names(7, .alive) },
        // gunicorn takes a zombie for alive.
        Case(.sidePidFile) { seen, _ in seen.sides[".2"] = .names(7, .zombie) },
        Case(.sidePidFile) { seen, _ in seen.sides[".2"] = .link },
        // Of another version's scheme: nobody will look at it.
        Case(.sidePidFile, weight: .warns) { seen, _ in seen.sides[".oldbin"] = .names(7, .alive) },
        Case(.staleSidePidFile) { seen, _ in seen.sides[".2"] = .names(7, .dead) },
        Case(.secondGeneration) { seen, _ in
            seen.others = [HandoverSighting.Other(pid: 200, title: "/usr/bin/python gunicorn shop:app")]
        },
        Case(.secondGeneration) { seen, _ in
            seen.others = [HandoverSighting.Other(pid: 200, title: "whatever")]
            seen.sides[".2"] = .names(200, .alive)
        },
        Case(.secondGeneration, of: .nginx) { seen, _ in
            seen.others = [HandoverSighting.Other(pid: 200, title: "nginx: master process /usr/sbin/nginx")]
        },
        Case(.noWorkers) { seen, _ in seen.children = [] },
        Case(.noWorkers, of: .nginx) { seen, _ in
            seen.children = [HandoverSighting.Child(pid: 9, start: 1, memory: 1, title: "nginx: cache manager process")]
        },
    ]

    private static func child(of title: String) -> @Sendable (inout HandoverSighting, inout Preflight.Wish) -> Void {
        { seen, _ in
            seen.master?.parent = 50
            seen.ancestors = [
                HandoverSighting.Other(pid: 50, title: title), HandoverSighting.Other(pid: 1, title: "init"),
            ]
        }
    }

    private static func property(
        _ key: String,
        _ value: String
    ) -> @Sendable (inout HandoverSighting, inout Preflight.Wish) -> Void {
        { seen, _ in seen.properties[key] = value }
    }

    private static let supervisors: [Case] = [
        Case(.supervised, child(of: "/usr/bin/python3 /usr/bin/supervisord -c x")),
        Case(.supervised, child(of: "runsv web")),
        Case(.supervised, of: .unicorn, child(of: "s6-supervise web")),
        Case(.supervised, child(of: "tini -- gunicorn")),
        Case(.unitOfUser) { seen, _ in seen.userUnit = "web.service" },
        Case(.unitEnds, unit: true, property("ExitType", "main")),
        // Before systemd 250 there is no such property.
        Case(.unitEnds, unit: true, property("ExitType", "")),
        Case(.unitEnds, of: .nginx, unit: true) { seen, _ in seen.properties["ExitType"] = "main" },
        // gunicorn has no pid file for a moment.
        Case(.unitEnds, unit: true) { seen, _ in
            (seen.properties["ExitType"], seen.properties["PIDFile"]) = ("main", "/run/shop/web.pid")
        },
        Case(.unitForgets, unit: true, property("Restart", "on-failure")),
        Case(.unitForgets, unit: true, property("Restart", "on-abnormal")),
        Case(.unitKills, unit: true, property("KillMode", "mixed")),
        Case(.unitWatches, unit: true) { seen, _ in
            (seen.properties["WatchdogUSec"], seen.properties["NotifyAccess"]) = ("30s", "main")
        },
        Case(.unitOutOfMemory, unit: true, property("OOMPolicy", "stop")),
        Case(.unitChanged, unit: true, property("NeedDaemonReload", "yes")),
    ]

    private static let starts: [Case] = [
        Case(.foreground, of: .nginx) { seen, _ in
            seen.master?.arguments = ["nginx: master process /usr/sbin/nginx -g daemon off;"]
        },
        Case(.foreground, of: .nginx) { seen, _ in
            seen.configuration = .init(path: "/etc/nginx.conf", lines: ["  daemon off;"])
        },
        Case(.foreground, of: .nginx, unit: true) { seen, _ in
            (seen.properties["Type"], seen.properties["MainPID"]) = ("exec", "100")
        },
        Case(.noDrain) { seen, wish in
            seen.master?.arguments.remove(at: 2)
            wish.command.remove(at: 2)
        },
        Case(.noDrain, unit: true) { seen, _ in
            (seen.properties["Type"], seen.properties["MainPID"]) = ("notify", "100")
        },
        Case(.directoryDeleted) { seen, _ in seen.master?.directory = "/srv/shop/releases/1 (deleted)" },
        Case(.interpreterMissing) { seen, _ in seen.master?.canStart = false },
        Case(.relativeProgram, of: .nginx) { seen, _ in
            seen.master?.arguments = ["nginx: master process nginx -c /srv/shop/current/nginx.conf"]
        },
        Case(.reusePort) { seen, _ in seen.options = "--reuse-port" },
        Case(.reusePort) { seen, _ in seen.configuration = .init(path: "/x", lines: ["reuse_port = True"]) },
        Case(.reusePort) { seen, _ in
            seen.configuration = .init(path: "/x", lines: ["reuse_port = os.environ['X'] == 'y'"])
            seen.trialSettings = ["reuse_port": "True"]
        },
        Case(.hookKills, of: .unicorn) { seen, _ in
            seen.configuration = .init(path: "/x", lines: ["old_pid = \"#{server.config[:pid]}.oldbin\""])
        },
        Case(.hookKills) { seen, _ in
            seen.newConfiguration = .init(path: "/x", lines: ["    os.kill(os.getppid(), signal.SIGQUIT)"])
        },
        Case(.frozenInterpreter) { seen, _ in
            seen.master?.arguments[0] = "/srv/shop/releases/1/venv/bin/python"
        },
        Case(.frozenStart) { seen, _ in seen.master?.arguments[1] = "/srv/shop/releases/1/venv/bin/gunicorn" },
        Case(.frozenStart) { seen, _ in seen.workingPath = nil },
        Case(.frozenStart) { seen, _ in seen.workingPath = "/srv/shop/releases/1" },
        // PWD that names another directory is not gone by.
        Case(.frozenStart) { seen, _ in seen.workingReal = "/srv/shop/releases/2" },
        Case(.frozenStart, weight: .warns) { seen, _ in seen.isEnvironmentKnown = false },
        Case(.frozenStart, of: .nginx) { seen, _ in
            seen.master?.arguments = ["nginx: master process /usr/sbin/nginx -c /srv/shop/releases/1/nginx.conf"]
        },
        Case(.notPinned) { _, _ in },
    ]

    private static let differences: [Case] = [
        Case(.definitionChanged) { _, wish in wish.command.append("--workers=4") },
        Case(.definitionChanged, of: .nginx) { _, wish in wish.command.append("-q") },
        Case(.definitionChanged, of: .unicorn) { _, wish in wish.command.append("-N") },
        Case(.definitionChanged) { seen, _ in seen.differentVariables = ["PORT"] },
        Case(.definitionChanged) { seen, _ in seen.missingVariables = ["PORT"] },
        Case(.definitionChanged) { seen, wish in
            wish.limits = [Limit(resource: .files, value: 65536)]
            seen.limits["files"] = .init(soft: "1024", hard: "524288")
        },
        Case(.definitionChanged) { seen, _ in seen.account = (1002, 1002) },
        Case(.definitionChanged) { _, wish in wish.changes = ["files: /etc/shop.conf"] },
        Case(.listenChanged) { _, wish in wish.listen = .port(host: "127.0.0.1", port: 8001) },
        Case(.listenChanged) { _, wish in wish.listen = .socket("/run/shop.sock") },
    ]

    private static let others: [Case] = [
        Case(.memory) { seen, _ in seen.memoryLeft = 100_000 },
        Case(.memory) { seen, _ in
            seen.groups = [.init(path: "/web.service", limit: 200_000_000, used: 150_000_000, idle: 10_000_000)]
        },
        Case(.memory, unit: true) { seen, _ in
            (seen.properties["MemoryMax"], seen.properties["MemoryCurrent"]) = ("200000000", "150000000")
        },
        Case(.newMasterDies) { seen, _ in seen.version?.text = "18.0" },
        Case(.versionUnknown) { seen, _ in seen.version = nil },
        Case(.versionUnknown) { seen, _ in seen.isVersionChanged = true },
        // Who names a family takes what comes.
        Case(.versionUnknown, weight: .warns) { seen, wish in
            seen.version = nil
            wish.handover.profile = "gunicorn"
        },
        Case(.versionCrossed) { seen, _ in
            seen.version?.text = "19.5.0"
            seen.newVersion = .init(text: "23.0.0", language: "3.11")
        },
        Case(.trialFailed) { seen, _ in seen.trial = .ran(status: 3, command: "gunicorn", said: ["ImportError: x"]) },
        Case(.trialMissing) { seen, _ in seen.trial = .none(why: "no") },
        Case(.noHealth) { _, wish in wish.hasHealth = false },
        Case(.noMarker, weight: .warns) { _, wish in wish.hasMarker = false },
        Case(.noMarker, unit: true) { seen, wish in
            (seen.properties["Type"], seen.properties["MainPID"]) = ("notify", "100")
            wish.hasMarker = false
        },
    ]

    @Test func `every trap has a case`() {
        #expect(Set(Self.cases.map(\.trap)) == Set(PreflightTrap.allCases))
    }

    @Test(arguments: cases) func `a trap is found, and means what it says`(trap: Case) throws {
        var seen = trap.isUnit ? Self.underSystemd(trap.server) : Self.sighting(trap.server)
        var wish = Self.wish(trap.server)
        trap.change(&seen, &wish)
        let weight = trap.weight ?? trap.trap.weight
        for strategy in [HandoverWish.Strategy.auto, .takeover] {
            wish.handover.strategy = strategy
            let decision = Preflight.judge(seen, wish)
            let finding = try #require(decision.findings.first { $0.trap == trap.trap }, "\(decision.findings)")
            #expect(finding.weight == weight && !finding.text.isEmpty && !finding.remedy.isEmpty)
            switch (weight, strategy) {
            case (.stops, _): #expect(decision.strategy == nil && decision.because == finding.text)
            case (.forbids, .auto):
                #expect(decision.strategy == decision.instead.first && decision.strategy != .takeover)
                #expect(decision.because.hasPrefix("no takeover: "))
            case (.forbids, _): #expect(decision.strategy == nil && decision.refusals.contains(finding))
            case (.warns, _): #expect(decision.strategy == .takeover, "\(decision.findings)")
            }
        }
    }

    @Test func `what is done instead`() {
        var (seen, wish) = (Self.sighting(.nginx), Self.wish(.nginx))
        seen.configuration = .init(path: "/etc/nginx.conf", lines: ["daemon off;"])
        #expect(Preflight.judge(seen, wish).instead == [.reload, .restart])
        wish.instances = 2
        seen.properties["TriggeredBy"] = "web.socket"
        wish.command.append("-q")
        let decision = Preflight.judge(seen, wish)
        #expect(decision.instead == [.paired, .socket, .restart] && decision.strategy == .paired)
    }

    @Test func `a changed definition forbids a reload too, and no restart`() {
        let seen = Self.sighting()
        var wish = Self.wish()
        wish.changes = ["files: /etc/shop.conf"]
        for (strategy, isRefused) in [(HandoverWish.Strategy.reload, true), (.phased, true), (.restart, false)] {
            wish.handover.strategy = strategy
            #expect((Preflight.judge(seen, wish).strategy == nil) == isRefused, "\(strategy)")
        }
    }

    @Test(arguments: [
        ("18.0", "gunicorn-18"), ("0.17.4", nil), ("19", "gunicorn-19.0"), ("19.0.0", "gunicorn-19.0"),
        ("19.5.0", "gunicorn-19.0"), ("19.6.0", "gunicorn"), ("19.10.0", "gunicorn"), ("23.0.dev1", "gunicorn"),
        ("27.0.1", "gunicorn"), ("x", nil), ("", nil),
    ])
    func `a version of gunicorn chooses its profile`(version: String, profile: String?) {
        #expect(HandoverChoice.of(.gunicorn, version: version)?.profile.name == profile)
    }

    @Test func `a unit that moves its pid file first is followed without ExitType`() {
        for server in [HandoverServer.nginx, .unicorn] {
            var seen = Self.underSystemd(server)
            (seen.properties["ExitType"], seen.properties["PIDFile"]) = ("main", "/run/x.pid")
            #expect(Preflight.judge(seen, Self.wish(server)).strategy == .takeover)
        }
    }

    @Test func `an answer of anything is read within bounds, or not at all`() {
        let lines = [
            "boot", "process master 1 2 3 4 5", "argument x", "pid_file", "listen tcp zz:1", "trial 999 x", "x y",
        ]
        for line in lines {
            #expect(throws: HandoverLookError.self) { try HandoverSighting.read(Array((line + "\n").utf8)) }
        }
        let many = "boot a\n" + String(repeating: "differs X\n", count: 10_000)
        #expect(throws: HandoverLookError.self) { try HandoverSighting.read(Array(many.utf8)) }
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        #expect(throws: HandoverLookError.self) { try HandoverSighting.read(bytes) }
    }

    @Test func `what a host says cannot move a terminal`() throws {
        let answer =
            "boot aa.1\nprocess master 100 5 1 0 0\nargument \u{1b}[2J\ndirectory /x\nexecutable /y\nserver gunicorn\n"
        let seen = try HandoverSighting.read(Array(answer.utf8))
        let decision = Preflight.judge(seen, Self.wish())
        // Not by interpolating them: that escapes what is in strings.
        let texts = [seen.master?.arguments.first ?? "", decision.because] + decision.findings.map(\.text)
        #expect(texts.first == #"\x1b[2J"#)
        #expect(texts.allSatisfy { !$0.contains("\u{1b}") }, "\(texts)")
    }

    @Test func `addresses are read as the kernel writes them`() throws {
        let lines = [
            "tcp 0100007F:1F90", "tcp6 00000000000000000000000000000000:1F90",
            "tcp6 00000000000000000000000001000000:0050", "tcp6 0000000000000000FFFF00000100007F:0051",
            "unix /run/shop.sock",
        ]
        let answer = "boot aa.1\n" + lines.map { "listen \($0)\n" }.joined()
        let seen = try HandoverSighting.read(Array(answer.utf8))
        #expect(
            seen.listening == [
                .port(host: "127.0.0.1", port: 8080), .port(host: "::", port: 8080), .port(host: "::1", port: 80),
                .port(host: "127.0.0.1", port: 81), .socket("/run/shop.sock"),
            ]
        )
    }

    @Test func `a server that its user describes is taken over by that`() throws {
        var (seen, wish) = (Self.sighting(), Self.wish())
        (seen.server, seen.version) = (nil, nil)
        seen.master?.arguments = ["/srv/shop/current/bin/shopd", "-listen", "127.0.0.1:8000"]
        wish.command = seen.master?.arguments ?? []
        wish.handover.profile = "generic"
        #expect(Preflight.judge(seen, wish).findings.contains { $0.trap == .strange })
        var server = GenericServer(process: "shopd", secondPidFile: ".new", secondIsNew: true, final: .quit)
        wish.handover.generic = server
        let decision = Preflight.judge(seen, wish)
        #expect(decision.strategy == .takeover, "\(decision.findings)")
        let profile = try #require(decision.profile)
        #expect(profile.command == "shopd" && profile.sideSuffix == ".new" && profile.sideHolds == .new)
        #expect(profile.upgrade == .usr2 && profile.drain == nil && profile.finalStop == .quit)
        #expect(profile.newStop == [.quit, .term] && profile.revival == .evidence)
        // It starts itself again too.
        seen.master?.arguments[0] = "/srv/shop/releases/1/bin/shopd"
        #expect(Preflight.judge(seen, wish).findings.contains { $0.trap == .frozenInterpreter })
        seen.master?.directory = "/srv/shop/releases/1 (deleted)"
        #expect(Preflight.judge(seen, wish).findings.contains { $0.trap == .directoryDeleted })
        // `kill` of a handover knows fewer.
        server.upgrade = .abrt
        #expect(HandoverProfile.generic(server) == nil)
    }
}
