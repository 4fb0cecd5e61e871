import CYAML

/// Why the C parser stopped, in its words; `diagnostic` says it in ours.
struct SyntaxProblem: Error {
    var problem: String
    var position: Position
    var context: String?
    var contextPosition: Position?
    /// Set where the bytes themselves are wrong: the parser knows no line then.
    var byteOffset: Int?
    var byteValue: Int = -1

    static let outOfMemory = SyntaxProblem(problem: "not enough memory", position: .start)

    private init(problem: String, position: Position) {
        self.problem = problem
        self.position = position
    }

    init(of parser: yaml_parser_t) {
        problem = parser.problem.map { String(cString: $0) } ?? "not enough memory"
        position = Position(parser.problem_mark)
        if parser.error == YAML_READER_ERROR {
            byteOffset = Int(clamping: parser.problem_offset)
            byteValue = Int(parser.problem_value)
        } else if let text = parser.context {
            context = String(cString: text)
            contextPosition = Position(parser.context_mark)
        }
    }

    func diagnostic(in source: SourceText) -> Diagnostic {
        if let byteOffset { return byteDiagnostic(at: byteOffset + source.markLength, in: source) }
        if let tab = indentingTab(in: source) {
            return Diagnostic("a tab cannot indent YAML", in: source, at: tab, hint: "use spaces")
        }
        if problem == "found unexpected end of stream", context?.contains("quoted") == true {
            // Where it was opened says more than the end of the file.
            return Diagnostic("this quote is never closed", in: source, at: contextPosition)
        }
        let (message, hint) = inOurWords()
        var notes: [Diagnostic.Note] = []
        if let context, let contextPosition, contextPosition != position {
            notes.append(Diagnostic.Note(context, in: source, at: contextPosition))
        }
        return Diagnostic(message, in: source, at: position, hint: hint, notes: notes)
    }

    private func byteDiagnostic(at offset: Int, in source: SourceText) -> Diagnostic {
        let position = source.position(ofByte: offset)
        if problem.hasPrefix("control") {
            let isNul = byteValue == 0
            let digits = String(max(byteValue, 0), radix: 16, uppercase: true)
            let name = "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
            let message = isNul ? "a NUL byte cannot be in YAML" : "the control character \(name) cannot be in YAML"
            let hint = isNul ? "is this a text file?" : "in double quotes it can be written as an escape"
            return Diagnostic(message, in: source, at: position, hint: hint)
        }
        return Diagnostic("the text is not UTF-8 here", in: source, at: position, hint: "save the file as UTF-8")
    }

    // Whatever the parser stumbled over, a tab in the indentation of the line is the reason.
    private func indentingTab(in source: SourceText) -> Position? {
        guard let line = source.byteRange(ofLine: position.line) else { return nil }
        let bytes = source.bytes
        for (index, byte) in bytes[line].enumerated() {
            if byte == 0x09 { return Position(line: position.line, column: index + 1) }
            if byte != 0x20 { return nil }
        }
        return nil
    }

    private func inOurWords() -> (message: String, hint: String?) {
        switch problem {
        case "mapping values are not allowed in this context":
            return ("a key cannot start here", "quote a text that contains \": \", or check the indentation")
        case "could not find expected ':'":
            return ("this line has no \":\" after its key", nil)
        case "did not find expected key":
            return ("this does not fit the mapping it is in", "check the indentation and the quotes")
        case "did not find expected '-' indicator":
            return ("this does not fit the list it is in", "each item starts with \"- \" in the same column")
        case "block sequence entries are not allowed in this context":
            return ("a list item cannot start here", "start the list on its own line")
        case "did not find expected ',' or ']'":
            return ("the list in brackets goes on without \",\" or \"]\"", nil)
        case "did not find expected ',' or '}'":
            return (
                "the mapping in braces goes on without \",\" or \"}\"",
                "put quotes around a value that starts with \"{{\""
            )
        case "found character that cannot start any token":
            return ("a text cannot start with this character", "put the text in quotes")
        case "did not find expected <document start>":
            return ("this does not belong to the document before it", nil)
        default:
            return (problem, nil)
        }
    }
}
