import Document
import Shell

/// No supervisor: Baton itself starts the launcher on the host, in a session of its own, and keeps who that is.
enum Alone {
    static let column: [String: Support] = Support.own.merging([
        "description": .launcher("a comment"),
        "command": .launcher("Baton starts the launcher, which becomes the program"),
        "user": .launcher("`setpriv`, `chpst` or `su`; without root only one's own"),
        "group": .launcher("`setpriv` or `chpst`"),
        "directory": .launcher("`cd`"),
        "environment": .launcher("`export`; secrets in a file of whoever deploys"),
        "environment_files": .launcher("sourced"),
        "processes": .baton("a launcher and a process each"),
        "start_seconds": .baton("it is still up then"),
        "stop_seconds": .baton("then KILL, also for what is left of its session"),
        "stop_signal": .baton("sent by its user"),
        "reload_signal": .baton("sent by its user"),
        "normal_exit": .impossible("nobody asks how it ended, as nobody starts it again"),
        "restart.policy": .baton("`never` alone: nobody starts it again"),
        "restart.limit": .impossible(nobody),
        "restart.within": .impossible(nobody),
        "start_on": .baton("`manual` alone: nothing starts it with the host"),
        "post_stop": .baton("run once the last process has ended"),
        "logs: syslog": .impossible("nobody would keep `logger` running beside it: a file is what it has"),
        "logs: journal": .impossible("nobody would carry its output there: a file is what it has"),
        "logs.file": .launcher("opened there"),
        "logs.rotate": .launcher("turned over at a start, when it is that large"),
        "logs.keep": .launcher("turned over at a start"),
        "limits.files": .launcher("`ulimit`"),
        "limits.processes": .launcher("`ulimit`"),
        "limits.core": .launcher("`ulimit`"),
        "runtime_directories": .launcher("made there; that takes root"),
        ServiceKeys.takeover: .baton("nobody minds a second main process"),
        "handover.pidfile": .baton("says who the main process is"),
    ]) { $1 }

    private static let nobody = "nobody starts it again when it ends"

    /// What a definition without a supervisor means where it says nothing: it is kept beside its release, has a log there,
    /// and does not start with the host.
    static func settled(_ service: ServiceDefinition) -> ServiceDefinition {
        var service = service
        service.place = service.root.map { "\($0)/.baton/services" }
        if service.origins["start_on"] == nil { service.startsAtBoot = false }
        if case .usual = service.logs {
            service.logs = .file(Rotation(bytes: 10 << 20, keep: 3))
            for index in service.instances.indices {
                service.instances[index].logFile = "\(service.folder)/output-\(service.instances[index].number).log"
            }
        }
        return service
    }

    static func render(
        _ service: ServiceDefinition,
        _ version: SupervisorVersion
    ) throws(DocumentError) -> Rendering {
        try check(service, version)
        let names = service.instances.map { service.count == 1 ? service.name : "\(service.name)-\($0.number)" }
        var rendering = Rendering(version, whole: service.name, members: names)
        for instance in service.instances {
            rendering.add("\(service.folder)/launch-\(instance.number)", launcher(service, instance))
        }
        service.addSecrets(to: &rendering, reader: .root)
        if service.instances.contains(where: { $0.logFile?.hasPrefix(service.folder + "/") == false }) {
            LogRotation.addDirectories(to: &rendering, service)
        }
        return rendering
    }

    /// What verbs need that a supervisor would know.
    static func manifest(_ service: ServiceDefinition) -> [String] {
        ["stop_signal \(service.stopSignal.name)", "program \(program(service.instances[0].command))"]
            + (service.handover.pidfile.map { ["pidfile \($0)"] } ?? []) + place(service)
    }

    /// Servers that are taken over stay in the directory where they begin: none elsewhere is this one.
    private static func place(_ service: ServiceDefinition) -> [String] {
        guard let root = service.root, service.commonDirectory?.hasPrefix("\(root)/") == true,
            let profile = service.handover.profile, profile != "generic",
            HandoverWish.takeoverProfiles.contains(profile)
        else { return [] }
        return ["root \(root)"]
    }

