import Report
import Testing

/// Host names for people.
@Suite struct HostListTests {
    @Test(arguments: [
        ([], 10, ""), (["web1"], 10, "web1"), (["web1", "web2"], 10, "web1 web2"),
        (["web1", "web2", "web3"], 10, "web1 web2 and 1 more"), (["web1", "web2"], 9, "web1 and 1 more"),
        (["a-name-longer-than-all", "b"], 10, "a-name-longer-than-all and 1 more"), (["e\u{1b}c"], 60, "e\\u{1b}c"),
    ])
    func `as many names as fit, then how many more`(hosts: [String], columns: Int, expected: String) {
        #expect(HostList.short(hosts, columns: columns) == expected)
    }

    @Test func `a line of names holds sixty columns if nobody says otherwise`() {
        let hosts = (10..<40).map { "web\($0)" }
        #expect(HostList.short(hosts) == hosts.prefix(10).joined(separator: " ") + " and 20 more")
    }

    @Test func `all names in the form of an option`() {
        #expect(HostList.limit(["a", "b", "c"]) == "a,b,c")
    }

    @Test(arguments: [(0, "0 hosts"), (1, "1 host"), (2, "2 hosts")])
    func `counts agree with their noun`(number: Int, expected: String) {
        #expect(HostList.count(number) == expected)
        #expect(HostList.count(number, "file") == expected.replacing("host", with: "file"))
    }
}
