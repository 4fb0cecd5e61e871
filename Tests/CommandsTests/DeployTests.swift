import Lab
import Reactor
import TestSupport
import Testing

/// `baton plan` and `baton deploy` as a user runs them: the real binary against real servers.
@Suite struct DeployTests {
    /// Every host of the lab shares this machine: each gets a folder of its own to be changed.
    private static let playbook = """
        - name: Shop
          hosts: all
          vars: {root: "{{ inventory_dir }}/hosts/{{ inventory_hostname }}/home", greeting: hello}
          tasks:
            - directory: {path: "{{ root }}/etc", mode: "0750"}
            - name: Configuration
              file: {path: "{{ root }}/etc/conf", content: "{{ greeting }} {{ inventory_hostname }}\\n"}
              register: conf
              tags: [config]
            - name: Reload
              run: echo reloaded >> {{ root }}/log
              when: conf.changed
              tags: [config]

        """

    private func withPlaybook(
        _ text: String = playbook,
        hosts: Int = 3,
        _ body: @escaping @Sendable (Workplace) async throws -> Void
    ) async throws {
        try await withWorkplace(hosts: hosts) { place in
            try Files.write(Array(text.utf8), to: "\(place.directory)/play.yml")
            try Files.write(Array("inventory: \(place.inventory)\n".utf8), to: "\(place.directory)/baton.yml")
            try await body(place)
        }
    }

    private func text(_ path: String) -> String {
        do { return String(decoding: try Files.read(path), as: UTF8.self) } catch { return "" }
    }

