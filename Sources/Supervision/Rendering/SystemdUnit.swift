import Document
internal import Shell

/// The texts of the units of one service.
struct SystemdUnit {
    let service: ServiceDefinition
    let version: SupervisorVersion

    /// Before 250 systemd ignores `ExitType=` and kills the new master with the old one.
    var isTakenOver: Bool { service.handover.mayTakeOver && version.isAtLeast(250) }
    var master: String { "\(service.folder)/master" }

    private var isOne: Bool { service.count == 1 }
    // Files win over `Environment=`, so that with files all of it has to be in one.
    private var usesFile: Bool { !service.environmentFiles.isEmpty }

    func check() throws(DocumentError) {
        var diagnostics = Diagnostics()
        if service.handover.strategy == .takeover, !isTakenOver {
            let row = ServiceKeys.takeover
            let why = "before 250 it stops the new release together with the old one"
            diagnostics.add(
                service.problem(
                    row,
                    service.cannot(row, version, why),
                    hint: "\"paired\" and \"socket\" keep the service up here"
                )
            )
        }
        for instance in service.instances {
            if !instance.command.allSatisfy(SystemdText.isTaken) {
                let why = "it takes no text with the characters that Unicode reserves"
                diagnostics.add(service.problem("command", service.cannot("command", version, why)))
            }
            for variable in instance.environment + instance.secrets where !SystemdText.isTaken(variable.value) {
                let why = "the value of \(variable.name) has a character that Unicode reserves"
                diagnostics.add(service.problem("environment", service.cannot("environment", version, why)))
            }
            if diagnostics.hasErrors { break }
        }
        try diagnostics.throwIfErrors()
    }

    /// Files with what is no secret.
    var environmentFiles: [(String, [EnvironmentVariable])] {
        guard usesFile else { return [] }
        var files: [(String, [EnvironmentVariable])] = []
        let common = service.commonEnvironment
        if !common.isEmpty { files.append(("\(service.folder)/environment", common)) }
        for instance in service.instances {
            let own = service.ownEnvironment(of: instance)
            if !own.isEmpty { files.append(("\(service.folder)/environment-\(instance.number)", own)) }
        }
        return files
    }

    // MARK: The unit

    var text: String {
        let number = isOne ? "" : " %i"
        var unit = ["Description=\(SystemdText.rest(service.description))\(number)", "After=network.target"]
        if !isOne { unit.append("PartOf=\(service.name).target") }
        if service.postStop != nil {
            unit += ["Wants=\(service.name)-stopped.service", "After=\(service.name)-stopped.service"]
        }
        unit += startLimit
        var sections = ["[Unit]"] + unit + ["", "[Service]"] + body
        if isOne, service.startsAtBoot { sections += ["", "[Install]", "WantedBy=multi-user.target"] }
        return file(sections)
    }

    private var startLimit: [String] {
        guard service.restart.policy != .never, let limit = service.restart.limit else {
            return ["StartLimitIntervalSec=0"]
        }
        return ["StartLimitIntervalSec=\(service.restart.within)", "StartLimitBurst=\(limit + 1)"]
    }

    private var body: [String] {
        var lines = ["Type=exec"]
        if isTakenOver {
            // A second main process comes to stand beside the first and outlives it.
            lines.append("ExitType=cgroup")
            if let pidfile = service.handover.pidfile { lines.append("PIDFile=\(pidfile)") }
        }
        lines += account
        if let directory = service.commonDirectory { lines += place(directory) }
        if usesFile {
            lines += service.environmentFiles.map { "EnvironmentFile=\($0)" }
            if !service.commonEnvironment.isEmpty { lines.append("EnvironmentFile=\(service.folder)/environment") }
        } else {
            lines += service.commonEnvironment.map(SystemdText.environment)
        }
        if service.sharesSecrets, let file = service.secretsFile(of: service.instances[0]) {
            lines.append("EnvironmentFile=\(file)")
        }
        if service.commonCommand != nil { lines.append(start(service.instances[0])) }
        lines +=
            isTakenOver ? masterLines : ["ExecReload=/bin/sh -c \"kill -s \(service.reloadSignal.name) $$MAINPID\""]
        lines += stopping + restarting + runtimeDirectories
        switch service.logs {
        case .file:
            if isOne { lines += output(service.instances[0]) }
        case .usual, .journal, .syslog, .home:
            lines += ["StandardOutput=journal", "StandardError=inherit", "SyslogIdentifier=\(service.name)"]
        }
        return lines + service.limits.map(limit)
    }

