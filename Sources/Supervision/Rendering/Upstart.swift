import Document
import Shell

/// Upstart: a job; where there are several instances, a job of instances and one that starts and stops them.
enum Upstart {
    static let column: [String: Support] = Support.own.merging([
        "description": .native("`description`"),
        "command": .launcher("the last line of `script`"),
        "user": .native("`setuid`"),
        "group": .native("`setgid`"),
        "directory": .launcher("`cd` in `script`"),
        "environment": .native("`env`; what it cannot quote, and secrets, in `script`"),
        "environment_files": .launcher("sourced in `script`"),
        "processes": .native("`NAME-instance` with `instance $N`, started and stopped by `NAME`"),
        "start_seconds": .baton("it is still up then"),
        "stop_seconds": .native("`kill timeout`"),
        "stop_signal": .native("`kill signal`"),
        "reload_signal": .native("`reload signal`"),
        "normal_exit": .native("`normal exit`"),
        "restart.policy": .native("`respawn`"),
        "restart.limit": .native("`respawn limit`"),
        "restart.within": .native("`respawn limit`"),
        "start_on": .native("`start on runlevel [2345]`"),
        "post_stop": .native("`post-stop`; for several instances a job after `stopped`"),
        "logs: syslog": .launcher("a fifo into `logger`"),
        "logs: journal": .impossible("its hosts have no journal"),
        "logs.file": .launcher("opened in `script`"),
        "logs.rotate": .baton("a file for logrotate"),
        "logs.keep": .baton("a file for logrotate"),
        "limits.files": .native("`limit nofile`"),
        "limits.processes": .native("`limit nproc`"),
        "limits.core": .native("`limit core`"),
        "runtime_directories": .native("a task before `starting`"),
        ServiceKeys.takeover: .impossible("it cannot follow a second main process"),
        "handover.pidfile": .baton(""),
    ]) { $1 }

    static let folder = "/etc/init"

    static func render(
        _ service: ServiceDefinition,
        _ version: SupervisorVersion
    ) throws(DocumentError) -> Rendering {
        let name = service.name
        let isOne = service.count == 1
        var rendering = Rendering(
            version,
            whole: name,
            members: isOne ? [name] : service.instances.map { "\(name)-instance N=\($0.number)" }
        )
        let job = UpstartJob(service: service)
        if isOne {
            rendering.add("\(folder)/\(name).conf", job.single)
        } else {
            rendering.add("\(folder)/\(name).conf", job.manager)
            rendering.add("\(folder)/\(name)-instance.conf", job.instance)
            if service.postStop != nil { rendering.add("\(folder)/\(name)-stopped.conf", job.stopped) }
        }
        if !service.runtimeDirectories.isEmpty {
            rendering.add("\(folder)/\(name)-directories.conf", job.directories)
        }
        if job.usesLauncher {
            rendering.add("\(service.folder)/launch", Supervisord.script(["set -e"] + job.script))
        }
        if let script = job.postStopFile { rendering.add("\(service.folder)/post-stop", script) }
        service.addSecrets(to: &rendering, reader: service.owner)
        LogRotation.add(to: &rendering, service)
        for file in service.instances.compactMap(\.logFile) {
            rendering.files.append(
                Rendering.File(path: file, mode: 0o640, owner: service.owner, content: "", isKept: true)
            )
        }
        return rendering
    }

    /// All of the job but for what it is called: what runs keeps the definition that it was started with.
    static func birth(of instance: ServiceInstance, _ service: ServiceDefinition) -> [String] {
        [service.count == 1 ? "single" : "instance"] + UpstartJob(service: service).settings
            + [service.count == 1 ? service.postStop ?? "" : ""] + service.birth(of: instance)
    }
}

/// The texts of the jobs of one service.
struct UpstartJob {
    let service: ServiceDefinition

    private var isOne: Bool { service.count == 1 }

    /// A line `end script` ends a script wherever it stands: what has line ends goes to a file of its own.
    var usesLauncher: Bool { !UpstartJob.isPlain(script) }

    private var hasPostStopFile: Bool { service.postStop.map { !UpstartJob.isPlain([$0]) } ?? false }

    var postStopFile: String? {
        guard hasPostStopFile, let line = service.postStop else { return nil }
        let place = service.commonDirectory.map { "cd \($0) || exit 1\n" } ?? ""
        let identity = Launcher.identity(of: service).joined(separator: "\n")
        return "# \(Rendering.mark)\n\(identity)\n\(place)\(line)\n"
    }

    private static func isPlain(_ lines: [String]) -> Bool {
        lines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
    }

    // MARK: Jobs

    var single: String {
        var lines = ["description \(UpstartJob.quoted(service.description))", ""] + boot + [""] + process
        if service.postStop != nil {
            // It comes after each end, also before a respawn: then the goal is still to run.
            lines += ["", "post-stop script"]
            lines += ["    case $(initctl status \(service.name)) in *\" start/\"*) exit 0 ;; esac"]
            lines += postStopLines.map { "    " + $0 } + ["end script"]
        }
        return file(lines)
    }

    var instance: String {
        let title = UpstartJob.quoted(service.description + " $N")
        return file(["description \(title)", "", "instance $N", ""] + process)
    }

