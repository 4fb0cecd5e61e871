import Events
import HostSide
import Lab
import Playbook
import Reactor
import TestSupport
import Testing

@testable import Run

/// Checks: which rung was used, and the controller's own where the host has none.
@Suite struct CheckTests {
    private func report(_ end: StepEnd, _ stdout: String, _ stderr: String = "") -> StepReport {
        var outcome = TaskOutcome()
        outcome.stdout = Array(stdout.utf8)
        outcome.stderr = Array(stderr.utf8)
        let shown = HostResult.Execution(exit: 0, stdout: Array(stdout.utf8), stderr: Array(stderr.utf8))
        return StepReport(end, shown: shown, outcome: outcome)
    }

    private var nothing: StepReport {
        report(.failed(status: 3), "rung none\n", "nothing on this host can ask localhost:80: it takes one of nc\n")
    }

    private func stage(_ change: @escaping @Sendable (inout Script.Entry) -> Void = { _ in }) -> Stage {
        var stage = Stage { script in
            script.run("before")
            script.add("check", CheckWork(), change)
            script.run("after")
            script.add("file", FileWork(path: "/etc/a", text: "a")) { $0.account = .login }
        }
        stage.checks = [nothing]
        return stage
    }

    @Test func `the note of a check names the rung that was used`() {
        var stage = stage()
        stage.checks = [report(.done, "rung curl\nrung curl\n")]
        stage.play()
        #expect(stage.result(2)?.note == "curl")
        #expect(stage.result(2)?.execution?.stdout == [])
    }

    @Test func `what a command prints is no rung`() {
        var stage = Stage { script in
            script.add("check", CheckWork(target: .command(ShellCommand(.line("echo rung curl")))))
        }
        stage.checks = [report(.done, "rung curl\n")]
        stage.play()
        #expect(stage.result(1)?.note == nil)
    }

