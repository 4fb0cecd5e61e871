package import Events

/// Services on hosts for people: a line for each member.
package struct ServiceText {
    private let style: Style
    private let redactor: Redactor

    package init(_ style: Style, _ redactor: Redactor) {
        self.style = style
        self.redactor = redactor
    }

    package func render(_ results: [HostResult]) -> String {
        let rows = results.flatMap(rows)
        var text = rows.isEmpty ? "" : table(rows)
        for result in results { text += problem(result) }
        return text
    }

    private struct Row {
        var cells: [String]
        var colour: Style.Colour
        var notes: String
    }

    private static let heads = ["host", "service", "member", "state", "pid", "up", "restarts"]
    private static let number = [4, 5, 6]

    private func rows(_ result: HostResult) -> [Row] {
        (result.services ?? []).flatMap { service -> [Row] in
            var about = service.notes
            if service.isEnabled == false { about.append("does not start with the host") }
            if service.members.isEmpty {
                let cells = [result.host, service.name, "-", "-", "", "", ""]
                return [Row(cells: cells.map(safe), colour: .red, notes: about.map(safe).joined(separator: "; "))]
            }
            return service.members.enumerated().map { index, member in
                var notes = index == 0 ? about : []
                if member.isDue != false {
                    notes.insert(member.isDue == nil ? "unknown whether a restart is due" : "due for a restart", at: 0)
                }
                if member.state != "running", member.state != "stopped", !member.detail.isEmpty {
                    notes.insert(member.detail, at: 0)
                }
                let cells = [
                    result.host, service.name, member.name, member.state, member.pid.map(String.init) ?? "",
                    member.uptime.map(Self.length) ?? "", member.restarts.map(String.init) ?? "",
                ]
                let colour: Style.Colour =
                    switch member.state {
                    case "running": member.isDue == false ? .green : .yellow
                    case "stopped": .dim
                    case "starting", "stopping": .yellow
                    default: .red
                    }
                return Row(cells: cells.map(safe), colour: colour, notes: notes.map(safe).joined(separator: "; "))
            }
        }
    }

    private func table(_ rows: [Row]) -> String {
        let widths = Self.heads.indices.map { column in
            max(Self.heads[column].count, rows.map { $0.cells[column].count }.max() ?? 0)
        }
        func line(_ cells: [String], _ colour: Style.Colour?, _ notes: String) -> String {
            var parts: [String] = []
            for (column, cell) in cells.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.count)
                let padded = Self.number.contains(column) ? space + cell : cell + space
                parts.append(column == 3 ? colour.map { style.paint(padded, $0) } ?? padded : padded)
            }
            if !notes.isEmpty { parts.append(style.paint(notes, .yellow)) }
            var text = parts.joined(separator: "  ")
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
        return ([style.paint(line(Self.heads, nil, ""), .dim)] + rows.map { line($0.cells, $0.colour, $0.notes) })
            .map { $0 + "\n" }.joined()
    }

    private func problem(_ result: HostResult) -> String {
        guard let problem = result.problem else { return "" }
        var text = "\(safe(result.host)): \(style.paint(safe(problem.message), .red))\n"
        if let hint = problem.hint { text += "  \(safe(hint))\n" }
        if let execution = result.execution {
            let lines = Screen.lines(redactor.clean(execution.stderr))
            if !problem.says(lines) { text += lines.suffix(40).map { "  \($0)\n" }.joined() }
        }
        return text
    }

    private func safe(_ text: String) -> String { Screen.safe(redactor.clean(text)) }

    /// The two largest units.
    static func length(_ seconds: Int) -> String {
        let units = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")]
        guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0s" }
        let (size, name) = units[first]
        let rest = seconds % size
        guard first + 1 < units.count, rest >= units[first + 1].0 else { return "\(seconds / size)\(name)" }
        return "\(seconds / size)\(name)\(rest / units[first + 1].0)\(units[first + 1].1)"
    }
}
