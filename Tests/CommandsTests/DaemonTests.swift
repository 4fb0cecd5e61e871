import Reactor
import TestHosts
import TestSupport
import Testing

/// Daemons by their identifiers, as a hosting panel and a person at the host use them.
@Suite(.needsHosts) struct DaemonTests {
    /// Says who and where it is, and ignores TERM if it is told to.
    private static let program = """
        #!/bin/sh
        echo "up as $(id -un) in $PWD with $*"
        [ "$1" != dies ] || exit 3
        while :; do sleep 1000 & wait $!; done

        """

    private func baton(_ fleet: HostFleet, _ words: String...) async throws -> ChildResult {
        try await fleet.place.run(
            [BatonProgram.path, "daemon", words[0], "-i", fleet.place.inventory] + words.dropFirst()
        )
    }

    private func prepare(_ host: TestHost, supervisord: Bool) async throws {
        try await host.write("/usr/local/bin/worker", Self.program, mode: "755")
        if supervisord { try await host.output("systemctl start supervisor") }
    }

    @Test(arguments: ["supervisord", "systemd"])
    func `a daemon is created, shown, restarted and deleted`(supervisor: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await prepare(host, supervisord: supervisor == "supervisord")
            let created = try await baton(
                fleet,
                "create",
                "--on",
                host.name,
                "--command",
                "/usr/local/bin/worker 'one two'",
                "--user",
                "deploy",
                "--directory",
                "/srv",
                "--processes",
                "2",
                "-y"
            )
            #expect(created.status == .exited(0), "\(created.errors)")
            // The identifier and nothing else.
            let id = String(created.output.prefix { $0 != "\n" })
            #expect(created.output == id + "\n")
            #expect(id.wholeMatch(of: /[a-z][a-z0-9]{7}/) != nil)
            let name = "daemon-\(id)"
            let log = "/home/deploy/.baton/\(name).log"
            #expect(
                try await host.output("cat \(log)")
                    == "up as deploy in /srv with one two\nup as deploy in /srv with one two"
            )

            let listed = try await baton(fleet, "list", "-o", "json")
            #expect(listed.output.contains("\"\(name)\""), "\(listed.output)")
            let shown = try await baton(fleet, "show", id)
            #expect(shown.output.split(separator: "\n").count { $0.contains("running") } == 2, "\(shown.output)")
            let logs = try await baton(fleet, "logs", id, "-n", "1")
            #expect(logs.output.contains("up as deploy in /srv with one two"), "\(logs.output)\(logs.errors)")

            let pattern = "^/bin/sh /usr/local/bin/worker"
            let before = try await host.processes(pattern)
            #expect(before.count == 2)
            if supervisor == "supervisord" {
                // As people do it by hand.
                try await host.output("supervisorctl restart '\(name):*'")
            } else {
                try await host.output("systemctl restart '\(name)@*.service'")
            }
            let between = try await host.processes(pattern)
            #expect(between.count == 2 && Set(between).isDisjoint(with: before))
            let restarted = try await baton(fleet, "restart", name, "-y")
            #expect(restarted.status == .exited(0), "\(restarted.errors)")
            let after = try await host.processes(pattern)
            #expect(after.count == 2 && Set(after).isDisjoint(with: between))

            let again = try await baton(
                fleet,
                "create",
                "--on",
                host.name,
                "--command",
                "/usr/local/bin/worker",
                "--id",
                id,
                "-y"
            )
            #expect(again.status == .exited(2), "\(again.output)\(again.errors)")
            #expect(again.errors.contains("already"), "\(again.errors)")

