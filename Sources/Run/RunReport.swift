package import Events

/// What became of all hosts of a playbook, in the order of the targets.
package struct RunReport: Sendable {
    package var hosts: [HostReport]
    /// Some host was not as its plan had found it: nothing was changed anywhere.
    package var isRefused: Bool

    package init(hosts: [HostReport], isRefused: Bool = false) {
        self.hosts = hosts
        self.isRefused = isRefused
    }
}

/// What became of one host, or what would.
package struct HostReport: Sendable {
    package var result: HostResult
    /// In the order of the playbook; tasks that were not begun are not there.
    package var tasks: [TaskResult]
    /// Of a plan: changes when what would be done, or the state it starts from, changes.
    package var digest: String?
    /// With `keepsPrograms`: what would be sent, in order.
    package var programs: [SentProgram]

    package init(result: HostResult, tasks: [TaskResult] = [], digest: String? = nil, programs: [SentProgram] = []) {
        self.result = result
        self.tasks = tasks
        self.digest = digest
        self.programs = programs
    }
}

/// A program as it would be sent, without the secrets in it.
package struct SentProgram: Equatable, Sendable {
    /// What it is for, and as whom it runs.
    package var label: String
    package var text: String

    package init(label: String, text: String) {
        self.label = label
        self.text = text
    }
}
