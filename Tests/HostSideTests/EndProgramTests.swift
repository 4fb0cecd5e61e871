import Reactor
import Shell
import TestSupport
import Testing

/// The program that ends what a shell loop is running. Real processes: a loop in a session of its own.
@Suite(.enabled(if: Surroundings.has("setsid") && Files.exists("/proc/self/stat"), "needs setsid and /proc"))
struct EndProgramTests {
    /// Starts a loop that runs `text`, waits until that has said `up` in a pipe, ends it, and says what is left.
    ///
    /// The loop notes its pid, runs the text as a child and then stays, reading a pipe that nobody writes. Everything
    /// that the text starts notes its own pid in a file of its name.
    private func end(
        _ shell: HostShell,
        _ text: String,
        check: String,
        in directory: String
    ) async throws -> [String: Bool] {
        let environment = try await shell.environment(directory)
        try Files.write(Array(EndPrograms.program(loop: 0).text.utf8), to: "\(directory)/unused")
        let start = """
            mkfifo up hold
            setsid \(shell.words.joined(separator: " ")) -c 'echo $$ >loop; (\(text)); echo over >over; exec 3<>hold; read -r x <&3' above </dev/null >/dev/null 2>&1 9>&- &
            read -r line <up
            cat loop
            """
        let started = try await runChild(["sh", "-c", start], directory: directory)
        let loop = Int32(started.output.split(separator: "\n").first ?? "") ?? 0
        #expect(loop > 1)
        let ended = try await runChild(
            shell.words + ["-c", EndPrograms.program(loop: loop).text],
            environment: environment,
            directory: directory
        )
        #expect(ended.status == .exited(0))
        #expect(ended.errors == "")
        #expect(Int(ended.output.dropLast()).map { $0 > 0 } == true)
        let probe = """
            for name in loop \(check); do
                if [ -s "$name" ] && read -r line <"/proc/$(cat "$name")/stat" && [ "${line##*) Z}" = "$line" ]; then
                    echo "$name lives"
                else
                    echo "$name ended"
                fi
            done 2>/dev/null
            for name in loop \(check); do kill -KILL "$(cat "$name")"; done 2>/dev/null
            """
        let lines = try await runChild(["sh", "-c", probe], directory: directory).output.split(separator: "\n")
        return Dictionary(
            uniqueKeysWithValues: lines.map { line in
                let words = line.split(separator: " ")
                return (String(words[0]), words[1] == "lives")
            }
        )
    }

    @Test(arguments: HostShell.present)
    func `everything the loop runs ends, the loop does not`(shell: HostShell) async throws {
        try await withDirectory { directory in
            let tree = """
                sh -c "echo \\$\\$ >one; sleep 600" & sh -c "echo \\$\\$ >two; (sleep 600 & wait); :" &
                while ! [ -s one ] || ! [ -s two ]; do sleep 0.01; done; echo up >up; wait
                """
            let lives = try await end(shell, tree, check: "one two", in: directory)
            #expect(lives == ["loop": true, "one": false, "two": false])
        }
    }

    @Test(arguments: HostShell.present)
    func `what ignores TERM is killed`(shell: HostShell) async throws {
        try await withDirectory { directory in
            let stubborn = """
                sh -c "trap \\"\\" TERM; echo \\$\\$ >one; echo up >up; while :; do sleep 600; done"
                """
            let lives = try await end(shell, stubborn, check: "one", in: directory)
            #expect(lives == ["loop": true, "one": false])
        }
    }

    @Test(arguments: HostShell.present)
    func `a daemon with a session of its own stays`(shell: HostShell) async throws {
        try await withDirectory { directory in
            let daemon = """
                setsid sh -c "echo \\$\\$ >daemon; exec sleep 600" & sh -c "echo \\$\\$ >one; exec sleep 600" &
                while ! [ -s one ] || ! [ -s daemon ]; do sleep 0.01; done; echo up >up; wait
                """
            let lives = try await end(shell, daemon, check: "one daemon", in: directory)
            #expect(lives == ["loop": true, "one": false, "daemon": true])
        }
    }

    /// The name stands in /proc between brackets, as it is.
    @Test(arguments: HostShell.present, ["a) S 1 1", "two\nlines", "(x) Z "])
    func `a program is ended whatever it calls itself`(shell: HostShell, name: String) async throws {
        try await withDirectory { directory in
            let sleep = Loop.executable("sleep", path: Surroundings.environment["PATH"] ?? "") ?? ""
            #expect(try await runChild(["cp", sleep, "\(directory)/\(name)"]).succeeded)
            try Files.write(
                Array("echo $$ >one; echo up >up; exec \(Quoting.word("./\(name)")) 600\n".utf8),
                to: "\(directory)/odd.sh"
            )
            // Named only once it runs: the answer is waited for in the probe's own time, TERM reaches it either way.
            let lives = try await end(shell, "sh odd.sh", check: "one", in: directory)
            #expect(lives == ["loop": true, "one": false])
        }
    }

    @Test(arguments: HostShell.present)
    func `a loop that is not there is an error`(shell: HostShell) async throws {
        try await withDirectory { directory in
            let result = try await shell.run(EndPrograms.program(loop: 2_000_000_000).text, in: directory)
            #expect(result.status == .exited(1))
            #expect(result.errors == "no process 2000000000, or no /proc\n")
            #expect(result.output == "")
        }
    }
}
