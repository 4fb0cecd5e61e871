import Supervision
import TestHosts
import TestSupport
import Testing

/// Logs in the directory of a service's own user: that user opens them, whatever lies in the way.
@Suite(.needsHosts) struct HomeLogTests {
    private func rendering(_ supervisor: Supervisor) throws -> Rendering {
        var definition = try RunningService.project().definition()
        definition.logs = .home(Rotation(bytes: 1 << 20, keep: 3))
        return try definition.rendered(for: supervisor.usualVersion)
    }

    @Test(arguments: [Supervisor.systemd, .supervisord])
    func `what instances say is in their user's own file`(supervisor: Supervisor) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let service = try await RunningService.install(try rendering(supervisor), on: host)
            try await service.begin()
            for instance in 0..<2 { _ = try await service.pid(instance) }
            let file = "/home/deploy/.baton/app.log"
            #expect(try await host.output("sort \(file)") == "up 0\nup 1")
            #expect(try await host.output("stat -c '%a %U' \(file) /home/deploy/.baton") == "600 deploy\n700 deploy")
        }
    }

    @Test(arguments: [Supervisor.systemd, .supervisord])
    func `a link in the user's directory leads nobody but the user`(supervisor: Supervisor) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let service = try await RunningService.install(try rendering(supervisor), on: host)
            try await host.output("echo before >/etc/target && install -d -o deploy /home/deploy/.baton")
            try await host.output("ln -s /etc/target /home/deploy/.baton/app.log")
            try await service.begin()
            switch supervisor {
            case .systemd:
                try await host.waitFor("systemctl is-failed app@0.service && systemctl is-failed app@1.service")
            default: try await host.waitFor("[ \"$(supervisorctl status 'app:*' | grep -c FATAL)\" = 2 ]")
            }
            #expect(try await host.output("cat /etc/target; ls /run/app 2>/dev/null || true") == "before")
        }
    }

    @Test(arguments: [Supervisor.upstart, .runit])
    func `others are told that they cannot`(supervisor: Supervisor) throws {
        #expect(throws: (any Error).self) { try rendering(supervisor) }
    }

    @Test func `the file is rotated as its user, where the group is known`() throws {
        #expect(try !rendering(.systemd).files.contains { $0.path.hasPrefix("/etc/logrotate.d/") })
        var definition = try RunningService.project().definition()
        definition.logs = .home(Rotation(bytes: 1 << 20, keep: 3))
        definition.group = "adm"
        let known = try definition.rendered(for: Supervisor.systemd.usualVersion)
        let text = try known.file("/etc/logrotate.d/baton-app")
        #expect(text.contains("~deploy/.baton/app.log {\n    su deploy adm\n    size 1048576\n    rotate 3\n"))
    }

    @Test(arguments: [Supervisor.systemd, .supervisord])
    func `a start turns over what is too large, whatever the user's group is`(supervisor: Supervisor) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await host.output("usermod -g nogroup deploy && install -d -o deploy -g nogroup /home/deploy/.baton")
            var project = RunningService.project()
            project.text = project.text.replacing("processes: 2", with: "processes: 1")
            var definition = try project.definition()
            definition.logs = .home(Rotation(bytes: 1000, keep: 2))
            let rendering = try definition.rendered(for: supervisor.usualVersion)
            let service = try await RunningService.install(rendering, on: host)
            let log = "/home/deploy/.baton/app.log"
            let fill =
                "yes $1 | head -c 1000 | setpriv --reuid deploy --regid nogroup --clear-groups tee \(log) >/dev/null"
            try await host.output(fill, "first")
            try await service.begin()
            var pid = try await service.pid(0)
            #expect(
                try await host.output("cat \(log); stat -c '%a %U %G %s' \(log).1") == "up 0\n600 deploy nogroup 1000"
            )
            // Smaller than that it stays; after the last one only two are kept.
            for word in ["", "second", "third"] {
                if !word.isEmpty { try await host.output(fill, word) }
                try await host.output("kill -9 \(pid)")
                if word == "third" {
                    let member = rendering.members[0]
                    let start =
                        supervisor == .systemd
                        ? "systemctl reset-failed \(member); systemctl start \(member)"
                        : "rm -f /run/baton/app/starts-*; supervisorctl start \(member)"
                    try await host.run(start)
                }
                pid = try await service.pid(0, not: pid)
            }
            let first = "cd /home/deploy/.baton && for f in *; do echo $f; grep -xom1 'up 0\\|[a-z]*' $f; done"
            let kept = try await host.output(first)
            #expect(kept == "app.log\nup 0\napp.log.1\nthird\napp.log.2\nsecond")
        }
    }
}
