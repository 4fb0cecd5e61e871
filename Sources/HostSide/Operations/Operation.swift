/// What is done on a host, as data. `OperationsProgram` turns a list of them into one program; each checks its own
/// before-state first and answers `stale` where that has changed.
package enum Operation: Equatable, Sendable {
    case file(FileChange)
    case directory(DirectoryChange)
    case link(LinkChange)
    case remove(Removal)
    case command(CommandRun)
    case check(Check)
    /// Nothing is to be done if these are still as they were seen; what came before may have changed them.
    case verify([Expectation])
    /// A script of a room above. It ends with 0 where it is done, with 75 where something is not as it was seen, and with
    /// 76 where there was nothing to do: the last line that it prints says why.
    case script(HostScript)
}

/// A path and how it was seen.
package struct Expectation: Equatable, Sendable {
    package var path: String
    package var fingerprint: String

    package init(path: String, fingerprint: String) {
        self.path = path
        self.fingerprint = fingerprint
    }
}

/// Who owns something: a name or a number, as text. Nil leaves it as it is.
package struct Ownership: Equatable, Sendable {
    package var user: String?
    package var group: String?

    package init(user: String? = nil, group: String? = nil) {
        self.user = user
        self.group = group
    }
}

/// A file gets content, mode or owner. It is written under a dot name beside it, synced, checked, and renamed.
package struct FileChange: Equatable, Sendable {
    package var expected: Expectation
    /// Nil where only mode or owner change.
    package var content: Content?
    /// The mode it has in the end.
    package var mode: UInt16
    package var ownership: Ownership
    package var backup: Bool
    /// A command line in which `%s` is the new file, before it gets its name.
    package var validate: String?

    package struct Content: Equatable, Sendable {
        /// Nothing where they are in a file that is too large for memory.
        package let bytes: [UInt8]
        package let size: Int
        /// Where they are, if not here.
        package let file: LargeFile?
        private let sum: String

        /// A file here, and how it was when it was looked at.
        package struct LargeFile: Equatable, Sendable {
            package let path: String
            package let stamp: String
            package let sum: LateSum

            package init(path: String, stamp: String, sum: LateSum) {
                self.path = path
                self.stamp = stamp
                self.sum = sum
            }
        }

        /// Empty as long as nobody has made the sum of a large file.
        package var sha256: String { file.map { $0.sum.value ?? "" } ?? sum }

        package var isSummed: Bool { file.map { $0.sum.value != nil } ?? true }

        package init(bytes: [UInt8], sha256: String) {
            self.bytes = bytes
            size = bytes.count
            sum = sha256
            file = nil
        }

        package init(_ file: LargeFile, size: Int) {
            bytes = []
            self.size = size
            sum = ""
            self.file = file
        }
    }

    package init(
        expected: Expectation,
        content: Content?,
        mode: UInt16,
        ownership: Ownership = Ownership(),
        backup: Bool = false,
        validate: String? = nil
    ) {
        self.expected = expected
        self.content = content
        self.mode = mode
        self.ownership = ownership
        self.backup = backup
        self.validate = validate
    }
}

/// A directory is made, or gets mode or owner. Missing ones above it are made with mode 0755.
package struct DirectoryChange: Equatable, Sendable {
    package var expected: Expectation
    package var mode: UInt16
    package var ownership: Ownership

    package init(expected: Expectation, mode: UInt16, ownership: Ownership = Ownership()) {
        self.expected = expected
        self.mode = mode
        self.ownership = ownership
    }
}

/// A symbolic link is made or changed, by rename.
package struct LinkChange: Equatable, Sendable {
    package var expected: Expectation
    package var target: String
    package var ownership: Ownership

    package init(expected: Expectation, target: String, ownership: Ownership = Ownership()) {
        self.expected = expected
        self.target = target
        self.ownership = ownership
    }
}

/// Something is removed. A directory that is not empty only with `recursively`.
package struct Removal: Equatable, Sendable {
    package var expected: Expectation
    package var recursively: Bool
    package var backup: Bool

    package init(expected: Expectation, recursively: Bool = false, backup: Bool = false) {
        self.expected = expected
        self.recursively = recursively
        self.backup = backup
    }
}

/// A user's command. Its conditions are looked at again right before it: what came before may have changed them.
package struct CommandRun: Equatable, Sendable {
    package var command: ShellCommand
    /// Not run if this exists.
    package var creates: String?
    /// Not run if this does not exist.
    package var removes: String?
    package var unless: ShellCommand?
    package var onlyIf: ShellCommand?
    package var age: ProcessAge?

    package init(_ command: ShellCommand) {
        self.command = command
    }
}

/// Whether something answers as it should.
package struct Check: Equatable, Sendable {
    package var target: Target
    package var timeout: Duration

    package enum Target: Equatable, Sendable {
        case http(HTTPCheck)
        /// A connection can be made.
        case tcp(host: String, port: Int)
        case unix(String)
        /// It ends with status 0.
        case command(ShellCommand)
    }

    package init(_ target: Target, timeout: Duration) {
        self.target = target
        self.timeout = timeout
    }
}

/// A request and what its answer must be like.
package struct HTTPCheck: Equatable, Sendable {
    package var isTLS = false
    /// Off: any certificate will do.
    package var verifiesCertificate = true
    package var host: String
    package var port: Int
    /// The socket to connect to instead of host and port.
    package var unixSocket: String?
    /// With the query.
    package var path: String
    package var method = "GET"
    package var headers: [ShellCommand.Setting] = []
    package var statuses: [ClosedRange<Int>] = [200...299]
    /// A text that must be in the body.
    package var body: String?
    /// A header that must hold this text.
    package var answerHeaders: [ShellCommand.Setting] = []
    /// Must be in the body, or be the value of `versionHeader`.
    package var version: String?
    package var versionHeader: String?

    package init(host: String, port: Int, path: String) {
        self.host = host
        self.port = port
        self.path = path
    }
}
