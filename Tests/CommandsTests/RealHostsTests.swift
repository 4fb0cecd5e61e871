import Reactor
import TestHosts
import TestSupport
import Testing

/// `baton exec` against hosts as they stand in racks: systemd, stock sshd, stock sudo, a network that can be cut.
@Suite(.needsHosts) struct RealHostsTests {
    @Test func `three hosts answer to a private key`() async throws {
        try await withHosts(3) { fleet in
            // Nothing in the inventory but addresses: user and key come from the command line.
            let lines = fleet.hosts.map { "\($0.name) ansible_host=\($0.address)" }
            try Files.write(
                Array((lines.joined(separator: "\n") + "\n").utf8),
                to: "\(fleet.place.directory)/plain.ini"
            )
            let known = fleet.hosts.map { "\($0.address) \($0.hostKey)\n" }.joined()
            try Files.makeDirectory("\(fleet.place.directory)/.ssh", mode: 0o700)
            try Files.write(Array(known.utf8), to: "\(fleet.place.directory)/.ssh/known_hosts")
            let result = try await fleet.place.baton(
                "exec",
                "-i",
                "plain.ini",
                "-u",
                "deploy",
                "--private-key",
                fleet.userKey,
                "--",
                "echo $(id -un) on $(hostname)"
            )
            #expect(result.status == .exited(0), "\(result.errors)")
            for host in fleet.hosts {
                #expect(result.output.contains("deploy on \(host.name)\n"), "\(result.output)")
            }
            // A stock host keeps a trace of every login.
            #expect(try await fleet[0].output("journalctl -u ssh --no-pager").contains("Accepted publickey for deploy"))
        }
    }

    @Test func `sudo without a password, with one, and for those who may not`() async throws {
        try await withHosts(1) { fleet in
            let free = try await fleet.baton("exec", "-u", "deploy", "-b", "--", "id -un; exit 4")
            #expect(free.output == "web1: exit 4\n  root\n")
            #expect(free.status == .exited(5))

            let missing = try await fleet.baton("exec", "-u", "asked", "-b", "-o", "json", "--", "id -un")
            #expect(missing.output.contains(#""kind":"become_refused""#), "\(missing.output)")
            #expect(missing.output.contains("-K"), "\(missing.output)")

            let asked = try await fleet.becoming("asked", typing: HostFleet.password)
            #expect(asked.output.contains("web1: exit 0\n  root\n"), "\(asked)")
            #expect(asked.status == .exited(0))
            #expect(!asked.output.contains("battery"))

            let wrong = try await fleet.becoming("asked", typing: "wrong")
            #expect(wrong.output.contains("did not accept the password for asked"), "\(wrong)")

            let barred = try await fleet.becoming("barred", typing: HostFleet.password)
            #expect(barred.output.contains("barred"), "\(barred)")
            #expect(barred.status == .exited(5), "\(barred)")
            #expect(!barred.output.contains("exit 0"), "\(barred)")
            // The password stands in no log of the host.
            #expect(try await fleet[0].run("journalctl --no-pager | grep battery").succeeded == false)
        }
    }

