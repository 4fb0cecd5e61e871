import Events
import Report
import Testing

/// What a playbook did, or would do, as people see it.
@Suite struct PlaybookTextTests {
    private func text(
        _ results: [HostResult],
        isPlan: Bool = false,
        isVerbose: Bool = false,
        isColoured: Bool = false
    ) -> String {
        PlaybookText(Style(isColoured: isColoured), Redactor(["hunter22"]), isPlan: isPlan, isVerbose: isVerbose)
            .render(results)
    }

    private func host(_ name: String, _ status: HostResult.Status, _ tasks: [TaskResult]) -> HostResult {
        var result = HostResult(host: name, status: status, touched: true)
        result.tasks = tasks
        return result
    }

    private static let planned: [TaskResult] = {
        let staged = task(
            2,
            .changed,
            "Motd",
            phase: "stage",
            changes: ["content", "mode 0644 -> 0600"],
            diff: "--- /etc/motd\n+++ /etc/motd\n@@ -1 +1 @@\n-hello\r\n+hi hunter22 \u{1b}c\n"
        )
        return [
            task(1, .ok, "directory /srv/shop", kind: "directory"), staged,
            task(3, .skipped, "cache", note: "when is false"),
            task(14, .unknown, "reload", kind: "run", note: "depends on task 2"),
        ]
    }()

