import Arguments
import Events
import Supervision
import Text

/// `baton daemon`: programs that are kept running, by their identifiers, as a hosting panel offers them.
enum DaemonCommand {
    static let on = Option.optional(
        "--on",
        as: .text("PATTERN"),
        help: "The hosts, as -l takes them."
    )
    static let identifier = Operand.required(as: .text("ID"), help: "The daemon: what create answered with.")

    static let declaration = CommandDeclaration(
        name: "daemon",
        abstract: "Keep programs running: create, list, show, restart and delete them by identifiers.",
        discussion: """
            A daemon is a service that needs no project: the host keeps all of it. Its supervisor knows it as daemon-ID, so \
            that supervisorctl restart daemon-ID:* works by hand too, and its log is .baton/daemon-ID.log in its user's \
            home. Daemons are there for supervisord and systemd.
            """,
        subcommands: [
            DaemonCreation.declaration,
            CommandDeclaration(
                name: "list",
                abstract: "Show all daemons.",
                examples: [.init("baton daemon list -b -o json", "Those of all hosts, for a program.")],
                options: connecting
            ),
            CommandDeclaration(
                name: "show",
                abstract: "Show one daemon.",
                options: connecting,
                operands: [identifier]
            ),
            CommandDeclaration(
                name: "logs",
                abstract: "Show what a daemon wrote.",
                options: connecting + [LogsCommand.follow, LogsCommand.lines],
                operands: [identifier]
            ),
            CommandDeclaration(
                name: "restart",
                abstract: "Restart a daemon, one process after the other.",
                options: connecting + [ServiceVerbs.serial, DeployCommand.yes],
                operands: [identifier]
            ),
            CommandDeclaration(
                name: "delete",
                abstract: "Stop a daemon and take it away; its log stays.",
                options: connecting + [ServiceVerbs.serial, DeployCommand.yes],
                operands: [identifier]
            ),
        ]
    )

    static let connecting: [any DeclaresOption] = CommonOptions.connecting + [on]

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        if parsed.isGiven(on), parsed.isGiven(CommonOptions.limit) {
            throw CommandError("--on and -l say the same: give one of them")
        }
        switch parsed.commandPath.last {
        case "create": return try await DaemonCreation.run(parsed, context)
        case "list":
            return try await StatusCommand.show(of: "daemon list", try await Chosen(parsed, context)) {
                $0.hasPrefix(DaemonIdentifier.prefix)
            }
        case "show":
            return try await StatusCommand.show(
                try service(parsed),
                of: "daemon show",
                try await Chosen(parsed, context)
            )
        case "logs": return try await LogsCommand.show(try service(parsed), of: "daemon logs", parsed, context)
        case "restart":
            return try await ServiceVerbs.run(.restart, try service(parsed), of: "daemon restart", parsed, context)
        default: return try await ServiceVerbs.run(.remove, try service(parsed), of: "daemon delete", parsed, context)
        }
    }

    static func service(_ parsed: Parsed) throws(CommandError) -> String {
        let text = parsed[identifier]
        if let id = DaemonIdentifier(given: text) { return id.service }
        throw CommandError(
            "\(Printable.quoted(text)) cannot be the identifier of a daemon",
            hint: DaemonIdentifier.rule
        )
    }
}