    var manager: String {
        let numbers = service.instances.map { String($0.number) }.joined(separator: " ")
        let job = "\(service.name)-instance"
        return file(
            ["description \(UpstartJob.quoted(service.description))", ""] + boot + [
                "", "pre-start script", "    for number in \(numbers); do",
                "        initctl status \(job) N=$number 2>/dev/null | grep -q start/ || start \(job) N=$number",
                "    done", "end script", "", "post-stop script", "    for number in \(numbers); do",
                "        initctl status \(job) N=$number 2>/dev/null | grep -q start/ || continue",
                "        stop \(job) N=$number || :", "    done", "end script",
            ]
        )
    }

    /// The manager has stopped once all instances have.
    var stopped: String {
        file(
            [
                "description \"What is left to do once \(service.name) has stopped\"", "",
                "start on stopped \(service.name)", "task", "",
            ]
                + account + ["", "script"] + postStopLines.map { "    " + $0 } + ["end script"]
        )
    }

    /// `/run` is empty after a boot, and only root may make directories there.
    var directories: String {
        let events =
            isOne ? "starting \(service.name)" : "starting \(service.name) or starting \(service.name)-instance"
        let owner = service.user + ":" + (service.group ?? "")
        var lines = ["description \"Directories of \(service.name)\"", "", "start on \(events)", "task", "", "script"]
        for name in service.runtimeDirectories {
            lines += ["    mkdir -p /run/\(name)", "    chown \(owner) /run/\(name)", "    chmod 0755 /run/\(name)"]
        }
        return file(lines + ["end script"])
    }

    // MARK: Parts

    private var boot: [String] {
        service.startsAtBoot ? ["start on runlevel [2345]", "stop on runlevel [06]"] : ["stop on runlevel [06]"]
    }

    private var account: [String] {
        ["setuid \(service.user)"] + (service.group.map { ["setgid \($0)"] } ?? [])
    }

    private var process: [String] {
        var lines = account
        lines += given.map { "env \($0.name)=\(UpstartJob.quoted($0.value))" }
        lines += service.limits.map(UpstartJob.limit)
        if service.restart.policy != .never { lines.append("") }
        lines += settings + ["console none", "", "script"]
        if usesLauncher {
            lines.append("    exec /bin/sh \(service.folder)/launch" + (isOne ? "" : " \"$N\""))
        } else {
            lines += (isOne ? [] : ["    set -- \"$N\""]) + script.map { "    " + $0 }
        }
        return lines + ["end script"]
    }

    /// When it is started again, and how it is stopped.
    var settings: [String] {
        var lines: [String] = []
        let restart = service.restart
        if restart.policy != .never {
            lines.append("respawn")
            lines.append(restart.limit.map { "respawn limit \($0) \(restart.within)" } ?? "respawn limit unlimited")
        }
        if restart.policy == .onFailure {
            let exits = service.normalExit.map { exit in
                switch exit {
                case .status(let status): String(status)
                case .signal(let signal): signal.name
                }
            }
            if !exits.isEmpty { lines.append("normal exit " + exits.joined(separator: " ")) }
        }
        return lines + [
            "kill signal \(service.stopSignal.name)", "kill timeout \(service.stopSeconds)",
            "reload signal \(service.reloadSignal.name)",
        ]
    }

    /// What becomes the service. Upstart runs it as the service's user, with `sh -e`.
    var script: [String] {
        let subject: Launcher.Subject = isOne ? .one(service.instances[0]) : .numbered
        let launcher = Launcher(service: service, subject: subject, given: given, setsLimits: false)
        return output + launcher.preparation + [launcher.start()]
    }

    // Upstart signals the whole group: who writes the log must outlive the last words of the service.
    private var output: [String] {
        if case .file = service.logs {
            if let file = service.instances[0].logFile, isOne { return ["exec >>\(file) 2>&1"] }
            let arms = service.instances.compactMap { instance in
                instance.logFile.map { "\(instance.number)) exec >>\($0) 2>&1 ;;" }
            }
            return ["case $1 in"] + arms + ["esac"]
        }
        var signals = ["HUP", "INT", "TERM"]
        for signal in [service.stopSignal, service.reloadSignal] where ![.kill, .hup, .int, .term].contains(signal) {
            if !signals.contains(signal.name) { signals.append(signal.name) }
        }
        return [
            "log=$(mktemp -d)", "mkfifo \"$log/fifo\"",
            "( (trap '' \(signals.joined(separator: " ")); exec logger -t \(service.name) <\"$log/fifo\") & )",
            "exec >\"$log/fifo\" 2>&1", "rm -r \"$log\"",
        ]
    }

    private var postStopLines: [String] {
        if hasPostStopFile { return ["exec /bin/sh \(service.folder)/post-stop"] }
        return Launcher.identity(of: service) + (service.commonDirectory.map { ["cd \($0)"] } ?? [])
            + (service.postStop.map { [$0] } ?? [])
    }

    /// What `env` can say for sure; the rest is for the shell.
    var given: [EnvironmentVariable] {
        if !service.environmentFiles.isEmpty { return [] }
        return service.commonEnvironment.filter { variable in
            let isPlain = variable.value.utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                    || "_-./,:+@=".utf8.contains(byte)
            }
            return isPlain && !Launcher.ownNames.contains(variable.name)
        }
    }

    private static func limit(_ limit: Limit) -> String {
        let value = limit.value.map(String.init) ?? "unlimited"
        switch limit.resource {
        case .files: return "limit nofile \(value) \(value)"
        case .processes: return "limit nproc \(value) \(value)"
        case .core: return "limit core \(value) \(value)"
        }
    }

    /// Between double quotes only `"` and `\` are special to Upstart's reader.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    private func file(_ lines: [String]) -> String {
        "# \(Rendering.mark)\n" + lines.map { $0 + "\n" }.joined()
    }
}
