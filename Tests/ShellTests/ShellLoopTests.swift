import Reactor
import Shell
import TestSupport
import Testing

/// The loop that runs on hosts, in the shells that hosts have.
@Suite struct ShellLoopTests {
    private struct Answer: Equatable {
        var status = ""
        var stdout: [UInt8] = []
        var stderr: [UInt8] = []

        var text: String { String(decoding: stdout, as: UTF8.self) }
        var errors: String { String(decoding: stderr, as: UTF8.self) }
    }

    /// Sends all programs at once and splits what came back. The first answer is the greeting.
    private func converse(
        _ words: [String],
        _ programs: [String],
        environment: [String: String],
        loop: String = ShellLoop.many,
        input: String = "",
        directory: String? = nil
    ) async throws -> [Answer] {
        let greeting = Marker.random()
        var conversation = Conversation()
        var bytes: [UInt8] = []
        _ = conversation.expect(greeting)
        for program in programs {
            let marker = Marker.random()
            _ = conversation.expect(marker)
            bytes += ShellLoop.frame(program, marker)
        }
        let result = try await runChild(
            words.isEmpty ? [] : words + [ShellLoop.command(loop, greeting: greeting, become: nil)],
            input: bytes + Array(input.utf8),
            environment: environment,
            directory: directory
        )
        var answers = Array(repeating: Answer(), count: programs.count + 1)
        let note = { (event: Conversation.Event) in
            switch event {
            case .output(let frame, .stdout, let bytes): answers[frame - 1].stdout += Array(bytes)
            case .output(let frame, .stderr, let bytes): answers[frame - 1].stderr += Array(bytes)
            case .ended(let frame, let trailer): answers[frame - 1].status = trailer
            }
        }
        try result.stdout.withUnsafeBytes { try conversation.receive(.stdout, $0, note) }
        try result.stderr.withUnsafeBytes { try conversation.receive(.stderr, $0, note) }
        conversation.flush(note)
        return answers
    }

    /// The command says `sh`; a directory in front of PATH says which that is.
    private func run(
        _ shell: HostShell,
        _ programs: [String],
        loop: String = ShellLoop.many,
        input: String = ""
    ) async throws -> [Answer] {
        try await withDirectory { directory in
            var environment = try await shell.environment(directory)
            if shell != .applets {
                let path = Loop.executable(shell.words[0], path: environment["PATH"] ?? "") ?? ""
                try Files.makeDirectory("\(directory)/bin")
                // busybox goes by the name it is called by, the others do as well.
                _ = try await runChild(["ln", "-s", path, "\(directory)/bin/sh"])
                environment["PATH"] = "\(directory)/bin:\(environment["PATH"] ?? "")"
            }
            return try await converse(
                ["sh", "-c"],
                programs,
                environment: environment,
                loop: loop,
                input: input,
                directory: directory
            )
        }
    }

    @Test(arguments: HostShell.present)
    func `it says its process first`(shell: HostShell) async throws {
        let answers = try await run(shell, ["echo $$"])
        #expect(Int(answers[0].status) != nil)
        #expect(answers[1].text == answers[0].status + "\n")
        #expect(answers[0].stdout == [] && answers[0].stderr == [])
    }

    @Test(arguments: HostShell.present)
    func `output comes back byte for byte`(shell: HostShell) async throws {
        let answers = try await run(
            shell,
            [
                #"printf 'a\0b\377\n\n'; printf '\0\n\n' >&2"#, "printf 'no newline'", "",
                #"printf '\n0000000000000000\n'"#, "printf 'é😀'", #"printf %s '\\n\t\0101\c'"#, " \t\techo 'a  b' \t ",
                "printf %s '\r\u{1}\u{7f}\u{81}'", "cat <<'E'\n\\\n  x\\n\nE\n",
            ]
        )
        #expect(answers[1] == Answer(status: "0", stdout: [97, 0, 98, 255, 10, 10], stderr: [0, 10, 10]))
        #expect(answers[2] == Answer(status: "0", stdout: Array("no newline".utf8)))
        #expect(answers[3] == Answer(status: "0"))
        #expect(answers[4].text == "\n0000000000000000\n")
        #expect(answers[5].text == "é😀")
        #expect(answers[6].text == #"\\n\t\0101\c"#)
        #expect(answers[7].text == "a  b\n")
        #expect(answers[8].text == "\r\u{1}\u{7f}\u{81}")
        #expect(answers[9].text == "\\\n  x\\n\n")
    }

