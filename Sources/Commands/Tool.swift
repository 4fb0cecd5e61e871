import Arguments
package import Events
import Supervision

/// The tool's declaration and the way from arguments to a command.
package enum Tool {
    package static let version = "0.1.0"

    static let declaration = CommandDeclaration(
        name: "baton",
        abstract: "Hand running services from one release to the next, over plain SSH.",
        discussion: """
            Baton needs nothing on the hosts but sshd and a POSIX shell. It reads Ansible inventories, works on many \
            hosts at once over one SSH connection each, and writes data to stdout and words for people to stderr.
            """,
        exitCodes: Events.ExitCode.allCases.map { .init(Int($0.rawValue), $0.meaning) },
        subcommands: [
            InitCommand.declaration, LabCommand.declaration, ValidateCommand.declaration, PlanCommand.declaration,
            DeployCommand.declaration, RollbackCommand.declaration, RenderCommand.declaration,
            StatusCommand.declaration,
        ] + ServiceVerbs.declarations + [
            LogsCommand.declaration, DaemonCommand.declaration, ExecCommand.declaration, FactsCommand.declaration,
            HostsCommand.declaration,
            CompletionsCommand.declaration, ManualCommand.declaration, VersionCommand.declaration,
        ],
        offersVersion: true
    )

    package static func run(_ context: Context) async -> Events.ExitCode {
        let outcome: Outcome
        do throws(UsageError) {
            outcome = try declaration.parse(context.arguments)
        } catch {
            return complain(error, context)
        }
        switch outcome {
        case .help(let path):
            context.stdout.write(declaration.helpText(for: path, width: min(context.stdout.columns, 100)))
            return .done
        case .version: return VersionCommand.printText(context)
        case .run(let parsed):
            do throws(CommandError) {
                return try await dispatch(parsed, context)
            } catch {
                context.stderr.write(error.text)
                return error.exit
            }
        }
    }

    private static func complain(_ error: UsageError, _ context: Context) -> Events.ExitCode {
        let help = (["baton"] + error.commandPath + ["--help"]).joined(separator: " ")
        let hint = error.hint ?? "`\(help)` shows what there is"
        context.stderr.write("baton: \(error.message)\n  \(hint)\n")
        return .usage
    }

    private static func dispatch(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        switch parsed.commandPath.first {
        case "init": return try InitCommand.run(parsed, context)
        case "lab": return try await LabCommand.run(parsed, context)
        case "validate": return try await ValidateCommand.run(parsed, context)
        case "plan": return try await PlanCommand.run(parsed, context)
        case "deploy": return try await DeployCommand.run(parsed, context)
        case "rollback": return try await RollbackCommand.run(parsed, context)
        case "render": return try await RenderCommand.run(parsed, context)
        case "status": return try await StatusCommand.run(parsed, context)
        case "restart": return try await ServiceVerbs.run(.restart, parsed, context)
        case "reload": return try await ServiceVerbs.run(.reload, parsed, context)
        case "start": return try await ServiceVerbs.run(.start, parsed, context)
        case "stop": return try await ServiceVerbs.run(.stop, parsed, context)
        case "logs": return try await LogsCommand.run(parsed, context)
        case "daemon": return try await DaemonCommand.run(parsed, context)
        case "exec": return try await ExecCommand.run(parsed, context)
        case "facts": return try await FactsCommand.run(parsed, context)
        case "hosts": return try await HostsCommand.run(parsed, context)
        case "completions": return CompletionsCommand.run(parsed, context)
        case "manual": return ManualCommand.run(context)
        default: return VersionCommand.run(parsed, context)
        }
    }
}

/// What ends a command before it has a result: one clear sentence, and the exit code that fits.
package struct CommandError: Error, Sendable {
    package let text: String
    package let exit: Events.ExitCode
    /// The sentence alone.
    let reason: String

    /// One sentence and what to do next.
    init(_ message: String, hint: String? = nil, exit: Events.ExitCode = .usage) {
        text = "baton: \(message)\n" + (hint.map { "  \($0)\n" } ?? "")
        reason = message
        self.exit = exit
    }

    /// Text that is complete already, such as rendered diagnostics.
    init(rendered: String, exit: Events.ExitCode = .usage) {
        text = rendered.hasSuffix("\n") ? rendered : rendered + "\n"
        reason = rendered
        self.exit = exit
    }
}
