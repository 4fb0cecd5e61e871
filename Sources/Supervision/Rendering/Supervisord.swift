import Document

/// supervisord: a program of its own group, started through a launcher.
enum Supervisord {
    static let column: [String: Support] = Support.own.merging([
        "description": .launcher("a comment"),
        "command": .launcher("`command=` starts the launcher, which becomes the program"),
        "user": .native("`user=`"),
        "group": .impossible("it knows users only"),
        "directory": .launcher("`cd`"),
        "environment": .native("`environment=`; what it cannot quote, and secrets, through the launcher"),
        "environment_files": .launcher("sourced"),
        "processes": .native("`numprocs=`"),
        "start_seconds": .native("`startsecs=`"),
        "stop_seconds": .native("`stopwaitsecs=`"),
        "stop_signal": .native("`stopsignal=`: TERM, HUP, INT, QUIT, KILL, USR1 or USR2"),
        "reload_signal": .baton("`supervisorctl signal`"),
        "normal_exit": .native("`exitcodes=`; of signals only the `stop_signal`"),
        "restart.policy": .native("`autorestart=`"),
        "restart.limit": .launcher("counted; `startretries=` for those that never come up"),
        "restart.within": .launcher("counted"),
        "start_on": .native("`autostart=`"),
        "post_stop": .baton("run once the last member has stopped"),
        "logs: syslog": .native("`stdout_syslog=`, in 3.x `stdout_logfile=syslog`"),
        "logs: journal": .impossible("its programs write to files or to syslog"),
        "logs.file": .native("`stdout_logfile=`"),
        "logs.rotate": .native("`stdout_logfile_maxbytes=`"),
        "logs.keep": .native("`stdout_logfile_backups=`"),
        "limits.files": .launcher("`ulimit`, up to supervisord's own `minfds`"),
        "limits.processes": .launcher("`ulimit`, up to supervisord's own `minprocs`"),
        "limits.core": .launcher("`ulimit`"),
        "runtime_directories": .baton("a file for tmpfiles.d"),
        ServiceKeys.takeover: .impossible("it cannot follow a second main process"),
        "handover.pidfile": .baton(""),
    ]) { $1 }

    static let folder = "/etc/supervisor/conf.d"

    private static let signals: Set<Signal> = [.term, .hup, .int, .quit, .kill, .usr1, .usr2]

    static func render(
        _ service: ServiceDefinition,
        _ version: SupervisorVersion
    ) throws(DocumentError) -> Rendering {
        try check(service, version)
        let name = service.name
        let members = service.instances.map { service.count == 1 ? name : "\(name):\(name)_\(twoDigits($0.number))" }
        var rendering = Rendering(version, whole: service.count == 1 ? name : "\(name):*", members: members)
        let given = environment(service)
        rendering.add("\(folder)/\(name).conf", try program(service, version, given))
        let record = RestartLimit.directory(of: service)
        let launcher = Launcher(service: service, subject: .numbered, given: given)
        let limit = RestartLimit(service: service, record: "\(record)/starts-$1", refusal: ["exit 1"])
        rendering.add(
            "\(service.folder)/launch",
            script(
                HomeLog.lines(service) + needed(service) + limit.lines + launcher.preparation + [launcher.start()]
            )
        )
        service.addSecrets(to: &rendering, reader: service.owner)
        var runtime = service.runtimeDirectories.map { "d /run/\($0) 0755 \(service.user) - -" }
        if !limit.lines.isEmpty {
            runtime += ["d \(RestartLimit.folder) 0755 root root -", "d \(record) 0755 \(service.user) - -"]
        }
        if !runtime.isEmpty {
            let text = "# \(Rendering.mark)\n" + runtime.map { $0 + "\n" }.joined()
            rendering.add("/etc/tmpfiles.d/baton-\(name).conf", text)
        }
        LogRotation.addDirectories(to: &rendering, service)
        HomeLog.addRotation(to: &rendering, service)
        return rendering
    }

    /// All of its section and all of the launcher: supervisord takes up nothing of them for what runs, and a change of one
    /// instance is one of the group. But whether it starts at boot is asked for only then.
    static func births(_ service: ServiceDefinition, _ rendering: Rendering) -> [[String]] {
        let texts = rendering.files.compactMap { file in
            if file.path.hasPrefix(service.folder) { return file.content }
            // What it is called stands in a comment.
            guard file.path.hasPrefix(folder) else { return nil }
            return file.content.split(separator: "\n").filter { line in
                !line.hasPrefix("; ") && !line.hasPrefix("autostart=")
            }.joined(separator: "\n")
        }
        return service.instances.map { _ in texts }
    }

    /// Its launcher runs as the service's user, who can make nothing below /run: where no tmpfiles.d is read at boot, it says
    /// so instead of a failure that nobody understands.
    private static func needed(_ service: ServiceDefinition) -> [String] {
        service.runtimeDirectories.flatMap { name in
            let hint = "\(service.name): nothing has made /run/\(name) since the boot; baton start \(service.name) does"
            return ["if [ ! -d /run/\(name) ]; then", "    echo '\(hint)' >&2", "    exit 1", "fi"]
        }
    }

