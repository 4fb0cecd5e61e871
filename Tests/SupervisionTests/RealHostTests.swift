import Reactor
import Supervision
import TestHosts
import TestSupport
import Testing

/// Rendered definitions on real hosts under the real supervisors.
@Suite(.needsHosts) struct RealHostTests {
    static let supervisors = [Supervisor.systemd, .supervisord, .runit]

    @Test(arguments: supervisors)
    func `instances start, with the same around them everywhere`(supervisor: Supervisor) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let service = try await RunningService.install(RunningService.project(), supervisor, on: host)
            try await service.begin()
            for instance in 0..<2 {
                _ = try await service.pid(instance)
                let found = try await service.environment(instance)
                #expect(found["INSTANCE"] == "\(instance)")
                #expect(found["HOSTILE"] == RunningService.hostile)
                #expect(found["LONG"] == RunningService.long)
                #expect(found["SHOWN"] == "100% of \"it\"")
                #expect(found["SECRET"] == "quite secret " + RunningService.hostile)
                #expect(found["HOME"] == "/home/deploy")
                #expect(found["USER"] == "deploy")
                #expect(found["LOGNAME"] == "deploy")
                #expect(found["PWD"] == "/srv/app/current")
                #expect(found["PATH"]?.hasPrefix("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin") == true)
                #expect(try await host.output("cat /run/app/files-\(instance)") == "512")
                #expect(try await host.output("cat /run/app/account-\(instance)") == "deploy")
                #expect(try await host.output("cat /run/app/place-\(instance)") == "/srv/app/releases/1")
                #expect(try await host.output("cat /var/log/app/app-\(instance).log") == "up \(instance)")
            }
            #expect(try await host.output("stat -c %U /run/app") == "deploy")
            // Nobody but root and the service may read the secret.
            let readers = try await host.run(
                "setpriv --reuid nobody --clear-groups cat /etc/baton/services/app/secrets"
            )
            #expect(!readers.succeeded)
            if supervisor == .systemd {
                let shown = try await host.output(
                    "systemctl show app@0.service app@1.service; systemctl cat app@0.service"
                )
                #expect(!shown.contains("quite secret"))
            }
        }
    }

    @Test(arguments: supervisors)
    func `who is killed comes back, until it is too often`(supervisor: Supervisor) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let service = try await RunningService.install(RunningService.project(), supervisor, on: host)
            try await service.begin()
            let other = try await service.pid(1)
            var pid = try await service.pid(0)
            for _ in 0..<2 {
                try await host.output("kill -9 \(pid)")
                pid = try await service.pid(0, not: pid)
            }
            try await host.output("kill -9 \(pid)")
            switch supervisor {
            case .systemd:
                try await host.waitFor("systemctl is-failed app@0.service")
            case .supervisord:
                try await host.waitFor("supervisorctl status app:app_00 | grep -q FATAL")
            default:
                try await host.waitFor("sv status app-0 | grep '^down: app-0: ' | grep -qv 'want up'")
            }
            #expect(try await host.output("cat /run/app/pid-0") == pid)
            #expect(try await service.pid(1) == other)
        }
    }

    @Test(arguments: supervisors)
    func `who does not stop is killed`(supervisor: Supervisor) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let more = "        post_stop: echo over >>/run/app/over\n"
            var project = RunningService.project(more.replacing("        ", with: "    "))
            project.text = project.text.replacing("HOSTILE:", with: "STUBBORN: yes\n      HOSTILE:")
            let service = try await RunningService.install(project, supervisor, on: host)
            try await service.begin()
            let pids = [try await service.pid(0), try await service.pid(1)]
            try await service.stop()
            for pid in pids { #expect(try await host.output("kill -0 \(pid) 2>/dev/null || echo gone") == "gone") }
            if supervisor == .systemd { try await host.waitFor("[ \"$(cat /run/app/over)\" = over ]") }
        }
    }

    @Test func `the line after the last stop runs once, and not before`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let project = RunningService.project("    post_stop: echo \"$USER\" >>/run/app/over\n")
            let service = try await RunningService.install(project, .systemd, on: host)
            try await service.begin()
            let first = try await service.pid(0)
            // A crash and a restart of one and of all are no stop.
            try await host.output("kill -9 \(first)")
            let second = try await service.pid(0, not: first)
            try await host.output("systemctl restart app@0.service")
            _ = try await service.pid(0, not: second)
            try await host.output("systemctl stop app@0.service")
            try await host.output("test ! -e /run/app/over")
            try await host.output("systemctl stop app@1.service")
            try await host.waitFor("test -s /run/app/over")
            #expect(try await host.output("cat /run/app/over") == "deploy")
        }
    }
}
