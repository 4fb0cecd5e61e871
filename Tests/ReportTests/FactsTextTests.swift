import Events
import Report
import Testing

/// Facts of many hosts.
@Suite struct FactsTextTests {
    private func host(_ name: String, _ facts: KeyValuePairs<String, String>) -> HostResult {
        var result = HostResult(host: name, status: .ok, touched: true)
        result.facts = facts.map { HostResult.Fact(name: $0, value: $1) }
        return result
    }

    private func text(_ results: [HostResult], coloured: Bool = false) -> String {
        FactsText.render(results, Style(isColoured: coloured), Redactor(["hunter22"]))
    }

    @Test func `one host has nothing in common with anybody`() {
        #expect(text([host("a", ["os": "debian", "kernel": "Linux"])]) == "a\n  os      debian\n  kernel  Linux\n")
    }

    @Test func `what all have in common comes once`() {
        #expect(
            text([
                host("a", ["os": "debian", "hostname": "a", "cpus": "2"]),
                host("b", ["os": "debian", "hostname": "b", "cpus": "2"]),
                host("c", ["os": "debian", "hostname": "c", "cpus": "2", "init": "systemd"]),
            ]) == """
                all 3 hosts
                  os    debian
                  cpus  2
                a
                  hostname  a
                b
                  hostname  b
                c
                  hostname  c
                  init      systemd

                """
        )
    }

    @Test func `a host that is like all others is not named`() {
        #expect(text([host("a", ["os": "x"]), host("b", ["os": "x"])]) == "all 2 hosts\n  os  x\n")
    }

    @Test func `hosts without an answer do not count`() {
        #expect(text([unreachable("z", "gone"), host("a", ["os": "x"])]) == "a\n  os  x\n")
        #expect(text([unreachable("z", "gone")]) == "")
    }

    @Test func `colours, secrets and escapes`() {
        #expect(
            text([host("a", ["x": "\u{1b}c hunter22"]), host("b", [:])], coloured: true)
                == "\u{1b}[32ma\u{1b}[0m\n  x  \\u{1b}c (secret)\n"
        )
        #expect(
            text([host("a", ["x": "1"]), host("b", ["x": "1"])], coloured: true).hasPrefix(
                "\u{1b}[1mall 2 hosts\u{1b}[0m\n"
            )
        )
    }
}