    /// What only this instance has.
    func own(_ instance: ServiceInstance) -> [String] {
        var lines: [String] = []
        if service.commonDirectory == nil { lines += place(instance.directory) }
        let own = service.ownEnvironment(of: instance)
        if usesFile {
            if !own.isEmpty { lines.append("EnvironmentFile=\(service.folder)/environment-\(instance.number)") }
        } else {
            lines += own.map(SystemdText.environment)
        }
        if !service.sharesSecrets, let file = service.secretsFile(of: instance) {
            lines.append("EnvironmentFile=\(file)")
        }
        if service.commonCommand == nil { lines.append(start(instance)) }
        if case .file = service.logs { lines += output(instance) }
        return lines
    }

    private var account: [String] {
        ["User=\(service.user)"] + (service.group.map { ["Group=\($0)"] } ?? [])
    }

    // systemd itself sets no PWD, and servers look there for the way through the link.
    private func place(_ directory: String) -> [String] {
        let path = SystemdText.rest(directory)
        return ["WorkingDirectory=\(path)", "Environment=PWD=\(path)"]
    }

    private func start(_ instance: ServiceInstance) -> String {
        var words = instance.words
        if case .home = service.logs {
            words = ["/bin/sh", "-c", (HomeLog.lines(service) + ["exec \"$@\""]).joined(separator: "; "), "sh"] + words
        }
        return "ExecStart=" + SystemdText.command(words)
    }

    private func output(_ instance: ServiceInstance) -> [String] {
        guard let file = instance.logFile else { return [] }
        return ["StandardOutput=append:\(SystemdText.rest(file))", "StandardError=inherit"]
    }

    // MARK: Stopping and restarting

    private var stopping: [String] {
        // With a second main process, or none that systemd knows, `mixed` would kill everything at once.
        let mode = isTakenOver ? "control-group" : "mixed"
        return [
            "KillMode=\(mode)", "KillSignal=SIG\(service.stopSignal.name)", "TimeoutStopSec=\(service.stopSeconds)",
        ]
    }

    private var restarting: [String] {
        var lines: [String] = []
        switch service.restart.policy {
        case .never: lines.append("Restart=no")
        case .always: lines.append("Restart=always")
        // How the main process ended is unknown once it was taken over, and what is unknown counts as well.
        case .onFailure: lines.append(isTakenOver ? "Restart=always" : "Restart=on-failure")
        }
        // One worker out of memory must not take the service down.
        if isTakenOver { lines.append("OOMPolicy=continue") }
        let usual: Set<Exit> = [
            .status(0), .signal(.hup), .signal(.int), .signal(.term), .signal(.pipe),
        ]
        let exits = service.normalExit.filter { !usual.contains($0) }.map { exit in
            switch exit {
            case .status(let status): String(status)
            case .signal(let signal): "SIG\(signal.name)"
            }
        }
        if !exits.isEmpty { lines.append("SuccessExitStatus=" + exits.joined(separator: " ")) }
        return lines
    }

    private var masterLines: [String] {
        [
            // As root, and whatever becomes of it the service starts.
            "ExecStartPre=-+/bin/sh \(master) heal",
            "ExecStop=/bin/sh \(master) \(service.stopSignal.name) \(service.stopSeconds)",
            "ExecReload=/bin/sh \(master) \(service.reloadSignal.name)",
        ]
    }

