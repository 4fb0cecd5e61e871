import Events
import Testing

@testable import Report

struct ServiceTextTests {
    private var web: HostResult {
        var state = ServiceState("web", supervisor: "systemd 252")
        var one = ServiceState.Member("web@0.service", "running")
        (one.pid, one.uptime, one.restarts, one.isDue) = (1234, 93_784, 2, true)
        var two = ServiceState.Member("web@1.service", "failed")
        two.detail = "Result: exit-code \u{1b}[2J"
        state.members = [one, two]
        state.isEnabled = false
        state.notes = ["the last change was cut off: restart"]
        var result = HostResult(host: "web1", status: .ok, touched: false)
        result.services = [state]
        return result
    }

    private func text(_ results: [HostResult]) -> String {
        ServiceText(Style(isColoured: false), Redactor()).render(results)
    }

    @Test func `each member is a line`() {
        #expect(
            text([web]) == """
                host  service  member         state     pid    up  restarts
                web1  web      web@0.service  running  1234  1d2h         2  due for a restart; the last change was cut off: \
                restart; does not start with the host
                web1  web      web@1.service  failed                         Result: exit-code \\u{1b}[2J

                """
        )
    }

    @Test func `nobody is told that nothing is due where nobody knows`() {
        var result = web
        result.services?[0].members[0].isDue = nil
        #expect(text([result]).contains("1d2h         2  unknown whether a restart is due;"))
    }

    @Test func `what failed says why, with the end of what the host said`() {
        var result = HostResult(host: "web2", status: .failed, touched: true)
        result.problem = .init(kind: "x", message: "it did not start", hint: "look there")
        result.execution = .init(exit: 1, stdout: [], stderr: Array("a\nb\n".utf8))
        #expect(text([result]) == "web2: it did not start\n  look there\n  a\n  b\n")
        #expect(text([]) == "")
        // What the problem was made of is said once.
        result.problem = .init(kind: "x", message: "a service: a; b")
        #expect(text([result]) == "web2: a service: a; b\n")
    }

    @Test(arguments: [(0, "0s"), (59, "59s"), (60, "1m"), (3_661, "1h1m"), (86_400, "1d"), (90_000, "1d1h")])
    func `lengths have two units`(seconds: Int, expected: String) {
        #expect(ServiceText.length(seconds) == expected)
    }
}
