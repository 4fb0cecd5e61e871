import Reactor
import TestSupport
import Testing

@testable import HostSide

/// Checks as hosts run them: every rung alone, under every shell, against answers of every shape.
@Suite(.enabled(if: Files.exists("/usr/bin/python3"), "the server that answers is written in Python"))
struct CheckProgramTests {
    /// A host with this shell and, of all that could ask, these rungs only.
    private struct Host {
        let shell: HostShell
        let rungs: [CheckRung]
        let directory: String

        static let always = ["cat", "dd", "head", "sh", "sleep", "tr", "true"]

        func run(_ text: String) async throws -> ChildResult {
            try await runChild(
                ["/bin/\(shell.words[0])"] + shell.words.dropFirst() + ["-c", text],
                environment: [
                    "PATH": try await tools(), "BASH_ENV": "/nonexistent", "http_proxy": "http://127.0.0.1:1",
                ]
            )
        }

        /// A folder with what it has and nothing else.
        func tools() async throws -> String {
            let folder = "\(directory)/\(shell.rawValue)-\(rungs.map(\.rawValue).joined(separator: "-"))"
            if Files.exists(folder) { return folder }
            try Files.makeDirectory(folder)
            let names = Self.always + rungs.filter { $0 != .nc }.map(\.rawValue)
            // Debian's own: a python3 that is found first on PATH may be a script that needs more than is here.
            var text = "for n in \(names.joined(separator: " ")); do ln -s /usr/bin/$n . || exit 1; done"
            if rungs.contains(.nc) { text += "; ln -s \"$(command -v busybox)\" nc" }
            let made = try await runChild(["sh", "-c", text], directory: folder)
            try #require(made.succeeded, "\(made.errors)")
            return folder
        }
    }

    private static let shells: [HostShell] = [.dash, .bash, .busybox].filter { HostShell.present.contains($0) }

    private func ask(
        _ check: Check.Target,
        _ rungs: [CheckRung],
        _ shell: HostShell = .dash,
        in directory: String,
        timeout: Duration = .seconds(10)
    ) async throws -> (status: ChildResult.Status, said: String, rung: CheckRung?) {
        let text = CheckProgram.text(for: Check(check, timeout: timeout))
        let result = try await Host(shell: shell, rungs: rungs, directory: directory).run(text)
        return (result.status, result.errors, CheckProgram.rung(in: result.stdout))
    }

    @Test(arguments: shells)
    func `every rung reads every shape of answer`(shell: HostShell) async throws {
        try await withAnswers { answers in
            for rung in CheckNeed.http.ladder {
                for check in [
                    answers.check("/") {
                        $0.version = "1.2.3"
                        $0.answerHeaders = [.init(name: "x-app", value: "shop * one")]
                    },
                    answers.check("/chunked") {
                        $0.body = "hello world\nxxx"
                        $0.version = "v2"
                        $0.versionHeader = "x-Version"
                    },
                    answers.check("/chunked") { $0.body = "xend" },
                    answers.check("/old") { $0.body = "old\nserver\n" },
                    answers.check("/hints") { $0.body = "hello" },
                    answers.check("/kept") { $0.body = "kept" },
                    answers.check("/none") { $0.statuses = [204...204] },
                    answers.check("/down") { $0.statuses = [200...299, 503...503] },
                    answers.check("/large") { $0.body = "beginy" },
                    answers.check("/") { $0.method = "HEAD" },
                ] {
                    let answer = try await ask(.http(check), [rung], shell, in: answers.directory)
                    #expect(answer.status == .exited(0), "\(rung) \(check.path): \(answer.said)")
                    #expect(answer.said == "", "\(rung) \(check.path)")
                    #expect(answer.rung == rung)
                }
            }
        }
    }

