import Arguments
import Events
import SSH

/// `baton version`.
enum VersionCommand {
    static let declaration = CommandDeclaration(
        name: "version",
        abstract: "Show the version, and that of libssh2.",
        options: [CommonOptions.output]
    )

    static func run(_ parsed: Parsed, _ context: Context) -> Events.ExitCode {
        if (parsed[CommonOptions.output] ?? .text) == .text { return printText(context) }
        let value = JSON.members([
            "schema": .string("baton.version/1"), "version": .string(Tool.version),
            "libssh2": libssh2.map { .string($0) },
        ])
        context.stdout.write(value.line + "\n")
        return .done
    }

    static func printText(_ context: Context) -> Events.ExitCode {
        context.stdout.write("baton \(Tool.version) (libssh2 \(libssh2 ?? "unusable"))\n")
        return .done
    }

    private static var libssh2: String? { (try? Library())?.version }
}

/// `baton completions`.
enum CompletionsCommand {
    static let shell = Operand.required(
        as: .choice(Arguments.Shell.self, named: "SHELL"),
        help: "The shell to complete in."
    )
    static let declaration = CommandDeclaration(
        name: "completions",
        abstract: "Print a completion script for a shell.",
        examples: [
            .init("baton completions bash > /etc/bash_completion.d/baton", "For every user of bash."),
            .init("baton completions fish > ~/.config/fish/completions/baton.fish", "For yourself in fish."),
        ],
        operands: [shell]
    )

    static func run(_ parsed: Parsed, _ context: Context) -> Events.ExitCode {
        context.stdout.write(Tool.declaration.completionScript(for: parsed[shell]))
        return .done
    }
}

/// `baton manual`.
enum ManualCommand {
    static let declaration = CommandDeclaration(
        name: "manual",
        abstract: "Print the manual page, in roff.",
        examples: [.init("baton manual > /usr/local/share/man/man1/baton.1", "What make install does.")]
    )

    static func run(_ context: Context) -> Events.ExitCode {
        context.stdout.write(Tool.declaration.manualPage(section: 1, source: "baton \(Tool.version)"))
        return .done
    }
}
