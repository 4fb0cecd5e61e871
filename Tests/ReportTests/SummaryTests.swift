import Events
import Report
import Testing

/// The last words to people.
@Suite struct SummaryTests {
    private func text(_ hosts: [HostResult], seconds: Double = 1.25, coloured: Bool = false) -> String {
        Summary.text(
            RunResult(run: "r", command: "exec", hosts: hosts, interrupted: false),
            Style(isColoured: coloured),
            seconds: seconds
        )
    }

    private func host(_ name: String, _ status: HostResult.Status) -> HostResult {
        HostResult(host: name, status: status, touched: true)
    }

    @Test func `all well`() {
        #expect(text([host("a", .ok), host("b", .ok)]) == "2 hosts: 2 ok in 1.2 s\n")
        #expect(text([host("a", .changed)], seconds: 0.04) == "1 host: 1 changed in 0.0 s\n")
    }

    @Test func `one host that failed needs no list`() {
        #expect(text([host("a", .failed)], seconds: 61) == "1 host: 1 failed in 61.0 s\n")
    }

    @Test func `those that are not well come as options to copy`() {
        #expect(
            text([
                host("a", .ok), host("b", .unreachable), host("c", .failed), host("d", .failed), host("e", .untouched),
                host("f", .changed),
            ]) == """
                6 hosts: 1 ok, 1 changed, 2 failed, 1 unreachable, 1 untouched in 1.2 s
                failed: -l c,d
                unreachable: -l b
                untouched: -l e

                """
        )
        #expect(text([host("a", .failed), host("b", .failed)]) == "2 hosts: 2 failed in 1.2 s\nfailed: -l a,b\n")
    }

    @Test func `colours`() {
        #expect(
            text([host("a", .ok), host("b", .failed), host("c", .untouched)], coloured: true)
                == "3 hosts: \u{1b}[32m1 ok\u{1b}[0m, \u{1b}[31m1 failed\u{1b}[0m, \u{1b}[33m1 untouched\u{1b}[0m in 1.2 s\n"
                + "failed: -l b\nuntouched: -l c\n"
        )
    }
}
