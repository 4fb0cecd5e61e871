import Reactor
import Supervision
import TestHosts
import TestSupport
import Testing

/// What is runit's own: directories, letters for signals, logs that runsv must learn of.
@Suite(.needsHosts) struct RunitTests {
    @Test func `what Baton did not define is asked to stop, and never killed`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            var driver = try await Driver.ready(.runit, shell: "dash", on: host)
            let program =
                "#!/bin/sh\ntrap 'echo asked >/run/asked' TERM\necho $$ >/run/other\nwhile :; do sleep 1000 & wait $!; done\n"
            try await host.output("mkdir -p /etc/sv/other")
            try await host.write("/etc/sv/other/run", program, mode: "755")
            try await host.output("ln -s /etc/sv/other /etc/service/other")
            driver.variables["boot"] = ""
            try await host.waitFor("test -s /run/other")
            let pid = try await driver.wait("other", "running").pid
            try await driver.done("stop", "other")
            try await host.waitFor("grep -q asked /run/asked")
            #expect(try await driver.wait("other", "stopping").pid == pid)
            try await host.output("kill -9 \(pid)")
            try await driver.wait("other", "stopped")
        }
    }

    @Test func `a setuid program that somebody calls runsvdir is none`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let driver = try await Driver.ready(.runit, shell: "dash", on: host)
            try await host.output(
                "systemctl stop runit && install -d -o deploy /srv/trap && ln -s /bin/su /srv/trap/runsvdir"
            )
            try await host.output(
                "systemd-run --quiet --unit=trap --uid=deploy sh -c 'sleep 1000 | /srv/trap/runsvdir root'"
            )
            try await host.waitFor("pid=$(pgrep -x runsvdir) && [ \"$(stat -c %U /proc/$pid)\" = root ]")
            let here = try await driver("here")
            #expect(!here.isDone && here.said.contains("no runsvdir watches"), "\(here)")
            try await host.output("systemctl stop trap")
        }
    }

    @Test(arguments: Driver.shells)
    func `directories are taken over by what is in them`(shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            var driver = try await Driver.ready(.runit, shell: shell, on: host)
            let more = "    stop_signal: QUIT\n"
            let first = try await driver.put(DriverProject.make("app", processes: 1, more))
            driver.know(first)
            try await driver.done("take", "app")
            var pid = try await driver.wait("app", "running").pid
            try await host.waitFor("test -s /run/app/is-0")

            // The next start reads what is there: nothing is restarted for it.
            _ = try await driver.put(DriverProject.make("app", processes: 1, level: "2", more))
            try await driver.done("take", "app")
            #expect(try await driver("state", "app").pid == pid)

            // TERM is TERM, though a stop is another signal here.
            try await host.output("touch /run/app/stubborn")
            try await driver.done("stop", "app")
            try await driver.done("start", "app")
            pid = try await driver.wait("app", "running").pid
            try await host.waitFor("[ \"$(cat /run/app/is-0)\" = \"2 $1\" ]", pid)
            try await driver.done("signal", "app", "TERM")
            #expect(try await driver("state", "app").pid == pid)
            try await host.output("rm /run/app/stubborn")

            // To somebody else's number nothing is sent.
            try await host.output("cp /etc/sv/app/supervise/pid /root/pid && echo 1 >/etc/sv/app/supervise/pid")
            let stranger = try await driver("signal", "app", "WINCH")
            #expect(!stranger.isDone && stranger.said.contains("is not the one that runsv started"), "\(stranger)")
            try await host.output("cp /root/pid /etc/sv/app/supervise/pid")

            // Its output goes to a log service from now on: runsv must begin again to see it.
            let runsv = try await host.output("ps -o ppid= -p \(pid) | tr -d ' '")
            var logged = DriverProject.make("app", processes: 1, level: "3", more)
            logged.text = logged.text.replacing("{file: /var/log/app/app.log}", with: "syslog")
            _ = try await driver.put(logged)
            // There is no syslog on the host: the log service needs to be there, and no more.
            try await host.write("/etc/sv/app/log/run", "#!/bin/sh\nexec cat >/run/app/log\n", mode: "755")
            try await driver.done("check")
            try await driver.done("take", "app")
            try await driver.done("start", "app")
            pid = try await driver.wait("app", "running").pid
            try await host.waitFor("[ \"$(cat /run/app/is-0)\" = \"3 $1\" ] && grep -q 'up 0' /run/app/log", pid)
            #expect(try await host.output("ps -o ppid= -p \(pid) | tr -d ' '") != runsv)
            try await driver.done("take", "app")
            #expect(try await driver("state", "app").pid == pid)

            // And to a file again: what runsv left of the log is none.
            try await host.output("rm /etc/sv/app/log/run")
            _ = try await driver.put(DriverProject.make("app", processes: 1, level: "4", more))
            try await driver.done("take", "app")
            try await driver.done("start", "app")
            pid = try await driver.wait("app", "running").pid
            try await host.waitFor("[ \"$(cat /run/app/is-0)\" = \"4 $1\" ]", pid)
            #expect(try await host.output("test -e /etc/sv/app/log || echo none") == "none")

            // A script that no shell reads.
            try await host.output("echo 'if' >>/etc/sv/app/run")
            let refused = try await driver("check")
            #expect(!refused.isDone && refused.said.contains("run"), "\(refused)")
            try await driver.done("stop", "app")
            try await driver.done("drop", "app", "app")
            #expect(try await driver.state("app") == "absent")

            // Nobody there.
            try await host.output("systemctl kill --signal=KILL runit")
            try await host.waitFor("! pgrep -x runsvdir")
            let here = try await driver("here")
            #expect(!here.isDone && here.said.contains("no runsvdir watches"), "\(here)")
        }
    }
}
