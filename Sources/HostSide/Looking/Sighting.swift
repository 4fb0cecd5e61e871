/// What a look found.
package enum Sighting: Equatable, Sendable {
    case path(PathState)
    /// The status of a command, and the beginning of what it said on stderr.
    case command(status: Int32, stderr: [UInt8])
    case content([UInt8], isWhole: Bool)
    case age(Age)
    /// What a script printed, with its status and the beginning of what it said on stderr.
    case script(status: Int32, stdout: [UInt8], stderr: [UInt8])
    /// Nil where the host cannot tell.
    case name(isKnown: Bool?)
    /// It could not be looked at.
    case failed(String)

    package enum Age: Equatable, Sendable {
        case younger
        case older(than: String)
        case notRunning
        /// The time of this file is still to come: the clock was set back.
        case unknown(for: String)
    }
}

package typealias Sightings = [Look: Sighting]

/// What a path is on a host, without following a link at its end.
package struct PathState: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case missing
        case file
        case directory
        case link(target: String)
        /// A pipe, a socket, a device.
        case other(String)
    }

    /// The directory that a path which is missing would be made in.
    package enum Place: Equatable, Sendable {
        case there
        case missing
        /// Something above it is no directory.
        case blocked
    }

    package var kind: Kind
    package var place: Place
    package var mode: UInt16
    package var user: Int
    package var group: Int
    /// Empty where the number has no name.
    package var userName: String
    package var groupName: String
    package var size: Int
    package var sha256: String?
    /// As the host itself tells it, for comparing right before a change.
    package var fingerprint: String

    package init(
        _ kind: Kind,
        place: Place = .there,
        mode: UInt16 = 0,
        user: Int = 0,
        group: Int = 0,
        userName: String = "",
        groupName: String = "",
        size: Int = 0,
        sha256: String? = nil,
        fingerprint: String = ""
    ) {
        self.kind = kind
        self.place = place
        self.mode = mode
        self.user = user
        self.group = group
        self.userName = userName
        self.groupName = groupName
        self.size = size
        self.sha256 = sha256
        self.fingerprint = fingerprint
    }
}
