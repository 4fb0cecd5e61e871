import Arguments

/// A made-up deployment tool with every kind of option and operand, and commands two levels deep.
enum FakeTool {
    enum Format: String, CaseIterable, Sendable {
        case text
        case json
        case yaml
    }

    static let inventory = Option.repeated(
        "-i",
        "--inventory",
        as: .path(.file),
        help: "Read hosts from a file or directory."
    )
    static let verbose = Option.count("-v", "--verbose", help: "Say more; -vvv says most.")
    static let color = Option.value(
        "--color",
        "--colour",
        as: .choice(Format.self, named: "WHEN"),
        default: .text,
        help: "Choose [coloured] output: it's a 100% `safe` thing, e.g. for \"logs\" and C:\\temp."
    )

    static let check = Option.flag("-C", "--check", "--dry-run", help: "Change nothing; only show what would change.")
    static let diff = Option.flag("-D", "--diff", help: "Show differences.")
    static let limit = Option.optional("-l", "--limit", as: .text("PATTERN"), help: "Work on matching hosts only.")
    static let forks = Option.value(
        "-f",
        "--forks",
        as: .wholeNumber(in: 1...500, named: "COUNT"),
        default: 5,
        help: "Work on this many hosts at once."
    )
    static let timeout = Option.value(
        "--timeout",
        as: .duration(),
        default: .seconds(90),
        help: "Give up after a while."
    )
    static let buffer = Option.optional(
        "--buffer",
        as: .byteSize(in: 1...1_073_741_824),
        help: "Keep this much output."
    )
    static let keys = Option.optional("--key-directory", as: .path(.directory), help: "Look for keys here.")
    static let labName = Option.value("-n", "--name", as: .text("NAME"), default: "lab", help: "Name the lab.")
    static let hosts = Option.optional("--hosts", as: .wholeNumber(in: 1...9), help: "Start this many hosts.")

    static let playbook = Operand.required(as: .path(.file, named: "PLAYBOOK"), help: "The playbook to apply.")
    static let extra = Operand.rest(as: .text("TAG"), help: "Apply only the parts with these tags.")
    static let pattern = Operand.required(as: .text("PATTERN"), help: "The hosts to run on.")
    static let command = Operand.afterDoubleDash(as: .text("WORD"), minimum: 1, help: "The command and its arguments.")
    static let format = Operand.optional(as: .choice(Format.self, named: "FORMAT"), help: "How to write the list.")
    static let sources = Operand.rest(as: .path(.file, named: "SOURCE"), minimum: 2, help: "The files to compare.")

    static let apply = CommandDeclaration(
        name: "apply",
        abstract: "Apply a playbook to hosts.",
        discussion: """
            Tasks run in the order in which they are written, on all hosts at once. A host on which a task
            fails takes no further part.

            .Nothing is changed with --check.
            """,
        examples: [.init("baton apply site.yml -l web --check", "Show what would change on the web hosts.")],
        options: [check, diff, limit, forks, timeout, buffer, keys],
        operands: [playbook, extra]
    )
    static let exec = CommandDeclaration(
        name: "exec",
        abstract: "Run one command on hosts.",
        examples: [.init("baton exec web -- uptime", "Ask the web hosts how long they have been up.")],
        options: [limit, forks],
        operands: [pattern, command]
    )
    static let lab = CommandDeclaration(
        name: "lab",
        abstract: "Manage hosts for trying things out.",
        options: [labName],
        subcommands: [
            CommandDeclaration(name: "up", abstract: "Start the lab.", options: [hosts]),
            CommandDeclaration(name: "down", abstract: "Stop the lab.", operands: [format]),
            CommandDeclaration(name: "compare", abstract: "Compare files of the lab.", operands: [sources]),
        ]
    )
    static let tool = CommandDeclaration(
        name: "baton",
        abstract: "Deploy to many hosts without agents.",
        discussion: "Baton reads playbooks and makes hosts look the way they say.",
        examples: [
            .init("baton apply site.yml", "Apply the playbook site.yml."),
            .init("baton lab up --hosts 3", "Start three hosts."),
        ],
        exitCodes: [
            .init(0, "All hosts are as they should be."),
            .init(2, "The command line was not understood."),
        ],
        options: [inventory, verbose, color],
        subcommands: [apply, exec, lab],
        offersVersion: true
    )

    static func parse(_ line: String) throws(UsageError) -> Outcome {
        try tool.parse(line.split(separator: " ").map(String.init))
    }

    /// The parsed line, or nil when the outcome is another one.
    static func run(_ line: String) throws -> Parsed? {
        if case .run(let parsed) = try parse(line) { parsed } else { nil }
    }

    /// The error the line leads to, or nil when it is accepted.
    static func error(_ line: String) -> UsageError? {
        error(line.split(separator: " ").map(String.init))
    }

    static func error(_ arguments: [String]) -> UsageError? {
        do {
            _ = try tool.parse(arguments)
            return nil
        } catch {
            return error
        }
    }
}
