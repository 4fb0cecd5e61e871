/// The manual page of the whole tool, in the roff language that `man` reads.
///
/// All commands stand in one page. Nothing here compresses or installs it.
struct ManualPage {
    private let root: Scope
    private let section: Int
    private let source: String

    init(root: CommandDeclaration, section: Int, source: String) {
        self.root = Scope(root: root)
        self.section = section
        self.source = source
    }

    var text: String {
        let name = root.command.name
        var lines = [
            // No date: the page must come out the same on every build.
            ".TH \(Roff.argument(name.uppercased())) \(section) \"\" \(Roff.argument(source))",
            // Words in a command line must stay whole to be copied.
            ".nh",
            ".SH NAME",
            "\(Roff.text(name)) \\- \(Roff.text(Sentence.brief(root.command.abstract)))",
            ".SH SYNOPSIS",
            usage(root),
        ]
        lines += heading("DESCRIPTION", paragraphs(description))
        lines += heading("OPERANDS", root.command.operands.flatMap(item))
        lines += heading("GLOBAL OPTIONS", (root.command.options + root.builtInOptions).flatMap(item))
        lines += heading("COMMANDS", root.subtree.dropFirst().flatMap(command))
        lines += heading("EXAMPLES", root.command.examples.flatMap(item))
        lines += heading("EXIT STATUS", root.command.exitCodes.flatMap(item))
        return lines.joined(separator: "\n") + "\n"
    }

    private var description: String {
        root.command.discussion.isEmpty ? root.command.abstract : root.command.discussion
    }

    private func heading(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [".SH \(title)"] + lines
    }

    private func command(_ scope: Scope) -> [String] {
        var lines = [".SS \(Roff.argument(scope.title))", usage(scope), ".PP", Roff.text(scope.command.abstract)]
        for paragraph in TextLayout.paragraphs(scope.command.discussion) { lines += [".PP", Roff.text(paragraph)] }
        lines += scope.command.operands.flatMap(item)
        lines += scope.command.options.flatMap(item)
        if !scope.command.examples.isEmpty { lines += [".PP", "Examples:"] }
        lines += scope.command.examples.flatMap(item)
        if !scope.command.exitCodes.isEmpty { lines += [".PP", "Exit status:"] }
        return lines + scope.command.exitCodes.flatMap(item)
    }

    private func usage(_ scope: Scope) -> String {
        let rest = HelpText.usage(scope).dropFirst(scope.title.count)
        return "\(Roff.bold(scope.title))\(Roff.text(String(rest)))"
    }

    private func paragraphs(_ text: String) -> [String] {
        Array(TextLayout.paragraphs(text).map { [Roff.text($0)] }.joined(separator: [".PP"]))
    }

    private func item(_ option: OptionDeclaration) -> [String] {
        let names = option.spellings.map { Roff.bold($0.text) }.joined(separator: ", ")
        let value = option.value.map { " \(Roff.italic($0.placeholder))" } ?? ""
        return [".TP", names + value, Roff.text(option.fullHelp)]
    }

    private func item(_ operand: OperandDeclaration) -> [String] {
        [".TP", Roff.italic(operand.name), Roff.text(operand.fullHelp)]
    }

    private func item(_ example: CommandDeclaration.Example) -> [String] {
        [".TP", Roff.bold(example.line), Roff.text(example.explanation)]
    }

    private func item(_ exitCode: CommandDeclaration.ExitCode) -> [String] {
        [".TP", Roff.bold(String(exitCode.code)), Roff.text(exitCode.meaning)]
    }
}

extension CommandDeclaration {
    /// The manual page of the tool; `source` names the tool and its version in the footer.
    package func manualPage(section: Int = 1, source: String = "") -> String {
        ManualPage(root: self, section: section, source: source).text
    }
}

/// Writes plain text so that roff prints exactly that text.
///
/// Only the escaping lives here, not the structure of a page.
private enum Roff {
    static func text(_ plain: String) -> String {
        let escaped = characters(plain)
        // A dot or quote at the start of a line would be a request.
        return escaped.first == "." || escaped.first == "'" ? "\\&\(escaped)" : escaped
    }

    static func bold(_ plain: String) -> String { "\\fB\(characters(plain))\\fR" }
    static func italic(_ plain: String) -> String { "\\fI\(characters(plain))\\fR" }
    /// An argument of a request, in which a quote would end it.
    static func argument(_ plain: String) -> String { "\"\(characters(plain))\"" }

    private static func characters(_ plain: String) -> String {
        var escaped = ""
        for scalar in plain.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\e"
            // Unescaped these become typographic characters, which cannot be pasted into a shell.
            case "-": escaped += "\\-"
            case "'": escaped += "\\(aq"
            case "`": escaped += "\\(ga"
            case "^": escaped += "\\(ha"
            case "~": escaped += "\\(ti"
            case "\"": escaped += "\\(dq"
            case "\n": escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
