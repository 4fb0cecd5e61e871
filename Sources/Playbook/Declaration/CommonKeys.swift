/// The keys that every task has, and those of plays.
package enum CommonKeys {
    package static let ofTasks: [TaskKey] = [
        TaskKey("name", .text, usual: "the kind and its path or command", "What it is called in plans and results."),
        TaskKey("when", .condition, "Only where this is true; a list must hold as a whole. Without braces."),
        TaskKey(
            "tags",
            .tags,
            takesTemplates: false,
            "For `--tags` and `--skip-tags`, besides those of the play. `always` and `never` are special."
        ),
        TaskKey("vars", .variables, "Variables for this task alone."),
        TaskKey(
            "register",
            .identifier,
            takesTemplates: false,
            "A variable for the result: `changed`, `failed`, `skipped`, and of commands `rc`, `stdout`, `stderr`."
        ),
        TaskKey("become", .flag, takesTemplates: false, usual: "the play's", "As another user, through sudo."),
        TaskKey("become_user", .text, usual: "the play's", "Who that is. Implies `become`."),
        TaskKey(
            "environment",
            .settings,
            takesSecrets: true,
            usual: "the play's",
            "Variables for the environment of commands; they win over the play's. Secrets belong here."
        ),
        TaskKey(
            "timeout",
            .duration,
            takesTemplates: false,
            usual: "10m; 10s for `check`",
            "How long one attempt may take."
        ),
        TaskKey("retries", .count(0...1000), takesTemplates: false, usual: "0", "More attempts after a failure."),
        TaskKey("delay", .duration, takesTemplates: false, usual: "5s", "How long to wait between attempts."),
        TaskKey("ignore_errors", .flag, takesTemplates: false, usual: "false", "A failure does not stop the host."),
        TaskKey(
            "once",
            .flag,
            takesTemplates: false,
            usual: "false",
            "On the first host that comes to it; the others wait and have its result."
        ),
        TaskKey(
            "phase",
            .choice(TaskDefinition.Phase.allCases.map(\.rawValue)),
            takesTemplates: false,
            usual: "run",
            "`stage`: before all other tasks of the play, on all its hosts."
        ),
    ]

    /// Only for kinds whose outcome shows when they are carried out.
    package static let ofOutcomes: [TaskKey] = [
        TaskKey(
            "changed_when",
            .condition,
            usual: "always, for `run`",
            "Whether it counts as a change, by its result."
        ),
        TaskKey("failed_when", .condition, usual: "`rc` is not 0", "Whether it counts as a failure, by its result."),
    ]

    package static let ofPlays: [TaskKey] = [
        TaskKey("name", .text, takesTemplates: false, usual: "its hosts", "What it is called."),
        TaskKey("hosts", .hosts, isRequired: true, takesTemplates: false, "Which hosts, in the words of `--limit`."),
        TaskKey(
            "become",
            .flag,
            takesTemplates: false,
            usual: "what the command line and the inventory say",
            "Tasks run as another user, through sudo."
        ),
        TaskKey("become_user", .text, usual: "root", "Who that is. Implies `become`."),
        TaskKey("vars", .variables, "Variables; stronger than the inventory's."),
        TaskKey("environment", .settings, takesSecrets: true, "Variables for the environment of all commands."),
        TaskKey("tags", .tags, takesTemplates: false, "Tags of all its tasks."),
        TaskKey(
            "rollout",
            .group(PlayRollout.keys),
            takesTemplates: false,
            usual: "one host after the other",
            "How it goes over its hosts where a task of it is `deploy`."
        ),
        TaskKey("tasks", .tasks, isRequired: true, takesTemplates: false, "What is done, in this order."),
    ]
}