    @Test func `where the host has nothing to ask with the controller asks, and the rest follows`() {
        var stage = stage()
        stage.play()
        #expect(
            stage.log == [
                "look /etc/a", "apply standard !before check !after", "ask localhost:80", "apply standard !after",
                "apply login +/etc/a",
            ]
        )
        #expect(stage.statuses == ["1 changed", "2 ok", "3 changed", "4 changed"])
        #expect(stage.result(2)?.note == "controller")
        #expect(stage.result(2)?.execution == HostResult.Execution(exit: 0, stdout: [], stderr: []))
    }

    @Test func `the controller tries as often as the task says, and then it has failed`() {
        var stage = stage { $0.outline.retries = 1 }
        stage.answers = [.wrong("no connection to localhost:80: no"), .fine]
        stage.play()
        #expect(stage.log[2...4] == ["ask localhost:80", "rest", "ask localhost:80"])
        #expect(stage.statuses == ["1 changed", "2 ok", "3 changed", "4 changed"])

        stage = self.stage { $0.outline.retries = 1 }
        stage.answers = [
            .wrong("no connection to localhost:80: no"), .wrong("no connection to localhost:80: still no"),
        ]
        stage.play()
        #expect(stage.log.suffix(3) == ["ask localhost:80", "rest", "ask localhost:80"])
        #expect(stage.statuses == ["1 changed", "2 failed"])
        #expect(stage.progress.failure?.problem.message == "no connection to localhost:80: still no")
        #expect(stage.result(2)?.execution?.exit == 1)
    }

    @Test func `a failure of the controller's that is to be ignored ends nothing`() {
        var stage = stage { $0.outline.ignoresErrors = true }
        stage.answers = [.wrong("no connection to localhost:80: no")]
        stage.play()
        #expect(stage.log.suffix(2) == ["ask localhost:80", "apply login +/etc/a"])
        #expect(stage.statuses == ["1 changed", "2 ignored", "3 changed", "4 changed"])
    }

    @Test func `failed_when has its word about what the controller found`() {
        var stage = stage {
            $0.outline.isJudged = true
            $0.judge = { outcome in
                var outcome = outcome
                outcome.failed = outcome.status! != 1
                return outcome
            }
        }
        stage.answers = [.wrong("no connection to localhost:80: no")]
        stage.play()
        #expect(
            stage.log.suffix(4) == ["ask localhost:80", "look /etc/a", "apply standard !after", "apply login +/etc/a"]
        )
        #expect(stage.statuses == ["1 changed", "2 ok", "3 changed", "4 changed"])
    }

    @Test func `what neither can ask is said`() {
        var http = HTTPCheck(host: "localhost", port: 443, path: "/")
        http.isTLS = true
        let target = Check.Target.http(http)
        var stage = Stage { script in script.add("check", CheckWork(target: target)) }
        stage.checks = [nothing]
        stage.play()
        let nowhere = "nothing on this host can ask localhost:80: it takes one of nc, and "
        #expect(stage.progress.failure?.problem.message == nowhere + "Baton speaks no TLS through the connection")

        stage = self.stage()
        stage.answers = [.never("this way has no channel")]
        stage.play()
        #expect(stage.progress.failure?.problem.message == nowhere + "this way has no channel")
    }

    @Test func `a connection that breaks while the controller asks is a failure of the check`() {
        var stage = stage()
        stage.play(until: { if case .ask = $0 { true } else { false } })
        stage.progress.broke(asking: 2, .init(kind: "link_lost", message: "it broke"))
        stage.play()
        #expect(stage.statuses == ["1 changed", "2 failed"])
        #expect(stage.progress.failure?.number == 2)
    }

    // MARK: Real hosts

    /// Logins find these programs and nothing else.
    private func leave(_ names: [String], on field: Field) async throws {
        let host = field.lab.layout.host("lab1")
        let tools = "\(host.directory)/tools"
        try Files.makeDirectory(tools)
        let links =
            "for n in \(names.joined(separator: " ")); do ln -s \"$(command -v $n)\" \(tools)/$n || exit 1; done"
        let made = try await runChild(["sh", "-c", links])
        try #require(made.succeeded, "\(made.errors)")
        let text = String(decoding: try Files.read(host.enter), as: UTF8.self)
        try Files.write(
            Array(text.replacing("export HOME", with: "PATH=\(tools)\nexport PATH HOME").utf8),
            to: host.enter
        )
    }

    private static let few = ["sh", "cat", "rm", "mkdir", "mv", "stat", "sync", "sleep", "tr", "head", "dd", "sed"]

    @Test func `a host that cannot ask is asked through the connection`() async throws {
        try await withField { field in
            try await leave(Self.few, on: field)
            let port = field.states[0].port
            func text(_ port: UInt16) -> String {
                """
                - hosts: all
                  tasks:
                    - run: "echo a > {{ base }}/a"
                    - check: {tcp: "127.0.0.1:\(port)"}
                      retries: 1
                      delay: 0
                    - run: "echo b > {{ base }}/b"
                """
            }
            let fine = try await field.play(text(port))
            #expect(
                fine.statuses("lab1") == ["1 changed", "2 ok", "3 changed"],
                "\(String(describing: fine.result("lab1")?.problem))"
            )
            #expect(fine.task(2, "lab1")?.note == "controller")
            #expect(field.text("lab1", "b") == "b\n")

            let refused = try await field.play(text(1))
            #expect(refused.statuses("lab1") == ["1 changed", "2 failed"])
            let message = refused.task(2, "lab1")?.problem?.message ?? "none"
            #expect(message.hasPrefix("no connection to 127.0.0.1:1: "), "\(message)")
        }
    }

    @Test func `a host that can ask says what with`() async throws {
        try await withField { field in
            try await leave(Self.few + ["bash", "timeout"], on: field)
            let played = try await field.play(
                "- hosts: all\n  tasks: [{check: {tcp: \"127.0.0.1:\(field.states[0].port)\"}}]\n"
            )
            #expect(played.task(1, "lab1")?.note == "bash", "\(String(describing: played.result("lab1")?.problem))")
        }
    }
}
