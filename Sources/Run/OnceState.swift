package import Events
package import Playbook

/// What became of a task that runs once for all hosts.
package struct OnceResult: Equatable, Sendable {
    /// Where it ran.
    package var host: String
    package var status: TaskResult.Status
    package var outcome: TaskOutcome

    package init(host: String, status: TaskResult.Status, outcome: TaskOutcome) {
        self.host = host
        self.status = status
        self.outcome = outcome
    }
}

/// What one host knows of tasks that run once for all.
struct OnceState {
    private enum State {
        case leading
        case taken
        case settled(OnceResult)
        case done
    }

    private var states: [Int: State] = [:]

    mutating func note<Source>(_ number: Int, _ claim: HostProgress<Source>.Claim) {
        switch claim {
        case .leads: states[number] = .leading
        case .taken: states[number] = .taken
        case .settled(let result): states[number] = .settled(result)
        }
    }

    func leads(_ number: Int) -> Bool { if case .leading? = states[number] { true } else { false } }
    func isTaken(_ number: Int) -> Bool { if case .taken? = states[number] { true } else { false } }

    func settled(_ number: Int) -> OnceResult? {
        if case .settled(let result)? = states[number] { result } else { nil }
    }

    mutating func letGo(_ number: Int) { states[number] = .done }

    mutating func releaseAll() -> [Int] {
        let released = states.keys.filter(leads).sorted()
        for number in released { states[number] = .done }
        return released
    }
}
