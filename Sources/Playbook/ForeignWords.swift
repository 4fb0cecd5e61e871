/// Words that users of Ansible will write, with what to write here instead.
enum ForeignWords {
    /// Values of `state`.
    static let states = [
        "directory": "the kind \"directory\" makes directories",
        "touch": "\"content\" with an empty text makes an empty file",
        "file": "\"present\" is what it is called here",
        "link": "the kind \"link\" makes symbolic links",
        "hard": "there are no hard links here",
    ]

    /// Keys of tasks.
    static let ofTasks = [
        "loop": "write the tasks one by one, or use {% for %} in one command or template",
        "loop_control": "write the tasks one by one, or use {% for %} in one command or template",
        "notify": "register the change and use \"when\" on the restart, or \"when_older\" of \"run\"",
        "listen": "register the change and use \"when\" on the restart, or \"when_older\" of \"run\"",
        "handlers": "register the change and use \"when\" on the restart, or \"when_older\" of \"run\"",
        "block": "write its tasks into the list, with \"when\" and \"tags\" on each",
        "rescue": "use \"ignore_errors\" and \"register\", then \"when\" on what follows",
        "always": "use \"ignore_errors\" on what comes before",
        "until": "use \"retries\" and \"delay\": what fails is tried again; \"failed_when\" says what a failure is",
        "delegate_to": "write a play of its own for that host",
        "delegate_facts": "write a play of its own for that host",
        "local_action": "write a play of its own for that host",
        "run_once": "\"once\" is what it is called here",
        "check_mode": "\"baton plan\" shows what would be done",
        "diff": "\"-D\" shows differences",
        "no_log": "mark the value itself with !secret: it is shown nowhere",
        "args": "write the keys into the task's own mapping, as in run: {cmd: ..., creates: ...}",
        "action": "the kind is the key itself, as in run: {cmd: ...}",
        "async": "\"timeout\" says how long a task may take",
        "poll": "\"timeout\" says how long a task may take",
        "throttle": "\"-f\" says how many hosts run at a time",
        "ignore_unreachable": "hosts that cannot be reached do not stop the others",
        "any_errors_fatal": "a failure stops its own host; the others go on",
        "become_method": "the inventory says it: ansible_become_method",
        "become_flags": "the inventory says it",
        "remote_user": "\"-u\" or the inventory says it: ansible_user",
        "connection": "the inventory says it: ansible_connection",
        "port": "the inventory says it: ansible_port",
        "module_defaults": "write the keys at each task",
        "collections": "the kinds of tasks are built in",
        "debugger": "\"baton plan --show-script\" shows what a host is sent",
        "gather_facts": "facts are fetched where a task uses \"facts\"",
    ]

    static let ofPlays = [
        "gather_facts": "facts are fetched where a task uses \"facts\": leave it out",
        "gather_subset": "facts are fetched where a task uses \"facts\": leave it out",
        "fact_path": "facts are fetched where a task uses \"facts\": leave it out",
        "roles": "write its tasks into the play",
        "pre_tasks":
            "write them at the start of \"tasks\", with \"phase: stage\" where all hosts must be done with them first",
        "post_tasks": "write them at the end of \"tasks\", or as a second play",
        "handlers": "register the change and use \"when\" on the restart, or \"when_older\" of \"run\"",
        "vars_files": "group_vars and host_vars of the inventory are read, and \"-e @FILE\"",
        "vars_prompt": "\"-e name=value\" gives values; secrets are marked with !secret",
        "serial": "it stands below \"rollout\", for plays with \"deploy\"; \"-l\" selects hosts",
        "strategy": "each host goes its own way through the tasks of a play",
        "any_errors_fatal": "a failure stops its own host; the others go on",
        "max_fail_percentage": "the first host that fails stops a play with \"deploy\"",
        "force_handlers": "there are no handlers: \"when_older\" of \"run\" keeps what is due due",
        "order": "hosts run in the order of the inventory",
        "import_playbook": "run the playbooks one after the other",
        "hooks": "they come with services; until then write tasks",
        "when": "write it at each task",
        "remote_user": "\"-u\" or the inventory says it: ansible_user",
        "user": "\"-u\" or the inventory says it: ansible_user",
        "connection": "the inventory says it: ansible_connection",
        "become_method": "the inventory says it: ansible_become_method",
    ]

