package import Events

/// What became of all hosts of a playbook, in the order of the targets.
package struct RunReport: Sendable {
    package var hosts: [HostReport]
    /// Some host was not as its plan had found it: nothing was changed anywhere.
    package var isRefused: Bool
    /// What the rollout of a release says of the whole.
    package var settled: RunResult.Settled?

    package var results: [HostResult] { hosts.map(\.result) }
}

/// What became of one host, or what would.
package struct HostReport: Sendable {
    /// With its tasks, and in a plan with its digest.
    package var result: HostResult
    /// Of a plan with `keepsPrograms`: what would be sent, in order.
    package var programs: [SentProgram]
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
