/// Something to look at on a host. Data: what the program says is decided in `Looking`.
package enum Look: Hashable, Sendable {
    /// What a path is, without following a link at its end.
    case path(String, hashing: Hashing)
    /// Whether a command succeeds; it was declared to change nothing (`unless`, `onlyif`).
    case command(ShellCommand)
    /// The beginning of a file, for showing what would change.
    case content(String, limit: Int)
    /// Whether a process is older than any of these files.
    case age(ProcessAge)
    /// What a script of a room above says.
    case script(HostScript)
    /// Whether there is a user or a group of this name.
    case name(NameKind, String)

    package enum NameKind: Hashable, Sendable {
        case user
        case group
    }

    /// Of which files the sum is wanted: a file of another size differs anyway.
    package enum Hashing: Hashable, Sendable {
        case never
        case ifSize(Int)
        case always
    }
}

/// A command as a user gives it.
package struct ShellCommand: Hashable, Sendable {
    package enum Body: Hashable, Sendable {
        /// A line for `sh`.
        case line(String)
        /// An argument list, passed exactly.
        case words([String])
    }

    package struct Setting: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var body: Body
    package var directory: String?
    package var environment: [Setting]
    package var input: [UInt8]?

    package init(
        _ body: Body,
        directory: String? = nil,
        environment: [Setting] = [],
        input: [UInt8]? = nil
    ) {
        self.body = body
        self.directory = directory
        self.environment = environment
        self.input = input
    }
}

/// A restart or reload is due as long as the process is older than what it has read: nobody needs to remember it.
package struct ProcessAge: Hashable, Sendable {
    package enum Process: Hashable, Sendable {
        case pidFile(String)
        /// A unit of systemd: its main process.
        case unit(String)
    }

    package var process: Process
    /// Its youngest child counts instead of itself: what a reload replaces.
    package var ofChildren: Bool
    package var files: [String]

    package init(_ process: Process, ofChildren: Bool, files: [String]) {
        self.process = process
        self.ofChildren = ofChildren
        self.files = files
    }
}
