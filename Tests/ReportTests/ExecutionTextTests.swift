import Events
import Report
import Testing

/// What commands printed, as people see it.
@Suite struct ExecutionTextTests {
    private func text(_ results: [HostResult], coloured: Bool = false, secrets: [String] = []) -> String {
        ExecutionText(Style(isColoured: coloured), Redactor(secrets)).render(results)
    }

    @Test func `nothing to say`() {
        #expect(text([]) == "")
        #expect(text([HostResult(host: "a", status: .untouched, touched: false)]) == "")
    }

    @Test func `equal answers are shown once`() {
        #expect(
            text([answer("web1", "6.1.0\n"), answer("web2", "6.1.0\n"), answer("web3", "6.1.0\n")]) == """
                web1 web2 web3 (3 hosts): exit 0
                  6.1.0

                """
        )
    }

    @Test func `one host's answer stands alone`() {
        #expect(text([answer("web1", "a\n\nb")]) == "web1: exit 0\n  a\n  \n  b\n")
    }

    @Test func `the odd host is shown as what differs from the many`() {
        let many = "listen 80\nworkers 4\nlog on\n"
        #expect(
            text([answer("db1", "listen 80\nworkers 8\nlog on\n"), answer("web1", many), answer("web2", many)]) == """
                web1 web2 (2 hosts): exit 0
                  listen 80
                  workers 4
                  log on
                db1: exit 0, differs from the 2 hosts above:
                  - workers 4
                  + workers 8

                """
        )
    }

    @Test func `answers with nothing in common are shown whole`() {
        #expect(
            text([answer("a", "1\n"), answer("b", "2\n"), answer("c", "3\n")]) == """
                a: exit 0
                  1
                b: exit 0
                  2
                c: exit 0
                  3

                """
        )
    }

    @Test func `an answer that its differences would not shorten is shown whole`() {
        let many = "1\n2\n3\n4\n"
        #expect(
            text([answer("a", many), answer("b", many), answer("c", "x\n")]) == """
                a b (2 hosts): exit 0
                  1
                  2
                  3
                  4
                c: exit 0
                  x

                """
        )
    }

    @Test func `the same output with another exit status says so`() {
        #expect(
            text([answer("a", "x\n"), answer("b", "x\n"), answer("c", "x\n", exit: 2, status: .failed)]) == """
                a b (2 hosts): exit 0
                  x
                c: exit 2, same output

                """
        )
    }

    @Test func `a failure shows what it said on stderr`() {
        #expect(
            text([
                answer("a", "done\n"), answer("b", "done\n"),
                answer("c", "", exit: 127, stderr: "sh: nope: not found\n", status: .failed),
            ]) == """
                a b (2 hosts): exit 0
                  done
                c: exit 127
                  stderr:
                  sh: nope: not found

                """
        )
    }

    @Test func `no exit status comes with the reason and what to do`() {
        let problem = HostResult.Problem(kind: "link_lost", message: "the link broke", hint: "try again")
        #expect(
            text([answer("a", "half", exit: nil, status: .failed, problem: problem)]) == """
                a: no exit status
                  half
                  the link broke
                  try again

                """
        )
    }

    @Test func `unreachable hosts with the same reason are one line`() {
        #expect(
            text([
                unreachable("a", "refused", hint: "is sshd running?"),
                unreachable("b", "refused", hint: "is sshd running?"),
            ])
                == """
                a b (2 hosts)
                  refused
                  is sshd running?

                """
        )
    }

    @Test func `bytes that were not kept are counted`() {
        var result = answer("a", "begin\nend\n", stderr: "e\n")
        result.execution?.stdoutDropped = 12
        result.execution?.stderrDropped = 3
        #expect(
            text([result]) == """
                a: exit 0
                  begin
                  end
                  (12 bytes in the middle were not kept; --max-output keeps more)
                  stderr:
                  e
                  (3 bytes in the middle were not kept; --max-output keeps more)

                """
        )
    }

    @Test func `halves of an answer are not compared as if they were whole`() {
        let many = "begin\n1\nend\n"
        var odd = answer("c", "begin\n2\nend\n")
        odd.execution?.stdoutDropped = 7
        #expect(
            text([answer("a", many), answer("b", many), odd]) == """
                a b (2 hosts): exit 0
                  begin
                  1
                  end
                c: exit 0
                  begin
                  2
                  end
                  (7 bytes in the middle were not kept; --max-output keeps more)

                """
        )
        var same = answer("c", many)
        same.execution?.stdoutDropped = 7
        #expect(text([answer("a", many), same]).contains("(7 bytes"))
    }

    @Test func `colours`() {
        let odd = answer("c", "x\ny\n", exit: 1, stderr: "e\n", status: .failed)
        #expect(
            text([answer("a", "x\nz\n"), answer("b", "x\nz\n"), odd, unreachable("d", "gone")], coloured: true)
                == "\u{1b}[32ma b\u{1b}[0m (2 hosts): exit 0\n  x\n  z\n"
                + "\u{1b}[31mc\u{1b}[0m: exit 1, differs from the 2 hosts above:\n"
                + "\u{1b}[31m  - z\u{1b}[0m\n\u{1b}[32m  + y\u{1b}[0m\n  \u{1b}[2mstderr:\u{1b}[0m\n  e\n"
                + "\u{1b}[31md\u{1b}[0m\n  \u{1b}[31mgone\u{1b}[0m\n"
        )
    }

    @Test func `secrets and escapes of the host do not reach the terminal`() {
        let problem = HostResult.Problem(kind: "x", message: "hunter22 \u{1b}[2J", hint: "not hunter22")
        #expect(
            text(
                [answer("a", "pw hunter22\n\u{1b}c\n", exit: 1, stderr: "hunter22", status: .failed, problem: problem)],
                secrets: ["hunter22"]
            )
                == """
                a: exit 1
                  pw (secret)
                  \\u{1b}c
                  stderr:
                  (secret)
                  (secret) \\u{1b}[2J
                  not (secret)

                """
        )
    }
}
