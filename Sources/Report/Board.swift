package import Events

/// Where a run stands, in one line. A value fed with events; whoever shows it decides when.
package struct Board: Sendable {
    private var total = 0
    private var finished = 0
    private var failed = 0
    private var unreachable = 0
    private var running: [String] = []
    private var stopping = false

    package init() {}

    package mutating func apply(_ event: Event) {
        switch event.kind {
        case .runStarted(_, let hosts): total = hosts
        case .hostConnected: if let host = event.host { running.append(host) }
        case .hostFinished(let result):
            finished += 1
            if result.status == .failed { failed += 1 }
            if result.status == .unreachable { unreachable += 1 }
            running.removeAll { $0 == result.host }
        case .runStopping: stopping = true
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
        let names = HostList.short(running, columns: max(10, columns - start.count - 22))
        return "\(start), waiting for \(names)"
    }
}
