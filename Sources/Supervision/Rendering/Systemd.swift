import Document

/// systemd: a unit, or a template with a target where there are several instances.
enum Systemd {
    static let column: [String: Support] = Support.own.merging([
        "description": .native("`Description=`"),
        "command": .native("`ExecStart=`; a bare name through `env`"),
        "user": .native("`User=`"),
        "group": .native("`Group=`"),
        "directory": .native("`WorkingDirectory=`"),
        "environment": .native("`Environment=`; secrets in an `EnvironmentFile=` of root"),
        "environment_files": .native("`EnvironmentFile=`; `environment` becomes a file behind them"),
        "processes": .native("a template `NAME@.service` and `NAME.target`"),
        "start_seconds": .baton("it is still up then"),
        "stop_seconds": .native("`TimeoutStopSec=`"),
        "stop_signal": .native("`KillSignal=`"),
        "reload_signal": .native("`ExecReload=`"),
        "normal_exit": .native("`SuccessExitStatus=`; systemd adds 0, HUP, INT, TERM and PIPE"),
        "restart.policy": .native("`Restart=`; `always` where it may be taken over"),
        "restart.limit": .native("`StartLimitBurst=`, one more: systemd counts starts"),
        "restart.within": .native("`StartLimitIntervalSec=`"),
        "start_on": .native("`WantedBy=`"),
        "post_stop": .native("`NAME-stopped.service`, which ends with the last instance"),
        "logs: syslog": .native("the journal, which hands on to syslog"),
        "logs: journal": .native("`StandardOutput=journal`"),
        "logs.file": .native("`StandardOutput=append:`"),
        "logs.rotate": .baton("a file for logrotate"),
        "logs.keep": .baton("a file for logrotate"),
        "limits.files": .native("`LimitNOFILE=`"),
        "limits.processes": .native("`LimitNPROC=`"),
        "limits.core": .native("`LimitCORE=`"),
        "runtime_directories": .native("`RuntimeDirectory=`"),
        ServiceKeys.takeover: .native("`ExitType=cgroup`, from systemd 250 on"),
        "handover.pidfile": .native("`PIDFile=` where it may be taken over"),
    ]) { $1 }

    static let folder = "/etc/systemd/system"

    static func render(
        _ service: ServiceDefinition,
        _ version: SupervisorVersion
    ) throws(DocumentError) -> Rendering {
        let unit = SystemdUnit(service: service, version: version)
        try unit.check()
        let name = service.name
        let isOne = service.count == 1
        var rendering = Rendering(
            version,
            whole: isOne ? "\(name).service" : "\(name).target",
            members: isOne ? ["\(name).service"] : service.instances.map { "\(name)@\($0.number).service" }
        )
        rendering.add("\(folder)/\(name)\(isOne ? "" : "@").service", unit.text)
        if !isOne {
            rendering.add("\(folder)/\(name).target", unit.target)
            for instance in service.instances {
                let lines = unit.own(instance)
                if lines.isEmpty { continue }
                let text = "# \(Rendering.mark)\n[Service]\n" + lines.map { $0 + "\n" }.joined()
                let directory = "\(folder)/\(name)@\(instance.number).service.d"
                rendering.addDirectory(directory)
                rendering.add("\(directory)/instance.conf", text)
            }
        }
        if service.postStop != nil { rendering.add("\(folder)/\(name)-stopped.service", unit.stopped) }
        for (path, variables) in unit.environmentFiles { rendering.add(path, EnvironmentFile.text(variables)) }
        service.addSecrets(to: &rendering, reader: .root)
        if unit.isTakenOver { rendering.add(unit.master, mode: 0o755, unit.masterScript) }
        LogRotation.add(to: &rendering, service)
        return rendering
    }

    /// The rest of a unit counts for what runs as soon as systemd has read it again.
    static func birth(
        of instance: ServiceInstance,
        _ service: ServiceDefinition,
        _ version: SupervisorVersion
    ) -> [String] {
        let unit = SystemdUnit(service: service, version: version)
        let type = unit.isTakenOver ? "taken over \(service.handover.pidfile ?? "")" : "exec"
        return [type] + service.birth(of: instance)
    }
}
