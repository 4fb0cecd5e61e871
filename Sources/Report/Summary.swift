package import Events

/// The last words to people: how many hosts are how, and what to do about those that are not well.
package enum Summary {
    package static func text(_ result: RunResult, _ style: Style, seconds: Double, isPlan: Bool = false) -> String {
        let counts = HostResult.Status.allCases.compactMap { status -> String? in
            let count = result.hosts.count { $0.status == status }
            if count == 0 { return nil }
            let colour: Style.Colour =
                switch status {
                case .ok, .changed: .green
                case .failed, .rolledBack, .unreachable: .red
                case .untouched: .yellow
                }
            let word = isPlan && status == .changed ? "to change" : status.rawValue.replacing("_", with: " ")
            return style.paint("\(count) \(word)", colour)
        }
        let time = "\(Int(seconds * 10) / 10).\(Int(seconds * 10) % 10) s"
        var text = "\(HostList.count(result.hosts.count)): \(counts.joined(separator: ", ")) in \(time)\n"
        for status in [HostResult.Status.failed, .rolledBack, .unreachable, .untouched] {
            let hosts = result.hosts.filter { $0.status == status }.map(\.host)
            if !hosts.isEmpty, hosts.count < result.hosts.count || hosts.count > 1 {
                text += "\(status.rawValue): -l \(HostList.limit(hosts))\n"
            }
        }
        return text
    }
}
