/// The help page of one command as plain text.
///
/// The order of the sections is fixed here. Nothing here decides where the page is printed or how wide the
/// terminal is.
struct HelpText {
    private let scope: Scope
    private let layout: TextLayout
    private static let widestLabel = 34

    init(scope: Scope, width: Int) {
        self.scope = scope
        layout = TextLayout(width: width)
    }

    /// The one-line form of a command.
    static func usage(_ scope: Scope) -> String {
        var parts = [scope.title, "[OPTIONS]"]
        if !scope.command.subcommands.isEmpty { parts.append("COMMAND ...") }
        parts += scope.command.operands.map(\.usage)
        return parts.joined(separator: " ")
    }

    var text: String {
        var sections = [layout.wrapped("Usage: \(Self.usage(scope))", indent: 0)]
        sections.append(layout.wrapped(scope.command.abstract, indent: 0))
        sections.append(layout.paragraphs(scope.command.discussion))
        for section in rowSections {
            let rows = section.rows.flatMap { layout.row($0.label, $0.text, column: column) }
            sections.append(["\(section.title):"] + rows)
        }
        sections.append(examples)
        sections.append(exitCodes)
        return sections.filter { !$0.isEmpty }.joined(separator: [""]).joined(separator: "\n") + "\n"
    }

    private struct Row {
        let label: String
        let text: String
    }

    private struct RowSection {
        let title: String
        let rows: [Row]
    }

    private var rowSections: [RowSection] {
        var sections = [
            RowSection(title: "Commands", rows: scope.commandRows.map { Row(label: $0.name, text: $0.abstract) }),
            RowSection(
                title: "Operands",
                rows: scope.command.operands.map { Row(label: $0.name, text: $0.fullHelp) }
            ),
        ]
        for (depth, command) in scope.chain.enumerated().reversed() where depth > 0 {
            let isOwn = depth == scope.chain.count - 1
            let title = scope.chain[...depth].map(\.name).joined(separator: " ")
            let rows = command.options.map(Self.row)
            sections.append(RowSection(title: isOwn ? "Options" : "Options of `\(title)`", rows: rows))
        }
        let global = scope.root.options + scope.builtInOptions
        sections.append(RowSection(title: "Global options", rows: global.map(Self.row)))
        return sections.filter { !$0.rows.isEmpty }
    }

    /// All sections share one column, so that the page reads as one table.
    private var column: Int {
        let labels = rowSections.flatMap(\.rows).map(\.label.count)
        // On a narrow terminal the texts need the room more than the labels do.
        let widest = min(Self.widestLabel, max(16, layout.width * 2 / 5))
        return min(labels.max() ?? 0, widest) + 4
    }

    private static func row(_ option: OptionDeclaration) -> Row {
        Row(label: label(option), text: option.fullHelp)
    }

    /// Letters first; an option without one leaves the room of one free, so that long names line up.
    private static func label(_ option: OptionDeclaration) -> String {
        let letters = option.spellings.filter { !$0.isLong }.map(\.text)
        let names = option.spellings.filter(\.isLong).map(\.text)
        let margin = letters.isEmpty ? "    " : ""
        let value = option.value.map { " \($0.placeholder)" } ?? ""
        return margin + (letters + names).joined(separator: ", ") + value
    }

    private var examples: [String] {
        guard !scope.command.examples.isEmpty else { return [] }
        // Lines meant for copying are never wrapped.
        let pairs = scope.command.examples.map { ["  \($0.line)"] + layout.wrapped($0.explanation, indent: 6) }
        return ["Examples:"] + pairs.joined()
    }

    private var exitCodes: [String] {
        guard !scope.command.exitCodes.isEmpty else { return [] }
        let rows = scope.command.exitCodes.flatMap { layout.row(String($0.code), $0.meaning, column: 7) }
        return ["Exit codes:"] + rows
    }
}

extension CommandDeclaration {
    /// The help page of the command a path leads to, for a terminal of the given width.
    package func helpText(for commandPath: [String] = [], width: Int = 100) -> String {
        HelpText(scope: Scope(root: self, path: commandPath), width: width).text
    }
}