    @Test(arguments: CheckNeed.http.ladder)
    func `what came instead is said in one sentence`(rung: CheckRung) async throws {
        try await withAnswers { answers in
            let place = "http://127.0.0.1:\(answers.http)"
            for (check, sentence) in [
                (
                    answers.check("/down?token=x"),
                    "\(place)/down answers with status 503 instead of 200-299: down for maintenance  [31m"
                ),
                (
                    answers.check("/chunked") { $0.body = "absent" },
                    "the answer of \(place)/chunked does not hold absent: hello world xxx"
                ),
                (
                    answers.check("/") { $0.answerHeaders = [.init(name: "X-App", value: "cart")] },
                    "\(place)/ answers with X-App shop * one instead of cart"
                ),
                (
                    answers.check("/chunked") {
                        $0.versionHeader = "X-Version"
                        $0.version = "v"
                    }, "\(place)/chunked answers with X-Version v2 instead of v"
                ),
                (
                    answers.check("/") {
                        $0.versionHeader = "X-Version"
                        $0.version = "v"
                    }, "\(place)/ answers with X-Version nothing instead of v"
                ),
                (
                    answers.check("/large") { $0.body = "absent" },
                    "the answer of \(place)/large does not hold absent: beginyyy"
                ),
            ] {
                let answer = try await ask(.http(check), [rung], in: answers.directory)
                #expect(answer.status == .exited(1))
                #expect(answer.said.hasPrefix(sentence), "\(answer.said)")
                #expect(answer.said.filter { $0 == "\n" }.count == 1)
            }
            for (port, path, words) in [
                (answers.http, "/empty", ["closes the connection without an answer", "Empty reply"]),
                (answers.other, "/", ["does not speak HTTP"]),
                (1, "/", ["Connection refused", "Couldn't connect"]),
            ] {
                let check = answers.check(path) { $0.port = port }
                let answer = try await ask(.http(check), [rung], in: answers.directory)
                #expect(answer.status == .exited(1))
                #expect(words.contains { answer.said.contains($0) }, "\(answer.said)")
            }
        }
    }

    @Test(arguments: CheckNeed.http.ladder)
    func `a server that does not answer is not waited for`(rung: CheckRung) async throws {
        try await withAnswers { answers in
            let check = answers.check("/slow")
            let answer = try await ask(.http(check), [rung], in: answers.directory, timeout: .milliseconds(700))
            #expect(answer.status == .exited(1))
            #expect(answer.said == "no answer from http://127.0.0.1:\(answers.http)/slow within 0.700 s\n")
        }
    }