    /// A takeover that a boot has cut off comes to its end before the service starts: release and verdict follow the token. One
    /// that never began has changed nothing, and root runs nothing that is another's.
    private var healing: String {
        let place = service.root.map { "\($0)/.baton" } ?? "/var/lib/baton/services/\(service.name)"
        return """
            if [ "$1" = heal ]; then
                for place in \(Quoting.word(place))/handover-*; do
                    [ -f "$place/program" ] && [ -e "$place/conductor" ] && [ ! -e "$place/verdict" ] || continue
                    if [ -O "$place" ] && [ -O "$place/program" ]; then /bin/sh "$place/program" "$place" heal; fi
                done
                exit 0
            fi
            """
    }

    /// Signals go to the process that the pid file names: after a takeover systemd knows no main process.
    var masterScript: String {
        """
        #!/bin/sh
        # \(Rendering.mark)
        # master SIGNAL [SECONDS]: signals the main process, and waits for its end so long.
        # master heal: before the service starts.
        \(healing)
        pid=
        [ ! -r \(service.handover.pidfile ?? "/dev/null") ] || read -r pid <\(service.handover.pidfile ?? "/dev/null")
        case $pid in '' | 0* | 1 | *[!0-9]*) pid= ;; esac
        # Whoever may write the pid file does not choose whom it names: only a process of this unit will do.
        if [ -n "$pid" ] && [ "$(cat "/proc/$pid/cgroup" 2>/dev/null)" != "$(cat /proc/self/cgroup)" ]; then
            pid=
        fi
        if [ -z "$pid" ]; then
            # Nobody to ask: stopping goes on with the signal for all.
            [ -n "$2" ] && exit 0
            echo "\(service.name): no pid file names a process of the service" >&2
            exit 1
        fi
        kill -s "$1" "$pid" || exit 1
        [ -n "$2" ] || exit 0
        read -r now _ </proc/uptime
        end=$((${now%%.*} + $2))
        while kill -s 0 "$pid" 2>/dev/null; do
            read -r now _ </proc/uptime
            [ "${now%%.*}" -lt "$end" ] || exit 0
            sleep 0.1 2>/dev/null || sleep 1
        done

        """
    }

    private var runtimeDirectories: [String] {
        if service.runtimeDirectories.isEmpty { return [] }
        // Instances share them, and whoever stops first must not take them away.
        return [
            "RuntimeDirectory=" + service.runtimeDirectories.joined(separator: " "), "RuntimeDirectoryPreserve=yes",
        ]
    }

    private func limit(_ limit: Limit) -> String {
        let value = limit.value.map(String.init) ?? "infinity"
        switch limit.resource {
        case .files: return "LimitNOFILE=\(value)"
        case .processes: return "LimitNPROC=\(value)"
        case .core: return "LimitCORE=\(value)"
        }
    }

    // MARK: Units beside it

    var target: String {
        var sections = ["[Unit]", "Description=\(SystemdText.rest(service.description))"]
        sections += service.instances.map { "Wants=\(service.name)@\($0.number).service" }
        if service.startsAtBoot { sections += ["", "[Install]", "WantedBy=multi-user.target"] }
        return file(sections)
    }

    /// Started with the first instance and stopped behind the last one: so its `ExecStop=` comes once.
    var stopped: String {
        var sections = [
            "[Unit]", "Description=What is left to do once \(service.name) has stopped", "StopWhenUnneeded=yes", "",
            "[Service]", "Type=oneshot", "RemainAfterExit=yes",
        ]
        sections += account
        if let directory = service.commonDirectory { sections += place(directory) }
        if let line = service.postStop { sections.append("ExecStop=" + SystemdText.command(["/bin/sh", "-c", line])) }
        sections.append("TimeoutStopSec=\(service.stopSeconds)")
        return file(sections)
    }

    private func file(_ lines: [String]) -> String {
        "# \(Rendering.mark)\n" + lines.map { $0 + "\n" }.joined()
    }
}
