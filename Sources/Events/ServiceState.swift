/// What a service is on a host.
package struct ServiceState: Equatable, Sendable {
    package struct Member: Equatable, Sendable {
        package var name: String
        /// `running`, `stopped`, `failed` and so on.
        package var state: String
        package var pid: Int?
        /// In seconds.
        package var uptime: Int?
        /// Automatic ones, where the supervisor counts.
        package var restarts: Int?
        /// It was born with another definition; nil where nobody can tell.
        package var isDue: Bool? = false
        /// The supervisor's own words.
        package var detail = ""

        package init(_ name: String, _ state: String) {
            self.name = name
            self.state = state
        }
    }

    package var name: String
    package var supervisor: String
    package var members: [Member] = []
    /// Nil where nobody knows.
    package var isEnabled: Bool?
    /// What a person should know: a change that was interrupted, or is under way.
    package var notes: [String] = []

    package init(_ name: String, supervisor: String) {
        self.name = name
        self.supervisor = supervisor
    }

    package var isRunning: Bool { !members.isEmpty && members.allSatisfy { $0.state == "running" } }
}
