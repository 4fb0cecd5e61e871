import Supervision
import TestHosts
import TestSupport
import Testing

/// What is systemd's own: warnings that are no failures, and files of services that root only looks at with care.
@Suite(.needsHosts) struct SystemdTests {
    private static func unit(_ lines: String...) -> String {
        (["[Service]"] + lines).joined(separator: "\n") + "\n"
    }

    @Test(arguments: Driver.shells)
    func `a pid file that is none holds up nobody`(shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let driver = try await Driver.ready(.systemd, shell: shell, on: host)
            let start = "ExecStart=/bin/sh -c 'sleep 1000 & echo $! >/run/trap/child'"
            let text = Self.unit("Type=exec", "ExitType=cgroup", "PIDFile=/run/trap/pid", start)
            try await host.write("/etc/systemd/system/trap.service", text)
            try await host.output("mkdir /run/trap && systemctl daemon-reload && systemctl start trap")
            try await host.waitFor("test -s /run/trap/child && systemctl show -p MainPID trap | grep -qx MainPID=0")
            try await host.output("cp /run/trap/child /run/trap/pid")
            let good = try await driver("state", "trap.service")
            #expect(try await host.output("cat /run/trap/child") == good.pid)
            // Without it there is still the process that began first.
            #expect(try await driver.told("eldest", "baton_systemd_eldest", "trap.service") == good.pid)
            #expect(try await driver.told("eldest", "baton_systemd_eldest", "nosuch.service") == "")
            // Nobody opens a fifo: who writes into it would learn of it.
            try await host.output(
                "rm /run/trap/pid && mkfifo /run/trap/pid && "
                    + "systemd-run --quiet --unit=waiter sh -c 'cat /run/trap/child >/run/trap/pid; touch /run/trap/opened'"
            )
            #expect(try await driver("state", "trap.service").pid == "")
            #expect(try await host.output("test -e /run/trap/opened || systemctl is-active waiter") == "active")
            try await host.output("systemctl stop waiter")
            // Of a long file the beginning counts.
            try await host.output("rm /run/trap/pid && { head -c 30 /dev/zero; cat /run/trap/child; } >/run/trap/pid")
            #expect(try await driver("state", "trap.service").pid == "")
            for trap in ["mkfifo /run/trap/pid", "ln -s /dev/zero /run/trap/pid", "truncate -s 1T /run/trap/pid"] {
                try await host.output("rm -f /run/trap/pid && \(trap)")
                let answer = try await driver("state", "trap.service")
                #expect(answer.state == "running" && answer.pid == "", "\(trap): \(answer)")
            }
        }
    }

    @Test func `a warning is no refusal`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            var driver = try await Driver.ready(.systemd, shell: "dash", on: host)
            let path = "/etc/systemd/system/app.service"
            (driver.variables["members"], driver.variables["files"]) = ("app.service", path + "\n")
            driver.variables["whole"] = "app.service"
            let lines = [
                "User=nobody", "PIDFile=/var/run/app.pid", "StandardOutput=syslog", "KillMode=none", "NoSuchKey=1",
            ]
            for line in lines {
                try await host.write(path, Self.unit(line, "ExecStart=/bin/sleep 1000"))
                try await driver.done("check")
                try await driver.done("take", "app.service")
            }
            for line in ["Type=dbus\nExecStart=/bin/sleep 1000", "ExecStart=bin/app", "User=nobody"] {
                try await host.write(path, Self.unit(line))
                let refused = try await driver("check")
                #expect(!refused.isDone && refused.said.contains("app.service"), "\(line): \(refused)")
                let taken = try await driver("take", "app.service")
                #expect(!taken.isDone && taken.said.contains("app.service is "), "\(line): \(taken)")
            }
        }
    }

    @Test func `a reload that warns is a reload, and one that fails is none`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let driver = try await Driver.ready(.systemd, shell: "dash", on: host)
            let path = "/etc/systemd/system/app.service"
            let reload = "ExecReload=/bin/sh -c 'echo x >>/run/reloads; test ! -e /run/refuse'"
            try await host.write(path, Self.unit(reload, "ExecStart=/bin/sleep 1000"))
            try await host.output("systemctl daemon-reload && systemctl start app")
            try await host.write(path, Self.unit(reload, "ExecStart=/bin/sleep 2000"))
            let warned = try await driver("reload", "app.service")
            #expect(warned.isDone && warned.said.contains("changed on disk"), "\(warned)")
            #expect(try await host.output("cat /run/reloads") == "x")
            try await host.output("touch /run/refuse")
            let failed = try await driver("reload", "app.service")
            #expect(!failed.isDone && failed.said.contains("app.service"), "\(failed)")
        }
    }

    @Test(arguments: Driver.shells)
    func `what Baton did not define has as long to stop as its unit says`(shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let driver = try await Driver.ready(.systemd, shell: shell, on: host)
            let cases = [
                ("10min", "600"), ("1min 30s", "90"), ("500ms", "1"), ("12.500s", "13"), ("infinity", "3600"),
                ("1d 2h", "3600"), ("59min 59s", "3599"), ("5000s", "3600"), ("1h 1s", "3600"), ("", "failed\n0"),
                ("; id", "failed\n0"),
            ]
            for (text, seconds) in cases {
                #expect(try await driver.told("sy_seconds", "baton_systemd_seconds", text) == seconds, "\(text)")
            }
            let text = Self.unit("TimeoutStopSec=10min", "ExecStart=/bin/sleep 1000")
            try await host.write("/etc/systemd/system/slow.service", text)
            try await host.output("systemctl daemon-reload")
            #expect(try await driver.told("stop_seconds", "baton_systemd_members", "slow") == "600")
            // To start as well, and by whatever name.
            let alias = text + "TimeoutStartSec=20min\n[Install]\nAlias=other.service\nWantedBy=multi-user.target\n"
            try await host.write("/etc/systemd/system/slow.service", alias)
            try await host.output("systemctl daemon-reload && systemctl enable slow")
            #expect(try await driver.told("boot_seconds", "baton_systemd_members", "slow") == "1210")
            #expect(try await driver.told("whole", "baton_systemd_members", "other") == "slow.service")
        }
    }

    @Test func `a script of init is a definition that would be hidden`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let driver = try await Driver.ready(.systemd, shell: "dash", on: host)
            #expect(try await driver.told("known", "baton_systemd_known", "web") == "")
            try await host.write(
                "/etc/init.d/web",
                "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: web\n### END INIT INFO\n",
                mode: "755"
            )
            try await host.output(
                "mkdir -p /run/systemd/generator && echo '[Service]' >/run/systemd/generator/web.service"
            )
            let known = try await driver.told("known", "baton_systemd_known", "web")
            #expect(known.split(separator: "\n") == ["/run/systemd/generator/web.service", "/etc/init.d/web"])
        }
    }
}
