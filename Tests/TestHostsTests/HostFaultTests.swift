import Reactor
import TestHosts
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// That each fault tool does what it says.
@Suite(.needsHosts) struct HostFaultTests {
    @Test func `a host that reboots comes back with what was written and another boot id`() async throws {
        try await withHosts(1) { fleet in
            let before = try await fleet[0].bootID()
            try await fleet[0].write("/etc/kept", "yes\n")
            try await fleet[0].reboot()
            #expect(try await fleet[0].bootID() != before)
            #expect(try await fleet[0].output("cat /etc/kept") == "yes")
            let reached = try await fleet.baton("exec", "--", "id -un")
            #expect(reached.output == "web1: exit 0\n  root\n")
        }
    }

    @Test func `a host that loses its power is gone at once and can be started`() async throws {
        try await withHosts(1) { fleet in
            let leader = try await fleet[0].leader()
            #expect(ProcessStart.isAlive(leader.pid, leader.start))
            try await fleet[0].crash()
            #expect(!ProcessStart.isAlive(leader.pid, leader.start))
            try await fleet[0].start()
            #expect(try await fleet[0].output("cat /proc/1/comm") == "systemd")
        }
    }

    @Test func `a full process table lets nobody start anything`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await host.fillProcessTable()
            let refused = try await fleet.baton("exec", "--connect-timeout", "2s", "--", "id -un")
            #expect(refused.status == .exited(6), "\(refused.output)")
            #expect(try await host.output("id -un") == "root")
            try await host.freeProcessTable()
            let reached = try await fleet.baton("exec", "--", "id -un")
            #expect(reached.status == .exited(0), "\(reached.output)\(reached.errors)")
        }
    }

    @Test func `an unplugged host answers nobody until it is plugged in`() async throws {
        try await withHosts(2) { fleet in
            let ping = "ping -c 1 -W 1 web1 >/dev/null"
            try await fleet[1].output(ping)
            try await fleet[0].unplug()
            #expect(try await fleet[1].run(ping).succeeded == false)
            let lost = try await fleet.baton("exec", "-l", "web1", "--connect-timeout", "300ms", "--", "true")
            #expect(lost.status == .exited(6))
            try await fleet[0].plug()
            try await fleet[1].waitFor(ping)
        }
    }

    @Test func `a small disk takes so much and no more`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await host.mountSmallDisk(at: "/srv", kilobytes: 256)
            try await host.output("head -c 100000 /dev/zero >/srv/fits")
            try await host.fillDisk(at: "/srv")
            let full = try await host.run("head -c 10 /dev/zero >/srv/more")
            #expect(full.errors.contains("No space left on device"))
            try await host.freeDisk(at: "/srv")
            try await host.output("echo more >/srv/more")
            #expect(try await host.output("stat -c %s /srv/fits") == "100000")
            await #expect(throws: HostFailure.self) { try await host.fillDisk(at: "/etc") }
        }
    }

    @Test func `a process is hit by its number and its beginning, and nobody else`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await host.output("systemd-run --quiet --unit sleeper sleep 600")
            try await host.waitFor("pgrep -fx '/usr/bin/sleep 600' >/dev/null")
            let found = try await host.processes("^/usr/bin/sleep 600$")
            #expect(found.count == 1)
            let sleeper = try #require(found.first)
            // The same number, but another process.
            let other = try await host.processes("^/lib/systemd/systemd-journald").first!
            let mistaken = HostProcess(pid: sleeper.pid, start: other.start, command: "")
            await #expect(throws: HostFailure.self) { try await host.kill(mistaken) }
            #expect(try await host.isAlive(sleeper))
            try await host.kill(sleeper)
            try await host.waitFor("! systemctl is-active --quiet sleeper")
            #expect(try await host.isAlive(sleeper) == false)
            await #expect(throws: HostFailure.self) { try await host.kill(sleeper) }
        }
    }

    @Test func `a login whose sshd is stopped stands still, and goes on`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            #expect(try await host.sessions() == [])
            async let running = fleet.baton(
                "exec",
                "-u",
                "deploy",
                "--",
                "touch /tmp/begun; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo whole"
            )
            try await host.waitFor("test -e /tmp/begun")
            let sessions = try await host.sessions()
            // The privileged half and the user's own.
            #expect(sessions.count == 2, "\(sessions)")
            for session in sessions { try await host.signal(session, SIGSTOP) }
            for session in sessions {
                #expect(
                    try await host.output(
                        "cut -d ' ' -f 1 /proc/\(session.pid)/wchan; grep State /proc/\(session.pid)/status"
                    ).contains("T (stopped)")
                )
            }
            try await host.output("touch /tmp/go")
            for session in sessions { try await host.signal(session, SIGCONT) }
            #expect(try await running.output == "web1: exit 0\n  whole\n")
        }
    }

    @Test(arguments: ["curl", "python3"])
    func `a host can do without a program`(_ program: String) async throws {
        try await withHosts(1) { fleet in
            try await fleet[0].output("command -v \(program)")
            try await fleet[0].remove(program: program)
            let gone = try await fleet[0].run(program + " --version")
            #expect(gone.status == .exited(127))
        }
    }

    @Test func `an isolated host is reached through the other one only`() async throws {
        try await withHosts(3) { fleet in
            let port = "timeout 1 bash -c 'exec 3<>/dev/tcp/web3/22 && read -r line <&3 && echo $line'"
            try await fleet.isolate(fleet[2], behind: fleet[0])
            #expect(try await fleet[0].output(port).hasPrefix("SSH-2.0-OpenSSH"))
            #expect(try await fleet[1].run(port).succeeded == false)
            let direct = try await fleet.baton("exec", "-l", "web3", "--connect-timeout", "300ms", "--", "true")
            #expect(direct.status == .exited(6))
            try await fleet.rejoin(fleet[2], from: fleet[0])
            try await fleet[1].waitFor(port)
        }
    }
}
