/// Breaks text into lines of a given width and sets it in one or two columns.
///
/// It knows nothing about commands; lengths are counted in characters.
struct TextLayout {
    let width: Int
    /// A narrow terminal must not force one word per line; below this the text simply sticks out.
    private static let narrowest = 24

    func wrapped(_ text: String, indent: Int) -> [String] {
        let room = max(Self.narrowest, width - indent)
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !line.isEmpty, line.count + 1 + word.count > room {
                lines.append(margin + line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [margin + line]
    }

    /// Paragraphs are separated by empty lines; single line ends inside them mean nothing.
    func paragraphs(_ text: String) -> [String] {
        Self.paragraphs(text)
            .map { wrapped($0, indent: 0) }
            .joined(separator: [""])
            .map { $0 }
    }

    static func paragraphs(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .split { $0.allSatisfy(\.isWhitespace) }
            .map { $0.joined(separator: " ") }
    }

    /// A label and its text beside it, or below it where the label is too long.
    func row(_ label: String, _ text: String, column: Int) -> [String] {
        var lines = wrapped(text, indent: column)
        let start = "  \(label)"
        guard let first = lines.first, start.count + 2 <= column else { return [start] + lines }
        lines[0] = start + first.dropFirst(start.count)
        return lines
    }
}
