import Events
import HostSide

/// What kinds of tasks share that bring a path to what is wanted.
extension Decision {
    static func inTheWay(_ path: String, _ what: String, hint: String? = nil) -> Decision {
        .impossible(HostResult.Problem(kind: "in_the_way", message: "\(path) is \(what)", hint: hint))
    }

    static func unseen(_ path: String, _ why: String) -> Decision {
        .impossible(HostResult.Problem(kind: "not_seen", message: "\(path) could not be looked at: \(why)"))
    }
}

/// Work on one path: what is there decides.
protocol PathWork: Work {
    var path: String { get }
    var hashing: Look.Hashing { get }
    var ownership: Ownership { get }
    /// Whether it also makes the directories above the path.
    var makesDirectories: Bool { get }

    func decide(_ state: PathState) -> Decision
}

extension PathWork {
    var hashing: Look.Hashing { .never }
    var ownership: Ownership { Ownership() }
    var makesDirectories: Bool { false }
    private var look: Look { .path(path, hashing: hashing) }
    var looks: [Look] { [look] + ownership.looks }

    func decide(_ seen: Sightings) -> Decision {
        switch seen.state(look, path) {
        case .success(let state):
            guard case .change(var change) = decide(state) else { return decide(state) }
            change.obstacles = Obstacle.place(state.place, of: path, makesDirectories: makesDirectories)
            change.obstacles += change.operation.ownership.obstacles(seen)
            return .change(change)
        case .failure(let unseen): return unseen.decision
        }
    }

    /// For a change of it: it is as it was seen.
    func expectation(_ state: PathState) -> Expectation { Expectation(path: path, fingerprint: state.fingerprint) }
}

extension [Look: Sighting] {
    /// What a path is, or why that is not known.
    func state(_ look: Look, _ path: String) -> Result<PathState, Unseen> {
        switch self[look] {
        case .path(let state): .success(state)
        case .failed(let why): .failure(Unseen(decision: .unseen(path, why)))
        default: .failure(Unseen(decision: .unseen(path, "the host said nothing about it")))
        }
    }
}

struct Unseen: Error {
    let decision: Decision
}

extension PathState {
    /// What else than wanted it is, in words.
    var words: String {
        switch kind {
        case .missing: "not there"
        case .file: "a file"
        case .directory: "a directory"
        case .link(let target): "a symbolic link to \(target)"
        case .other(let what): what.isEmpty ? "no file" : "a \(what)"
        }
    }

    /// What differs of owner and group, and what has to be said to change it.
    func difference(_ wanted: Ownership) -> (change: Ownership, words: [String]) {
        var change = Ownership()
        var words: [String] = []
        if let user = wanted.user, user != userName, user != String(self.user) {
            change.user = user
            words.append("owner \(userName.isEmpty ? String(self.user) : userName) -> \(user)")
        }
        if let group = wanted.group, group != groupName, group != String(self.group) {
            change.group = group
            words.append("group \(groupName.isEmpty ? String(self.group) : groupName) -> \(group)")
        }
        return (change, words)
    }
}

/// The keys that files, directories and links have in common.
enum PathKeys {
    static let mode = TaskKey(
        "mode",
        .mode,
        usual: "what it has; of something new 0644, of a directory 0755",
        "Octal as `0644`, with or without quotes, or symbolic as `u=rw,g+r`."
    )
    static let owner = TaskKey("owner", .account, usual: "what it has", "A user, by name or number.")
    static let group = TaskKey("group", .account, usual: "what it has", "A group, by name or number.")
    static let state = TaskKey("state", .choice(["present", "absent"]), usual: "present", "`absent` removes it.")
    static let backup = TaskKey(
        "backup",
        .flag,
        usual: "false",
        "Keeps what was there, beside it, under a name with the time."
    )
    static let validate = TaskKey(
        "validate",
        .command,
        "A command that must accept the new file before it gets its name; `%s` is its path."
    )
    static let linkHint = "name the path that the link leads to, or remove the link first"
}
