import HostSide
import Reactor
import Shell
import TestSupport
import Testing

/// Commands of users as steps, and how steps follow each other.
@Suite struct CommandStepTests {
    private func run(_ line: String, _ change: (inout CommandRun) -> Void = { _ in }) -> Operation {
        var run = CommandRun(ShellCommand(.line(line)))
        change(&run)
        return .command(run)
    }

    @Test(arguments: HostShell.present)
    func `output passes untouched on both streams`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let lines = [
                #"printf 'a\0b\377\n\n'; printf '\0\n\n' >&2"#, "printf 'no newline'", ":",
                #"printf '\n0123456789abcdef\n'; exit 7"#,
            ]
            var steps = lines.enumerated().map { Step($0.offset, "line", run($0.element)) }
            steps.append(Step(9, "not reached", run("echo no")))
            let outcome = try await host.apply(steps)
            #expect(outcome.began == [0, 1, 2, 3])
            try #require(outcome.ends == [.done, .done, .done, .failed(status: 7)])
            #expect(outcome.ended.map(\.stdout)[0] == [97, 0, 98, 255, 10, 10])
            #expect(outcome.ended.map(\.stderr)[0] == [0, 10, 10])
            #expect(outcome.ended.map(\.text)[1...] == ["no newline", "", "\n0123456789abcdef\n"])
            #expect(outcome.ended.map(\.errors)[1...] == ["", "", ""])
        }
    }

    @Test(arguments: HostShell.present)
    func `a command has its directory, environment and input, and sees nothing of the program`(shell: HostShell)
        async throws
    {
        try await withHost(shell) { host in
            try Files.makeDirectory(host.full("in here"))
            let binary: [UInt8] = Array(0...255)
            func command(_ body: ShellCommand.Body, _ input: [UInt8]?) -> Operation {
                .command(
                    CommandRun(
                        ShellCommand(
                            body,
                            directory: host.full("in here"),
                            environment: [.init(name: "NAME", value: "it's\n$x"), .init(name: "EMPTY", value: "")],
                            input: input
                        )
                    )
                )
            }
            let line = #"printf '%s|' "$PWD" "$NAME" "${EMPTY-unset}" "$#" "${b_key-no key}"; cat"#
            let steps = [
                Step(1, "", command(.line(line), Array("text %s\n\\n'".utf8))),
                Step(2, "", command(.line("cat"), binary)),
                Step(3, "", command(.line("cat; echo end"), nil)),
                Step(4, "", command(.words(["printf", "%s|", "it's", "", "$x", "-n", "a\nb"]), nil)),
                Step(5, "", command(.line("true"), [UInt8](repeating: 120, count: 200_000))),
                Step(6, "", command(.line("-nothing"), nil), ignoresFailure: true),
                Step(
                    7,
                    "",
                    command(.line("cd /; umask 0; set -e; baton_mark() { :; }; b_key=x; trap 'echo bye' EXIT"), nil)
                ),
                Step(8, "", command(.line("umask"), nil)),
            ]
            let outcome = try await host.apply(steps)
            try #require(outcome.ended.count == 8)
            #expect(outcome.ended[0].text == "\(host.full("in here"))|it's\n$x||0|no key|text %s\n\\n'")
            #expect(outcome.ended[1].stdout == binary)
            #expect(outcome.ended[2].text == "end\n")
            #expect(outcome.ended[3].text == "it's||$x|-n|a\nb|")
            #expect(outcome.ends[4] == .done)
            #expect(outcome.ends[5] == .failed(status: 127))
            #expect(outcome.ended[6].text == "bye\n")
            #expect(outcome.ended[7].text != "0000\n")
        }
    }

    @Test(arguments: HostShell.present)
    func `a failure stops the program unless it is ignored`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let steps = [
                Step(1, "ignored", run("exit 3"), ignoresFailure: true),
                Step(2, "skipped", run("x") { $0.creates = "/" }),
                Step(3, "killed", run("kill -KILL $(sh -c 'echo $PPID')")), Step(4, "not reached", run("echo x")),
            ]
            let outcome = try await host.apply(steps)
            #expect(outcome.ends == [.failed(status: 3), .skipped("/ exists"), .failed(status: 137)])
            #expect(outcome.status == .exited(0))
        }
    }

    @Test(arguments: HostShell.present)
    func `what fails is tried again`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let counting = #"printf x >>tries; echo "try $(cat tries)"; [ "$(cat tries)" = xxx ]"#
            let steps = [
                Step(1, "third time", run(counting), retries: 3, delay: .milliseconds(10)),
                Step(2, "never", run("printf y >>tries; false"), retries: 1, delay: .zero),
            ]
            let outcome = try await host.apply(steps)
            try #require(outcome.ends == [.done, .failed(status: 1)])
            #expect(outcome.ended[0].text == "try xxx\n")
            #expect(try host.read("tries") == "xxxyy")
        }
    }

    @Test(arguments: HostShell.present)
    func `a condition that cannot run is a failure that says why, and one that only says no is not`(
        shell: HostShell
    ) async throws {
        try await withHost(shell) { host in
            func asking(_ line: String, in directory: String? = nil) -> ShellCommand {
                ShellCommand(.line(line), directory: directory)
            }
            let steps = [
                Step(1, "", run("echo x") { $0.onlyIf = asking("nosuchprogram -v") }, ignoresFailure: true),
                Step(2, "", run("echo x") { $0.unless = asking("/etc/passwd") }, ignoresFailure: true),
                Step(3, "", run("echo x") { $0.unless = asking("foo)") }, ignoresFailure: true),
                Step(4, "", run("echo x") { $0.onlyIf = asking("true", in: host.full("none")) }, ignoresFailure: true),
                Step(5, "", run("echo x") { $0.unless = asking("command -v nosuchprogram") }),
                Step(6, "", run("echo x") { $0.onlyIf = asking("nosuchprogram 2>/dev/null") }),
                Step(7, "", run("echo x") { $0.onlyIf = asking("grep -q x nosuchfile") }),
            ]
            let outcome = try await host.apply(steps)
            try #require(outcome.ends.count == 7)
            #expect(
                outcome.ends[..<4] == [
                    .failed(status: 127), .failed(status: 126), .failed(status: 2), .failed(status: 126),
                ]
            )
            #expect(outcome.ends[4] == .done)
            #expect(outcome.ends[5] == .skipped("the command of onlyif ended with status 127"))
            #expect(outcome.ends[6] == .skipped("the command of onlyif ended with status 2"))
        }
    }

    @Test(arguments: HostShell.present)
    func `conditions are looked at right before`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            try host.write("there", "")
            try await host.command("ln", "-s", "nowhere", "dangling")
            let there = host.full("there")
            let missing = host.full("missing")
            let steps = [
                Step(1, "", run("echo x") { $0.creates = there }), Step(2, "", run("echo x") { $0.removes = missing }),
                Step(3, "", run("echo x") { $0.creates = host.full("dangling") }),
                Step(4, "", run("echo x") { $0.unless = ShellCommand(.line("echo noise; cat; exit 0")) }),
                Step(5, "", run("echo x") { $0.onlyIf = ShellCommand(.line("echo noise >&2; exit 4")) }),
                Step(
                    6,
                    "",
                    run("touch \(missing); echo made") {
                        $0.creates = missing
                        $0.removes = there
                        $0.unless = ShellCommand(.words(["false"]))
                        $0.onlyIf = ShellCommand(.words(["true"]))
                    }
                ), Step(7, "", run("echo x") { $0.creates = missing }),
            ]
            let outcome = try await host.apply(steps)
            #expect(
                outcome.ends == [
                    .skipped("\(there) exists"), .skipped("\(missing) does not exist"),
                    .skipped("\(host.full("dangling")) exists"), .skipped("the command of unless succeeded"),
                    .skipped("the command of onlyif ended with status 4"), .done, .skipped("\(missing) exists"),
                ]
            )
            #expect(outcome.ended.map(\.text) == ["", "", "", "", "", "made\n", ""])
            #expect(outcome.ended.map(\.errors) == ["", "", "", "", "", "", ""])
        }
    }

    @Test(arguments: HostShell.present)
    func `a check is a step that prints how it asked`(shell: HostShell) async throws {
        try await withHost(shell) { host in
            let good = Check(.command(ShellCommand(.line("test -d /"))), timeout: .seconds(10))
            let bad = Check(.unix(host.full("no socket")), timeout: .seconds(10))
            let outcome = try await host.apply([Step(1, "good", .check(good)), Step(2, "bad", .check(bad))])
            try #require(outcome.ended.count == 2, "\(outcome.ended)")
            #expect(outcome.ends[0] == .done)
            #expect(outcome.ends[1] != .done)
            #expect(outcome.ended[1].text.hasPrefix("rung "))
        }
    }
}