    @Test(arguments: HostShell.present)
    func `a program ends alone, whatever it does`(shell: HostShell) async throws {
        let answers = try await run(
            shell,
            [
                "exit 3", "false", "set -e; false; echo not reached", "cd /; pwd", "pwd", "x=1; export x; umask 000",
                "echo ${x-unset}$(umask)", "kill -TERM $(sh -c 'echo $PPID')", "exec echo replaced", "echo still here",
                "trap 'echo bye' EXIT; exit 9", "set -u; echo $undefined_variable; echo not reached", "echo ok",
            ]
        )
        #expect(answers.dropFirst().map(\.status).prefix(5) == ["3", "1", "1", "0", "0"])
        #expect(answers[3].text == "")
        #expect(answers[4].text == "/\n")
        #expect(answers[5].text != "/\n")
        #expect(answers[7].text.hasPrefix("unset0") && !answers[7].text.hasPrefix("unset0000"))
        #expect(answers[8].status == "143")
        #expect(answers[9].text == "replaced\n")
        #expect(answers[10].text == "still here\n")
        #expect(answers[11].text == "bye\n" && answers[11].status == "9")
        #expect(
            answers[12].text == "" && answers[12].status != "0" && answers[12].errors.contains("undefined_variable")
        )
        #expect(answers[13].text == "ok\n")
    }

    @Test(arguments: HostShell.present)
    func `a syntax error is that program's failure and no other's`(shell: HostShell) async throws {
        let answers = try await run(shell, ["if then fi (", "echo 'unclosed", "echo next"])
        #expect(Int(answers[1].status).map { $0 > 0 } == true)
        #expect(!answers[1].errors.isEmpty)
        #expect(Int(answers[2].status).map { $0 > 0 } == true)
        #expect(answers[3] == Answer(status: "0", stdout: Array("next\n".utf8)))
    }

    @Test(arguments: HostShell.present)
    func `a program that reads its input gets none`(shell: HostShell) async throws {
        let answers = try await run(shell, ["cat; echo end", "read -r line; echo \"$?[$line]\"", "echo next"])
        #expect(answers.dropFirst().map(\.text) == ["end\n", "1[]\n", "next\n"])
    }

    @Test(arguments: HostShell.present)
    func `a program does not see the marker of its frame`(shell: HostShell) async throws {
        let answers = try await run(shell, [#"echo "[${k-}]""#])
        #expect(answers[1].text == "[]\n")
    }

    @Test(arguments: HostShell.present)
    func `a hundred frames sent at once are answered in order`(shell: HostShell) async throws {
        let programs = (0..<100).map { "# \(String(repeating: "é", count: $0 * 37))\necho \($0); exit \($0 % 7)" }
        let answers = try await run(shell, programs)
        #expect(answers.dropFirst().map(\.text) == (0..<100).map { "\($0)\n" })
        #expect(answers.dropFirst().map(\.status) == (0..<100).map { "\($0 % 7)" })
    }

    @Test(arguments: HostShell.present)
    func `a program may begin with a dash or be large`(shell: HostShell) async throws {
        let large = "# \(String(repeating: "0123456789abcdef\n# ", count: 20_000))\necho large"
        let answers = try await run(shell, ["-no-such-command", large])
        #expect(answers[1].status == "127")
        #expect(answers[1].errors.contains("-no-such-command"))
        #expect(answers[2].text == "large\n")
    }

    @Test(arguments: HostShell.present)
    func `the loop of one gives the rest of the channel to its program`(shell: HostShell) async throws {
        let rest = "40 ffff\necho not a frame\n"
        let answers = try await run(shell, ["cat; exit 4"], loop: ShellLoop.one, input: rest)
        #expect(answers[1] == Answer(status: "4", stdout: Array(rest.utf8)))
    }

    @Test(arguments: HostShell.present)
    func `the loop of one ends after its program`(shell: HostShell) async throws {
        let answers = try await run(shell, ["echo one", "echo two"], loop: ShellLoop.one)
        #expect(answers[1].text == "one\n")
        #expect(answers[2] == Answer())
    }

    // MARK: Login shells

    /// sshd hands the command to the login shell: `fish -c COMMAND`.
    private func pass(through login: [String]) async throws {
        let answers = try await converse(
            login + ["-c"],
            [#"printf 'a\0\n'; echo "$0"; exit 5"#, "cat", "echo 'it'\\''s!'"],
            environment: Surroundings.environment
        )
        #expect(answers[1] == Answer(status: "5", stdout: [97, 0, 10] + Array("baton\n".utf8)))
        #expect(answers[2] == Answer(status: "0"))
        #expect(answers[3].text == "it's!\n")
        let one = try await converse(
            login + ["-c"],
            ["cat"],
            environment: Surroundings.environment,
            loop: ShellLoop.one,
            input: "in!\n"
        )
        #expect(one[1] == Answer(status: "0", stdout: Array("in!\n".utf8)))
    }

    @Test(.enabled(if: Surroundings.has("fish"), "fish is not installed"))
    func `fish as login shell passes the loop on`() async throws { try await pass(through: ["fish"]) }

    @Test(.enabled(if: Surroundings.has("tcsh"), "tcsh is not installed"))
    func `tcsh as login shell passes the loop on`() async throws { try await pass(through: ["tcsh"]) }

    @Test(.enabled(if: Surroundings.has("csh"), "csh is not installed"))
    func `csh as login shell passes the loop on`() async throws { try await pass(through: ["csh"]) }

    @Test(.enabled(if: Surroundings.has("zsh"), "zsh is not installed"))
    func `zsh as login shell passes the loop on`() async throws { try await pass(through: ["zsh"]) }

    @Test(arguments: HostShell.present.filter { $0 != .applets })
    func `an ordinary login shell passes the loop on`(shell: HostShell) async throws {
        try await pass(through: shell.words)
    }
}
