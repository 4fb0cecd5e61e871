package import Document

/// A service of one host with everything in it evaluated.
package struct ServiceDefinition: Sendable, Equatable {
    package var name: String
    package var description: String
    /// The root of its release.
    package var root: String?
    package var user: String
    /// Nil where it is the user's own.
    package var group: String?
    /// One for each process; never empty.
    package var instances: [ServiceInstance]
    package var environmentFiles: [String] = []
    package var startSeconds = 1
    package var stopSeconds = 10
    package var stopSignal = Signal.term
    package var reloadSignal = Signal.hup
    package var normalExit: [Exit] = [.status(0)]
    package var restart = Restart()
    package var startsAtBoot = true
    /// A line for `sh`.
    package var postStop: String?
    package var logs = Logs.usual
    package var limits: [Limit] = []
    /// Names of directories right below `/run`.
    package var runtimeDirectories: [String] = []
    /// Nil where facts decide.
    package var supervisor: SupervisorChoice = .automatic
    package var handover = HandoverWish()
    package var adopts = false
    /// Configuration that comes with it, read.
    package var files: [InstalledFile] = []
    /// ROOT/.baton/services where it is kept beside its release; nil for the host's own place.
    var place: String?
    /// Where each key was written, by the rows of the table of supervisors.
    package var origins: [String: Origin] = [:]

    /// For who has no file to read it from.
    package init(name: String, description: String, root: String? = nil, user: String, instances: [ServiceInstance]) {
        self.name = name
        self.description = description
        self.root = root
        self.user = user
        self.instances = instances
    }

    package var count: Int { instances.count }
}

/// What can differ between the instances of a service.
package struct ServiceInstance: Sendable, Equatable {
    package var number: Int
    /// The program and its arguments. The program is an absolute path, or a name for `PATH`.
    package var command: [String]
    package var directory: String
    package var environment: [EnvironmentVariable] = []
    /// The part of the environment that nobody may see.
    package var secrets: [EnvironmentVariable] = []
    package var logFile: String?
    package var listen: Address?

    package init(number: Int, command: [String], directory: String) {
        self.number = number
        self.command = command
        self.directory = directory
    }

    /// The program by a path, through `env` where it is to be searched.
    var words: [String] { command[0].hasPrefix("/") ? command : ["/usr/bin/env"] + command }
}

/// A file that a service reads: it is put there with the definition, and processes are born with it.
package struct InstalledFile: Sendable, Equatable {
    package var path: String
    package var mode: UInt16
    package var owner: Rendering.Owner
    package var content: String
    package var isSecret: Bool

    package init(path: String, mode: UInt16, owner: Rendering.Owner, content: String, isSecret: Bool) {
        self.path = path
        self.mode = mode
        self.owner = owner
        self.content = content
        self.isSecret = isSecret
    }
}

package struct EnvironmentVariable: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Where a service answers.
package enum Address: Sendable, Equatable {
    case port(host: String, port: Int)
    case socket(String)
}

package enum RestartPolicy: String, Sendable, CaseIterable {
    case always
    case onFailure = "on-failure"
    case never
}

package struct Restart: Sendable, Equatable {
    package var policy = RestartPolicy.onFailure
    /// Restarts, not starts; nil for no limit.
    package var limit: Int? = 3
    /// In seconds.
    package var within = 30

    package init(policy: RestartPolicy = .onFailure, limit: Int? = 3, within: Int = 30) {
        self.policy = policy
        self.limit = limit
        self.within = within
    }
}

package enum Logs: Sendable, Equatable {
    /// The journal where there is one, else syslog.
    case usual
    case journal
    case syslog
    /// Each instance has its file.
    case file(Rotation?)
    /// All instances write to one file in the directory `.baton` of the service's user, which they open themselves: root
    /// opens nothing where somebody else can put a link.
    case home(Rotation)
}

package struct Rotation: Sendable, Equatable {
    package var bytes: Int
    package var keep: Int

    package init(bytes: Int, keep: Int = 10) {
        self.bytes = bytes
        self.keep = keep
    }
}

package struct Limit: Sendable, Equatable {
    package enum Resource: String, Sendable, CaseIterable {
        case files
        case processes
        case core
    }

    package var resource: Resource
    /// Nil is unlimited.
    package var value: Int?

    package init(resource: Resource, value: Int?) {
        self.resource = resource
        self.value = value
    }
}

package enum SupervisorChoice: Sendable, Equatable {
    case automatic
    /// The first of these that runs there.
    case oneOf([Supervisor])
    case named(Supervisor)
}

/// What the definition says of handovers; what is done is decided by what is found.
package struct HandoverWish: Sendable, Equatable {
    package enum Strategy: String, Sendable, CaseIterable {
        case auto
        case takeover
        case paired
        case phased
        case reload
        case reexec
        case restart
        case socket
        case drain
        case quiet
    }

    package enum Overrun: String, Sendable, CaseIterable {
        case wait
        case proceed
        case rollback
    }

    package var strategy = Strategy.auto
    package var profile: String?
    package var pidfile: String?
    package var boot = Duration.seconds(60)
    package var drain = Duration.seconds(40)
    package var overrun = Overrun.wait
    /// A server that has no profile of its own; only with `profile: generic`.
    package var generic: GenericServer?

    static let genericKeys = [
        "process", "second_pidfile", "second_pidfile_of", "upgrade_signal", "drain_signal", "revive_signal",
        "final_signal", "quick_signal",
    ]

    /// Servers whose new master takes the place of the old one.
    static let takeoverProfiles: Set<String> = [
        "gunicorn", "gunicorn-19.0", "gunicorn-18", "nginx", "unicorn", "generic",
    ]

    /// Whether a second main process may come to stand beside the first.
    package var mayTakeOver: Bool {
        strategy == .takeover
            || strategy == .auto && pidfile != nil && profile.map(HandoverWish.takeoverProfiles.contains) == true
    }
}

/// A server with a second main process, as its user describes it.
package struct GenericServer: Sendable, Equatable {
    /// A part of the main process's command line.
    package var process: String
    /// What the second pid file's name ends with, and whether the new main process has it or the old one.
    package var secondPidFile: String
    package var secondIsNew: Bool
    package var upgrade = Signal.usr2
    package var drain: Signal?
    package var revive: Signal?
    package var final: Signal
    package var quick = Signal.term

    package init(process: String, secondPidFile: String, secondIsNew: Bool, final: Signal) {
        self.process = process
        self.secondPidFile = secondPidFile
        self.secondIsNew = secondIsNew
        self.final = final
    }
}

/// What must hold while a service is well.
package struct Health: Sendable, Equatable {
    package enum Question: Sendable, Equatable {
        case http(String, status: Int)
        case command(String)
    }

    package var question: Question
    /// A text that the answer has in its body, or in the header.
    package var version: String?
    package var versionHeader: String?

    package init(question: Question, version: String? = nil, versionHeader: String? = nil) {
        self.question = question
        self.version = version
        self.versionHeader = versionHeader
    }
}

/// A release of one host with everything in it evaluated.
package struct ReleaseDefinition: Sendable, Equatable {
    package var name: String
    package var root: String
    package var artifact: String
    package var sha256: String?
    package var user: String
    package var shared: [String]
    package var prepare: String?
    package var migrate: String?
    package var keep: Int
}
