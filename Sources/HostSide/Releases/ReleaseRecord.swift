/// What a host has written down of a release, and what is there of it.
package struct ReleaseRecord: Equatable, Sendable {
    package enum State: String, CaseIterable, Sendable {
        /// Its tree is there, and could run.
        case staged
        /// A run switched to it, and has not said yet how that went.
        case active
        case good
        case bad
    }

    package var id: ReleaseID
    package var state: State
    /// Rises with every staging and switching on this host: the order of things, whatever the clock said.
    package var serial: Int
    /// Seconds since 1970 on the host's clock, for people.
    package var at: Int
    /// The run that brought it to this state.
    package var run: String
    /// The artifact's; a found one has none.
    package var sha256: String?
    /// What `current` says, or said, when it names this release; `current` itself for a directory of that name.
    package var target: String
    package var hasTree = true
    /// How many files are kept for a rollback to it.
    package var keptFiles = 0

    package var isFound: Bool { id.isFound }

    package init(id: ReleaseID, state: State, serial: Int, target: String) {
        (self.id, self.state, self.serial, self.target) = (id, state, serial, target)
        (at, run) = (0, "")
    }
}

/// The releases of a host.
package struct ReleaseSighting: Equatable, Sendable {
    /// What the name `current` is.
    package enum Current: Equatable, Sendable {
        case missing
        /// A link to a release with a record.
        case release(ReleaseID)
        /// A link to somewhere else that is there.
        case elsewhere(String)
        case dangling(String)
        case directory
        /// The host went down while a directory was made a link; an adoption ends it.
        case interrupted
        /// A file, or something stranger.
        case other
    }

    /// What a live process has of a release.
    package struct Use: Hashable, Sendable {
        package enum How: String, Sendable {
            case directory = "cwd"
            case executable = "exe"
            case code = "map"
        }

        package var name: String
        package var pid: Int
        package var how: How

        package init(name: String, pid: Int, how: How) {
            (self.name, self.pid, self.how) = (name, pid, how)
        }
    }

    package struct Migrated: Equatable, Sendable {
        package var run: String
        /// Nil where nobody knows: it was cut.
        package var status: Int?
    }

    package struct Incoming: Equatable, Sendable {
        package var name: String
        package var size: Int
    }

    /// The root is there.
    package var exists = false
    /// Why nothing is done under it: somebody else could put something in its place.
    package var doubt: String?
    package var current: Current = .missing
    package var records: [ReleaseRecord] = []
    /// Trees that a staging left when it was cut; the next one clears them.
    package var halfStaged: [String] = []
    /// What is in ROOT/releases, and not by Baton.
    package var strangers: [String] = []
    package var incoming: [Incoming] = []
    package var uses: [Use] = []
    package var migrations: [Migrated] = []
    package var freeBytes: Int?
    /// Who took the lease last.
    package var lease: LeaseHolder?
    /// The last switch that restarted services.
    package var switching: SwitchRecord?
    package var kept: [ReleaseID: [KeptFile]] = [:]

    package init() {}

    package subscript(_ id: ReleaseID) -> ReleaseRecord? { records.first { $0.id == id } }

    /// The release that `current` names, if it is one of Baton's.
    package var currentRelease: ReleaseID? {
        switch current {
        case .release(let id): id
        case .directory: records.first { $0.isFound && $0.target == "current" }?.id
        default: nil
        }
    }

    /// There is something that a first contact has to take into the records.
    package var needsAdoption: Bool {
        switch current {
        case .elsewhere, .interrupted: true
        case .directory: currentRelease == nil
        default: false
        }
    }
}
