import Document
import Text

/// One line of an INI file that says something, without the space around it.
struct INILine {
    let source: SourceText
    let number: Int
    /// The column of the first of the scalars.
    let column: Int
    let scalars: ArraySlice<Unicode.Scalar>
    /// The column of what is no text.
    private(set) var badByte: Int?

    /// The lines that Python sees in one of the file's lines: it also ends them at form feeds and their like.
    static func lines(_ number: Int, of source: SourceText) -> [INILine] {
        guard let range = source.byteRange(ofLine: number), !range.isEmpty else { return [] }
        let bytes = source.bytes
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(range.count)
        var bad: [Int] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let step = UTF8Step.next(in: bytes, at: index)
            if step.scalar == nil { bad.append(scalars.count + 1) }
            scalars.append(step.scalar ?? "\u{FFFD}")
            index += step.length
        }
        let pieces = scalars[...].split { (0x0B...0x0C).contains($0.value) || (0x1C...0x1E).contains($0.value) }
        return pieces.compactMap { piece in
            let start = piece.drop(while: \.properties.isWhitespace)
            let end = start.lastIndex { !$0.properties.isWhitespace } ?? start.startIndex
            guard let first = start.first, first != "#", first != ";" else { return nil }
            let line = INILine(source, number, column: start.startIndex + 1, start[...end])
            return line.marked(bad)
        }
    }

    private init(_ source: SourceText, _ number: Int, column: Int, _ scalars: ArraySlice<Unicode.Scalar>) {
        self.source = source
        self.number = number
        self.column = column
        self.scalars = scalars
    }

    // Bytes that are no text are passed over in lines that are comments as a whole, as in Ansible.
    private func marked(_ bad: [Int]) -> INILine {
        var line = self
        line.badByte = bad.first { $0 >= column && $0 < column + scalars.count }
        return line
    }

    var origin: Origin { origin(column) }

    func origin(_ column: Int) -> Origin {
        Origin(source, Position(line: number, column: column))
    }

    // MARK: What a line may be

    /// Whether it can only be meant as a section.
    var isSectionLike: Bool {
        guard scalars.first == "[" else { return false }
        return header != nil || scalars.last == "]"
    }

    /// `[name]` or `[name:kind]`, perhaps with a comment.
    var header: (name: String, kind: String?)? {
        guard scalars.first == "[" else { return nil }
        var rest = scalars.dropFirst()
        let name = rest.prefix { $0 != ":" && $0 != "]" && !$0.properties.isWhitespace }
        rest = rest[name.endIndex...]
        var kind: String?
        if rest.first == ":" {
            let word = rest.dropFirst().prefix {
                $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
            }
            guard !word.isEmpty else { return nil }
            kind = INILine.string(word)
            rest = rest[word.endIndex...]
        }
        guard !name.isEmpty, rest.first == "]", INILine.isComment(rest.dropFirst()) else { return nil }
        return (INILine.string(name), kind)
    }

    /// The name of a group, perhaps with a comment.
    var childName: String? {
        let name = scalars.prefix { $0 != ":" && $0 != "]" && !$0.properties.isWhitespace }
        if !name.isEmpty, INILine.isComment(scalars[name.endIndex...]) { return INILine.string(name) }
        return nil
    }

    /// What stands left and right of the first `=`.
    var assignment: (name: ShellWords.Word, value: ShellWords.Word)? {
        guard let equals = scalars.firstIndex(of: "=") else { return nil }
        func word(_ part: ArraySlice<Unicode.Scalar>) -> ShellWords.Word {
            let start = part.drop(while: \.properties.isWhitespace)
            let end = (start.lastIndex { !$0.properties.isWhitespace }).map { $0 + 1 } ?? start.startIndex
            let place = column + start.startIndex - scalars.startIndex
            return ShellWords.Word(text: INILine.string(start[..<end]), column: place, valueColumn: place)
        }
        return (word(scalars[..<equals]), word(scalars[(equals + 1)...]))
    }

    private static func isComment(_ rest: ArraySlice<Unicode.Scalar>) -> Bool {
        let first = rest.first { !$0.properties.isWhitespace }
        return first == nil || first == "#"
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