    @Test func `a request is sent as it is written, and seen by nobody`() async throws {
        try await withAnswers { answers in
            for rung in CheckNeed.http.ladder {
                let check = answers.check("/asked?a='b c'") {
                    $0.method = "POST"
                    $0.headers = [
                        .init(name: "X-Token", value: #"s3cr3t " \ '$x"#), .init(name: "host", value: "other.example"),
                    ]
                    $0.body = #"POST s3cr3t " \ '$x other.example"#
                    $0.answerHeaders = [.init(name: "X-Asked", value: "/asked?a='b%20c'")]
                }
                let answer = try await ask(.http(check), [rung], in: answers.directory)
                #expect(answer.status == .exited(0), "\(rung): \(answer.said)")
                // While it waits, nobody's arguments or environment hold it.
                let waiting = answers.check("/slow") { $0.headers = [.init(name: "X-Token", value: "s3cr3t")] }
                let text = CheckProgram.text(for: Check(.http(waiting), timeout: .seconds(1)))
                let folder = try await Host(shell: .dash, rungs: [rung], directory: answers.directory).tools()
                let watch = """
                    ( \(text) ) & sleep 0.5
                    for p in /proc/[0-9]*; do
                        { cat $p/cmdline $p/environ; } 2>/dev/null | tr '\\0' '\\n'
                    done >seen
                    wait
                    """
                try Files.write(Array(watch.utf8), to: "\(answers.directory)/watch")
                _ = try await runChild(
                    ["dash", "watch"],
                    environment: ["PATH": folder + ":/bin"],
                    directory: answers.directory
                )
                let seen = try Files.read("\(answers.directory)/seen", limit: 64 << 20)
                #expect(seen.count > 1000)
                #expect(seen.firstRange(of: Array("s3cr3t".utf8)) == nil, "\(rung)")
            }
        }
    }

    @Test func `unix sockets and plain connections`() async throws {
        try await withAnswers { answers in
            let http = answers.check("/") {
                $0.unixSocket = answers.socket
                $0.host = "localhost"
                $0.port = 80
                $0.version = "1.2.3"
            }
            for (target, need, missing) in [
                (
                    Check.Target.http(http), CheckNeed.httpOverSocket,
                    Check.Target.http(answers.check("/") { $0.unixSocket = "/nonexistent" })
                ),
                (.tcp(host: "127.0.0.1", port: answers.other), .tcp, .tcp(host: "127.0.0.1", port: 1)),
                (.unix(answers.socket), .unix, .unix("/nonexistent")),
            ] {
                for rung in need.ladder where rung != .nc || need == .tcp {
                    let answer = try await ask(target, [rung], in: answers.directory)
                    #expect(answer.status == .exited(0), "\(need) \(rung): \(answer.said)")
                    #expect(answer.rung == rung)
                    let refused = try await ask(missing, [rung], in: answers.directory)
                    #expect(refused.status == .exited(1), "\(need) \(rung): \(refused.said)")
                    #expect(refused.said.hasPrefix("no connection to "), "\(need) \(rung): \(refused.said)")
                }
            }
        }
    }

    @Test(arguments: CheckNeed.https.ladder)
    func `certificates are verified unless it was said otherwise`(rung: CheckRung) async throws {
        try await withAnswers { answers in
            func check(_ verifies: Bool) -> Check.Target {
                .http(
                    answers.check("/chunked") {
                        $0.isTLS = true
                        $0.port = answers.https
                        $0.verifiesCertificate = verifies
                        $0.body = "hello world\nxxx"
                    }
                )
            }
            let distrusted = try await ask(check(true), [rung], in: answers.directory)
            #expect(distrusted.status == .exited(1))
            #expect(distrusted.said.contains("is not trusted: self-signed certificate"), "\(distrusted.said)")
            let believed = try await ask(check(false), [rung], in: answers.directory)
            #expect(believed.status == .exited(0), "\(believed.said)")
        }
    }

    @Test func `the ladder is gone down until a rung can do it`() async throws {
        try await withAnswers { answers in
            let all = try await ask(.http(answers.check("/")), [.perl, .nc, .bash], in: answers.directory)
            #expect(all.rung == .bash)
            let socket = answers.check("/") { $0.unixSocket = answers.socket }
            let perl = try await ask(.http(socket), [.perl, .nc, .bash], in: answers.directory)
            #expect(perl.rung == .perl)
            let secure = answers.check("/") { $0.isTLS = true }
            for target in [Check.Target.http(secure), .unix(answers.socket)] {
                let check = Check(target, timeout: .seconds(1))
                let host = Host(shell: .dash, rungs: [.nc, .bash], directory: answers.directory)
                let result = try await host.run(CheckProgram.text(for: check))
                #expect(result.status == .exited(3))
                #expect(CheckProgram.foundNothing(result.stdout, status: 3))
                #expect(CheckProgram.rung(in: result.stdout) == nil)
                #expect(result.errors.hasPrefix("nothing on this host can ask "), "\(result.errors)")
            }
        }
    }

    @Test(arguments: shells)
    func `a command says it itself`(shell: HostShell) async throws {
        try await withDirectory { directory in
            func ask(_ command: ShellCommand, _ timeout: Duration = .seconds(10)) async throws -> ChildResult {
                let text = CheckProgram.text(for: Check(.command(command), timeout: timeout))
                let words = shell == .busybox ? ["busybox", "sh"] : [shell.rawValue]
                return try await runChild(words + ["-c", text])
            }
            let fine = try await ask(
                ShellCommand(
                    .line("echo \"$A\"; pwd; cat"),
                    directory: directory,
                    environment: [.init(name: "A", value: "a 'b'")],
                    input: [0, 104, 105, 92, 37, 10]
                )
            )
            #expect(fine.status == .exited(0))
            #expect(fine.stdout == Array("a 'b'\n\(directory)\n\0hi\\%\n".utf8))
            let failed = try await ask(ShellCommand(.words(["sh", "-c", "echo \"$1\" >&2; exit 7", "sh", "-n $x"])))
            #expect(failed.status == .exited(7))
            #expect(failed.errors == "-n $x\n")
            let late = try await ask(ShellCommand(.line("sleep 20")), .seconds(1))
            #expect(late.status == .exited(124))
            #expect(late.errors == "the command was still running after 1 s\n")
        }
    }
}