    /// A word that the command line of the main process holds: the name of the program, or of what an interpreter runs.
    private static func program(_ command: [String]) -> String {
        func name(_ word: String) -> String { word.split(separator: "/").last.map(String.init) ?? word }
        let first = name(command[0])
        let interpreters = ["python", "ruby", "perl", "node", "php", "sh", "bash", "dash", "env", "java", "bundle"]
        let isInterpreter = interpreters.contains {
            first == $0 || first.hasPrefix($0) && first.dropFirst($0.count).allSatisfy { "0123456789.".contains($0) }
        }
        if isInterpreter, command.count > 1, !command[1].hasPrefix("-"), isPlain(name(command[1])) {
            return name(command[1])
        }
        return isPlain(first) ? first : ""
    }

    private static func isPlain(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func check(_ service: ServiceDefinition, _ version: SupervisorVersion) throws(DocumentError) {
        var diagnostics = Diagnostics()
        func refuse(_ row: String, _ why: String) {
            diagnostics.add(service.problem(row, service.cannot(row, version, why)))
        }
        if service.origins["restart.policy"] != nil, service.restart.policy != .never {
            refuse("restart.policy", nobody)
        }
        if service.startsAtBoot { refuse("start_on", "nothing starts it with the host") }
        if service.handover.pidfile != nil, service.count > 1 {
            refuse("handover.pidfile", "several processes would have one pid file")
        }
        if case .home = service.logs { refuse("logs", "logs in a user's own directory are there for daemons") }
        try diagnostics.throwIfErrors()
    }

    private static func launcher(_ service: ServiceDefinition, _ instance: ServiceInstance) -> String {
        var lines = ["# \(service.description)", "umask 022"]
        if let file = instance.logFile {
            if case .file(let rotation?) = service.logs { lines.append(turn(file, rotation)) }
            lines.append("exec >>\(file) 2>&1 || exit 1")
        }
        let owner = service.user + ":" + (service.group ?? "")
        for name in service.runtimeDirectories {
            lines += [
                "mkdir -p /run/\(name) || exit 1", "chown \(owner) /run/\(name) || exit 1",
                "chmod 0755 /run/\(name) || exit 1",
            ]
        }
        lines += become(service)
        let launcher = Launcher(service: service, subject: .one(instance), keepsOwnHome: true)
        return Supervisord.script(lines + launcher.preparation + [launcher.start("\"$@\" ")])
    }

    /// The words that make another user of root, as the parameters of the script. Found before the service's own PATH counts.
    private static func become(_ service: ServiceDefinition) -> [String] {
        let user = service.user
        let group = service.group.map { "\($0)" } ?? "\"$(id -g \(user))\""
        let groups = service.group.map { "\($0):" } ?? ""
        var lines = [
            "set --", "if [ \"$(id -un)\" != \(user) ]; then",
            "    if setpriv --reuid \(user) --regid \(group) --init-groups true 2>/dev/null; then",
            "        set -- \"$(command -v setpriv)\" --reuid \(user) --regid \(group) --init-groups",
            "    elif command -v chpst >/dev/null 2>&1; then",
            "        set -- \"$(command -v chpst)\" -u \"\(user):\(groups)$(id -Gn \(user) | tr ' ' ':')\"",
        ]
        if service.group == nil {
            // busybox' becomes the program; that of others stays its parent.
            lines += ["    else", "        set -- \"$(command -v su)\" -s /bin/sh -c 'exec \"$0\" \"$@\"' -- \(user)"]
        } else {
            lines += [
                "    else", "        echo 'neither setpriv nor chpst is here to give it its group' >&2",
                "        exit 1",
            ]
        }
        return lines + ["    fi", "fi"]
    }

    // Nobody has it open: what wrote it has ended. A log that cannot be turned over is no reason not to start.
    private static func turn(_ path: String, _ rotation: Rotation) -> String {
        let older = "[ ! -f \"$log.$older\" ] || mv -f \"$log.$older\" \"$log.$number\""
        return "(log=\(path); number=\(rotation.keep); "
            + "if [ -f \"$log\" ] && [ \"$(wc -c <\"$log\")\" -ge \(rotation.bytes) ]; then "
            + "while [ \"$number\" -gt 1 ]; do older=$((number - 1)); \(older); number=$older; done; "
            + "mv -f \"$log\" \"$log.1\"; fi) || :"
    }
}