    @Test func `a plan changes nothing, a deploy does it, and then there is nothing to do`() async throws {
        try await withPlaybook { place in
            let home = place.hosts[0].home
            let plan = try await place.baton("plan", "play.yml", "-l", "lab1")
            #expect(
                plan.output == """
                    lab1: 3 changes
                      1  changed  directory  \(home)/etc: created
                      2  changed  file       Configuration: created
                         --- /dev/null
                         +++ \(home)/etc/conf
                         @@ -0,0 +1 @@
                         +hello lab1
                      3  changed  run        Reload

                    """
            )
            #expect(plan.errors.hasPrefix("1 host: 1 to change in "), "\(plan.errors)")
            #expect(plan.status == .exited(0))
            #expect(Files.list(home) == [])
            let signalled = try await place.baton("plan", "play.yml", "--exit-code", "-o", "json")
            #expect(signalled.status == .exited(9))
            #expect(signalled.output.contains(#""outcome":"changes","exit":9,"touched":0"#))
            let deploy = try await place.baton("deploy", "-y", "play.yml")
            #expect(
                deploy.output == """
                    lab1 lab2 lab3 (3 hosts): 3 changed
                      1  changed  directory  {{ root }}/etc: created
                      2  changed  file       Configuration: created
                      3  changed  run        Reload

                    """
            )
            #expect(deploy.status == .exited(0))
            for line in ["lab1: changed, 3 of 3 tasks\n", "3 hosts: 3 changed in "] {
                #expect(deploy.errors.contains(line), "\(deploy.errors)")
            }
            for host in place.hosts {
                #expect(text("\(host.home)/etc/conf") == "hello \(host.name)\n")
                #expect(text("\(host.home)/log") == "reloaded\n")
            }
            let again = try await place.baton("deploy", "-y", "play.yml")
            #expect(again.output == "lab1 lab2 lab3 (3 hosts): nothing changed, 2 ok, 1 skipped\n")
            let none = try await place.baton("plan", "play.yml", "--exit-code")
            #expect(none.output == "lab1 lab2 lab3 (3 hosts): nothing to do, 2 ok, 1 skipped\n")
            #expect(none.status == .exited(0))
        }
    }

    @Test func `a failure ends its host, says what happened, and another run does the rest`() async throws {
        let text = """
            - hosts: all
              vars: {root: "{{ inventory_dir }}/hosts/{{ inventory_hostname }}/home"}
              tasks:
                - file: {path: "{{ root }}/before", content: x}
                - name: Warm up
                  run: "echo out; echo err >&2; [ {{ inventory_hostname }} != lab2 ] || [ -e {{ root }}/mended ]"
                - file: {path: "{{ root }}/after", content: x}

            """
        try await withPlaybook(text) { place in
            let result = try await place.baton("deploy", "-y", "play.yml")
            #expect(result.status == .exited(5))
            #expect(result.output.hasPrefix("lab1 lab3 (2 hosts): 3 changed\n"), "\(result.output)")
            for line in ["lab2: failed at task 2\n", "Warm up: exit 1\n", "stdout:\n", "out\n", "stderr:\n", "err\n"] {
                #expect(result.output.contains(line), "\(line): \(result.output)")
            }
            #expect(result.errors.contains("failed: -l lab2\n"))
            #expect(Files.list(place.hosts[1].home) == ["before"])
            try Files.write([], to: "\(place.hosts[1].home)/mended")
            let again = try await place.baton("deploy", "-y", "play.yml", "-l", "lab2")
            #expect(again.status == .exited(0), "\(again.output)")
            #expect(Files.list(place.hosts[1].home) == ["after", "before", "mended"])
        }
    }

    @Test func `a host that drifted since its plan is refused, and nothing is changed anywhere`() async throws {
        try await withPlaybook { place in
            let plan = try await place.baton("plan", "play.yml", "--out", "plan.json")
            #expect(plan.status == .exited(0))
            try Files.makeDirectory("\(place.hosts[1].home)/etc")
            let refused = try await place.baton("deploy", "-y", "play.yml", "--plan", "plan.json", "-o", "json")
            #expect(refused.status == .exited(2))
            #expect(refused.output.contains(#""outcome":"refused","exit":2,"touched":0"#))
            #expect(refused.output.contains(#"{"host":"lab2","status":"untouched","error":{"kind":"drifted""#))
            #expect(Files.list(place.hosts[0].home) == [] && Files.list(place.hosts[1].home) == ["etc"])
            let others = try await place.baton("deploy", "-y", "play.yml", "--plan", "plan.json", "-l", "lab1,lab3")
            #expect(others.status == .exited(0), "\(others.output)")
            let other = try await place.baton("deploy", "-y", "-e", "greeting=bye", "play.yml", "--plan", "plan.json")
            #expect(other.status == .exited(2))
            let checked = try await place.baton("deploy", "-C", "play.yml", "--plan", "plan.json")
            #expect(checked.status == .exited(2), "\(checked.output)")
        }
    }

    @Test func `a plan of hosts on which there is nothing to do is as good as any`() async throws {
        try await withPlaybook { place in
            let first = try await place.baton("deploy", "-y", "play.yml")
            #expect(first.status == .exited(0), "\(first.output)")
            let plan = try await place.baton("plan", "play.yml", "--out", "plan.json")
            #expect(plan.status == .exited(0))
            let second = try await place.baton("deploy", "-y", "play.yml", "--plan", "plan.json")
            #expect(second.status == .exited(0), "\(second.output)\(second.errors)")
        }
    }

    @Test func `without a terminal it needs to be told not to ask`() async throws {
        try await withPlaybook(hosts: 1) { place in
            let result = try await place.baton("deploy", "play.yml")
            #expect(result.status == .exited(1))
            #expect(
                result.errors == """
                    baton: deploy asks before it changes anything, and there is no terminal to ask on
                      -y goes on without asking; baton plan shows what it would do

                    """
            )
            #expect(Files.list(place.hosts[0].home) == [])
        }
    }

    @Test(.enabled(if: TypedTerminal.isAvailable, "needs script of util-linux"))
    func `on a terminal the plan is shown, and what is agreed to is done`() async throws {
        try await withPlaybook(hosts: 2) { place in
            func deploy(_ answers: [(String, String)]) async throws -> TypedTerminal.Result {
                var environment = Surroundings.environment
                environment["HOME"] = place.directory
                return try await TypedTerminal.run(
                    "\(BatonProgram.path) deploy play.yml",
                    environment: environment,
                    directory: place.directory,
                    answers: answers,
                    on: place.loop
                )
            }
            let refused = try await deploy([("Type yes or no: ", "no")])
            #expect(refused.shown.contains("nothing was changed"), "\(refused.shown)")
            #expect(refused.exit == .exited(0))
            #expect(Files.list(place.hosts[0].home) == [])
            let stopped = try await deploy([("Type yes or no: ", "\u{3}")])
            #expect(stopped.exit == .exited(8), "\(stopped.shown)")
            let agreed = try await deploy([("Do this on 2 hosts? Type yes or no: ", "yes")])
            #expect(agreed.shown.contains("+hello lab1"), "\(agreed.shown)")
            #expect(agreed.shown.contains("2 changed"), "\(agreed.shown)")
            #expect(agreed.exit == .exited(0))
            #expect(text("\(place.hosts[1].home)/log") == "reloaded\n")
            let nothing = try await deploy([])
            #expect(nothing.shown.contains("nothing to do") && nothing.exit == .exited(0), "\(nothing.shown)")
        }
    }

    @Test func `variables and tags of the command line`() async throws {
        try await withPlaybook(hosts: 1) { place in
            try Files.write(Array(#"{"greeting": "from a file"}"#.utf8), to: "\(place.directory)/more.json")
            _ = try await place.baton("deploy", "-y", "play.yml", "--skip-tags", "config")
            #expect(Files.list(place.hosts[0].home) == ["etc"])
            _ = try await place.baton("deploy", "-y", "play.yml", "-t", "config", "-e", "@more.json")
            #expect(text("\(place.hosts[0].home)/etc/conf") == "from a file lab1\n")
            let last = try await place.baton("deploy", "-yD", "play.yml", "-e", "@more.json", "-e", "greeting=2.10")
            #expect(last.output.contains("-from a file lab1\n     +2.10 lab1\n"), "\(last.output)")
            let checked = try await place.baton("deploy", "-C", "-D", "play.yml")
            #expect(checked.output.contains("-2.10 lab1\n     +hello lab1\n"), "\(checked.output)")
            #expect(text("\(place.hosts[0].home)/etc/conf") == "2.10 lab1\n")
        }
    }

    @Test func `each task is an event, and secrets are in none of them`() async throws {
        let text = """
            - hosts: all
              vars:
                root: "{{ inventory_dir }}/hosts/{{ inventory_hostname }}/home"
                one: !secret env:ONE
                two: !secret file:two
                three: !secret command:"printf hunter33"
              tasks:
                - file: {path: "{{ root }}/conf", content: "{{ one }} {{ two }} {{ three }}\\n"}
                - run: 'echo $ONE | tee {{ root }}/one; false'
                  environment: {ONE: "{{ one }}"}

            """
        try await withPlaybook(text, hosts: 1) { place in
            try Files.write(Array("hunter22\n".utf8), to: "\(place.directory)/two", mode: 0o600)
            let secret = ["ONE": "hunter11"]
            var outputs: [String] = []
            for arguments in [
                ["plan", "play.yml", "-D", "--out", "plan.json"], ["plan", "play.yml", "--show-script", "lab1"],
                ["deploy", "-y", "-v", "-D", "play.yml"], ["deploy", "-y", "play.yml", "-o", "json"],
                ["deploy", "-y", "play.yml", "-o", "jsonl"],
            ] {
                let result = try await place.run([BatonProgram.path] + arguments, environment: secret)
                outputs += [result.output, result.errors]
            }
            #expect(self.text("\(place.hosts[0].home)/conf") == "hunter11 hunter22 hunter33\n")
            #expect(self.text("\(place.hosts[0].home)/one") == "hunter11\n")
            outputs.append(self.text("\(place.directory)/plan.json"))
            for output in outputs {
                for needle in ["hunter11", "hunter22", "hunter33", "aHVudGVy"] {
                    #expect(!output.contains(needle), "\(output)")
                }
            }
            let lines = outputs[8].split(separator: "\n")
            #expect(lines.count { $0.contains(#""type":"task.started""#) } == 1, "\(outputs[8])")
            #expect(lines.count { $0.contains(#""type":"task.finished""#) } == 2)
            #expect(outputs[8].contains("(secret)"))
            let missing = try await place.baton("plan", "play.yml")
            #expect(missing.status == .exited(1))
            #expect(missing.errors.contains("the environment has no ONE"), "\(missing.errors)")
        }
    }

    @Test func `the shell that would be sent can be read`() async throws {
        try await withPlaybook(hosts: 2) { place in
            let result = try await place.baton("plan", "play.yml", "--show-script", "lab2")
            #expect(result.status == .exited(0))
            #expect(result.output.contains("hosts/lab2/home/etc"), "\(result.output)")
            #expect(!result.output.contains("hosts/lab1/home/etc"))
            try Files.write(Array(result.output.utf8), to: "\(place.directory)/script")
            for shell in ["dash", "bash", "busybox sh"] where Surroundings.has(String(shell.split(separator: " ")[0])) {
                let parsed = try await place.shell("\(shell) -n script")
                #expect(parsed.succeeded, "\(shell): \(parsed.errors)")
            }
            let none = try await place.baton("plan", "play.yml", "--show-script", "lab9")
            #expect(none.status == .exited(1))
            #expect(none.errors == "baton: the playbook has nothing for a host named \"lab9\"\n")
        }
    }

    @Test func `hosts that cannot be reached are 6 only when nothing ran`() async throws {
        try await withPlaybook(hosts: 2) { place in
            let inventory = text(place.inventory).split(separator: "\n").map { line in
                line.contains("lab2:")
                    ? String(line.replacing(/ansible_port: [0-9]+/, with: "ansible_port: 1")) : String(line)
            }
            let folder = place.inventory.split(separator: "/").dropLast().map { "/" + $0 }.joined()
            try Files.write(Array((inventory.joined(separator: "\n") + "\n").utf8), to: "\(folder)/half.yml")
            let both = try await place.baton("deploy", "-y", "play.yml", "-i", "\(folder)/half.yml")
            #expect(both.status == .exited(5), "\(both.output)")
            #expect(both.output.contains("lab2: unreachable\n"))
            let one = try await place.baton("deploy", "-y", "play.yml", "-i", "\(folder)/half.yml", "-l", "lab2")
            #expect(one.status == .exited(6), "\(one.output)")
        }
    }
}
