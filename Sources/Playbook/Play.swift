package import Document

/// A play: tasks for some hosts.
package struct Play: Sendable {
    package var name: String
    /// Which hosts, in the words of `--limit`.
    package var hosts: String
    package var hostsOrigin: Origin
    /// Nil where the play does not say: the command line and the inventory do.
    package var become: Bool?
    package var becomeUser: Template?
    package var variables: [String: Value]
    package var environment: [EnvironmentEntry]
    package var tags: [String]
    package var tasks: [TaskDefinition]
    package var origin: Origin
}

/// A variable of the environment that commands run in.
package struct EnvironmentEntry: Sendable {
    package var name: String
    package var value: Template
}