    /// What is agreed and comes with later work.
    static let later: Set<String> = [
        "rollback", "signal", "scale", "reopen_logs", "hooks",
    ]

    private static let run = "use \"run\""
    private static let package = "use \"run\" with \"unless\", as in unless: dpkg -s nginx"

    /// Modules, without what stands before their dots.
    static let modules = [
        "copy": "\"file\" with \"content\" or \"src\" is what it is called here",
        "command": run, "shell": run, "raw": run, "expect": run,
        "script": "put the script there with \"file\", then use \"run\"",
        "apt": package, "yum": package, "dnf": package, "package": package, "apk": package, "pip": package,
        "npm": package, "gem": package, "apt_repository": "use \"file\" for the list, then \"run\"",
        "apt_key": "use \"file\"",
        "systemd": "\"service\" with \"unit\" is what it is called here",
        "systemd_service": "\"service\" with \"unit\" is what it is called here",
        "supervisorctl": "\"service\" with \"unit\" is what it is called here",
        "runit": "\"service\" with \"unit\" is what it is called here",
        "sysvinit": "use \"run\" with \"unless\" or \"when_older\"",
        "uri": "\"check\" with \"http\" is what it is called here",
        "wait_for": "\"check\" with \"tcp\" or \"unix\", and \"retries\"",
        "wait_for_connection": "a host is connected to before its first task",
        "lineinfile": "write the whole file with \"file\" or \"template\"",
        "blockinfile": "write the whole file with \"file\" or \"template\"",
        "replace": "write the whole file with \"file\" or \"template\"",
        "ini_file": "write the whole file with \"file\" or \"template\"",
        "assemble": "write the whole file with \"template\"",
        "user": "use \"run\" with \"unless\", as in unless: id shop",
        "group": "use \"run\" with \"unless\", as in unless: getent group shop",
        "cron": "\"file\" with a path in /etc/cron.d",
        "authorized_key": "\"file\" with the path of the authorized_keys",
        "sysctl": "\"file\" with a path in /etc/sysctl.d, then \"run\"",
        "mount": run, "hostname": run, "git": "use \"run\" with \"unless\" or \"creates\"",
        "get_url": "use \"run\" with \"creates\"", "unarchive": "use \"run\" with \"creates\"",
        "synchronize": "use \"file\" for each file", "fetch": "use \"baton exec\"",
        "slurp": "use \"run\" and \"register\"",
        "stat": "use \"run\" with \"creates\" or \"removes\"", "find": "use \"run\" and \"register\"",
        "debug": "\"-v\" shows each task with what it printed",
        "fail": "use \"run: exit 1\" with \"when\"", "assert": "use \"check\", or \"run\" with \"when\"",
        "set_fact": "\"vars\" of the play, which are evaluated when they are needed",
        "include_vars": "group_vars and host_vars of the inventory are read, and \"-e @FILE\"",
        "add_host": "the inventory names the hosts", "group_by": "the inventory names the groups",
        "include": "write the tasks into the play", "include_tasks": "write the tasks into the play",
        "import_tasks": "write the tasks into the play", "include_role": "write its tasks into the play",
        "import_role": "write its tasks into the play", "import_playbook": ofPlays["import_playbook"] ?? "",
        "meta": "leave it out", "setup": "facts are fetched where a task uses \"facts\"",
        "gather_facts": "facts are fetched where a task uses \"facts\"", "reboot": run,
        "tempfile": "use \"run\" and \"register\"",
    ]

    /// What to write instead of a key of a task.
    static func hint(forTaskKey key: String) -> String? {
        if let hint = ofTasks[key] { return hint }
        if key.hasPrefix("with_") { return ofTasks["loop"] }
        let last = key.split(separator: ".").last.map(String.init) ?? key
        if let hint = modules[last] { return hint }
        guard key.contains(".") else { return nil }
        if TaskKind.named(last) != nil { return "\"\(last)\" is what it is called here" }
        return "modules of Ansible are not run; the kinds of tasks are "
            + TaskKind.all.map(\.name).joined(separator: ", ")
    }
}
