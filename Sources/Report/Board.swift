package import Events

/// Where a run stands, in one line. A value fed with events; whoever shows it decides when.
package struct Board: Sendable {
    private var total = 0
    private var finished = 0
    private var failed = 0
    private var unreachable = 0
    private var running: [String] = []
    /// What each of them is at, where it says so.
    private var tasks: [String: String] = [:]
    private var stopping = false

    package init() {}

    package mutating func apply(_ event: Event) {
        switch event.kind {
        case .runStarted(_, let hosts): total = hosts
        case .hostConnected: if let host = event.host, !running.contains(host) { running.append(host) }
        case .taskStarted(let number, let name, _): if let host = event.host { tasks[host] = "task \(number), \(name)" }
        case .taskFinished: if let host = event.host { tasks[host] = nil }
        case .handover(let service, let step): if let host = event.host { follow(host, service, step) }
        case .hostFinished(let result):
            tasks[result.host] = nil
            finished += 1
            if result.status == .failed { failed += 1 }
            if result.status == .unreachable { unreachable += 1 }
            running.removeAll { $0 == result.host }
        case .runStopping: stopping = true
        default: break
        }
    }

    private mutating func follow(_ host: String, _ service: String, _ event: HandoverEvent) {
        switch event {
        case .state(let state, _, _, _, _): tasks[host] = "\(service) \(state)"
        case .finished: tasks[host] = nil
        default: break
        }
    }

    package func line(columns: Int) -> String {
        var parts = ["\(finished)/\(total)"]
        if failed > 0 { parts.append("\(failed) failed") }
        if unreachable > 0 { parts.append("\(unreachable) unreachable") }
        if stopping { parts.append("stopping") }
        let start = parts.joined(separator: ", ")
        if running.isEmpty { return start }
        if running.count == 1, let task = tasks[running[0]] {
            return "\(start), waiting for \(Screen.safe(running[0])): \(Screen.safe(task))"
        }
        let names = HostList.short(running, columns: max(10, columns - start.count - 22))
        return "\(start), waiting for \(names)"
    }
}
