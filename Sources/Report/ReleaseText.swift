package import Events

/// Releases on hosts for people: hosts with the same story are shown once, the services of all below.
package struct ReleaseText {
    private let style: Style
    private let redactor: Redactor

    package init(_ style: Style, _ redactor: Redactor) {
        self.style = style
        self.redactor = redactor
    }

    package func render(_ results: [HostResult]) -> String {
        var groups: [(story: String, hosts: [String])] = []
        for result in results {
            guard let release = result.release else { continue }
            let story = story(release)
            if let place = groups.firstIndex(where: { $0.story == story }) {
                groups[place].hosts.append(result.host)
            } else {
                groups.append((story, [result.host]))
            }
        }
        let releases = groups.map { group in
            let count = group.hosts.count > 1 ? " (\(HostList.count(group.hosts.count)))" : ""
            return style.paint(HostList.short(group.hosts), .green) + count + ": " + group.story
        }.joined()
        let services = ServiceText(style, redactor).render(results)
        return releases + (releases.isEmpty || services.isEmpty ? "" : "\n") + services
    }

    private func story(_ release: ReleaseState) -> String {
        var first = safe("\(release.name) in \(release.root): ")
        if let current = release.current {
            let state = release.currentState ?? "unknown"
            first += safe(current) + " " + style.paint(state, state == "good" ? .green : .yellow)
        } else {
            first += style.paint("current is none of Baton's", .red)
        }
        first += release.previous.map { ", a rollback goes to \($0)" } ?? ", nothing to go back to"
        var lines: [String] = []
        let others = release.releases.filter { $0.id != release.current && $0.id != release.previous }
        if !others.isEmpty {
            lines.append("also there: " + others.map { "\($0.id) \($0.state)" }.joined(separator: ", "))
        }
        if let lease = release.lease {
            lines.append("held by \(lease.owner) for \(lease.secondsLeft) s more, epoch \(lease.epoch)")
        }
        lines += release.takeovers.map { "a takeover is under way: \($0)" } + release.notes
        return first + "\n" + lines.map { "  \(style.paint(safe($0), .yellow))\n" }.joined()
    }

    private func safe(_ text: String) -> String { Screen.safe(redactor.clean(text)) }
}