            let deleted = try await baton(fleet, "delete", id, "-y")
            #expect(deleted.status == .exited(0), "\(deleted.errors)")
            #expect(try await host.processes(pattern).isEmpty)
            let left = try await host.output("find /etc /run/baton -name '*\(name)*' 2>/dev/null || true")
            #expect(left == "")
            // What it wrote stays.
            try await host.output("test -s \(log)")
            if supervisor == "supervisord" {
                #expect(try await host.output("supervisorctl status || true").isEmpty)
            }
        }
    }

    @Test(arguments: ["supervisord", "systemd"])
    func `one that does not stay up is told with its last words`(supervisor: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await prepare(host, supervisord: supervisor == "supervisord")
            let created = try await baton(
                fleet,
                "create",
                "--on",
                host.name,
                "--command",
                "/usr/local/bin/worker dies",
                "--user",
                "deploy",
                "--id",
                "sad",
                "-y"
            )
            #expect(created.status == .exited(4), "\(created.output)\(created.errors)")
            #expect(created.output.isEmpty)
            #expect(created.errors.contains("up as deploy in / with dies"), "\(created.errors)")
            let deleted = try await baton(fleet, "delete", "sad", "-y")
            #expect(deleted.status == .exited(0), "\(deleted.errors)")
        }
    }

    @Test(.enabled(if: TypedTerminal.isAvailable))
    func `Ctrl-C at the question changes nothing, and later lets the host come to its end`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await prepare(host, supervisord: false)
            let words = [
                BatonProgram.path, "daemon", "create", "-i", fleet.place.inventory, "--on", host.name, "--id", "one",
                "--command", "/usr/local/bin/worker mild", "--start-seconds", "3",
            ]
            let asked = try await fleet.place.onTerminal(words, answers: [("Type yes or no: ", "\u{3}")])
            #expect(asked.status == .exited(8), "\(asked.output)")
            #expect(asked.output.contains("interrupted: nothing was changed"), "\(asked.output)")
            #expect(try await host.run("test -e /etc/baton").succeeded == false)

            let script = #""$@" -y >out 2>err & echo $! >pid; wait $!; echo $? >status"#
            async let created = fleet.place.run(["sh", "-c", script, "-"] + words)
            try await host.waitFor("systemctl is-active --quiet daemon-one")
            _ = try await fleet.place.run(["sh", "-c", "kill -INT $(cat pid)"])
            _ = try await created
            let ended = try await fleet.place.run(["sh", "-c", "cat status out err"])
            // It was begun: that it stays up is still seen, and its identifier is known.
            #expect(ended.output.hasPrefix("8\none\n"), "\(ended.output)")
            #expect(try await host.output("systemctl is-active daemon-one") == "active")
        }
    }

    @Test func `one that cannot be is refused before anything is written`() async throws {
        try await withHosts(1) { fleet in
            let line = ["--on", fleet[0].name, "--command", "sleep 1000", "--id", "q"]
            let refused = try await fleet.place.run(
                [BatonProgram.path, "daemon", "create", "-i", fleet.place.inventory, "-y", "--user", "nosuch"] + line
            )
            #expect(refused.status == .exited(2), "\(refused.output)\(refused.errors)")
            #expect(refused.errors.contains("there is no user nosuch on this host"), "\(refused.errors)")
            #expect(try await fleet[0].run("test -e /etc/baton").succeeded == false)
        }
    }

    @Test func `playbooks make them and see to their state`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await prepare(host, supervisord: false)
            let root = fleet.place.directory
            func deploy(_ task: String) async throws -> ChildResult {
                try Files.write(
                    Array("- hosts: all\n  tasks:\n    - daemon: \(task)\n".utf8),
                    to: "\(root)/play.yml"
                )
                return try await fleet.place.run(
                    [BatonProgram.path, "deploy", "play.yml", "-y", "-i", fleet.place.inventory]
                )
            }
            let definition = "{id: queue, command: /usr/local/bin/worker, user: deploy}"
            let first = try await deploy(definition)
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            let pid = try await host.output("systemctl show -P MainPID daemon-queue.service")
            let second = try await deploy(definition)
            #expect(second.output.contains("nothing changed, 1 ok"), "\(second.output)")
            #expect(try await host.output("systemctl show -P MainPID daemon-queue.service") == pid)
            _ = try await deploy("{id: daemon-queue, state: restarted}")
            #expect(try await host.output("systemctl show -P MainPID daemon-queue.service") != pid)
            let gone = try await deploy("{id: queue, state: absent}")
            #expect(gone.status == .exited(0), "\(gone.output)\(gone.errors)")
            #expect(try await host.output("systemctl is-active daemon-queue.service || true") == "inactive")
        }
    }
}

/// What is wrong with a command line about daemons, before anything is contacted.
struct DaemonUsageTests {
    @Test(arguments: [
        (["create", "--on", "web1", "-y"], "--command"),
        (["create", "--command", "sleep 1", "-y"], "--on"),
        (["create", "--on", "web1", "--command", "a | b", "-y"], "no shell reads it"),
        (["create", "--on", "web1", "--command", "sleep 1", "--user", "no body", "-y"], "--user must be the name"),
        (["create", "--on", "web1", "--command", "sleep 1", "--stop-signal", "TREM", "-y"], "TERM"),
        (["create", "--on", "web1", "--command", "sleep 1", "--id", "a/b", "-y"], "cannot be the identifier"),
        (["create", "--on", "web1", "--command", "sleep 1"], "-y"),
        (["show", "../etc"], "cannot be the identifier"),
        (["list", "--on", "a", "-l", "b"], "--on and -l"),
    ])
    func `is said with what to do`(words: [String], expected: String) async throws {
        let result = try await runChild([BatonProgram.path, "daemon"] + words + ["-i", "web1,"])
        #expect(result.status == .exited(1), "\(result.output)")
        #expect(result.errors.contains(expected), "\(result.errors)")
    }
}
