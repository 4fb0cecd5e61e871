package import Events

/// What a playbook did on its hosts, or would do, for people: hosts with the same story are shown once.
package struct PlaybookText {
    private let style: Style
    private let redactor: Redactor
    private let isPlan: Bool
    private let isVerbose: Bool

    /// `isVerbose` shows tasks that change nothing too, and what commands printed that went well.
    package init(_ style: Style, _ redactor: Redactor, isPlan: Bool, isVerbose: Bool) {
        self.style = style
        self.redactor = redactor
        self.isPlan = isPlan
        self.isVerbose = isVerbose
    }

    package func render(_ results: [HostResult]) -> String {
        var groups: [Group] = []
        var places: [String: Int] = [:]
        for result in results {
            let story = story(result.asWritten { _ in true })
            if let place = places[story] {
                groups[place].add(result)
            } else {
                places[story] = groups.count
                groups.append(Group(result))
            }
        }
        // Failures last: that is where people look first.
        let ordered = groups.filter { !Self.isBad($0.sample) } + groups.filter { Self.isBad($0.sample) }
        return ordered.map { header($0.hosts, $0.sample) + story($0.common) }.joined() + legend(results)
    }

    /// Hosts whose tasks are the same as they are written, and came to the same.
    private struct Group {
        let sample: HostResult
        private(set) var hosts: [String]
        private let names: [Int: String]
        /// Tasks that are called otherwise on some host.
        private var differing: Set<Int> = []

        init(_ result: HostResult) {
            sample = result
            hosts = [result.host]
            let pairs = (result.tasks ?? []).map { ($0.number, $0.name) }
            names = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        }

        mutating func add(_ result: HostResult) {
            hosts.append(result.host)
            for task in result.tasks ?? [] where names[task.number] != task.name { differing.insert(task.number) }
        }

        var common: HostResult { sample.asWritten { differing.contains($0) } }
    }

    private static func isBad(_ result: HostResult) -> Bool {
        switch result.status {
        case .ok, .changed: false
        case .failed, .rolledBack, .unreachable, .untouched: true
        }
    }

    private func header(_ hosts: [String], _ sample: HostResult) -> String {
        let colour: Style.Colour =
            switch sample.status {
            case .ok: .green
            case .changed, .untouched: .yellow
            case .failed, .rolledBack, .unreachable: .red
            }
        let count = hosts.count > 1 ? " (\(HostList.count(hosts.count)))" : ""
        return style.paint(HostList.short(hosts), colour) + count
    }

    /// All but the host's name: two hosts with the same are one.
    private func story(_ result: HostResult) -> String {
        let tasks = result.tasks ?? []
        let shown = tasks.filter { isVerbose || isWorthALine($0) }
        let lines = TaskLines(style, redactor, isVerbose: isVerbose)
        let numbers = shown.map { String($0.number).count }.max() ?? 1
        let kinds = shown.map(\.kind.count).max() ?? 0
        var text = ": \(headline(result, tasks))\n"
        for task in shown { text += lines.render(task, numberWidth: numbers, kindWidth: kinds) }
        if let problem = result.problem, !tasks.contains(where: { Self.says($0, problem) }) {
            text += lines.problem(problem, indent: "  ")
        }
        return text
    }

    /// Whether the task tells it already: a host says what its task said, and which one it was.
    private static func says(_ task: TaskResult, _ problem: HostResult.Problem) -> Bool {
        task.problem.map { problem.message.hasSuffix($0.message) } ?? false
    }

    private func isWorthALine(_ task: TaskResult) -> Bool {
        task.isCarriedOut || task.status != .ok && task.status != .skipped
    }

    private func headline(_ result: HostResult, _ tasks: [TaskResult]) -> String {
        switch result.status {
        case .unreachable: return "unreachable"
        case .untouched: return result.isDrifted ? "refused" : "untouched"
        case .rolledBack: return "rolled back"
        case .failed:
            guard let task = tasks.last(where: { $0.status == .failed }) else { return "failed" }
            return isPlan ? "would fail at task \(task.number)" : "failed at task \(task.number)"
        case .ok, .changed: return counts(tasks)
        }
    }

    private func counts(_ tasks: [TaskResult]) -> String {
        func count(_ status: TaskResult.Status) -> Int { tasks.count { $0.status == status } }
        let changed = count(.changed)
        let unknown = count(.unknown)
        var parts: [String] = []
        if changed > 0 { parts.append(isPlan ? HostList.count(changed, "change") : "\(changed) changed") }
        if unknown > 0 { parts.append("\(unknown) unknown") }
        if count(.ignored) > 0 { parts.append("\(count(.ignored)) failed and ignored") }
        if parts.isEmpty { parts.append("nothing \(isPlan ? "to do" : "changed")") }
        let quiet = [(count(.ok), "ok"), (count(.skipped), "skipped")].filter { $0.0 > 0 }
        return (parts + quiet.map { "\($0.0) \($0.1)" }).joined(separator: ", ")
    }

    private func legend(_ results: [HostResult]) -> String {
        guard isPlan, results.contains(where: { $0.tasks?.contains { $0.status == .unknown } == true }) else {
            return ""
        }
        return style.paint("unknown: what these tasks do is seen only when those before them have run", .dim) + "\n"
    }
}

extension HostResult {
    /// With the names of these tasks as they are written for all hosts.
    fileprivate func asWritten(_ isWanted: (Int) -> Bool) -> HostResult {
        var result = self
        for (index, task) in (tasks ?? []).enumerated() where isWanted(task.number) {
            if let written = task.written { result.tasks?[index].name = written }
        }
        return result
    }
}
