/// The keys of a service.
package enum ServiceKeys {
    package static let all: [ServiceKey] = what + life + surroundings + verdicts

    private static let what: [ServiceKey] = [
        ServiceKey("release", .name, "The release it runs from."),
        ServiceKey("description", .title, usual: "its name", "What supervisors call it."),
        ServiceKey(
            "command",
            .command,
            isRequired: true,
            isPerInstance: true,
            "The program and its arguments, as a line or a list; no shell reads it. A program with a `/` in its name and "
                + "none in front lies in the release, a bare name is searched in `PATH`."
        ),
        ServiceKey("user", .account, usual: "the release's, else root", "Who it runs as, by name."),
        ServiceKey("group", .account, usual: "the user's", "Its group, by name."),
        ServiceKey(
            "directory",
            .directory,
            isPerInstance: true,
            usual: "`ROOT/current`, else `/`",
            "Where it runs; a path without `/` in front lies in the release."
        ),
        ServiceKey(
            "environment",
            .settings,
            isPerInstance: true,
            takesSecrets: true,
            "Variables of its environment. Secrets go to a file that only root or the service can read."
        ),
        ServiceKey(
            "environment_files",
            .paths,
            "Files on the host with `NAME=VALUE` lines, read first; `environment` wins."
        ),
        ServiceKey(
            "listen",
            .address,
            isPerInstance: true,
            "Where it answers: `host:port` or `unix:/path`. Other keys can say `{{ listen }}`."
        ),
        ServiceKey("files", .files, "Configuration that is switched and rolled back with the release."),
        ServiceKey("processes", .count(1...100), usual: "1", "How many instances there are; `instance` counts from 0."),
    ]

    private static let life: [ServiceKey] = [
        ServiceKey("start_seconds", .count(0...3600), usual: "1", "It must stay up this long to count as started."),
        ServiceKey("stop_seconds", .count(1...86_400), usual: "10", "How long it has to stop; then it is killed."),
        ServiceKey("stop_signal", .signal, usual: "TERM", "What asks it to stop."),
        ServiceKey(
            "reload_signal",
            .signal,
            usual: "HUP",
            "What asks it to load its configuration again. Most programs that do not know it end by it."
        ),
        ServiceKey("normal_exit", .exits, usual: "0", "Exit statuses and signals that are no failure."),
        ServiceKey(
            "restart",
            .group([
                ServiceKey(
                    "policy",
                    .choice(RestartPolicy.allCases.map(\.rawValue)),
                    usual: "on-failure",
                    "After which ends it is started again."
                ),
                ServiceKey("limit", .count(0...10_000), usual: "3", "So many restarts at most; 0 is no limit."),
                ServiceKey("within", .duration, usual: "30s", "Within this time."),
            ]),
            "When it is started again, and when no more."
        ),
        ServiceKey("start_on", .choice(["boot", "manual"]), usual: "boot", "Whether it starts with the host."),
        ServiceKey(
            "post_stop",
            .line,
            "A line for `sh`, run as the service's user, once, after the last instance has stopped."
        ),
    ]

    private static let surroundings: [ServiceKey] = [
        ServiceKey(
            "logs",
            .choiceOrGroup(
                ["syslog", "journal"],
                [
                    ServiceKey(
                        "file",
                        .path,
                        isRequired: true,
                        isPerInstance: true,
                        "A file in a directory that root owns. Several instances get one each, with their number."
                    ),
                    ServiceKey("rotate", .size, usual: "never", "A new file from this size on: `50MB`."),
                    ServiceKey("keep", .count(1...1000), usual: "10", "How many old ones stay."),
                ]
            ),
            usual: "the journal with systemd, else syslog",
            "Where its output goes: `syslog`, `journal`, or a file."
        ),
        ServiceKey(
            "limits",
            .group([
                ServiceKey("files", .limit, "Open files."),
                ServiceKey("processes", .limit, "Processes of its user."),
                ServiceKey("core", .choice(["0", "unlimited"]), "Core dumps."),
            ]),
            "Resource limits, soft and hard."
        ),
        ServiceKey(
            "runtime_directories",
            .runtimeDirectories,
            "Directories right below `/run` that belong to the service and are made again after each boot."
        ),
        ServiceKey(
            "supervisor",
            .choice(["auto"] + Supervisor.allCases.map(\.rawValue)),
            usual: "auto",
            "Who keeps it running."
        ),
        ServiceKey("adopt", .flag, usual: "false", "A definition that Baton did not write may be replaced."),
    ]

    private static let verdicts: [ServiceKey] = [
        ServiceKey(
            "health",
            .group([
                ServiceKey("http", .url, isPerInstance: true, "An address that must answer."),
                ServiceKey("command", .line, isPerInstance: true, "Or a command that must succeed."),
                ServiceKey("status", .count(100...599), usual: "200", "The status it answers with."),
                ServiceKey(
                    "version",
                    .text,
                    isPerInstance: true,
                    "A text that is in the body, or in `version_header`."
                ),
                ServiceKey("version_header", .text, "The header that says the version."),
            ]),
            "What must hold while it is well."
        ),
        ServiceKey(
            "handover",
            .group([
                ServiceKey(
                    "strategy",
                    .choice(HandoverWish.Strategy.allCases.map(\.rawValue)),
                    usual: "auto",
                    "How one release follows another."
                ),
                ServiceKey(
                    "profile",
                    .name,
                    "What server it is: `gunicorn`, `nginx`, `unicorn`; `generic` for the keys below."
                ),
                ServiceKey("pidfile", .path, "Where the server writes the number of its main process."),
                ServiceKey("boot", .duration, usual: "60s", "How long a new release has until it answers."),
                ServiceKey("drain", .duration, usual: "40s", "How long old connections have to end."),
                ServiceKey(
                    "drain_overrun",
                    .choice(["wait", "proceed", "rollback"]),
                    usual: "wait",
                    "What happens to those that have not ended."
                ),
                ServiceKey("process", .text, "`generic`: a part of the main process's command line."),
                ServiceKey("second_pidfile", .text, "`generic`: what is added to `pidfile` for the second one: `.2`."),
                ServiceKey(
                    "second_pidfile_of",
                    .choice(["new", "old"]),
                    usual: "old",
                    "`generic`: whose that is: the new main process's, or the old one's that moves aside."
                ),
                ServiceKey("upgrade_signal", .signal, usual: "USR2", "`generic`: starts a second main process."),
                ServiceKey("drain_signal", .signal, "`generic`: ends the old one's workers; none if it cannot drain."),
                ServiceKey("revive_signal", .signal, "`generic`: gives a drained one its workers again."),
                ServiceKey("final_signal", .signal, "`generic`: stops a main process when its requests have ended."),
                ServiceKey("quick_signal", .signal, usual: "TERM", "`generic`: stops it at once."),
            ]),
            "How a new release takes over."
        ),
    ]

    /// The keys of a release.
    package static let ofReleases: [ServiceKey] = [
        ServiceKey("root", .path, isRequired: true, "Where it lives: `ROOT/releases`, `ROOT/current`, `ROOT/shared`."),
        ServiceKey(
            "artifact",
            .text,
            isRequired: true,
            "A tar archive by its name, a program, a directory, or an https address."
        ),
        ServiceKey("sha256", .text, "What an artifact behind an address must come to."),
        ServiceKey("user", .account, usual: "root", "Who owns the tree, by name."),
        ServiceKey("shared", .names, "Paths in `ROOT/shared` that every release links to."),
        ServiceKey("prepare", .line, "Run in the tree once it is there, as its user."),
        ServiceKey("migrate", .line, "Run once per run, before the first switch, as its user."),
        ServiceKey("keep", .count(1...1000), usual: "5", "How many good releases stay."),
    ]

    /// The keys of one of `files`.
    package static let ofFiles: [ServiceKey] = [
        ServiceKey("template", .text, "A template of the project."),
        ServiceKey("src", .text, "Or a file, as it is."),
        ServiceKey("dest", .path, isRequired: true, "Where it goes."),
        ServiceKey("mode", .text, usual: "0644", "Its mode, in octal digits."),
        ServiceKey("owner", .account, usual: "root", "Whose it is."),
        ServiceKey("group", .account, usual: "root", "And its group."),
    ]

    /// Every place where a definition can say something, `restart.limit` for the keys of a key: the rows of the table
    /// of supervisors. Words that supervisors treat differently are rows of their own.
    package static let rows: [String] = all.flatMap { key -> [String] in
        switch key.type {
        case .group(let keys) where key.name == "handover":
            keys.flatMap { $0.name == "strategy" ? ["handover.strategy", takeover] : ["handover.\($0.name)"] }
        case .group(let keys): keys.map { "\(key.name).\($0.name)" }
        case .choiceOrGroup(let words, let keys):
            words.map { "\(key.name): \($0)" } + keys.map { "\(key.name).\($0.name)" }
        default: [key.name]
        }
    }

    package static let takeover = "handover.strategy: takeover"
}
