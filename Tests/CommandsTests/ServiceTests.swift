import Reactor
import TestHosts
import TestSupport
import Testing

/// Services from a playbook to a host and on, as a user does it.
@Suite(.needsHosts) struct ServiceTests {
    static let services = """
        services:
          app:
            command: /usr/local/bin/app {{ instance }}
            user: deploy
            processes: 2
            environment: {SIZE: "{{ size }}", TOKEN: !secret env:TOKEN}
            start_seconds: 1
            stop_seconds: 5
            files: [{template: app.conf, dest: /etc/app.conf}]

        """

    static let playbook = """
        - hosts: all
          tasks:
            - file: {src: app, dest: /usr/local/bin/app, mode: "0755"}
            - service: app

        """

    /// Says what it was born with, unless it is to fail.
    static let program = """
        #!/bin/sh
        [ "$SIZE" != broken ] || { echo "no size: broken"; exit 3; }
        echo "up $1 with $SIZE and $(cat /etc/app.conf)"
        while :; do sleep 1000 & wait $!; done

        """

    private func write(_ fleet: HostFleet, size: String) throws {
        let root = fleet.place.directory
        for folder in ["services", "templates", "files"] where !Files.isDirectory("\(root)/\(folder)") {
            try Files.makeDirectory("\(root)/\(folder)")
        }
        for (name, text) in [
            ("services/app.yml", Self.services.replacing("{{ size }}", with: size)), ("app.yml", Self.playbook),
            ("files/app", Self.program), ("templates/app.conf", "for {{ inventory_hostname }}\n"),
            ("baton.yml", "forks: 10\n"),
        ] { try Files.write(Array(text.utf8), to: "\(root)/\(name)") }
    }

    private let secret = ["TOKEN": "correct-horse-battery"]

    private func baton(_ fleet: HostFleet, _ command: String, _ arguments: String...) async throws -> ChildResult {
        try await fleet.place.run(
            [BatonProgram.path, command, "-i", fleet.place.inventory] + arguments,
            environment: secret
        )
    }

    private func pids(_ host: TestHost) async throws -> String {
        try await host.output("systemctl show -P MainPID app@0.service app@1.service")
    }

    @Test func `a service comes to a host, changes, is restarted and stopped`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try write(fleet, size: "1")
            let plan = try await baton(fleet, "plan", "app.yml", "--exit-code")
            #expect(plan.status == .exited(9), "\(plan.output)\(plan.errors)")
            #expect(plan.output.contains("start app@1.service"), "\(plan.output)")
            #expect(plan.output.contains("+ExecStart=") || plan.output.contains("ExecStart="), "\(plan.output)")
            #expect(!plan.output.contains("battery"))
            #expect(try await host.run("test -e /etc/systemd/system/app@.service").succeeded == false)

            let first = try await baton(fleet, "deploy", "app.yml", "-y")
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            try await host.output("systemctl is-active app@0.service app@1.service")
            let none = try await baton(fleet, "plan", "app.yml", "--exit-code")
            #expect(none.status == .exited(0), "\(none.output)\(none.errors)")
            let before = try await pids(host)

            try write(fleet, size: "2")
            let changed = try await baton(fleet, "plan", "app.yml")
            #expect(changed.output.contains("restart app@0.service, restart app@1.service"), "\(changed.output)")
            #expect(try await pids(host) == before)
            let second = try await baton(fleet, "deploy", "app.yml", "-y")
            #expect(second.status == .exited(0), "\(second.output)\(second.errors)")
            let after = try await pids(host)
            #expect(after != before)
            let logs = try await baton(fleet, "logs", "app", "-n", "50")
            #expect(logs.output.contains("up 1 with 2 and for web1"), "\(logs.output)\(logs.errors)")
            #expect(logs.output.contains("web1 app@1.service "))
            #expect(try await baton(fleet, "plan", "app.yml", "--exit-code").status == .exited(0))