    @Test func `hosts whose tasks differ in what they work on are one, with what is written for all`() {
        func host(_ name: String, _ status: TaskResult.Status = .changed) -> HostResult {
            var first = task(1, status, "directory /srv/\(name)", kind: "directory", changes: ["created"])
            first.written = "directory /srv/{{ inventory_hostname }}"
            var second = task(2, .changed, "run echo shop", kind: "run")
            second.written = "run echo {{ service }}"
            return self.host(name, .changed, [first, second])
        }
        #expect(
            text([host("web1"), host("web2"), host("db1", .ok)]) == """
                web1 web2 (2 hosts): 2 changed
                  1  changed  directory  /srv/{{ inventory_hostname }}: created
                  2  changed  run        echo shop
                db1: 1 changed, 1 ok
                  2  changed  run  echo shop

                """
        )
        #expect(text([host("web1")]).contains("directory  /srv/web1: created"))
    }

    @Test func `a refusal is told once, and what a command said always`() {
        var refused = task(1, .failed, "service web", kind: "service")
        refused.problem = .init(kind: "task_failed", message: "systemd refuses it; bad line 3")
        refused.execution = .init(
            exit: 1,
            stdout: Array("refused: systemd refuses it; bad line 3\n".utf8),
            stderr: Array("systemd refuses it\nbad line 3\n".utf8)
        )
        #expect(
            text([host("web1", .failed, [refused])]) == """
                web1: failed at task 1
                  1  failed   service  web: exit 1
                     systemd refuses it; bad line 3

                """
        )
        var command = task(1, .failed, "run web", kind: "run")
        (command.problem, command.execution) = (refused.problem, refused.execution)
        #expect(text([host("web1", .failed, [command])]).contains("stderr:"))
    }

    @Test func `a plan marks insertions without quotes and shows what is carried out without a change`() {
        var first = task(1, .changed, "run echo it's hunter22", kind: "run")
        first.raws = ["it's", "hunter22"]
        var second = task(2, .ok, "run date", kind: "run", note: "runs")
        second.isCarriedOut = true
        #expect(
            text([host("web1", .changed, [first, second])], isPlan: true) == """
                web1: 1 change, 1 ok
                  1  changed  run  echo it's (secret) (inserted without quotes: "it's", "(secret)")
                  2  ok       run  date (runs)

                """
        )
    }

    @Test func `a plan shows what would change, once for hosts where it is the same`() {
        let nothing = [task(1, .ok), task(2, .ok), task(3, .skipped), task(14, .skipped)]
        var slower = Self.planned
        slower[1].milliseconds = 7
        #expect(
            text(
                [host("web1", .changed, Self.planned), host("db1", .ok, nothing), host("web2", .changed, slower)],
                isPlan: true
            ) == """
                web1 web2 (2 hosts): 1 change, 1 unknown, 1 ok, 1 skipped
                   2  changed  file  Motd [stage]: content, mode 0644 -> 0600
                      --- /etc/motd
                      +++ /etc/motd
                      @@ -1 +1 @@
                      -hello\\r
                      +hi (secret) \\u{1b}c
                  14  unknown  run   reload (depends on task 2)
                db1: nothing to do, 2 ok, 2 skipped
                unknown: what these tasks do is seen only when those before them have run

                """
        )
    }

    @Test func `asked for more, every task has its line`() {
        #expect(
            text([host("web1", .changed, Self.planned)], isPlan: true, isVerbose: true).hasPrefix(
                """
                web1: 1 change, 1 unknown, 1 ok, 1 skipped
                   1  ok       directory  /srv/shop
                   2  changed  file       Motd [stage]: content, mode 0644 -> 0600

                """
            )
        )
    }

    @Test func `a failure comes last, with the task, its status, and the end of what it said`() {
        var execution = HostResult.Execution(
            exit: 3,
            stdout: Array("out hunter22\n".utf8),
            stderr: Array((1...30).map { "line \($0)\n" }.joined().utf8)
        )
        execution.stderrDropped = 9
        let failed = task(2, .failed, "warm", kind: "run", execution: execution, problem: "ended with exit status 3")
        let done = task(1, .changed, changes: ["created"])
        var lost = host("web3", .failed, [done])
        lost.problem = HostResult.Problem(kind: "link_lost", message: "the connection broke", hint: "run again")
        var web1 = host("web1", .failed, [done, failed])
        web1.problem = HostResult.Problem(kind: "task_failed", message: "task 2, warm: ended with exit status 3")
        #expect(
            text([web1, host("web2", .changed, [done]), lost]) == """
                web2: 1 changed
                  1  changed  file  motd: created
                web1: failed at task 2
                  1  changed  file  motd: created
                  2  failed   run   warm: exit 3
                     ended with exit status 3
                     stdout:
                       out (secret)
                     stderr, the last 20 of 30 lines, 9 bytes in the middle were not kept:

                """ + (11...30).map { "       line \($0)\n" }.joined() + """
                    web3: failed
                      1  changed  file  motd: created
                      the connection broke
                      run again

                    """
        )
    }

    @Test func `what was ignored is told`() {
        let ignored = task(1, .ignored, "probe", kind: "check", problem: "refused")
        #expect(
            text([host("web1", .ok, [ignored])]) == """
                web1: 1 failed and ignored
                  1  ignored  check  probe
                     refused

                """
        )
    }

    @Test func `hosts without tasks say why`() {
        #expect(
            text([
                unreachable("a", "gone \u{1b}[2J", hint: "is it up?"), .drifted("b"),
                HostResult(host: "c", status: .untouched, touched: false), host("d", .ok, []),
            ]) == """
                d: nothing changed
                a: unreachable
                  gone \\u{1b}[2J
                  is it up?
                b: refused
                  the host is not as it was when the plan was made
                  make a new plan, and look at it
                c: untouched

                """
        )
    }

    @Test func `colours`() {
        let diff = "@@ -1 +1 @@\n-a\n+b\n c\n"
        #expect(
            text([host("a", .changed, [task(1, .changed, diff: diff, note: "n")])], isColoured: true)
                == "\u{1b}[33ma\u{1b}[0m: 1 changed\n  1  \u{1b}[33mchanged\u{1b}[0m  file  motd\u{1b}[2m (n)\u{1b}[0m\n"
                + "     \u{1b}[2m@@ -1 +1 @@\u{1b}[0m\n     \u{1b}[31m-a\u{1b}[0m\n     \u{1b}[32m+b\u{1b}[0m\n"
                + "      c\n"
        )
    }
}
