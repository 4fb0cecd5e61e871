internal import Supervision
internal import Text

/// What would end the new master, or start the service once more.
extension PreflightJudge {
    /// Supervisors that know the process that they have started and no other.
    private static let parents = [
        "supervisord", "runsv", "s6-supervise", "supervise ", "daemontools", "upstart", "circusd", "monit",
    ]

    func supervision() -> [Finding] {
        guard let master = seen.master else { return [] }
        if let unit = seen.userUnit {
            return [Finding(.unitOfUser, "it is \(Printable.line(unit)) of a user's own systemd")]
        }
        // Only a parent has it in its care: further up there may be a supervisor of something else.
        guard let parent = seen.ancestors.first, parent.pid == master.parent else { return [] }
        if let name = Self.parents.first(where: { parent.title.contains($0) }) {
            let name = name.split(separator: " ").first.map(String.init) ?? name
            return [
                Finding(.supervised, "\(name), process \(parent.pid), is its parent and cannot follow a second master")
            ]
        }
        if parent.pid != 1, seen.unit == nil, !parent.title.contains("systemd") {
            let title = Printable.line(parent.title, limit: 60)
            return [Finding(.supervised, "process \(parent.pid), \(title), is its parent and may start it anew")]
        }
        return []
    }

    private func property(_ key: String) -> String { seen.properties[key] ?? "" }

    func unit() -> [Finding] {
        guard let unit = seen.unit, seen.master != nil, let profile else { return [] }
        var found: [Finding] = []
        let name = Printable.line(unit)
        let follows = property("ExitType") == "cgroup"
        // A main process whose pid file names the next one before it ends is followed without.
        let moves = property("Type") == "forking" && !property("PIDFile").isEmpty && profile.sideHolds == .old
        if !follows, !moves {
            let version = seen.systemd ?? 0
            let text: String
            if version > 0, version < 250 {
                text = "systemd \(version) would end the new master with the old one of \(name)"
                found.append(
                    Finding(.unitEnds, text, remedy: "strategy: restart: ExitType=cgroup is ignored before systemd 250")
                )
            } else {
                text = "\(name) has no ExitType=cgroup: systemd would end the new master with the old one"
                found.append(Finding(.unitEnds, text))
            }
        }
        if follows {
            let restart = property("Restart")
            if !["always", "no", ""].contains(restart) {
                let text =
                    "\(name) has Restart=\(Printable.line(restart, limit: 20)), and how a second master ends is unknown to it"
                found.append(Finding(.unitForgets, text))
            }
            if property("KillMode") == "mixed" {
                found.append(Finding(.unitKills, "\(name) has KillMode=mixed: behind a takeover a stop kills at once"))
            }
        }
        let watchdog = property("WatchdogUSec")
        if !["", "0", "infinity"].contains(watchdog), !["all", "exec"].contains(property("NotifyAccess")) {
            let access = Printable.line(property("NotifyAccess"), limit: 20)
            found.append(Finding(.unitWatches, "\(name) has a watchdog of \(watchdog) and NotifyAccess=\(access)"))
        }
        if follows, ["stop", "kill"].contains(property("OOMPolicy")) {
            found.append(Finding(.unitOutOfMemory, "\(name) has OOMPolicy=\(property("OOMPolicy"))"))
        }
        if property("NeedDaemonReload") == "yes" {
            found.append(Finding(.unitChanged, "\(name) was changed on the disk since systemd has read it"))
        }
        return found
    }

    /// It never went into the background; nil where that cannot be told.
    var isForeground: Bool? {
        guard let master = seen.master else { return nil }
        if seen.properties["MainPID"] == String(master.pid),
            ["simple", "exec", "notify", "notify-reload"].contains(property("Type"))
        {
            return true
        }
        switch seen.server {
        case .gunicorn: return settings.isDaemon.map { !$0 }
        case .nginx: return settings.isDaemon == false
        case .unicorn, nil: return nil
        }
    }
}