            let status = try await baton(fleet, "status")
            #expect(status.status == .exited(0), "\(status.output)\(status.errors)")
            #expect(status.output.contains("web1  app      app@0.service  running"), "\(status.output)")
            let json = try await baton(fleet, "status", "app", "-o", "json")
            #expect(json.output.contains(#""member":"app@1.service","state":"running","pid":"#), "\(json.output)")

            // What the project says is compared where it is at hand; secrets are not needed for that.
            #expect(!status.output.contains("not as the project says"), "\(status.output)")
            try write(fleet, size: "3")
            try Files.write(Array("other\n".utf8), to: "\(fleet.place.directory)/templates/app.conf")
            let drifted = try await fleet.place.run([BatonProgram.path, "status", "-i", fleet.place.inventory, "-v"])
            let note = "not as the project says: definition, file /etc/app.conf"
            #expect(drifted.output.contains(note), "\(drifted.output)\(drifted.errors)")
            try write(fleet, size: "{{ nowhere }}")
            let unknown = try await baton(fleet, "status", "app", "-v")
            #expect(unknown.output.contains("not compared with the project: "), "\(unknown.output)\(unknown.errors)")
            try write(fleet, size: "2")

            let unasked = try await baton(fleet, "restart", "app")
            #expect(unasked.status == .exited(1))
            #expect(unasked.errors.contains("no terminal to ask on"))
            let restarted = try await baton(fleet, "restart", "app", "-y")
            #expect(restarted.status == .exited(0), "\(restarted.output)\(restarted.errors)")
            #expect(try await pids(host) != after)

