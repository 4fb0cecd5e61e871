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

    @Test func `the file is rotated as its user`() throws {
        let text = try rendering(.systemd).file("/etc/logrotate.d/baton-app")
        #expect(text.contains("~deploy/.baton/app.log {\n    su deploy deploy\n    size 1048576\n    rotate 3\n"))
    }
}
