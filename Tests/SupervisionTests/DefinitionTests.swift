import Document
import Supervision
import Testing

/// What a definition comes to on one host.
struct DefinitionTests {
    private static let text = """
        releases:
          shop:
            root: "/srv/{{ place }}/"
            artifact: "build/shop-{{ version }}.tar.gz"
            user: shop
            shared: [log, ./tmp//pids]
            prepare: "bin/prepare {{ version }}"
            keep: 7
        services:
          web:
            release: shop
            command: ["bin/./web", "--listen", "{{ listen }}", "{{ service }}-{{ instance }}"]
            directory: lib/./web
            listen: "127.0.0.1:{{ 8000 + instance }}"
            processes: 2
            logs: {file: /var/log/web}
            limits: {files: unlimited, core: unlimited}
            stop_signal: SIGQUIT
            normal_exit: [0, 3, SIGTERM]
            restart: {policy: always, limit: 0, within: 1m}
            start_on: manual
            adopt: true
            supervisor: runit
            health: {http: "http://{{ listen }}/healthz", status: 204, version: "{{ version }}", version_header: X-Version}
            handover: {strategy: paired, boot: 2m, drain: 500ms, drain_overrun: proceed}
          root: {command: /usr/bin/true}
          socket: {release: shop, command: sh, listen: "unix:/run/shop.sock", health: {command: "bin/check {{ version }}"}}

        """

    private var project: Project {
        var project = Project(text: Self.text)
        project.variables = ["version": "2.10 beta", "place": "shop"]
        return project
    }