            let stopped = try await baton(fleet, "stop", "app", "-y")
            #expect(stopped.status == .exited(0), "\(stopped.output)\(stopped.errors)")
            #expect(stopped.output.contains("stopped"), "\(stopped.output)")
            #expect(try await host.run("systemctl is-active app@0.service").succeeded == false)
            let started = try await baton(fleet, "plan", "app.yml")
            #expect(started.output.contains("start app@0.service"), "\(started.output)")
        }
    }

    @Test func `what does not come up is said, and is the exit code`() async throws {
        try await withHosts(2) { fleet in
            try write(fleet, size: "1")
            let one = try await baton(fleet, "deploy", "app.yml", "-y", "-l", "web1")
            #expect(one.status == .exited(0), "\(one.output)\(one.errors)")
            // It is broken behind everybody's back, and restarted.
            try await fleet[0].write("/usr/local/bin/app", "#!/bin/sh\necho broken by hand\nexit 3\n", mode: "755")
            let restarted = try await baton(fleet, "restart", "app", "-y")
            #expect(restarted.status == .exited(4), "\(restarted.output)\(restarted.errors)")
            #expect(restarted.output.contains("broken by hand"), "\(restarted.output)")
            // The other host never had it.
            #expect(!restarted.output.contains("web2"), "\(restarted.output)")
            let shown = try await baton(fleet, "status", "app", "-o", "json")
            #expect(shown.status == .exited(0), "\(shown.output)")
            #expect(!shown.output.contains("web2"), "\(shown.output)")
            let lacking = try await baton(fleet, "status", "app", "-l", "web2")
            #expect(lacking.status == .exited(5), "\(lacking.output)")
            #expect(lacking.output.contains("there is no service"), "\(lacking.output)")
            for words in [["status"], ["status", "app"]] {
                let unseen = try await fleet.place.run(
                    [BatonProgram.path] + words + ["-i", fleet.place.inventory, "-l", "web1", "-u", "deploy"]
                )
                #expect(unseen.status == .exited(5), "\(unseen.output)")
                #expect(unseen.output.contains("only root can be believed here: -b becomes root"), "\(unseen.output)")
            }
            let nowhere = try await baton(fleet, "restart", "app", "-y", "-l", "web2")
            #expect(nowhere.status == .exited(2), "\(nowhere.output)\(nowhere.errors)")
            #expect(nowhere.output.contains("there is no service \"app\" there"), "\(nowhere.output)")
            let playbook = "- hosts: all\n  tasks:\n    - service: {name: app, state: absent}\n"
            try Files.write(Array(playbook.utf8), to: "\(fleet.place.directory)/gone.yml")
            let gone = try await baton(fleet, "deploy", "gone.yml", "-y")
            #expect(gone.status == .exited(0), "\(gone.output)\(gone.errors)")
            #expect(try await fleet[0].run("ls /etc/systemd/system/app* /etc/baton/services/app").succeeded == false)
            #expect(try await baton(fleet, "plan", "gone.yml", "--exit-code").status == .exited(0))
        }
    }

    /// Under supervisord and runit, which run beside systemd there.
    @Test(arguments: ["supervisord", "runit"])
    func `other supervisors bring it to the same`(supervisor: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let begin =
                supervisor == "runit"
                ? "systemd-run --quiet --unit=runit runsvdir -P /etc/service" : "systemctl start supervisor"
            try await host.output(begin)
            for size in ["1", "2"] {
                try write(fleet, size: size)
                let text = Self.services.replacing("{{ size }}", with: size)
                    .replacing("    processes: 2\n", with: "    processes: 2\n    supervisor: \(supervisor)\n")
                try Files.write(Array(text.utf8), to: "\(fleet.place.directory)/services/app.yml")
                let plan = try await baton(fleet, "plan", "app.yml", "--exit-code")
                #expect(plan.status == .exited(9), "\(plan.output)\(plan.errors)")
                let word = size == "1" ? "start app" : "restart app"
                #expect(plan.output.contains(word), "\(plan.output)")
                let deployed = try await baton(fleet, "deploy", "app.yml", "-y")
                #expect(deployed.status == .exited(0), "\(deployed.output)\(deployed.errors)")
                let again = try await baton(fleet, "plan", "app.yml", "--exit-code")
                #expect(again.status == .exited(0), "\(again.output)\(again.errors)")
                try await host.output("pgrep -f '[/]usr/local/bin/app 0' && pgrep -f '[/]usr/local/bin/app 1'")
            }
            let stopped = try await baton(fleet, "stop", "app", "-y")
            #expect(stopped.status == .exited(0), "\(stopped.output)\(stopped.errors)")
            #expect(try await host.run("pgrep -f '[/]usr/local/bin/app'").succeeded == false)
            let started = try await baton(fleet, "start", "app", "-y")
            #expect(started.status == .exited(0), "\(started.output)\(started.errors)")
            #expect(started.output.contains("running"), "\(started.output)")
        }
    }

    @Test func `it asks, one host after the other, and stops at the first failure`() async throws {
        try await withHosts(2) { fleet in
            try write(fleet, size: "1")
            let first = try await baton(fleet, "deploy", "app.yml", "-y")
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            let line = [BatonProgram.path, "restart", "app", "-i", fleet.place.inventory]
            let question = "Restart app on web1 web2, one after the other? Type yes or no: "
            let (one, two) = (try await pids(fleet[0]), try await pids(fleet[1]))
            let plain = ["NO_COLOR": "1"]
            let no = try await fleet.place.onTerminal(
                line,
                answers: [(question: question, answer: "no")],
                environment: plain
            )
            #expect(no.status == .exited(0) && no.output.contains("nothing was changed"), "\(no.output)")
            #expect(try await pids(fleet[0]) == one)
            try await fleet[0].write("/usr/local/bin/app", "#!/bin/sh\nexit 3\n", mode: "755")
            let yes = try await fleet.place.onTerminal(
                line,
                answers: [(question: question, answer: "yes")],
                environment: plain
            )
            #expect(yes.status == .exited(4), "\(yes.output)")
            #expect(yes.output.contains("1 failed, 1 untouched"), "\(yes.output)")
            #expect(try await pids(fleet[1]) == two)
            // A playbook that leaves it down says the same.
            try write(fleet, size: "broken")
            let deployed = try await baton(fleet, "deploy", "app.yml", "-y", "-l", "web1")
            #expect(deployed.status == .exited(4), "\(deployed.output)\(deployed.errors)")
        }
    }

    @Test func `a host that nobody was asked about is left as it is`() async throws {
        try await withHosts(2) { fleet in
            try write(fleet, size: "1")
            let first = try await baton(fleet, "deploy", "app.yml", "-y")
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            // In the first session it cannot be looked at; when the next one begins, it is well again.
            let manifest = "/etc/baton/services/app/service"
            try await fleet[1].output("chmod 666 \(manifest)")
            let line = "if [ -e /run/seen ]; then chmod 644 \(manifest); else : >/run/seen; fi\n"
            try await fleet[1].write("/etc/ssh/sshrc", line)
            let (one, two) = (try await pids(fleet[0]), try await pids(fleet[1]))
            let yes = try await fleet.place.onTerminal(
                [BatonProgram.path, "restart", "app", "-i", fleet.place.inventory],
                answers: [(question: "Restart app on web1? Type yes or no: ", answer: "yes")],
                environment: ["NO_COLOR": "1"]
            )
            #expect(yes.status == .exited(3), "\(yes.output)")
            #expect(yes.output.contains("web2: it could not be looked at when you were asked"), "\(yes.output)")
            #expect(try await pids(fleet[0]) != one)
            #expect(try await pids(fleet[1]) == two)
        }
    }

    @Test func `a link that is lost in the middle of a verb is told, and the host goes on`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try write(fleet, size: "1")
            let first = try await baton(fleet, "deploy", "app.yml", "-y")
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            let before = try await pids(host)
            // The first member does not stop before it is let.
            try await host.output("systemctl kill --kill-whom=main --signal=STOP app@0.service")
            let link = try FaultyLink(to: host.port, at: host.address, .none, on: fleet.loop)
            defer { link.close() }
            let far = """
                far: {hosts: {web1: {ansible_host: 127.0.0.1, ansible_port: \(link.port), ansible_user: root, \
                ansible_ssh_private_key_file: "\(fleet.userKey)", host_key: "\(host.hostKey)"}}}
                """
            try Files.write(Array(far.utf8), to: "\(fleet.place.directory)/far.yml")
            async let running = fleet.place.run([BatonProgram.path, "restart", "app", "-y", "-i", "far.yml"])
            let journal = "/var/lib/baton/services/app/journal"
            try await host.waitFor("grep -q 'stop app@0.service' \(journal)")
            link.cut()
            let lost = try await running
            #expect(lost.status == .exited(4), "\(lost.output)\(lost.errors)")
            let hint = "the host goes on by itself: baton status app says how it ended"
            #expect(lost.output.contains(hint), "\(lost.output)")
            try await host.waitFor("tail -n 1 \(journal) | grep -q ' end 0$'")
            for (old, new) in zip(before.split(separator: "\n"), try await pids(host).split(separator: "\n")) {
                #expect(old != new)
            }
            #expect(try await baton(fleet, "status", "app").status == .exited(0))
        }
    }

    @Test func `the example comes to a host, and stays as it is`() async throws {
        try await withHosts(1) { fleet in
            let folder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/examples/hello"
            func baton(_ words: String...) async throws -> ChildResult {
                try await fleet.place.run(
                    ["sh", "-c", #"cd "$1" && shift && exec "$@""#, "-", folder, BatonProgram.path] + words
                        + ["-i", fleet.place.inventory]
                )
            }
            let first = try await baton("deploy", "hello.yml", "-y")
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            #expect(try await fleet[0].output("ps -o user= -p \(try await pid(fleet[0]))") == "www-data")
            let second = try await baton("plan", "hello.yml", "--exit-code")
            #expect(second.status == .exited(0), "\(second.output)\(second.errors)")
        }
    }

    private func pid(_ host: TestHost) async throws -> String {
        try await host.output("systemctl show -P MainPID hello@0.service")
    }

    @Test func `logs are followed until somebody has seen enough`() async throws {
        try await withHosts(1) { fleet in
            try write(fleet, size: "1")
            let first = try await baton(fleet, "deploy", "app.yml", "-y")
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            let result = try await fleet.place.run(
                [
                    "sh", "-c",
                    #"""
                    "$1" logs app -F -i "$2" >out & baton=$!
                    while ! grep -q 'up 0' out || ! grep -q 'up 1' out; do sleep 0.1; done
                    kill -INT $baton; wait $baton; echo "status $?"
                    """#,
                    "-", BatonProgram.path, fleet.place.inventory,
                ],
                environment: [:]
            )
            #expect(result.output.contains("status 8"), "\(result.output)\(result.errors)")
            #expect(try await fleet[0].run("pgrep journalctl").succeeded == false)
        }
    }

    @Test func `a unit that Baton did not define is started, enabled and restarted`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            func play(_ task: String) throws {
                let text = "- hosts: all\n  tasks:\n    - \(task)\n"
                try Files.write(Array(text.utf8), to: "\(fleet.place.directory)/unit.yml")
            }
            try play("service: {unit: nginx, enabled: true}")
            try await host.run("systemctl disable --now nginx")
            let plan = try await baton(fleet, "plan", "unit.yml")
            #expect(plan.output.contains("start nginx"), "\(plan.output)\(plan.errors)")
            let started = try await baton(fleet, "deploy", "unit.yml", "-y")
            #expect(started.status == .exited(0), "\(started.output)\(started.errors)")
            try await host.output("systemctl is-active nginx && systemctl is-enabled nginx")
            #expect(try await baton(fleet, "plan", "unit.yml", "--exit-code").status == .exited(0))
            let before = try await host.output("systemctl show -P MainPID nginx")
            try play("restart: {unit: nginx}")
            let restarted = try await baton(fleet, "deploy", "unit.yml", "-y")
            #expect(restarted.status == .exited(0), "\(restarted.output)\(restarted.errors)")
            #expect(try await host.output("systemctl show -P MainPID nginx") != before)
            try play("service: {unit: nothing-of-this-name}")
            let unknown = try await baton(fleet, "plan", "unit.yml")
            #expect(unknown.output.contains("knows no nothing-of-this-name"), "\(unknown.output)\(unknown.errors)")
            // What somebody else defined is not replaced.
            try await host.write("/etc/systemd/system/app@.service", "[Service]\nExecStart=/bin/sleep 1000\n")
            try write(fleet, size: "1")
            let foreign = try await baton(fleet, "deploy", "app.yml", "-y")
            #expect(foreign.status == .exited(5), "\(foreign.output)\(foreign.errors)")
            #expect(foreign.output.contains("that Baton did not write: /etc/systemd/system/app@.service"))
        }
    }

    @Test func `a plan that was kept holds for what it was made of`() async throws {
        try await withHosts(1) { fleet in
            try write(fleet, size: "1")
            let plan = try await baton(fleet, "plan", "app.yml", "--out", "plan.json")
            #expect(plan.status == .exited(0), "\(plan.errors)")
            try write(fleet, size: "2")
            let refused = try await baton(fleet, "deploy", "app.yml", "-y", "--plan", "plan.json")
            #expect(refused.status == .exited(2), "\(refused.output)\(refused.errors)")
            try write(fleet, size: "1")
            let done = try await baton(fleet, "deploy", "app.yml", "-y", "--plan", "plan.json")
            #expect(done.status == .exited(0), "\(done.output)\(done.errors)")
            let bytes = try Files.read("\(fleet.place.directory)/plan.json")
            #expect(!String(decoding: bytes, as: UTF8.self).contains("battery"))
        }
    }
}
