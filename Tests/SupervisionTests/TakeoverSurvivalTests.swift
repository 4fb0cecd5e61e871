import Supervision
import TestHosts
import TestSupport
import Testing

/// A unit whose main process was replaced by another: systemd no longer knows which one it is, and the service must not
/// suffer from that.
@Suite(.needsHosts) struct TakeoverSurvivalTests {
    /// `/slow` says that it has begun, and answers only when it is told to.
    private static let program = """
        import os
        import time

        def application(environ, start_response):
            if environ["PATH_INFO"] == "/slow":
                open("/run/web/begun", "w").close()
                while not os.path.exists("/run/web/answer"):
                    time.sleep(0.02)
            start_response("200 OK", [])
            return [b"hello"]

        """

    private static let project = Project(
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

    private let answers = "curl -fs http://127.0.0.1:8000/ | grep -q hello"

    private func begin(on host: TestHost) async throws {
        let service = try await RunningService.install(Self.project, .systemd, on: host)
        try await host.write("/srv/app/current/app.py", Self.program)
        try await service.begin()
        try await host.waitFor("\(answers) && test -s /run/web/pid")
    }

    /// Hands over by hand; gives the new main process.
    private func takeOver(on host: TestHost) async throws -> String {
        let old = try await host.output("cat /run/web/pid")
        try await host.output("kill -USR2 \(old)")
        try await host.waitFor("test -s /run/web/pid.2 && [ \"$(pgrep -c -P \"$(cat /run/web/pid.2)\")\" = 2 ]")
        try await host.output("kill -TERM \(old)")
        try await host.waitFor("! kill -0 \(old) 2>/dev/null && test -s /run/web/pid && ! test -e /run/web/pid.2")
        let new = try await host.output("cat /run/web/pid")
        #expect(new != old)
        try await host.waitFor(answers)
        #expect(try await host.output("systemctl is-active web.service") == "active")
        return new
    }

    @Test func `a reload reaches it, killing all of it starts it again, and it stops`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await begin(on: host)
            let new = try await takeOver(on: host)
            // Reload reaches the process that the pid file names.
            let workers = try await host.output("pgrep -P \(new) | sort | tr '\\n' ' '")
            try await host.output("systemctl reload web.service")
            try await host.waitFor("[ \"$(pgrep -P \(new) | sort | tr '\\n' ' ')\" != \"$1\" ]", workers)
            // Everything killed: it starts again.
            try await host.output("systemctl kill -s KILL web.service")
            try await host.waitFor("[ \"$(cat /run/web/pid)\" != \(new) ] && \(answers)")
            try await host.output("systemctl stop web.service")
            #expect(try await host.output("systemctl is-failed web.service || true") == "inactive")
            #expect(try await host.output("pgrep -c gunicorn || true") == "0")
        }
    }

    @Test func `a stop lets requests end that have begun`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await begin(on: host)
            _ = try await takeOver(on: host)
            try await host.output(
                "systemd-run --quiet --unit=asker sh -c 'curl -fs http://127.0.0.1:8000/slow >/run/asked; echo $? >/run/status'"
            )
            try await host.waitFor("test -e /run/web/begun")
            try await host.output("systemctl stop --no-block web.service")
            try await host.waitFor("[ \"$(systemctl is-active web.service)\" = deactivating ]")
            try await host.output("touch /run/web/answer")
            try await host.waitFor("test -s /run/status")
            #expect(try await host.output("cat /run/status /run/asked") == "0\nhello")
            try await host.waitFor("[ \"$(systemctl is-active web.service)\" = inactive ]")
            #expect(try await host.output("pgrep -c gunicorn || true") == "0")
        }
    }

    @Test func `a boot brings it back`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await begin(on: host)
            try await host.output("systemctl enable --quiet web.service")
            _ = try await takeOver(on: host)
            // What a takeover leaves for the boot after it; that it fails must not keep the service down.
            let place = "/srv/app/.baton/handover-0123456789abcdef"
            let notes = "echo \"$2 of $1 as $(id -un), with $(pgrep -c gunicorn) running\" >\"$1/healed\"; exit 1\n"
            for (end, mark) in [("", "conductor"), ("1", ""), ("2", "verdict"), ("3", "conductor")] {
                try await host.output("mkdir -p \(place)\(end)")
                try await host.write("\(place)\(end)/program", notes)
                if !mark.isEmpty { try await host.write("\(place)\(end)/\(mark)", "1\n") }
            }
            try await host.output("chown deploy \(place)3")
            try await host.reboot()
            try await host.waitFor(answers)
            #expect(try await host.output("cat \(place)/healed") == "heal of \(place) as root, with 0 running")
            // What never began, what is over and what is somebody else's is left alone.
            #expect(try await host.output("ls -d \(place)*/healed") == "\(place)/healed")
            #expect(try await host.output("systemctl is-active web.service") == "active")
            // And it can be handed over again.
            _ = try await takeOver(on: host)
        }
    }
}
