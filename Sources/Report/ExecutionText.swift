package import Events
import Text

/// What commands printed, for people: equal answers once, the odd host as a difference from the many.
package struct ExecutionText {
    private struct Group {
        let sample: HostResult
        var hosts: [String]
    }

    private let style: Style
    private let redactor: Redactor

    package init(_ style: Style, _ redactor: Redactor) {
        self.style = style
        self.redactor = redactor
    }

    package func render(_ results: [HostResult]) -> String {
        var groups: [Group] = []
        for result in results where result.execution != nil || result.problem != nil {
            if let index = groups.firstIndex(where: { Self.same($0.sample, result) }) {
                groups[index].hosts.append(result.host)
            } else {
                groups.append(Group(sample: result, hosts: [result.host]))
            }
        }
        // The many first; of equal size, the order of the inventory.
        let many = groups.indices.max { (groups[$0].hosts.count, -$0) < (groups[$1].hosts.count, -$1) }
        guard let many else { return "" }
        let common = groups[many]
        let rest = groups.indices.filter { $0 != many }.map { groups[$0] }
        var text = plain(common)
        for group in rest { text += difference(group, from: common) ?? plain(group) }
        return text
    }

    private static func same(_ one: HostResult, _ other: HostResult) -> Bool {
        one.status == other.status && one.problem == other.problem && one.execution?.exit == other.execution?.exit
            && one.execution?.stdout == other.execution?.stdout && one.execution?.stderr == other.execution?.stderr
            && one.execution?.stdoutDropped == other.execution?.stdoutDropped
            && one.execution?.stderrDropped == other.execution?.stderrDropped
    }

    private func header(_ group: Group, _ more: String = "") -> String {
        let good = group.sample.status == .ok || group.sample.status == .changed
        let names = style.paint(HostList.short(group.hosts), good ? .green : .red)
        let count = group.hosts.count > 1 ? " (\(HostList.count(group.hosts.count)))" : ""
        var how = ""
        if let execution = group.sample.execution {
            how = execution.exit.map { ": exit \($0)" } ?? ": no exit status"
        }
        return "\(names)\(count)\(how)\(more)\n"
    }

    private func plain(_ group: Group) -> String {
        var text = header(group)
        if let execution = group.sample.execution {
            text += block(lines(execution.stdout), dropped: execution.stdoutDropped)
            text += stderr(execution)
        }
        return text + problem(group)
    }

    private func stderr(_ execution: HostResult.Execution) -> String {
        let errors = lines(execution.stderr)
        if errors.isEmpty { return "" }
        return "  \(style.paint("stderr:", .dim))\n" + block(errors, dropped: execution.stderrDropped)
    }

    private func problem(_ group: Group) -> String {
        guard let problem = group.sample.problem else { return "" }
        var text = "  \(style.paint(Screen.safe(redactor.clean(problem.message)), .red))\n"
        if let hint = problem.hint { text += "  \(Screen.safe(redactor.clean(hint)))\n" }
        return text
    }

    /// Nil where the whole answer says it in fewer lines.
    private func difference(_ group: Group, from common: Group) -> String? {
        guard common.hosts.count > 1, let one = common.sample.execution, let other = group.sample.execution,
            one.stdoutDropped == 0, other.stdoutDropped == 0, group.sample.problem == nil, !other.stdout.isEmpty
        else { return nil }
        let new = lines(other.stdout)
        let changed = LineDiff.lines(lines(one.stdout), new).compactMap { line -> String? in
            switch line {
            case .same: return nil
            case .removed(let text): return style.paint("  - \(text)", .red)
            case .added(let text): return style.paint("  + \(text)", .green)
            }
        }
        if changed.count > 2 * max(new.count, 1) { return nil }
        let note = changed.isEmpty ? ", same output" : ", differs from the \(HostList.count(common.hosts.count)) above:"
        return header(group, note) + changed.map { $0 + "\n" }.joined() + stderr(other)
    }

    private func lines(_ bytes: [UInt8]) -> [String] { Screen.lines(redactor.clean(bytes)) }

    private func block(_ lines: [String], dropped: Int) -> String {
        var text = lines.map { "  \($0)\n" }.joined()
        if dropped > 0 {
            let note = "\(dropped) bytes in the middle were not kept; --max-output keeps more"
            text += "  \(style.paint("(\(note))", .dim))\n"
        }
        return text
    }
}

/// Colour, where people look on.
package struct Style: Sendable {
    package enum Colour: String, Sendable {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case dim = "2"
        case bold = "1"
    }

    package let isColoured: Bool

    package init(isColoured: Bool) { self.isColoured = isColoured }

    package func paint(_ text: String, _ colour: Colour) -> String {
        isColoured ? "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m" : text
    }
}