    static func script(_ lines: [String]) -> String {
        "#!/bin/sh\n# \(Rendering.mark)\n" + lines.map { $0 + "\n" }.joined()
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    private static func check(_ service: ServiceDefinition, _ version: SupervisorVersion) throws(DocumentError) {
        var diagnostics = Diagnostics()
        if !signals.contains(service.stopSignal) {
            let why = "it has no \(service.stopSignal.name) among its signals"
            diagnostics.add(service.problem("stop_signal", service.cannot("stop_signal", version, why)))
        }
        if service.restart.policy == .onFailure {
            for case .signal(let signal) in service.normalExit where signal != service.stopSignal {
                let why = "an end by the signal \(signal.name) is always a failure there"
                diagnostics.add(service.problem("normal_exit", service.cannot("normal_exit", version, why)))
            }
        }
        try diagnostics.throwIfErrors()
    }

    private static func program(
        _ service: ServiceDefinition,
        _ version: SupervisorVersion,
        _ given: [EnvironmentVariable]
    ) throws(DocumentError) -> String {
        let name = service.name
        var lines = [
            "; \(Rendering.mark)", "; \(service.description)", "[program:\(name)]",
            "command=/bin/sh \(service.folder)/launch %(process_num)d",
        ]
        if service.count > 1 {
            lines += ["process_name=%(program_name)s_%(process_num)02d", "numprocs=\(service.count)"]
        }
        lines.append("user=\(service.user)")
        if !given.isEmpty { lines.append("environment=" + given.map(setting).joined(separator: ",")) }
        lines.append("autostart=\(service.startsAtBoot)")
        switch service.restart.policy {
        case .always: lines.append("autorestart=true")
        case .never: lines.append("autorestart=false")
        case .onFailure: lines.append("autorestart=unexpected")
        }
        var codes: [String] = []
        for case .status(let status) in service.normalExit { codes.append(String(status)) }
        // It must name one; 0 of a service that never ends well is as good as none.
        lines.append("exitcodes=" + (codes.isEmpty ? "0" : codes.joined(separator: ",")))
        lines += [
            "startsecs=\(service.startSeconds)", "startretries=\(service.restart.limit ?? 1_000_000)",
            "stopsignal=\(service.stopSignal.name)", "stopwaitsecs=\(service.stopSeconds)", "stopasgroup=false",
            "killasgroup=true", "redirect_stderr=true",
        ]
        return try (lines + logs(service, version)).map { $0 + "\n" }.joined()
    }

    private static func logs(
        _ service: ServiceDefinition,
        _ version: SupervisorVersion
    ) throws(DocumentError) -> [String] {
        if case .home = service.logs { return ["stdout_logfile=NONE"] }
        guard case .file(let rotation) = service.logs else {
            return version.isAtLeast(4)
                ? ["stdout_logfile=NONE", "stdout_syslog=true"] : ["stdout_logfile=syslog"]
        }
        guard let path = pattern(service) else {
            let why = "it can only put the number of the instance into the name"
            throw DocumentError(Diagnostics([service.problem("logs.file", service.cannot("logs.file", version, why))]))
        }
        return [
            "stdout_logfile=\(path)", "stdout_logfile_maxbytes=\(rotation?.bytes ?? 0)",
            "stdout_logfile_backups=\(rotation?.keep ?? 10)",
        ]
    }

    // One name for all instances, with the number in its place.
    private static func pattern(_ service: ServiceDefinition) -> String? {
        let files = service.instances.compactMap(\.logFile)
        guard let first = files.first, files.count == service.count else { return nil }
        if files.count == 1 { return first }
        let number = "%(process_num)d"
        for index in first.indices where first[index] == "0" {
            let (head, tail) = (first[..<index], first[first.index(after: index)...])
            if files.enumerated().allSatisfy({ $1 == head + "\($0)" + tail }) { return head + number + tail }
        }
        return nil
    }

    // MARK: The environment

    // What stands in every instance and can be written so that supervisord reads it back.
    private static func environment(_ service: ServiceDefinition) -> [EnvironmentVariable] {
        if !service.environmentFiles.isEmpty { return [] }
        return service.commonEnvironment.filter { isWritable($0.value) && !Launcher.ownNames.contains($0.name) }
    }

    private static func setting(_ variable: EnvironmentVariable) -> String {
        let quote = variable.value.contains("\"") ? "'" : "\""
        return "\(variable.name)=\(quote)\(variable.value.replacing("%", with: "%%"))\(quote)"
    }

    /// Its reader knows no escapes: one kind of quotes can be inside the other, and ` ;` and ` #` begin a comment.
    static func isWritable(_ value: String) -> Bool {
        let bytes = Array(value.utf8)
        guard bytes.count <= 4000, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return false }
        if value.contains(" ;") || value.contains(" #") || value.hasPrefix(";") || value.hasPrefix("#") { return false }
        // It takes quotes off both ends until there are none.
        for quote in ["'", "\""] where value.hasPrefix(quote) || value.hasSuffix(quote) { return false }
        return !(value.contains("'") && value.contains("\""))
    }
}

extension Diagnostics {
    init(_ items: [Diagnostic]) {
        self.init()
        for item in items { add(item) }
    }
}