    @Test func `keys are read, and what is relative lies in the release`() throws {
        let web = try project.definition("web")
        #expect(web.root == "/srv/shop")
        #expect(web.user == "shop")
        #expect(web.instances.map(\.directory) == Array(repeating: "/srv/shop/current/lib/web", count: 2))
        #expect(
            web.instances[1].command == ["/srv/shop/current/bin/web", "--listen", "127.0.0.1:8001", "web-1"]
        )
        #expect(web.instances.map(\.logFile) == ["/var/log/web-0", "/var/log/web-1"])
        #expect(web.instances[0].listen == .port(host: "127.0.0.1", port: 8000))
        #expect(web.limits == [Limit(resource: .files, value: nil), Limit(resource: .core, value: nil)])
        #expect(web.stopSignal == .quit)
        #expect(web.normalExit == [.status(0), .status(3), .signal(.term)])
        #expect(web.restart == Restart(policy: .always, limit: nil, within: 60))
        #expect(!web.startsAtBoot && web.adopts)
        #expect(web.supervisor == .named(.runit))
        #expect(web.handover.strategy == .paired && web.handover.overrun == .proceed)
        #expect(web.handover.boot == .seconds(120) && web.handover.drain == .milliseconds(500))
    }

    private static func generic(_ keys: String) -> Project {
        Project(text: "services: {web: {command: /bin/x, handover: {pidfile: /run/x.pid, \(keys)}}}\n")
    }

    @Test func `a server without a profile is described by its user`() throws {
        let keys = """
            profile: generic, process: shopd, second_pidfile: .new, second_pidfile_of: new, final_signal: QUIT,
            drain_signal: WINCH, revive_signal: SIGHUP, quick_signal: INT
            """
        let wish = try Self.generic(keys).definition("web").handover
        var wanted = GenericServer(process: "shopd", secondPidFile: ".new", secondIsNew: true, final: .quit)
        (wanted.drain, wanted.revive, wanted.quick) = (.winch, .hup, .int)
        #expect(wish.generic == wanted && wish.mayTakeOver)
    }

    @Test(arguments: [
        ("profile: generic, process: x, second_pidfile: .2", "\"profile: generic\" needs \"final_signal\""),
        (
            "profile: generic, process: x, second_pidfile: /../x, final_signal: QUIT",
            "must be what is added to the pid file's name"
        ),
        ("profile: gunicorn, process: x", "\"process\" is for \"profile: generic\""),
        (
            "profile: generic, process: x, second_pidfile: .2, final_signal: QUIT, drain_signal: WINCH",
            "\"revive_signal\" is missing"
        ),
    ])
    func `a description that is not whole is refused`(keys: String, problem: String) {
        let error = #expect(throws: DocumentError.self) { try Self.generic(keys).definition("web") }
        #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    }

    @Test func `what is not said has its usual value`() throws {
        let root = try project.definition("root")
        #expect(root.user == "root")
        #expect(root.description == "root")
        #expect(root.instances == [ServiceInstance(number: 0, command: ["/usr/bin/true"], directory: "/")])
        #expect(root.restart == Restart(policy: .onFailure, limit: 3, within: 30))
        #expect(root.supervisor == .automatic)
        #expect(root.logs == .usual)
    }

    @Test func `health is asked of each instance`() throws {
        let service = try #require(try project.catalog().services["web"])
        let health = try #require(try service.health(instance: 1, project.scope))
        #expect(health.question == .http("http://127.0.0.1:8001/healthz", status: 204))
        #expect(health.version == "2.10 beta" && health.versionHeader == "X-Version")
        let socket = try #require(try project.catalog().services["socket"])
        #expect(try socket.health(instance: 0, project.scope)?.question == .command("bin/check '2.10 beta'"))
        #expect(try project.definition("socket").instances[0].listen == .socket("/run/shop.sock"))
        #expect(try project.definition("socket").instances[0].command == ["sh"])
        let root = try #require(try project.catalog().services["root"])
        #expect(try root.health(instance: 0, project.scope) == nil)
    }

    @Test func `a definition needs no version, a release does`() throws {
        var project = project
        let release = try #require(try project.catalog().releases["shop"]).evaluate(project.scope)
        #expect(release.artifact == "build/shop-2.10 beta.tar.gz")
        #expect(release.prepare == "bin/prepare '2.10 beta'")
        #expect(release.shared == ["log", "tmp/pids"])
        #expect(release.keep == 7 && release.root == "/srv/shop")
        project.variables["version"] = nil
        _ = try project.definition("web")
        let error = try #require(throws: DocumentError.self) {
            _ = try #require(try project.catalog().releases["shop"]).evaluate(project.scope)
        }
        #expect(error.description.contains("\"version\" is not defined"))
    }

    @Test(arguments: ["artifact: \"{{ nothing }}\"", "shared: [../x]", "shared: /x", "sha256: abc"])
    func `a release that cannot be is refused`(line: String) throws {
        let artifact = line.hasPrefix("artifact") ? "" : "artifact: x, "
        var project = Project(text: "releases: {shop: {root: /srv, \(artifact)\(line)}}\n")
        project.text += "services: {}\n"
        #expect(throws: DocumentError.self) {
            _ = try #require(try project.catalog().releases["shop"]).evaluate(project.scope)
        }
    }

    @Test(arguments: [
        ("web: {command: a, post_stop: b}, web-stopped: {command: c}", "error: under systemd"),
        ("web: {command: a, processes: 3, supervisor: runit}, web-2: {command: c}", "error: under runit"),
        ("web: {command: a, processes: 3}, web-2: {command: c}", "warning: under runit"),
        ("web: {command: a, processes: 2}, web-instance: {command: c, supervisor: upstart}", "error: under Upstart"),
        ("web: {command: a, runtime_directories: [/run/a]}, web-directories: {command: c}", "warning: under Upstart"),
        ("web: {command: a, processes: 2, supervisor: runit}, web-2: {command: c}", ""),
        ("web: {command: a, processes: 2, supervisor: systemd}, web-1: {command: c}", ""),
        ("web: {command: a, post_stop: b}, web-stopped: {command: c, processes: 2, supervisor: systemd}", ""),
        ("web: {command: a, processes: '{{ n }}'}, web-1: {command: c}, web-stopped: {command: d}", ""),
    ])
    func `two services that want one file are told offline`(services: String, expected: String) {
        var diagnostics = Diagnostics()
        let source = SourceText(name: "a.yml", text: "services: {\(services)}\n")
        let file = ServiceFile.parse(source, diagnostics: &diagnostics)
        _ = ServiceCatalog(file.map { [$0] } ?? [], diagnostics: &diagnostics)
        #expect(diagnostics.isEmpty == expected.isEmpty, "\(diagnostics.rendered)")
        #expect(expected.isEmpty || diagnostics.rendered.contains(expected), "\(diagnostics.rendered)")
    }
}
