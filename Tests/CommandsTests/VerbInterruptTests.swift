import Reactor
import TestHosts
import TestSupport
import Testing

/// Verbs of services that somebody ends, on hosts that are in the middle of one.
@Suite(.needsHosts) struct VerbInterruptTests {
    private static let services = """
        services:
          app: {command: /usr/local/bin/app, start_seconds: 1, stop_seconds: 300}

        """
    private static let playbook = """
        - hosts: all
          tasks:
            - service: app

        """

    /// Does not stop before it is let.
    private static let program = """
        #!/bin/sh
        trap 'until [ -e /run/let ]; do sleep 0.1; done; exit 0' TERM
        while :; do sleep 1000 & wait $!; done

        """

    private func prepare(_ fleet: HostFleet) async throws {
        let root = fleet.place.directory
        try Files.makeDirectory("\(root)/services")
        for (name, text) in [("services/app.yml", Self.services), ("app.yml", Self.playbook), ("baton.yml", "{}\n")] {
            try Files.write(Array(text.utf8), to: "\(root)/\(name)")
        }
        for host in fleet.hosts { try await host.write("/usr/local/bin/app", Self.program, mode: "755") }
        let first = try await fleet.baton("deploy", "app.yml", "-y")
        #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
    }

    private func pid(_ host: TestHost) async throws -> String {
        try await host.output("systemctl show -P MainPID app.service")
    }

    /// Restarts on all hosts, and sends an interrupt once the first one is in the middle of it, and each further one when the
    /// last has been told; then the host is let.
    private func interrupted(_ fleet: HostFleet, times: Int) async throws -> String {
        let host = fleet[0]
        let script = #""$@" >out 2>err & echo $! >pid; wait $!; echo $? >status"#
        async let running = fleet.place.run(
            ["sh", "-c", script, "-", BatonProgram.path, "restart", "app", "-y", "-i", fleet.place.inventory]
        )
        try await host.waitFor("grep -q ' stop app.service' /var/lib/baton/services/app/journal")
        for told in ["stopping", "ending what"].prefix(times) {
            let line =
                "kill -INT $(cat pid); for i in $(seq 600); do grep -q \"$1\" err && exit; sleep 0.05; done; exit 1"
            #expect(try await fleet.place.run(["sh", "-c", line, "-", told]).succeeded, "\(told)")
        }
        if times == 1 { try await host.output("touch /run/let") }
        _ = try await running
        return try await fleet.place.run(["sh", "-c", "cat status out err"]).output
    }

    @Test func `once: the host that is in the middle comes to its end, and no other is begun`() async throws {
        try await withHosts(2) { fleet in
            try await prepare(fleet)
            let (one, two) = (try await pid(fleet[0]), try await pid(fleet[1]))
            let said = try await interrupted(fleet, times: 1)
            #expect(said.hasPrefix("8\n"), "\(said)")
            #expect(said.contains("1 untouched"), "\(said)")
            let (first, second) = (try await pid(fleet[0]), try await pid(fleet[1]))
            #expect(first != one && second == two)
        }
    }

    @Test func `twice: it is left to itself, and that is told`() async throws {
        try await withHosts(1) { fleet in
            try await prepare(fleet)
            let one = try await pid(fleet[0])
            let said = try await interrupted(fleet, times: 2)
            #expect(said.contains("the host goes on by itself: baton status app says how it ended"), "\(said)")
            #expect(!said.hasPrefix("0\n"), "\(said)")
            try await fleet[0].output("touch /run/let")
            try await fleet[0].waitFor("tail -n 1 /var/lib/baton/services/app/journal | grep -q ' end 0$'")
            #expect(try await pid(fleet[0]) != one)
        }
    }

    @Test func `of two at once the second one is refused, and touches nothing`() async throws {
        try await withHosts(1) { fleet in
            try await prepare(fleet)
            let host = fleet[0]
            async let first = fleet.baton("restart", "app", "-y")
            try await host.waitFor("grep -q ' stop app.service' /var/lib/baton/services/app/journal")
            let second = try await fleet.baton("restart", "app", "-y")
            // It does not run at this moment, and that is the first one's doing.
            #expect(second.status == .exited(7), "\(second.output)\(second.errors)")
            #expect(second.output.contains("app is being changed already: restart, by root@"), "\(second.output)")
            try await host.output("touch /run/let")
            #expect(try await first.status == .exited(0))
        }
    }
}
