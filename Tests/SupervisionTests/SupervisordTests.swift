import Reactor
import Supervision
import TestHosts
import TestSupport
import Testing

/// What is supervisord's own: groups, states, cuts between its steps.
@Suite(.needsHosts) struct SupervisordTests {
    @Test(arguments: Driver.shells)
    func `a changed group is taken over alone, whatever cut it before`(shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            var driver = try await Driver.ready(.supervisord, shell: shell, on: host)
            _ = try await driver.put(DriverProject.make("other", processes: 1))
            try await driver.done("take", "other")
            let neighbour = try await driver.wait("other", "running").pid
            let first = try await driver.put(DriverProject.make("app"))
            driver.know(first)
            try await driver.done("take", "app:app_00", "app:app_01")
            var pid = try await driver.wait("app:app_01", "running").pid

            // Nothing changed: nothing happens.
            try await driver.done("take", "app:app_00", "app:app_01")
            #expect(try await driver("state", "app:app_01").pid == pid)

            // Changed; stopped and still there; gone. Each time the same call finishes it.
            let cuts = ["true", "supervisorctl stop 'app:*'", "supervisorctl stop 'app:*'; supervisorctl remove app"]
            for (number, cut) in cuts.enumerated() {
                _ = try await driver.put(DriverProject.make("app", level: "\(number + 2)"))
                try await driver.done("check")
                #expect(try await driver("state", "app:app_01").pid == pid)
                try await host.run("supervisorctl reread; \(cut)")
                try await driver.done("take", "app:app_00", "app:app_01")
                let now = try await driver.wait("app:app_01", "running").pid
                #expect(now != pid)
                pid = now
                try await host.waitFor("[ \"$(cat /run/app/is-1)\" = '\(number + 2) \(pid)' ]")
            }

            // Fewer: what is too much went with the change, and nothing is left to drop.
            let fewer = try await driver.put(DriverProject.make("app", processes: 1))
            try await driver.done("take", "app")
            try await driver.done("drop", fewer.whole, "app:app_00", "app:app_01")
            pid = try await driver.wait("app", "running").pid
            #expect(try await driver.state("app:app_01") == "absent")

            // What cannot be read is refused with its words, and nothing is touched.
            let file = try fewer.file("/etc/supervisor/conf.d/app.conf")
            let bad = file.replacing("command=", with: "numprocs=many\ncommand=")
            try await host.write("/etc/supervisor/conf.d/app.conf", bad)
            let refused = try await driver("check")
            #expect(!refused.isDone && refused.said.contains("CANT_REREAD") && refused.said.contains("many"))
            #expect(try await !driver("take", "app").isDone)
            #expect(try await driver("state", "app").pid == pid)
            try await host.write("/etc/supervisor/conf.d/app.conf", file)
            try await driver.done("check")

            // What it does not read is no change.
            let unread = try await driver("take", "elsewhere")
            #expect(!unread.isDone && unread.said.contains("does not read"), "\(unread.said)")
            #expect(try await driver("state", "other").pid == neighbour)
        }
    }

    @Test(arguments: Driver.shells)
    func `states in its own words`(shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            var driver = try await Driver.ready(.supervisord, shell: shell, on: host)
            try await host.write(
                "/etc/supervisor/conf.d/states.conf",
                """
                [program:slow]
                command=/bin/sleep 1000
                startsecs=3600
                [program:dying]
                command=/bin/sh -c 'sleep 0.1; exit 1'
                startsecs=60
                startretries=100000
                [program:ended]
                command=/bin/sh -c 'sleep 1.1'
                autorestart=unexpected
                [program:fatal]
                command=/no/such/program
                startretries=0
                [program:off]
                command=/bin/sleep 1000
                autostart=false
                [program:stubborn]
                command=/bin/sh -c "trap '' TERM; echo $$ >/run/stubborn; while :; do sleep 1000; done"
                stopwaitsecs=3600

                """
            )
            for name in ["slow", "dying", "ended", "fatal", "off", "stubborn"] { try await driver.done("take", name) }
            try await driver.wait("slow", "starting")
            #expect(try await driver.wait("dying", "backoff").detail.hasPrefix("BACKOFF Exited too quickly"))
            #expect(try await driver.wait("ended", "stopped").detail.hasPrefix("EXITED "))
            try await driver.wait("fatal", "failed")
            #expect(try await driver.wait("off", "stopped").detail == "STOPPED Not started")
            try await driver.wait("stubborn", "running")
            #expect(try await driver("state", "nosuch").state == "absent")
            // Between two attempts it stops, and says no when it does not come up.
            driver.variables["start_seconds"] = "1"
            // Asked in the middle of an attempt, supervisord has started it already.
            var isRefused = false
            for _ in 0..<50 where !isRefused { isRefused = try await !driver("start", "dying").isDone }
            #expect(isRefused)
            try await driver.done("stop", "dying")
            #expect(try await driver.state("dying") == "stopped")
            try await host.waitFor("test -s /run/stubborn")
            try await host.output("systemd-run --quiet supervisorctl stop stubborn")
            try await driver.wait("stubborn", "stopping")
            // Nobody there.
            try await host.output("systemctl kill --kill-whom=main --signal=KILL supervisor")
            try await host.waitFor("! systemctl is-active supervisor")
            #expect(try await driver.state("slow") == "unknown")
            let here = try await driver("here")
            #expect(!here.isDone && here.said.contains("supervisord does not run here"))
        }
    }

    @Test func `the one that runs is asked, wherever its configuration lies`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let driver = try await Driver.ready(.supervisord, shell: "dash", on: host)
            try await host.output("systemctl stop supervisor")
            // Without a section that tells supervisorctl where it listens.
            try await host.output("mkdir -p /opt/own")
            try await host.write(
                "/opt/own/supervisord.conf",
                """
                [unix_http_server]
                file = /run/own.sock ; a comment
                [rpcinterface:supervisor]
                supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
                [supervisord]
                [supervisorctl]
                [program:mine]
                command=/bin/sleep 1000

                """
            )
            // Somebody else's, who calls his program like that.
            try await host.output("mkdir /srv/trap && cp /bin/sleep /srv/trap/supervisord && chown -R deploy /srv/trap")
            try await host.output("systemd-run --quiet --uid=deploy /srv/trap/supervisord 1000")
            for option in ["-c /opt/own/supervisord.conf", "--configuration=/opt/own/supervisord.conf"] {
                try await host.output("systemd-run --quiet --unit=own supervisord -n \(option)")
                try await host.waitFor("test -S /run/own.sock")
                #expect(try await driver.wait("mine", "running").pid != "")
                #expect(try await driver("here").isDone)
                try await host.output("systemctl stop own")
            }
        }
    }

    @Test(arguments: Driver.shells)
    func `a configuration that others can have written is never given to supervisorctl`(shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let driver = try await Driver.ready(.supervisord, shell: shell, on: host)
            try await host.output("systemctl stop supervisor && install -d -o deploy /srv/trap /srv/own")
            let text = """
                [unix_http_server]
                file=/run/trap.sock
                [rpcinterface:supervisor]
                supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
                [supervisord]
                [supervisorctl]
                serverurl=unix:///run/trap.sock

                """
            // The content is a service's, the file root's: a log, for example. Who waits there for a password is root by
            // its effective user.
            try await host.write("/var/log/app.log", text)
            try await host.write(
                "/srv/trap/call",
                "#!/bin/bash\nsleep 1000 | exec -a supervisord su -c /var/log/app.log root\n",
                mode: "755"
            )
            try await host.output("systemd-run --quiet --unit=trap --uid=deploy /srv/trap/call")
            try await host.waitFor("pid=$(pgrep -x su) && [ \"$(stat -c %U /proc/$pid)\" = root ]")
            let posing = try await driver("here")
            #expect(!posing.isDone && posing.said.contains("supervisord does not run here"), "\(posing)")
            try await host.output("systemctl stop trap")

            // root's own supervisord, by a file in somebody else's directory: others can put another one there.
            try await host.write("/srv/own/supervisord.conf", text)
            try await host.output("systemd-run --quiet --unit=own supervisord -n -c /srv/own/supervisord.conf")
            try await host.waitFor("test -S /run/trap.sock")
            let unsafe = try await driver("here")
            #expect(!unsafe.isDone && unsafe.said.contains("directories above it must be root's"), "\(unsafe)")
            try await host.output("chown root /srv/own")
            try await driver.done("here")
            try await host.output("chmod 664 /srv/own/supervisord.conf")
            #expect(try await !driver("here").isDone)
            try await host.output("systemctl stop own")
        }
    }
}
