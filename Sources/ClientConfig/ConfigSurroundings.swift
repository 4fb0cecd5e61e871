/// What a configuration may refer to of the machine and the account that Baton runs on. All of it is brought in.
package struct ConfigSurroundings: Sendable {
    package var user: String
    /// As the password database has it, like OpenSSH: not what HOME says.
    package var home: String
    package var userID: UInt32
    /// With its domain, if the system knows one.
    package var hostName: String
    package var environment: @Sendable (String) -> String?
    /// The home of another user, for `~user`.
    package var homeOf: @Sendable (String) -> String?

    package init(
        user: String,
        home: String,
        userID: UInt32,
        hostName: String,
        environment: @escaping @Sendable (String) -> String? = { _ in nil },
        homeOf: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.user = user
        self.home = home
        self.userID = userID
        self.hostName = hostName
        self.environment = environment
        self.homeOf = homeOf
    }

    /// The path behind a `~`; nil where there is no such user. A path without one stays as it is.
    func expandingTilde(_ path: String) -> String? {
        guard path.utf8.first == UInt8(ascii: "~") else { return path }
        let user = path.dropFirst().prefix { $0 != "/" }
        guard let home = user.isEmpty ? self.home : homeOf(String(user)) else { return nil }
        let rest = path.dropFirst(1 + user.count).drop { $0 == "/" }
        return home.hasSuffix("/") ? home + rest : home + "/" + rest
    }
}

/// How files are reached; nothing here opens one itself.
package struct ConfigReader: Sendable {
    package enum Outcome: Sendable {
        case bytes([UInt8])
        /// There is no such file.
        case absent
        /// It is there, but cannot or must not be read, for this reason: `is a directory`, `Permission denied`,
        /// `can be written by others`.
        case unusable(String)
    }

    /// Reads a file of at most `ClientConfig.largestFile` bytes. With `private`, one that belongs to neither root nor the
    /// user, or that its group or others may write to, is unusable: OpenSSH refuses those too, since who writes there
    /// decides where connections go.
    package var read: @Sendable (_ path: String, _ private: Bool) -> Outcome
    /// The paths that a pattern of the shell stands for, in the order of their bytes; none where there are none. The
    /// pattern is absolute and without `~`.
    package var glob: @Sendable (_ pattern: String) -> [String]

    package init(
        read: @escaping @Sendable (_ path: String, _ private: Bool) -> Outcome,
        glob: @escaping @Sendable (_ pattern: String) -> [String]
    ) {
        self.read = read
        self.glob = glob
    }
}

/// Which files are read.
package enum ConfigFiles: Sendable, Equatable {
    /// The user's, then the system's. Neither has to be there.
    case usual(user: String, system: String)
    /// This one alone, as with `-F`. It must be there.
    case only(String)
    /// No file at all, as with `-F none`.
    case none
}

/// One `-o` for ssh.
package struct ConfigOption: Sendable, Equatable {
    enum Form: Equatable {
        case line(String)
        case literal(name: String, value: String)
    }

    let form: Form
    package let place: Place

    /// `Name=Value` or `Name Value`, as behind `-o`: quotes count.
    package init(_ line: String, from place: Place) {
        form = .line(line)
        self.place = place
    }

    /// A value that is taken as it is.
    package init(_ name: String, _ value: String, from place: Place) {
        form = .literal(name: name, value: value)
        self.place = place
    }

    /// The same as ssh's `-o` takes it.
    package var argument: String {
        switch form {
        case .line(let line): line
        case .literal(let name, let value): "\(name)=\(value)"
        }
    }
}

/// What was said about a host before the files are read: it wins over them.
package struct Given: Sendable, Equatable {
    package var user: String?
    package var port: Int?
    /// After user and port, in this order.
    package var options: [ConfigOption]

    package init(user: String? = nil, port: Int? = nil, options: [ConfigOption] = []) {
        self.user = user
        self.port = port
        self.options = options
    }
}
