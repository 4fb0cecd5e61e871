import Document
import Shell

/// runit: a directory for each instance.
enum Runit {
    static let column: [String: Support] = Support.own.merging([
        "description": .launcher("a comment"),
        "command": .native("`run`"),
        "user": .native("`chpst -u`, with the user's groups"),
        "group": .native("`chpst -u`"),
        "directory": .native("`cd` in `run`"),
        "environment": .native("`export` in `run`; secrets in a file of root"),
        "environment_files": .native("sourced in `run`"),
        "processes": .native("a directory each"),
        "start_seconds": .baton("it is still up then"),
        "stop_seconds": .baton("`sv -w SECONDS force-stop`"),
        "stop_signal": .native("`control/t`"),
        "reload_signal": .baton("`sv`, or a signal to the pid it names"),
        "normal_exit": .native("`finish`"),
        "restart.policy": .native("`finish`"),
        "restart.limit": .launcher("counted in `run`"),
        "restart.within": .launcher("counted in `run`"),
        "start_on": .native("no `down` file"),
        "post_stop": .baton("run once the last instance is down"),
        "logs: syslog": .native("`log/run` is `logger`"),
        "logs: journal": .impossible("its hosts have no journal"),
        "logs.file": .native("opened in `run`"),
        "logs.rotate": .baton("a file for logrotate"),
        "logs.keep": .baton("a file for logrotate"),
        "limits.files": .native("`ulimit` in `run`"),
        "limits.processes": .native("`ulimit` in `run`"),
        "limits.core": .native("`ulimit` in `run`"),
        "runtime_directories": .native("made in `run`"),
        ServiceKeys.takeover: .impossible("it cannot follow a second main process"),
        "handover.pidfile": .baton(""),
    ]) { $1 }

    static let folder = "/etc/sv"
    static let started = "/etc/service"

    static func render(
        _ service: ServiceDefinition,
        _ version: SupervisorVersion
    ) throws(DocumentError) -> Rendering {
        let names = service.instances.map { service.count == 1 ? service.name : "\(service.name)-\($0.number)" }
        var rendering = Rendering(version, whole: names.joined(separator: " "), members: names)
        for (name, instance) in zip(names, service.instances) {
            let place = "\(folder)/\(name)"
            rendering.addDirectory(place)
            rendering.add("\(place)/run", mode: 0o755, run(service, instance))
            if let text = finish(service) { rendering.add("\(place)/finish", mode: 0o755, text) }
            if service.stopSignal != .term {
                let text = Supervisord.script(["exec kill -s \(service.stopSignal.name) \"$(cat supervise/pid)\""])
                rendering.addDirectory("\(place)/control")
                rendering.add("\(place)/control/t", mode: 0o755, text)
            }
            switch service.logs {
            case .file: break
            case .usual, .syslog, .journal:
                let text = Supervisord.script(["exec logger -t \(service.name)"])
                rendering.addDirectory("\(place)/log")
                rendering.add("\(place)/log/run", mode: 0o755, text)
            }
            if !service.startsAtBoot { rendering.add("\(place)/down", "") }
            rendering.links.append(Rendering.Link(path: "\(started)/\(name)", target: place))
        }
        service.addSecrets(to: &rendering, reader: .root)
        LogRotation.add(to: &rendering, service)
        return rendering
    }

    private static func run(_ service: ServiceDefinition, _ instance: ServiceInstance) -> String {
        let launcher = Launcher(service: service, subject: .one(instance))
        let record = "\(RestartLimit.directory(of: service))/starts-\(instance.number)"
        // Down until somebody starts it again.
        let limit = RestartLimit(service: service, record: record, refusal: ["printf d >supervise/control", "exit 1"])
        var lines = ["# \(service.description)"]
        if let file = instance.logFile { lines.append("exec >>\(file)") }
        lines.append("exec 2>&1")
        if !limit.lines.isEmpty { lines += ["mkdir -p \(RestartLimit.directory(of: service))"] + limit.lines }
        let owner = service.user + ":" + (service.group ?? "")
        for name in service.runtimeDirectories {
            lines += ["mkdir -p /run/\(name)", "chown \(owner) /run/\(name)", "chmod 0755 /run/\(name)"]
        }
        // The groups of the user, whose own is the first. All of it before the service's own PATH counts.
        let account = service.user + ":" + (service.group.map { "\($0):" } ?? "") + "$groups"
        lines += [
            "groups=$(id -Gn \(service.user) | tr ' ' ':') || exit 1",
            "set -- \"$(command -v chpst)\" -u \"\(account)\" || exit 1",
        ]
        lines += launcher.preparation
        lines.append(launcher.start("\"$@\" "))
        return Supervisord.script(lines)
    }

    // It is told how the service ended: its status or -1, and the number of the signal.
    private static func finish(_ service: ServiceDefinition) -> String? {
        let down = "printf d >supervise/control"
        switch service.restart.policy {
        case .always: return nil
        case .never: return Supervisord.script([down])
        case .onFailure:
            if service.normalExit.isEmpty { return nil }
            let patterns = service.normalExit.map { exit in
                switch exit {
                case .status(let status): "\(status):*"
                case .signal(let signal): "-1:\(signal.number)"
                }
            }
            return Supervisord.script(["case $1:$2 in", "\(patterns.joined(separator: " | "))) \(down) ;;", "esac"])
        }
    }
}
