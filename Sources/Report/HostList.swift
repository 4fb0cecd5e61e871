/// Host names for people and for `--limit`.
package enum HostList {
    /// All of them, in the form `-l` accepts.
    package static func limit(_ hosts: [String]) -> String { hosts.joined(separator: ",") }

    /// As many as fit a line, then how many more.
    package static func short(_ hosts: [String], columns: Int = 60) -> String {
        var shown: [String] = []
        var used = 0
        for host in hosts {
            used += host.count + 1
            if used > columns, !shown.isEmpty { break }
            shown.append(Screen.safe(host))
        }
        let more = hosts.count - shown.count
        return shown.joined(separator: " ") + (more > 0 ? " and \(more) more" : "")
    }

    package static func count(_ number: Int, _ noun: String = "host") -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
