import Handover
import HostSide
import Reactor
import Shell
import Supervision
import TestHosts
import TestSupport
import Testing

/// On a whole host under systemd: what its unit says is read, and decides.
@Suite struct PreflightHostTests {
    private static let application = #"""
        import os
        def application(environ, start):
            start("200 OK", [("Content-Type", "text/plain")])
            return [os.environ["SECRET"].encode()]
        if os.getuid() == 0 or os.environ["SECRET"] != "quite secret":
            raise RuntimeError("not as the service")
        """#

    private static func service() -> ServiceDefinition {
        let words = ["/opt/gunicorn-23.0.0/bin/python", "/opt/gunicorn-23.0.0/bin/gunicorn"]
        let options = ["-w", "2", "-b", "127.0.0.1:8000", "-p", "/run/shop/web.pid", "app"]
        var instance = ServiceInstance(number: 0, command: words + options, directory: "/srv/shop/current")
        instance.listen = .port(host: "127.0.0.1", port: 8000)
        instance.secrets = [EnvironmentVariable("SECRET", "quite secret")]
        var service = ServiceDefinition(
            name: "web",
            description: "Shop",
            root: "/srv/shop",
            user: "shop",
            instances: [instance]
        )
        service.runtimeDirectories = ["shop"]
        service.limits = [Limit(resource: .files, value: 4096)]
        service.handover.pidfile = "/run/shop/web.pid"
        service.handover.profile = "gunicorn"
        return service
    }

    private static let health = Health(
        question: .http("http://127.0.0.1:8000/", status: 200),
        version: "2"
    )

    private struct Place {
        let host: TestHost
        var service = PreflightHostTests.service()

        func look(trial: Bool = false) async throws -> HandoverSighting {
            var look = HandoverLook(service)
            if trial { look.trial = HandoverLook.Trial(tree: "/srv/shop/releases/2", seconds: 30) }
            let program = Looking.program([look.look]).text
            let result = try await host.run(#"eval "$(cat)""#, input: Array(program.utf8))
            #expect(result.errors == "")
            return try look.read(try Looking.read(result.stdout, [look.look])[look.look])
        }

        func judge(trial: Bool = false) async throws -> Preflight.Decision {
            Preflight.judge(try await look(trial: trial), Preflight.Wish(service, health: PreflightHostTests.health))
        }

        /// As it is in effect from now on.
        func override(_ lines: String) async throws {
            try await host.output("mkdir -p /etc/systemd/system/web.service.d")
            try await host.write("/etc/systemd/system/web.service.d/test.conf", "[Service]\n\(lines)\n")
            try await host.output("systemctl daemon-reload")
        }
    }

    @Test(.needsHosts) func `a unit of Baton's is taken over, and one that was changed is not`() async throws {
        try await withHosts(1) { fleet in
            let place = Place(host: fleet[0])
            let host = place.host
            try await host.output("useradd --system shop; mkdir -p /srv/shop/releases/1 /srv/shop/releases/2")
            for release in ["1", "2"] {
                try await host.write("/srv/shop/releases/\(release)/app.py", Self.application + "\n")
            }
            try await host.output("ln -s releases/1 /srv/shop/current")
            #expect(try await place.judge().findings.contains { $0.trap == .nobody })
            let rendering = try place.service.rendered(for: SupervisorVersion(.systemd, 252))
            for file in rendering.files {
                try await host.output(#"mkdir -p "${1%/*}""#, file.path)
                let mode = String(file.mode, radix: 8)
                try await host.write(file.path, file.content, owner: file.owner.user, mode: mode)
            }
            try await host.output("systemctl daemon-reload && systemctl start web.service")
            try await host.waitFor("curl -sf 127.0.0.1:8000 && test -s /run/shop/web.pid")

            let seen = try await place.look(trial: true)
            #expect(seen.unit == "web.service" && seen.systemd.map { $0 >= 250 } == true, "\(seen)")
            #expect(seen.properties["ExitType"] == "cgroup" && seen.properties["MainPID"] == "\(seen.master?.pid ?? 0)")
            #expect(seen.limits["files"] == .init(soft: "4096", hard: "4096"))
            #expect(seen.version?.text == "23.0.0" && seen.version?.language == "3.11")
            #expect(seen.missingVariables.isEmpty && seen.differentVariables.isEmpty && seen.isEnvironmentKnown)
            #expect(seen.trialSettings["workers"] == "2", "\(seen.trial)")
            // As the service's user, with its secret.
            #expect(seen.trial.isFine, "\(seen.trial)")
            var decision = try await place.judge(trial: true)
            #expect(decision.strategy == .takeover, "\(decision.findings)")
            // It is in the foreground.
            #expect(decision.profile?.drain == nil && decision.findings.contains { $0.trap == .noDrain })

            let cases: [(String, PreflightTrap)] = [
                ("ExitType=main", .unitEnds), ("Restart=on-failure", .unitForgets), ("KillMode=mixed", .unitKills),
                ("OOMPolicy=stop", .unitOutOfMemory),
            ]
            for (line, trap) in cases {
                try await place.override(line)
                decision = try await place.judge()
                #expect(decision.findings.contains { $0.trap == trap }, "\(line): \(decision.findings)")
                #expect(decision.strategy == (trap == .unitOutOfMemory ? .takeover : .restart), "\(line): \(decision)")
            }
            try await place.override("")
            // Enough for one generation and a half.
            let need = (seen.master?.memory ?? 0) + seen.children.map(\.memory).reduce(0, +)
            try #require(need > 0)
            try await host.output(
                #"systemctl set-property --runtime web.service MemoryMax="$1K""#,
                "\(need + need / 2)"
            )
            decision = try await place.judge()
            #expect(decision.findings.contains { $0.trap == .memory }, "\(decision.findings)")
            try await host.output("systemctl set-property --runtime web.service MemoryMax=infinity")
            var changed = place
            changed.service.limits = [Limit(resource: .files, value: 8192)]
            changed.service.instances[0].secrets = [EnvironmentVariable("SECRET", "another")]
            decision = try await changed.judge()
            let finding = decision.findings.first { $0.trap == .definitionChanged }
            #expect(finding?.text.contains("environment: SECRET; limits.files") == true, "\(decision.findings)")
            #expect(!"\(decision)".contains("another"))
        }
    }
}

extension HandoverSighting.Trial {
    fileprivate var isFine: Bool { if case .ran(0, _, _) = self { true } else { false } }
}
