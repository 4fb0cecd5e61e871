package import Document

/// A task as it is written, for all hosts.
package struct TaskDefinition: Sendable {
    package enum Phase: String, Sendable, CaseIterable {
        /// Before anything else of its play, on all hosts.
        case stage
        /// In its order.
        case run
    }

    /// Counted from 1 through all plays.
    package var number: Int
    package var name: Template?
    /// The word in the playbook: `file`, `run`.
    package var kind: String
    package var phase: Phase
    /// Its own and its play's.
    package var tags: [String]
    package var when: [Template]
    package var variables: [String: Value]
    package var register: String?
    package var become: Bool?
    package var becomeUser: Template?
    package var environment: [EnvironmentEntry]
    package var timeout: Duration?
    package var retries: Int
    package var delay: Duration
    package var ignoresErrors: Bool
    package var once: Bool
    /// Only for tasks that carry something out; nil where the usual rule holds.
    package var changedWhen: Template?
    package var failedWhen: Template?
    package var origin: Origin
    /// What it does, of its kind.
    package var body: any TaskBody
}

/// The part of a task that its kind knows. One type per kind.
package protocol TaskBody: Sendable {
    /// Everything in it evaluated for one host.
    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work
}