    @Test func `a far host gives the same answers`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let link = try FaultyLink(
                to: host.port,
                at: host.address,
                .none,
                .init(latency: .milliseconds(30), bandwidth: 1_000_000),
                on: fleet.loop
            )
            defer { link.close() }
            let far = """
                far: {hosts: {web1: {ansible_host: 127.0.0.1, ansible_port: \(link.port), ansible_user: deploy, \
                ansible_ssh_private_key_file: "\(fleet.userKey)", host_key: "\(host.hostKey)"}}}
                """
            try Files.write(Array(far.utf8), to: "\(fleet.place.directory)/far.yml")
            let result = try await fleet.place.baton(
                "exec",
                "-i",
                "far.yml",
                "-b",
                "--",
                "id -un; seq 1 20000"
            )
            let expected = ["web1: exit 0", "  root"] + (1...20000).map { "  \($0)" }
            #expect(result.output == expected.map { $0 + "\n" }.joined(), "\(result.errors)")
            #expect(link.connections == 1)
        }
    }

    @Test func `a host whose cable is pulled during a command is lost, and the others are not`() async throws {
        try await withHosts(2) { fleet in
            try fleet.configureSSH("Host *\n  ServerAliveInterval 2\n  ServerAliveCountMax 2\n")
            let command = "touch /tmp/begun; while [ ! -e /tmp/go ]; do sleep 0.05; done; hostname"
            async let running = fleet.baton("exec", "-u", "deploy", "-o", "json", "--", command)
            for host in fleet.hosts { try await host.waitFor("test -e /tmp/begun") }
            try await fleet[0].unplug()
            for host in fleet.hosts { try await host.output("touch /tmp/go") }
            let result = try await running
            #expect(result.status == .exited(5))
            #expect(
                result.output.contains(#"{"host":"web2","status":"ok","exit":0,"stdout":"web2\n""#),
                "\(result.output)"
            )
            #expect(
                result.output.contains(#"{"host":"web1","status":"failed","exit":null,"stdout":"""#),
                "\(result.output)"
            )
            #expect(result.output.contains(#""error":{"kind":"link_lost""#), "\(result.output)")
        }
    }

    @Test func `a host that stands behind another is reached through it, and only so`() async throws {
        try await withHosts(3) { fleet in
            try await fleet.isolate(fleet[1], behind: fleet[0])
            try await fleet.isolate(fleet[2], behind: fleet[1])
            let direct = try await fleet.baton("exec", "-l", "web3", "--connect-timeout", "1s", "--", "true")
            #expect(direct.status == .exited(6), "\(direct.output)")
            // The jump hosts are hosts of the inventory, with the keys that are pinned for them there.
            let hosts = fleet.hosts.enumerated().map { index, host in
                let jump = index > 0 ? ", jump: \(fleet[index - 1].name)" : ""
                return "\(host.name): {address: \(host.address), host_key: \(host.hostKey)\(jump)}"
            }
            let vars = "vars: {user: deploy, identity: \(fleet.userKey)}"
            try Files.write(
                Array("far: {\(vars), hosts: {\(hosts.joined(separator: ", "))}}\n".utf8),
                to: "\(fleet.place.directory)/far.yml"
            )
            let through = try await fleet.place.baton(
                "exec",
                "-i",
                "far.yml",
                "-l",
                "web3",
                "-b",
                "--",
                "hostname; id -un"
            )
            #expect(through.output == "web3: exit 0\n  web3\n  root\n", "\(through.errors)")
            // The far one's sshd was called by the one before it, not by this machine.
            let log = try await fleet[2].output("journalctl -u ssh --no-pager")
            #expect(log.contains("from \(fleet[1].address) "), "\(log)")
            let all = try await fleet.place.baton("exec", "-i", "far.yml", "-o", "json", "--", "hostname")
            #expect(all.status == .exited(0), "\(all.errors)")
        }
    }

    @Test func `a jump host that loses its cable takes those behind it along, and says so`() async throws {
        try await withHosts(2) { fleet in
            try await fleet.isolate(fleet[1], behind: fleet[0])
            try fleet.configureSSH(
                """
                Host web2
                  HostName \(fleet[1].address)
                  ProxyJump deploy@\(fleet[0].address)
                Host *
                  User deploy
                  IdentityFile \(fleet.userKey)
                  ServerAliveInterval 2
                  ServerAliveCountMax 2

                """
            )
            let known = fleet.hosts.map { "\($0.address) \($0.hostKey)\n" }.joined()
            try Files.write(Array(known.utf8), to: "\(fleet.place.directory)/.ssh/known_hosts")
            async let running = fleet.place.baton(
                "exec",
                "-i",
                "web2,",
                "-o",
                "json",
                "--",
                "touch /tmp/begun; sleep 600"
            )
            try await fleet[1].waitFor("test -e /tmp/begun")
            try await fleet[0].unplug()
            let result = try await running
            #expect(result.status == .exited(5))
            #expect(result.output.contains(#""kind":"link_lost""#), "\(result.output)")
        }
    }

    @Test func `a cable that is back in time has not been noticed`() async throws {
        try await withHosts(1) { fleet in
            let command = "touch /tmp/begun; while [ ! -e /tmp/go ]; do sleep 0.05; done; hostname"
            async let running = fleet.baton("exec", "-u", "deploy", "--", command)
            try await fleet[0].waitFor("test -e /tmp/begun")
            try await fleet[0].unplug()
            try await fleet[0].output("touch /tmp/go")
            try await fleet[0].waitFor("! pgrep -u deploy -x sleep >/dev/null")
            try await fleet[0].plug()
            #expect(try await running.output == "web1: exit 0\n  web1\n")
        }
    }

    @Test func `a controller that is killed at an event says nothing more, and its login ends`() async throws {
        try await withHosts(2) { fleet in
            let killed = try await fleet.place.killBaton(
                at: "host.connected",
                host: "web2",
                "exec",
                "-i",
                fleet.place.inventory,
                "-f",
                "2",
                "-o",
                "jsonl",
                "--",
                "sleep 600"
            )
            #expect(
                killed.lines.contains { $0.contains(#""type":"host.connected""#) && $0.contains(#""host":"web2""#) }
            )
            #expect(!killed.lines.contains { $0.contains(#""type":"run.finished""#) })
            for host in fleet.hosts { try await host.waitFor("! pgrep -f '^sshd: root@' >/dev/null") }
        }
    }
}

extension HostFleet {
    /// What ssh's configuration says, for the controller of this fleet.
    fileprivate func configureSSH(_ text: String) throws {
        try Files.makeDirectory("\(place.directory)/.ssh", mode: 0o700)
        try Files.write(Array(text.utf8), to: "\(place.directory)/.ssh/config", mode: 0o600)
    }

    /// Runs baton on a terminal of its own and types the password that it asks for.
    fileprivate func becoming(_ user: String, typing password: String) async throws -> ChildResult {
        try await place.onTerminal(
            [BatonProgram.path, "exec", "-i", place.inventory, "-u", user, "-b", "-K", "--", "id -un"],
            answers: [(question: "sudo password: ", answer: password)],
            environment: ["NO_COLOR": "1"]
        )
    }
}
