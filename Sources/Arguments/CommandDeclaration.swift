/// A command as it is declared: the one place that parsing, help, completions and the manual page come from.
///
/// A command has either subcommands or operands. An option is accepted at the command that declares it and
/// at every command below, so the options of the outermost command are the global ones. What a command does
/// when it runs does not live here.
package struct CommandDeclaration: Sendable {
    package let name: String
    /// One sentence for lists of commands.
    package let abstract: String
    /// Longer text; an empty line starts a new paragraph.
    package let discussion: String
    package let examples: [Example]
    package let exitCodes: [ExitCode]
    package let options: [OptionDeclaration]
    package let operands: [OperandDeclaration]
    package let subcommands: [CommandDeclaration]
    /// Whether `--version` is understood. It only matters on the outermost command.
    package let offersVersion: Bool

    package init(
        name: String,
        abstract: String,
        discussion: String = "",
        examples: [Example] = [],
        exitCodes: [ExitCode] = [],
        options: [any DeclaresOption] = [],
        operands: [any DeclaresOperand] = [],
        subcommands: [CommandDeclaration] = [],
        offersVersion: Bool = false
    ) {
        self.name = name
        self.abstract = abstract
        self.discussion = discussion
        self.examples = examples
        self.exitCodes = exitCodes
        self.options = options.map(\.declaration)
        self.operands = operands.map(\.declaration)
        self.subcommands = subcommands
        self.offersVersion = offersVersion
    }

    /// A complete command line worth copying, and a sentence on what it does.
    package struct Example: Sendable, Equatable {
        package let line: String
        package let explanation: String

        package init(_ line: String, _ explanation: String) {
            self.line = line
            self.explanation = explanation
        }
    }

    /// A number the tool may exit with, and a sentence on what it means.
    package struct ExitCode: Sendable, Equatable {
        package let code: Int
        package let meaning: String

        package init(_ code: Int, _ meaning: String) {
            self.code = code
            self.meaning = meaning
        }
    }
}
