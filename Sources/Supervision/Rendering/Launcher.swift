import Shell

/// The part of a definition that a shell script does right before it becomes the service: what the supervisor has no key
/// for, so that a service finds the same around it everywhere.
struct Launcher {
    /// Which instance a script starts.
    enum Subject {
        case one(ServiceInstance)
        /// The one whose number is the script's first parameter: variables could be the service's own.
        case numbered
    }

    let service: ServiceDefinition
    let subject: Subject
    /// Variables that the supervisor sets itself.
    var given: [EnvironmentVariable] = []
    /// Whether the script runs as the service's user, or as root.
    var setsLimits = true
    /// Who starts it as who it already is has the home that the environment says.
    var keepsOwnHome = false

    /// What every service gets that says nothing else.
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Names that scripts use before they come to the environment: a supervisor that sets them would see them changed.
    static let ownNames: Set<String> = [
        "HOME", "USER", "LOGNAME", "PATH", "PWD", "OLDPWD", "now", "recent", "count", "moment", "log", "groups", "_",
    ]

    /// Who the service is, as its environment says it. The home is the host's to say: `~user` is what every shell knows.
    static func identity(of service: ServiceDefinition) -> [String] {
        [
            "HOME=~\(service.user)", "USER=\(service.user)", "LOGNAME=\(service.user)", "PATH=\(path)",
            "export HOME USER LOGNAME PATH",
        ]
    }

    /// The environment, the limits and the directory. What fails ends the script: a service never starts half.
    var preparation: [String] {
        var lines = Launcher.identity(of: service)
        if keepsOwnHome { lines[0] = "[ \"$(id -un)\" = \(service.user) ] || \(lines[0])" }
        if setsLimits { lines += service.limits.map(Launcher.line) }
        if !service.environmentFiles.isEmpty {
            lines += ["set -a"] + service.environmentFiles.map { ". \($0) || exit 1" } + ["set +a"]
        }
        let given = Set(given)
        lines += service.commonEnvironment.filter { !given.contains($0) }.map(Launcher.export)
        if service.sharesSecrets, let file = service.secretsFile(of: service.instances[0]) {
            lines += Launcher.source(file)
        }
        if case .numbered = subject {
            let arms = service.instances.map { ($0.number, own($0)) }
            if arms.contains(where: { !$0.1.isEmpty }) {
                lines.append("case $1 in")
                for (number, arm) in arms { lines += ["\(number))"] + arm.map { "    " + $0 } + ["    ;;"] }
                lines += ["*) exit 1 ;;", "esac"]
            }
        } else if case .one(let instance) = subject {
            lines += own(instance)
        }
        if let directory = service.commonDirectory { lines.append("cd \(directory) || exit 1") }
        return lines + ["export PWD", "unset OLDPWD"]
    }

    /// The end of the script, after `prefix`.
    func start(_ prefix: String = "") -> String {
        switch subject {
        case .one(let instance): "exec \(prefix)\(Quoting.line(instance.command))"
        case .numbered: service.commonCommand.map { "exec \(prefix)\(Quoting.line($0))" } ?? "exec \(prefix)\"$@\""
        }
    }

    // What only this instance has.
    private func own(_ instance: ServiceInstance) -> [String] {
        var lines = service.ownEnvironment(of: instance).map(Launcher.export)
        if !service.sharesSecrets, let file = service.secretsFile(of: instance) { lines += Launcher.source(file) }
        if service.commonDirectory == nil { lines.append("cd \(instance.directory) || exit 1") }
        if case .numbered = subject, service.commonCommand == nil {
            lines.append("set -- \(Quoting.line(instance.command))")
        }
        return lines
    }

    private static func export(_ variable: EnvironmentVariable) -> String {
        "export \(variable.name)=\(Quoting.word(variable.value))"
    }

    private static func source(_ file: String) -> [String] { ["set -a", ". \(file) || exit 1", "set +a"] }

    private static func line(_ limit: Limit) -> String {
        let value = limit.value.map(String.init) ?? "unlimited"
        switch limit.resource {
        case .files: return "ulimit -n \(value) || exit 1"
        // dash and older busybox have it under another letter.
        case .processes: return "ulimit -u \(value) 2>/dev/null || ulimit -p \(value) || exit 1"
        case .core: return "ulimit -c \(value) || exit 1"
        }
    }
}

/// A respawn limit within a window, for supervisors that have none: each start is noted, and one too many refused.
struct RestartLimit {
    let service: ServiceDefinition
    /// Where starts are noted; lost with the next boot.
    let record: String
    /// What the script does instead of starting.
    let refusal: [String]

    static let folder = "/run/baton"

    static func directory(of service: ServiceDefinition) -> String { "\(folder)/\(service.name)" }

    /// Nothing where the service may restart as often as it likes.
    var lines: [String] {
        let restart = service.restart
        guard restart.policy != .never, let limit = restart.limit else { return [] }
        let sentence = "\(service.name): more than \(limit) restarts within \(restart.within) seconds"
        return [
            "read -r now _ </proc/uptime",
            "now=${now%%.*}",
            "recent=",
            "count=0",
            "if [ -r \(record) ]; then",
            "    while read -r moment; do",
            "        case $moment in '' | *[!0-9]*) continue ;; esac",
            "        [ \"$moment\" -gt $((now - \(restart.within))) ] || continue",
            "        [ \"$moment\" -le \"$now\" ] || continue",
            "        recent=\"$recent$moment\\n\"",
            "        count=$((count + 1))",
            "    done <\(record)",
            "fi",
            "if [ \"$count\" -gt \(limit) ]; then",
            "    echo \(Quoting.word(sentence)) >&2",
        ] + refusal.map { "    " + $0 } + [
            "fi",
            "printf \"$recent%s\\n\" \"$now\" >\(record) || :",
        ]
    }
}

/// Rotation by logrotate: files lie in directories of root, so nobody can put a link in their place.
enum LogRotation {
    static func add(to rendering: inout Rendering, _ service: ServiceDefinition) {
        addDirectories(to: &rendering, service)
        HomeLog.addRotation(to: &rendering, service)
        guard case .file(let rotation?) = service.logs else { return }
        let names = service.instances.compactMap(\.logFile)
        rendering.add(
            "/etc/logrotate.d/baton-\(service.name)",
            """
            # \(Rendering.mark)
            \(names.joined(separator: " ")) {
                size \(rotation.bytes)
                rotate \(rotation.keep)
                missingok
                notifempty
                copytruncate
            }

            """
        )
    }

    static func addDirectories(to rendering: inout Rendering, _ service: ServiceDefinition) {
        for file in service.instances.compactMap(\.logFile) {
            guard let slash = file.lastIndex(of: "/"), slash > file.startIndex else { continue }
            let directory = Rendering.Directory(path: String(file[..<slash]), mode: 0o755, owner: .root)
            if !rendering.directories.contains(directory) { rendering.directories.append(directory) }
        }
    }
}
