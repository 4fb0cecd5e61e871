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

    @Test func `a takeover is survived, and what is there then still stops and comes back`() async throws {
        let program = """
            def application(environ, start_response):
                start_response("200 OK", [])
                return [b"hello"]

            """
        let project = Project(
            text: """
                releases:
                  app: {root: /srv/app, artifact: app, user: deploy}
                services:
                  web:
                    release: app
                    command: /usr/bin/gunicorn -D --pid /run/web/pid --workers 2 --bind 127.0.0.1:8000 app
                    runtime_directories: [/run/web]
                    stop_seconds: 20
                    handover: {strategy: takeover, profile: gunicorn, pidfile: /run/web/pid}

                """
        )
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let service = try await RunningService.install(project, .systemd, on: host)
            try await host.write("/srv/app/current/app.py", program)
            try await service.begin()
            try await host.waitFor("curl -fs http://127.0.0.1:8000/ | grep -q hello && test -s /run/web/pid")
            let old = try await host.output("cat /run/web/pid")
            try await host.output("kill -USR2 \(old)")
            try await host.waitFor("test -s /run/web/pid.2 && [ \"$(pgrep -c -P \"$(cat /run/web/pid.2)\")\" = 2 ]")
            try await host.output("kill -TERM \(old)")
            try await host.waitFor("! kill -0 \(old) 2>/dev/null && test -s /run/web/pid && ! test -e /run/web/pid.2")
            let new = try await host.output("cat /run/web/pid")
            #expect(new != old)
            try await host.waitFor("curl -fs http://127.0.0.1:8000/ | grep -q hello")
            #expect(try await host.output("systemctl is-active web.service") == "active")
            // Reload reaches the process that the pid file names.
            let workers = try await host.output("pgrep -P \(new) | sort | tr '\\n' ' '")
            try await host.output("systemctl reload web.service")
            try await host.waitFor("[ \"$(pgrep -P \(new) | sort | tr '\\n' ' ')\" != \"$1\" ]", workers)
            // Everything killed: it starts again.
            try await host.output("systemctl kill -s KILL web.service")
            try await host.waitFor(
                "[ \"$(cat /run/web/pid)\" != \(new) ] && curl -fs http://127.0.0.1:8000/ | grep -q hello"
            )
            try await host.output("systemctl stop web.service")
            #expect(try await host.output("systemctl is-failed web.service || true") == "inactive")
            #expect(try await host.output("pgrep -c gunicorn || true") == "0")
        }
    }
}
