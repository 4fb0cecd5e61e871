import Handover
import HostSide
import Reactor
import Shell
import Supervision
import TestHosts
import TestSupport
import Testing

/// Traps of gunicorn that are its supervisor's: on whole hosts, where the real one is asked.
@Suite(.needsHosts) struct UnitTrapTests {
    private static let application = #"""
        def application(environ, start):
            start("200 OK", [("Content-Type", "text/plain")])
            return [b"1"]

        """#

    private static let words = ["/opt/gunicorn-23.0.0/bin/python", "/opt/gunicorn-23.0.0/bin/gunicorn"]

    private static func service(_ options: [String]) -> ServiceDefinition {
        let command = words + options + ["-w", "2", "-b", "127.0.0.1:8000", "-p", "/run/web.pid", "app"]
        var instance = ServiceInstance(number: 0, command: command, directory: "/srv/shop/current")
        instance.listen = .port(host: "127.0.0.1", port: 8000)
        var service = ServiceDefinition(
            name: "web",
            description: "Shop",
            root: "/srv/shop",
            user: "root",
            instances: [instance]
        )
        service.handover.pidfile = "/run/web.pid"
        service.handover.profile = "gunicorn"
        return service
    }

    private static func judge(_ host: TestHost, _ service: ServiceDefinition) async throws -> Preflight.Decision {
        let look = HandoverLook(service)
        let program = Looking.program([look.look]).text
        let result = try await host.run(#"eval "$(cat)""#, input: Array(program.utf8))
        #expect(result.errors == "")
        let seen = try look.read(try Looking.read(result.stdout, [look.look])[look.look])
        let health = Health(question: .http("http://127.0.0.1:8000/", status: 200), version: "2")
        return Preflight.judge(seen, Preflight.Wish(service, health: health))
    }

    private static func prepare(_ host: TestHost) async throws {
        try await host.output("mkdir -p /srv/shop/releases/1")
        try await host.write("/srv/shop/releases/1/app.py", application)
        try await host.output("ln -s releases/1 /srv/shop/current")
    }

    /// A unit as somebody has written it, with its service up.
    private static func start(_ host: TestHost, _ service: ServiceDefinition, _ lines: String) async throws {
        let command = service.instances[0].command.joined(separator: " ")
        let unit = "[Service]\nWorkingDirectory=/srv/shop/current\nEnvironment=PWD=/srv/shop/current\n"
        try await host.write("/etc/systemd/system/web.service", unit + "ExecStart=\(command)\n\(lines)\n")
        try await host.output("systemctl daemon-reload && systemctl restart web.service")
        try await host.waitFor("curl -sf 127.0.0.1:8000 && test -s /run/web.pid")
    }

    @Test func `G-11: under Type=notify systemd would end the new master with the old one`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await Self.prepare(host)
            let service = Self.service([])
            try await Self.start(host, service, "Type=notify\nRestart=always")
            let decision = try await Self.judge(host, service)
            #expect(decision.findings.contains { $0.trap == .unitEnds }, "\(decision.findings)")
            #expect(decision.strategy == .restart, "\(decision)")
            // It is no tale: by hand it ends so.
            let old = try await host.output("cat /run/web.pid")
            try await host.output("kill -USR2 \(old)")
            try await host.waitFor("test -s /run/web.pid.2 && [ \"$(pgrep -c -P \"$(cat /run/web.pid.2)\")\" = 2 ]")
            let new = try await host.output("cat /run/web.pid.2")
            try await host.output("kill -TERM \(old)")
            try await host.waitFor("! kill -0 \(new) 2>/dev/null")
            // With what the remedy says it is taken over.
            try await Self.start(host, service, "Type=notify\nRestart=always\nExitType=cgroup")
            let mended = try await Self.judge(host, service)
            #expect(mended.strategy == .takeover, "\(mended.findings)")
        }
    }

    @Test func `G-12: a unit that goes by the pid file finds none at the wrong moment`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await Self.prepare(host)
            let service = Self.service(["-D"])
            try await Self.start(host, service, "Type=forking\nPIDFile=/run/web.pid\nRestart=always")
            let decision = try await Self.judge(host, service)
            #expect(decision.findings.contains { $0.trap == .unitEnds }, "\(decision.findings)")
            #expect(decision.strategy == .restart, "\(decision)")
            let mended = "Type=forking\nPIDFile=/run/web.pid\nRestart=always\nExitType=cgroup"
            try await Self.start(host, service, mended)
            #expect(try await Self.judge(host, service).strategy == .takeover)
        }
    }

    @Test func `G-14: supervisord would start a second one beside the new master`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await Self.prepare(host)
            let service = Self.service([])
            let command = service.instances[0].command.joined(separator: " ")
            let program = """
                [program:web]
                command=\(command)
                directory=/srv/shop/current
                environment=PWD="/srv/shop/current"

                """
            try await host.write("/etc/supervisor/conf.d/web.conf", program)
            try await host.output("systemctl start supervisor.service")
            try await host.waitFor("curl -sf 127.0.0.1:8000 && test -s /run/web.pid")
            let decision = try await Self.judge(host, service)
            #expect(decision.findings.contains { $0.trap == .supervised }, "\(decision.findings)")
            #expect(decision.strategy == .restart && decision.because.contains("supervisord"), "\(decision)")
        }
    }
}
