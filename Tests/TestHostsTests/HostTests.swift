import Reactor
import TestHosts
import TestSupport
import Testing

/// That the hosts are what tests take them for.
@Suite(.needsHosts) struct HostTests {
    @Test func `a fleet is stock Debian hosts under systemd with keys of their own`() async throws {
        try await withHosts(3) { fleet in
            #expect(fleet.hosts.map(\.name) == ["web1", "web2", "web3"])
            #expect(Set(fleet.hosts.map(\.hostKey)).count == 3)
            var machines: Set<String> = []
            for host in fleet.hosts {
                #expect(try await host.output("hostname") == host.name)
                #expect(try await host.output(". /etc/os-release && echo $ID $VERSION_ID") == "debian 12")
                #expect(try await host.output("cat /proc/1/comm") == "systemd")
                machines.insert(try await host.output("cat /etc/machine-id"))
                // They know each other by name.
                let other = fleet.hosts.first { $0.name != host.name }!
                #expect(try await host.output("getent hosts \(other.name) | cut -d ' ' -f 1") == other.address)
            }
            #expect(machines.count == 3)
        }
    }

    @Test func `a host has every server and supervisor and runs none of them`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let programs = [
                "curl", "gunicorn", "nginx", "unicorn", "puma", "supervisord", "haproxy", "runsv", "redis-server",
                "sidekiq", "busybox", "dash", "bash", "sudo", "python3", "ruby",
            ]
            let absent = try await host.run("for name; do command -v $name >/dev/null || echo $name; done; true")
            #expect(absent.output == "")
            for program in programs { try await host.output("command -v \(program)") }
            let versions = try await host.output(
                "for version in 19.5.0 23.0.0 latest; do /opt/gunicorn-$version/bin/gunicorn --version; done"
            )
            #expect(versions.hasPrefix("gunicorn (version 19.5.0)\ngunicorn (version 23.0.0)\ngunicorn (version 2"))
            let running = try await host.output("ps -e -o comm= | sort -u | tr '\\n' ' '")
            for program in ["gunicorn", "nginx", "ruby", "supervisord", "haproxy", "redis"] {
                #expect(!running.contains(program), "\(running)")
            }
        }
    }

    @Test func `a fleet begins with nothing of the one before`() async throws {
        try await withHosts(1) { fleet in
            try await fleet[0].write("/etc/left-behind", "by a test\n", owner: "deploy", mode: "600")
            #expect(String(decoding: try await fleet[0].read("/etc/left-behind"), as: UTF8.self) == "by a test\n")
            #expect(try await fleet[0].output("stat -c '%U %a' /etc/left-behind") == "deploy 600")
        }
        try await withHosts(1) { fleet in
            try await fleet[0].output("! test -e /etc/left-behind")
        }
    }

    @Test func `what fails on a host fails the test and says what the host said`() async throws {
        try await withHosts(1) { fleet in
            await #expect(throws: HostFailure.self) { try await fleet[0].read("/no/such") }
            do {
                try await fleet[0].waitFor("echo not yet; false", within: .milliseconds(200))
                Issue.record("it came true")
            } catch let error as HostFailure {
                #expect(error.description.contains("not yet"))
            }
        }
    }
}
