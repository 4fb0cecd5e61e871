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
    package var name: Argument?
    /// What it is called where its name cannot be evaluated.
    package var title: String
    /// What the title is made of, where the task has no name.
    package var subject: Subject?
    /// The word in the playbook: `file`, `run`.
    package var kind: String
    package var phase = Phase.run
    /// Its own and its play's.
    package var tags: [String] = []
    /// All must hold.
    package var when: [Template] = []
    package var variables: [String: Value] = [:]
    package var register: String?
    package var become: Bool?
    package var becomeUser: Argument?
    package var environment: [EnvironmentEntry] = []
    /// Of one attempt.
    package var timeout: Duration
    /// Its key is there.
    package var namesTimeout = false
    package var retries = 0
    package var delay = Duration.seconds(5)
    package var ignoresErrors = false
    package var once = false
    /// Only for tasks that carry something out; empty where the usual rule holds.
    package var changedWhen: [Template] = []
    package var failedWhen: [Template] = []
    package var origin: Origin
    /// What it does, of its kind.
    package var body: any TaskBody

    /// It is written that it never counts as a change.
    package var neverChanges: Bool { changedWhen.contains { ["false", "False"].contains($0.written) } }

    /// The key that says what a task is about.
    package struct Subject: Sendable {
        package var argument: Argument
        /// What is inserted in it is quoted for a shell.
        package var isCommand: Bool

        static let mostBytes = 60
    }

    package static let defaultTimeout = Duration.seconds(600)
    package static let defaultCheckTimeout = Duration.seconds(10)

    /// All attempts together, with the waits between them.
    package var deadline: Duration { timeout * (retries + 1) + delay * retries }
}

/// The part of a task that its kind knows. One type per kind.
package protocol TaskBody: Sendable {
    /// Everything in it evaluated for one host.
    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work

    /// What is wrong with the files of the project that it names, as far as no host is needed to tell.
    func checkFiles(_ contents: Contents, _ diagnostics: inout Diagnostics)
}

extension TaskBody {
    package func checkFiles(_ contents: Contents, _ diagnostics: inout Diagnostics) {}
}
