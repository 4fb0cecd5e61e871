import Text

/// Something wrong, or worth a word, in a file that a user wrote.
package struct Diagnostic: Sendable, Equatable {
    /// How bad it is. Only errors stop a command.
    package enum Severity: String, Sendable {
        case error
        case warning
    }

    /// A second place that belongs to the same diagnostic, such as the first of two equal keys.
    package struct Note: Sendable, Equatable {
        package var message: String
        package var source: SourceText
        package var position: Position?

        package init(
            _ message: String,
            in source: SourceText,
            at position: Position?
        ) {
            self.message = message
            self.source = source
            self.position = position
        }
    }

    package var severity: Severity
    package var source: SourceText
    package var position: Position?
    package var message: String
    package var hint: String?
    package var notes: [Note]
    /// False where the line of the source holds a secret, which must not reach a terminal or a log.
    package var showsSource: Bool

    package init(
        _ message: String,
        in source: SourceText,
        at position: Position?,
        hint: String? = nil,
        notes: [Note] = [],
        severity: Severity = .error,
        showsSource: Bool = true
    ) {
        self.severity = severity
        self.source = source
        self.position = position
        self.message = message
        self.hint = hint
        self.notes = notes
        self.showsSource = showsSource
    }

    package var sourceName: String { source.name }

    /// `file:line:column: error: message`, the line with a caret, the hint, then the notes in the same form.
    /// Lines are separated by newlines, with none at the end.
    package var rendered: String {
        var lines = report(severity.rawValue, message, source, position)
        if let hint { lines.append("  hint: " + Printable.line(hint)) }
        for note in notes {
            lines += report("note", note.message, note.source, note.position)
        }
        return lines.joined(separator: "\n")
    }

    private func report(_ kind: String, _ message: String, _ source: SourceText, _ position: Position?) -> [String] {
        let place = position.map { ":\($0.line):\($0.column)" } ?? ""
        let head = Printable.line(source.name, limit: 300) + place + ": " + kind + ": " + Printable.line(message)
        guard showsSource, let position, let excerpt = Excerpt(of: source, at: position), !excerpt.line.isEmpty else {
            return [head]
        }
        return [head, "  " + excerpt.line, "  " + excerpt.caret]
    }
}
