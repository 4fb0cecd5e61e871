import Events

/// What happened, in one line each.
enum Sentences {
    /// What became of a host, and of its tasks if it had any.
    static func finished(_ result: HostResult) -> String {
        let start = "\(result.host): \(result.status.rawValue)"
        let tasks = result.tasks ?? []
        switch result.status {
        case .ok, .changed:
            if tasks.isEmpty { return start }
            let changed = tasks.count { $0.status == .changed }
            if changed == 0 { return "\(start), \(HostList.count(tasks.count, "task"))" }
            return "\(start), \(changed) of \(HostList.count(tasks.count, "task"))"
        case .failed, .rolledBack, .unreachable, .untouched:
            if let task = tasks.last(where: { $0.status == .failed }) { return "\(start) at \(sentence(task))" }
            return start + (result.problem.map { ": \($0.message)" } ?? "")
        }
    }

    static func finished(_ task: TaskResult, on host: String) -> String {
        "\(host): \(task.status.rawValue): \(sentence(task))"
    }

    /// What became of a service that was handed over.
    static func finished(_ ending: HandoverEvent.Ending, _ service: String, on host: String) -> String {
        var text = "\(host): \(service): \(ending.outcome.rawValue): \(ending.message)"
        if ending.probes > 0 { text += "; \(ending.badProbes) of \(HostList.count(ending.probes, "probe")) failed" }
        return text
    }

    /// A step of a handover, for whoever wants to see each.
    static func step(_ event: HandoverEvent) -> String? {
        switch event {
        case .state(let state, _, let milliseconds, let old, let new):
            var text = "\(state) after \(milliseconds) ms"
            if let old, let new { text += ", \(old) old and \(new) new workers" }
            return text
        case .newMaster(let pid): return "the new master is process \(pid)"
        case .signal(let signal, let pid, let purpose): return "\(signal) to process \(pid) (\(purpose))"
        case .note, .finished: return nil
        }
    }

    private static func sentence(_ task: TaskResult) -> String {
        var text = "task \(task.number), \(task.name)"
        var words = task.changes
        if let note = task.note { words.append(note) }
        if let problem = task.problem { words.append(problem.message) }
        if !words.isEmpty { text += ": " + words.joined(separator: ", ") }
        return text
    }
}
