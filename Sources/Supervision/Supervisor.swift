/// What keeps services running on a host.
package enum Supervisor: String, Sendable, CaseIterable {
    case systemd
    case supervisord
    case upstart
    case runit
    /// Nobody: Baton itself starts and stops the command.
    case alone = "none"

    /// Those that keep something running.
    package static let supervising = allCases.filter { $0 != .alone }

    /// As people write it.
    package var title: String { self == .upstart ? "Upstart" : rawValue }

    /// The version that counts where no host has said its own.
    package var usualVersion: SupervisorVersion {
        switch self {
        case .systemd: SupervisorVersion(self, 252)
        case .supervisord: SupervisorVersion(self, 4, 2)
        case .upstart: SupervisorVersion(self, 1, 13)
        case .runit: SupervisorVersion(self, 2, 1)
        case .alone: SupervisorVersion(self, 1)
        }
    }

    /// The oldest that the renderings are right for.
    package var oldestVersion: SupervisorVersion {
        switch self {
        case .systemd: SupervisorVersion(self, 247)
        case .supervisord: SupervisorVersion(self, 3)
        case .upstart: SupervisorVersion(self, 1, 10)
        case .runit: SupervisorVersion(self, 2)
        case .alone: SupervisorVersion(self, 1)
        }
    }

    /// What becomes of each key.
    package var column: [String: Support] {
        switch self {
        case .systemd: Systemd.column
        case .supervisord: Supervisord.column
        case .upstart: Upstart.column
        case .runit: Runit.column
        case .alone: Alone.column
        }
    }
}

/// A supervisor as a host has it.
package struct SupervisorVersion: Sendable, Equatable {
    package let supervisor: Supervisor
    package let major: Int
    package let minor: Int

    package init(_ supervisor: Supervisor, _ major: Int, _ minor: Int = 0) {
        self.supervisor = supervisor
        self.major = major
        self.minor = minor
    }

    package func isAtLeast(_ major: Int, _ minor: Int = 0) -> Bool {
        (self.major, self.minor) >= (major, minor)
    }

    package var text: String {
        if supervisor == .alone { return "no supervisor" }
        return "\(supervisor.title) \(major)" + (supervisor == .systemd ? "" : ".\(minor)")
    }
}

/// What a supervisor makes of a key.
package struct Support: Sendable, Equatable {
    package enum Way: String, Sendable {
        /// The supervisor does it.
        case native
        /// A small script does it and then becomes the service.
        case launcher
        /// Baton does it, or sees to it that it holds.
        case baton
        /// It cannot be done: an error that names the key and the supervisor.
        case impossible = "error"
    }

    package let way: Way
    /// By what, or why not.
    package let note: String

    static func native(_ note: String) -> Support { Support(way: .native, note: note) }
    static func launcher(_ note: String) -> Support { Support(way: .launcher, note: note) }
    static func baton(_ note: String) -> Support { Support(way: .baton, note: note) }
    static func impossible(_ note: String) -> Support { Support(way: .impossible, note: note) }

    /// Keys that say nothing to any supervisor.
    static let own: [String: Support] = Dictionary(
        uniqueKeysWithValues: [
            "release", "listen", "files", "adopt", "supervisor", "health.http", "health.command", "health.status",
            "health.version", "health.version_header", "handover.strategy", "handover.profile", "handover.boot",
            "handover.drain", "handover.drain_overrun", "handover.process", "handover.second_pidfile",
            "handover.second_pidfile_of", "handover.upgrade_signal", "handover.drain_signal", "handover.revive_signal",
            "handover.final_signal", "handover.quick_signal",
        ].map { ($0, Support.baton("")) }
    )
}
