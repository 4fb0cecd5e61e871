/// What a look before a handover can find that speaks against a takeover. Data: the judge names them, the page lists them.
package enum PreflightTrap: String, CaseIterable, Sendable {
    case nobody, unseen, strange
    case noPidFile = "no_pid_file"
    case wrongPidFile = "wrong_pid_file"
    case sidePidFile = "side_pid_file"
    case staleSidePidFile = "stale_side_pid_file"
    case secondGeneration = "second_generation"
    case noWorkers = "no_workers"
    case supervised
    case unitEnds = "unit_ends"
    case unitForgets = "unit_forgets"
    case unitKills = "unit_kills"
    case unitWatches = "unit_watches"
    case unitOutOfMemory = "unit_oom"
    case unitOfUser = "unit_of_user"
    case unitChanged = "unit_changed"
    case foreground
    case noDrain = "no_drain"
    case directoryDeleted = "directory_deleted"
    case interpreterMissing = "interpreter_missing"
    case relativeProgram = "relative_program"
    case reusePort = "reuse_port"
    case hookKills = "hook_kills"
    case definitionChanged = "definition_changed"
    case listenChanged = "listen_changed"
    case frozenInterpreter = "frozen_interpreter"
    case frozenStart = "frozen_start"
    case notPinned = "not_pinned"
    case memory
    case newMasterDies = "new_master_dies"
    case versionUnknown = "version_unknown"
    case versionCrossed = "version_crossed"
    case trialFailed = "trial_failed"
    case trialMissing = "trial_missing"
    case noHealth = "no_health"
    case noMarker = "no_marker"

    /// What a finding of it means.
    package enum Weight: String, Sendable {
        /// Nothing is changed until it is mended, whatever the strategy.
        case stops
        /// No takeover; another strategy may do.
        case forbids
        case warns
    }

    package var weight: Weight {
        switch self {
        case .secondGeneration, .trialFailed: .stops
        case .staleSidePidFile, .unitOutOfMemory, .unitChanged, .noDrain, .notPinned, .trialMissing, .noHealth: .warns
        default: .forbids
        }
    }

    /// When it is found.
    package var meaning: String {
        switch self {
        case .nobody: "no main process runs"
        case .unseen: "whoever looks may not see the directory and the program of the main process"
        case .strange: "the server is none that has a profile"
        case .noPidFile: "the definition names no pid file"
        case .wrongPidFile: "the pid file does not name the main process: missing, empty, stale, a link, or another's"
        case .sidePidFile: "the second pid file names a process that exists and is no second master"
        case .staleSidePidFile: "the second pid file names nobody"
        case .secondGeneration: "a second master lives: an earlier takeover is not over"
        case .noWorkers: "the master has no workers: it was drained, or has just begun"
        case .supervised:
            "supervisord, runit, s6 or another supervisor is its parent: it would start the service a second time"
        case .unitEnds: "systemd would end the new master with the old one: `ExitType=cgroup` is not in effect"
        case .unitForgets:
            "with `ExitType=cgroup`, `Restart=` is something that needs to know how the main process ended"
        case .unitKills: "with `ExitType=cgroup`, `KillMode=mixed` kills all at once when the service is stopped"
        case .unitWatches: "the unit has a watchdog, and takes word from the first main process only"
        case .unitOutOfMemory: "`OOMPolicy=` ends all of the service when one worker runs out of memory"
        case .unitOfUser: "it belongs to a systemd of the user's own, which is not asked"
        case .unitChanged: "the unit on the disk is not the one that is in effect"
        case .foreground: "nginx in the foreground ignores USR2"
        case .noDrain: "gunicorn in the foreground ignores WINCH: both releases answer until the old master stops"
        case .directoryDeleted: "the directory in which the master would start itself again is deleted"
        case .interpreterMissing: "the program with which it would start itself again is missing"
        case .relativeProgram: "nginx was started by a name without a path, and does not find itself again"
        case .reusePort: "with `reuse_port` a new master gets no sockets and dies"
        case .hookKills: "a hook of the configuration stops the old master by itself"
        case .definitionChanged: "command, environment, limits or user differ: a second master has those of the first"
        case .listenChanged: "it does not listen where the definition says: a second master has the first one's sockets"
        case .frozenInterpreter:
            "the interpreter lies in a release: the new master would run the old release's libraries"
        case .frozenStart: "its directory or arguments name a release: the new master would be the old release again"
        case .notPinned: "a worker that is replaced under the old master after the flip loads the new release"
        case .memory: "there is too little memory for both generations"
        case .newMasterDies: "gunicorn 18 and older on Python 3.4 and newer: the new master inherits no sockets"
        case .versionUnknown: "the version of what runs cannot be told, and signals differ between versions"
        case .versionCrossed: "the new release has a gunicorn with other pid files or signals"
        case .trialFailed: "the check of the configuration fails with the new release's code and interpreter"
        case .trialMissing: "the new release's configuration was not checked"
        case .noHealth: "no health check: all that is known is that connections are taken"
        case .noMarker: "the health check does not tell releases apart, and there is no drain to do so"
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch self {
        case .nobody: "start the service"
        case .unseen: "look as root, with become: true"
        case .strange: "name its profile, or use strategy: restart"
        case .noPidFile: "handover.pidfile, and the server told to write it"
        case .wrongPidFile: "restart the service once, so that it writes its pid file anew"
        case .sidePidFile: "remove it if that process has nothing to do with the service"
        case .staleSidePidFile: "nothing: the next master writes it anew"
        case .secondGeneration: "finish or undo the earlier takeover: its verdict says how"
        case .noWorkers: "wait until it has some, or restart the service"
        case .supervised: "strategy: restart; or run it by itself or under systemd 250"
        case .unitEnds: "ExitType=cgroup in the unit, from systemd 250 on"
        case .unitForgets: "Restart=always"
        case .unitKills: "KillMode=control-group"
        case .unitWatches: "NotifyAccess=all"
        case .unitOutOfMemory: "OOMPolicy=continue"
        case .unitOfUser: "strategy: restart"
        case .unitChanged: "systemctl daemon-reload"
        case .foreground: "daemon on, or strategy: reload"
        case .noDrain: "nothing, if the health check tells releases apart"
        case .directoryDeleted: "strategy: restart; keep releases that are in use"
        case .interpreterMissing: "strategy: restart; keep releases that are in use"
        case .relativeProgram: "the whole path of the program in command"
        case .reusePort: "leave out reuse_port, or use strategy: restart"
        case .hookKills: "take the hook out: the takeover stops the old master itself, when the new one is proven"
        case .definitionChanged: "strategy: restart for this change"
        case .listenChanged: "strategy: restart for this change"
        case .frozenInterpreter:
            "begin command with an interpreter by its way through current: venv/bin/python venv/bin/gunicorn"
        case .frozenStart: "start it through current, with PWD saying so"
        case .notPinned: "preload the application, or take it as it is"
        case .memory: "fewer workers, a higher limit, or strategy: restart"
        case .newMasterDies: "strategy: restart, or a newer gunicorn"
        case .versionUnknown: "name it: profile: gunicorn, gunicorn-19.0 or gunicorn-18"
        case .versionCrossed: "strategy: restart for this change"
        case .trialFailed: "mend the release"
        case .trialMissing: "nothing: the new master shows it"
        case .noHealth: "health.http"
        case .noMarker: "health.version or health.version_header"
        }
    }

    /// The table for `docs/handover.md`.
    package static var page: String {
        var lines = ["| found | when | then | remedy |", "| --- | --- | --- | --- |"]
        for trap in allCases {
            lines.append("| `\(trap.rawValue)` | \(trap.meaning) | \(trap.weight.rawValue) | \(trap.remedy) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
