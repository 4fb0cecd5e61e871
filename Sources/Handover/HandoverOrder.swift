package import HostSide

/// Everything that conductor and guard are told. What it says is decided before anything is sent.
package struct HandoverOrder: Equatable, Sendable {
    /// A process for as long as its host stays up.
    package struct Identity: Equatable, Sendable {
        package var pid: Int32
        /// In the kernel's ticks, as /proc tells it.
        package var start: UInt64
        /// The boot id, a point, and the start of process 1.
        package var boot: String

        package init(pid: Int32, start: UInt64, boot: String) {
            self.pid = pid
            self.start = start
            self.boot = boot
        }
    }

    /// A path that changes with the release, by a rename in its own directory.
    package struct Flip: Equatable, Sendable {
        package enum Kind: String, Sendable {
            /// A symbolic link; the ends are what it says.
            case link
            /// A file; the ends are files that are copied into its place.
            case file
        }

        package var kind: Kind
        package var path: String
        package var new: String
        package var old: String

        package init(_ kind: Kind, _ path: String, new: String, old: String) {
            self.kind = kind
            self.path = path
            self.new = new
            self.old = old
        }
    }

    /// What becomes of a drain that takes too long.
    package enum Overrun: String, CaseIterable, Sendable {
        case wait, proceed, rollback
    }

    /// What a lost controller means before the point of no return.
    package enum Lost: String, CaseIterable, Sendable {
        case back
        /// For rollbacks: it must not go back to the broken release.
        case forward
    }

    /// Random, and new for each attempt: nothing that an earlier one has left can be taken for this one's.
    package var nonce: String
    package var profile: HandoverProfile
    package var old: Identity
    /// Whose processes the masters are.
    package var uid: UInt32
    package var gid: UInt32
    package var user: String
    package var pidFile: String
    package var flips: [Flip]
    /// Workers of the old master and, by its configuration, of the new one.
    package var oldWorkers: Int
    package var newWorkers: Int
    /// Off: more are as good.
    package var exactWorkers = false
    /// How the service is asked; the version in it is put in for each question.
    package var check: Check
    package var newVersion: String?
    package var oldVersion: String?
    /// So many good answers in a row, with so much time between them.
    package var probes = 5
    package var interval: Duration = .milliseconds(500)
    /// The same workers for so long count as stable.
    package var stable: Duration = .seconds(5)
    package var soakSeconds = 30
    package var confirmSeconds = 60
    /// Lost workers of the new release that say that it cannot stay up.
    package var deaths = 3
    package var overrun: Overrun = .wait
    package var lost: Lost = .back
    /// The fencing epoch of the lease.
    package var epoch: UInt32 = 1
    /// Where the server starts itself again, and with what: they must be there.
    package var directory: String?
    package var executable: String?
    /// Shell text that starts the service from nothing. Only for when the old master has died.
    package var start: String?
    /// Where the service writes its log, and its unit: what they say of the new release is kept when it fails.
    package var logs: [String] = []
    package var unit: String?
    /// Where the old release really lies: a new master that has files of it in memory runs the old libraries.
    package var oldRelease: String?

    package init(
        nonce: String,
        profile: HandoverProfile,
        old: Identity,
        uid: UInt32,
        gid: UInt32,
        user: String,
        pidFile: String,
        flips: [Flip],
        workers: Int,
        check: Check
    ) {
        self.nonce = nonce
        self.profile = profile
        self.old = old
        self.uid = uid
        self.gid = gid
        self.user = user
        self.pidFile = pidFile
        self.flips = flips
        (oldWorkers, newWorkers) = (workers, workers)
        self.check = check
    }

    package var sidePidFile: String { pidFile + profile.sideSuffix }
}

/// Why there is nothing to send.
package struct HandoverOrderError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
