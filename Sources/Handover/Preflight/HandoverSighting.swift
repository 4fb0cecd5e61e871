package import Supervision

/// What a service is on a host before it is handed over. Every text in it comes from the host, is printable, and is believed
/// only as far as the host's word goes.
package struct HandoverSighting: Equatable, Sendable {
    package struct Process: Equatable, Sendable {
        package var pid: Int32
        package var start: UInt64
        package var parent: Int32
        package var uid: UInt32
        package var gid: UInt32
        /// One word with all of them where the server has given itself a title.
        package var arguments: [String] = []
        package var directory = ""
        package var executable = ""
        /// Whether the program is there that its first argument names; nil where that is no path.
        package var canStart: Bool?
        /// Files that it has in memory of releases, one of each, and libraries that tell a server's version.
        package var mapped: [String] = []
        /// In kilobytes, its part of what is shared.
        package var memory: Int?

        package init(pid: Int32, start: UInt64, parent: Int32, uid: UInt32, gid: UInt32) {
            self.pid = pid
            self.start = start
            self.parent = parent
            self.uid = uid
            self.gid = gid
        }

        private static let gone = " (deleted)"
        package var isDirectoryDeleted: Bool { directory.hasSuffix(Self.gone) }
        package var isExecutableDeleted: Bool { executable.hasSuffix(Self.gone) }
        /// Its arguments are a title by now, or were one word.
        package var isTitled: Bool { arguments.count <= 1 }
        package var title: String { arguments.joined(separator: " ") }
    }

    package struct Child: Equatable, Sendable {
        package var pid: Int32
        package var start: UInt64
        package var memory: Int
        package var title: String

        package init(pid: Int32, start: UInt64, memory: Int, title: String) {
            self.pid = pid
            self.start = start
            self.memory = memory
            self.title = title
        }
    }

    /// Another process, by its title.
    package struct Other: Equatable, Sendable {
        package var pid: Int32
        package var title: String

        package init(pid: Int32, title: String) {
            self.pid = pid
            self.title = title
        }
    }

    package enum PidFile: Equatable, Sendable {
        case missing, empty, strange, link
        case names(Int32, Life)

        package enum Life: String, Sendable {
            case alive, zombie, dead
        }

        package var pid: Int32? { if case .names(let pid, _) = self { pid } else { nil } }
        package var alive: Int32? { if case .names(let pid, .alive) = self { pid } else { nil } }
    }

    package struct Version: Equatable, Sendable {
        package var text: String
        /// Of Python, where it runs there.
        package var language: String?
        package var file: String?
        /// The interpreter that was asked.
        package var interpreter: String?

        package init(text: String, language: String? = nil, file: String? = nil) {
            self.text = text
            self.language = language
            self.file = file
        }
    }

    package struct Limit: Equatable, Sendable {
        package var soft: String
        package var hard: String

        package init(soft: String, hard: String) {
            self.soft = soft
            self.hard = hard
        }
    }

    /// A group of processes with a limit of memory, in bytes.
    package struct Group: Equatable, Sendable {
        package var path: String
        package var limit: Int
        package var used: Int
        /// Files that nobody uses: they go before anybody is ended.
        package var idle: Int

        package init(path: String, limit: Int, used: Int, idle: Int) {
            self.path = path
            self.limit = limit
            self.used = used
            self.idle = idle
        }

        package var left: Int { max(0, limit - used + idle) }
    }

    package struct Configuration: Equatable, Sendable {
        package var path: String
        /// Those lines that may decide.
        package var lines: [String] = []

        package init(path: String, lines: [String] = []) {
            self.path = path
            self.lines = lines
        }
    }

    package enum Trial: Equatable, Sendable {
        /// Nobody asked for one.
        case notWanted
        case none(why: String)
        case ran(status: Int32, command: String, said: [String])
    }

    /// The boot id, a point, and the start of process 1.
    package var boot = ""
    package var master: Process?
    package var children: [Child] = []
    /// Children of the master that are another program by now: one of them may be a second master.
    package var others: [Other] = []
    package var pidFile = PidFile.missing
    /// `P.2` and `P.oldbin`.
    package var sides: [String: PidFile] = [:]

    /// ROOT as it really is, what `current` says, and where that really leads.
    package var root: String?
    package var current: String?
    package var currentReal: String?
    package var hasTree = false
    package var account: (uid: UInt32, gid: UInt32)? {
        get { accountNumbers.map { ($0[0], $0[1]) } }
        set { accountNumbers = newValue.map { [$0.uid, $0.gid] } }
    }
    private var accountNumbers: [UInt32]?

    package var limits: [String: Limit] = [:]
    package var isEnvironmentKnown = false
    /// Names of variables that it was born with another value of, or without.
    package var differentVariables: [String] = []
    package var missingVariables: [String] = []
    /// PWD as it was born with, and where that leads now.
    package var workingPath: String?
    package var workingReal: String?
    /// GUNICORN_CMD_ARGS.
    package var options: String?

    package var listening: [Address] = []
    /// From its parent up.
    package var ancestors: [Other] = []
    package var systemd: Int?
    package var unit: String?
    package var properties: [String: String] = [:]
    /// The unit of a user's own systemd.
    package var userUnit: String?
    /// Of a session, or of something else that is no service.
    package var scope: String?

    /// In kilobytes.
    package var memoryLeft: Int?
    package var groups: [Group] = []

    package var server: HandoverServer?
    package var version: Version?
    package var newVersion: Version?
    /// The server's package was changed behind the start of what runs.
    package var isVersionChanged = false
    package var configuration: Configuration?
    package var newConfiguration: Configuration?
    /// A configuration that is no file.
    package var unread: String?
    package var trial = Trial.notWanted
    /// What the trial says that the new release will have.
    package var trialSettings: [String: String] = [:]

    package init() {}
}

/// The servers whose new master takes the place of the old one.
package enum HandoverServer: String, CaseIterable, Sendable {
    case gunicorn, nginx, unicorn
}
