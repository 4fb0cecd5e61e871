import Lab
import Reactor
import TestSupport
import Testing

/// Secrets go where a playbook puts them, and nowhere else: not to a screen, a log, a plan or a process list.
@Suite struct SecretSinkTests {
    /// What must never be seen. The last one is too short to be found in output by its value: it must not get there.
    private static let planted = [
        "TOKEN": "sentinel-of-the-environment", "FILE": "sentinel-of-a-file", "COMMAND": "sentinel-of-a-command",
        "VARS": "sentinel-of-the-command-line", "FLEET": "sentinel-of-the-inventory", "SHORT": "q7Zx",
    ]
    private static let base = "{{ inventory_dir }}/hosts/{{ inventory_hostname }}/home"

    private static let playbook = """
        - name: Secrets
          hosts: all
          vars:
            root: "\(base)"
            token: !secret env:TOKEN
            file: !secret file:secret.txt
            command: !secret command:"cat command.txt"
            short: !secret env:SHORT
          environment: {PLAY_TOKEN: "{{ token }}"}
          tasks:
            - name: "keep {{ token }}"
              file: {path: "{{ root }}/content", content: "{{ token }} {{ file | b64encode }} {{ short }}\\n"}
            - template: {src: conf, dest: "{{ root }}/conf"}
              register: conf
            - name: looks at processes
              run:
                cmd: "ps -eww -o args > {{ root }}/processes; test -n \\"$TASK_TOKEN$PLAY_TOKEN$SHORT\\"; cat > {{ root }}/stdin"
                stdin: "{{ file }}{{ fleet }}"
                unless: "ps -eww -o args >> {{ root }}/processes; test \\"$TASK_TOKEN\\" = none"
              environment: {TASK_TOKEN: "{{ command }}", SHORT: "{{ short }}"}
            - check: {command: "test -n \\"$PLAY_TOKEN\\"; ps -eww -o args >> {{ root }}/processes"}
            - name: tells everything
              run: "echo $PLAY_TOKEN $A; echo $A | base64; echo $PLAY_TOKEN >&2; exit 3"
              environment: {A: "{{ fleet }}", B: "{{ extra }}"}
              register: told
              ignore_errors: true
            - name: repeats it
              file: {path: "{{ root }}/told", content: "{{ told.stdout }}"}
            - name: fails with it
              run: "echo $PLAY_TOKEN; echo $PLAY_TOKEN $A >&2; exit 4"
              environment: {A: "{{ fleet }}", B: "{{ extra }}"}

        """

    private func withSecrets(_ body: @escaping @Sendable (Workplace) async throws -> Void) async throws {
        try await withWorkplace(hosts: 2) { place in
            func write(_ name: String, _ text: String, mode: UInt32 = 0o600) throws {
                try Files.write(Array(text.utf8), to: "\(place.directory)/\(name)", mode: mode)
            }
            try Files.makeDirectory("\(place.directory)/templates")
            try Files.makeDirectory("\(place.directory)/fleet/group_vars")
            try write("play.yml", Self.playbook)
            try write("baton.yml", "inventory: \(place.inventory)\n")
            try write("secret.txt", Self.planted["FILE"]! + "\n")
            try write("command.txt", Self.planted["COMMAND"]! + "\n")
            try write("vars.yml", "extra: !secret env:VARS\n")
            try write("fleet/group_vars/all.yml", "fleet: !secret env:FLEET\n")
            try write("templates/conf.j2", "token={{ token }}\nfleet={{ fleet }} short={{ short }}\n")
            try await body(place)
        }
    }

    private func isClean(_ text: String, _ place: String) {
        for (name, secret) in Self.planted {
            #expect(!text.contains(secret), "\(name) is in \(place)")
            let encoded = Base64Text.of(secret)
            #expect(encoded.count < 12 || !text.contains(encoded), "\(name) as base64 is in \(place)")
        }
    }

    @Test func `planted secrets are seen nowhere but where they were meant to go`() async throws {
        try await withSecrets { place in
            let environment = Self.planted
            let scripts: [[String]] = [
                ["plan", "-D"], ["plan", "-v"], ["plan", "-o", "json"], ["plan", "-o", "jsonl"],
                ["plan", "--out", "plan.json"], ["plan", "-l", "lab1", "--show-script", "lab1"],
                ["deploy", "-C", "-D"],
                ["deploy", "-y", "-v", "-D"], ["deploy", "-y", "-o", "jsonl", "-D"],
                ["deploy", "-y", "-o", "json", "-v"],
            ]
            for words in scripts {
                let program = [BatonProgram.path] + words + ["-e", "@vars.yml", "play.yml"]
                let result = try await place.run(program, environment: environment)
                let name = words.joined(separator: " ")
                isClean(result.output, "\(name), stdout")
                isClean(result.errors, "\(name), stderr")
                #expect(result.status == .exited(words[0] == "deploy" && words[1] == "-y" ? 5 : 0), "\(result.errors)")
            }
            isClean(String(decoding: try Files.read("\(place.directory)/plan.json"), as: UTF8.self), "the plan file")
            // Where they were meant to go they are; the process lists that were taken meanwhile have none.
            for host in place.hosts {
                let home = host.home
                func text(_ name: String) throws -> String {
                    String(decoding: try Files.read("\(home)/\(name)"), as: UTF8.self)
                }
                #expect(try text("content").contains(Self.planted["TOKEN"]!))
                #expect(try text("conf").contains("fleet=\(Self.planted["FLEET"]!) short=q7Zx"))
                #expect(try text("stdin") == Self.planted["FILE"]! + Self.planted["FLEET"]!)
                #expect(try text("told").contains(Self.planted["FLEET"]!))
                #expect(try text("processes").contains("ps -eww"))
                isClean(try text("processes"), "the host's process list")
                let meant: Set = ["conf", "content", "processes", "stdin", "told"]
                #expect(Set(Files.list(home)) == meant)
            }
        }
    }

    @Test func `a secret in a command line is refused before anything is contacted, without being shown`() async throws
    {
        try await withSecrets { place in
            let text = Self.playbook + "    - run: \"login --password {{ token }}\"\n"
            try Files.write(Array(text.utf8), to: "\(place.directory)/play.yml")
            let result = try await place.run(
                [BatonProgram.path, "deploy", "-y", "-e", "@vars.yml", "play.yml"],
                environment: Self.planted
            )
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("environment"), "\(result.errors)")
            isClean(result.output + result.errors, "the error")
            #expect(place.hosts.allSatisfy { Files.list($0.home).isEmpty })
        }
    }
}

/// As `base64` writes it.
private enum Base64Text {
    static func of(_ text: String) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bits = text.utf8.flatMap { byte in (0..<8).map { Int(byte >> (7 - $0) & 1) } }
        // Without its end, which depends on what follows.
        return String(
            stride(from: 0, through: bits.count - 6, by: 6).map { start in
                letters[bits[start..<start + 6].reduce(0) { $0 << 1 | $1 }]
            }
        )
    }
}
