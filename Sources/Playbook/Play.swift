package import Document

/// A play: tasks for some hosts.
package struct Play: Sendable {
    package var name: String
    /// Which hosts, in the words of `--limit`.
    package var hosts: String
    package var hostsOrigin: Origin
    /// Nil where the play does not say: the command line and the inventory do.
    package var become: Bool?
    package var becomeUser: Argument?
    package var variables: [String: Value]
    package var environment: [EnvironmentEntry]
    package var tags: [String]
    package var rollout = PlayRollout()
    /// In the order they are written.
    package var tasks: [TaskDefinition]
    package var origin: Origin

    /// In the order they are carried out.
    package var order: [TaskDefinition] {
        tasks.filter { $0.phase == .stage } + tasks.filter { $0.phase == .run }
    }
}

/// A variable of the environment that commands run in.
package struct EnvironmentEntry: Sendable {
    package var name: String
    package var value: Argument
}
