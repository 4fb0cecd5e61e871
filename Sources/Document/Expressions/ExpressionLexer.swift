import Text

/// The tokens between a pair of braces.
struct ExpressionLexer {
    /// What ends the tokens.
    enum Closing {
        case expression
        case statement
        /// Nothing but the end of the text.
        case end
    }

    private static let marks = [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",",
    ].map { Array($0.utf8) }

    private let bytes: [UInt8]
    private let keepsBackslashes: Bool
    private let closing: Closing
    private(set) var cursor: Int
    private(set) var tokens: [Token] = []
    private var brackets: [UInt8] = []

    init(_ bytes: [UInt8], from start: Int, keepsBackslashes: Bool, until closing: Closing) {
        self.bytes = bytes
        self.keepsBackslashes = keepsBackslashes
        self.closing = closing
        cursor = start
    }

    /// Up to and with the closing braces. The result is nil where there are none; inside it is the `-` or `+` in front.
    @discardableResult
    mutating func run() throws(TemplateProblem) -> UInt8?? {
        while true {
            cursor = WhiteSpace.skip(bytes, from: cursor)
            guard cursor < bytes.count else { return nil }
            if let end = closingBraces() {
                add(.close, at: cursor)
                cursor = end.end
                return .some(end.mark)
            }
            try token()
        }
    }

    // Braces inside brackets belong to a map: `{{ {'a': {}} }}`.
    private func closingBraces() -> (end: Int, mark: UInt8?)? {
        guard brackets.isEmpty, closing != .end else { return nil }
        let braces = Array((closing == .expression ? "}}" : "%}").utf8)
        if bytes[cursor...].starts(with: braces) { return (cursor + 2, nil) }
        let mark = bytes[cursor]
        let isMark = mark == UInt8(ascii: "-") || (mark == UInt8(ascii: "+") && closing == .statement)
        guard isMark, bytes[(cursor + 1)...].starts(with: braces) else { return nil }
        return (cursor + 3, mark)
    }

    private mutating func add(_ kind: Token.Kind, at offset: Int) {
        tokens.append(Token(kind: kind, offset: offset))
    }

    private mutating func token() throws(TemplateProblem) {
        let start = cursor
        let byte = bytes[cursor]
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number()
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            try text(byte)
        default:
            if let name = name() {
                add(.name(name), at: start)
                return
            }
            guard let mark = ExpressionLexer.marks.first(where: { bytes[start...].starts(with: $0) }) else {
                throw unexpected(byte)
            }
            try bracket(byte)
            cursor += mark.count
            add(.mark(String(decoding: mark, as: UTF8.self)), at: start)
        }
    }

    private func unexpected(_ byte: UInt8) -> TemplateProblem {
        let scalar = UTF8Step.next(in: bytes, at: cursor).scalar
        let shown = scalar.map { Printable.quoted(String($0)) } ?? "this byte"
        let hint: String? =
            switch byte {
            case UInt8(ascii: "&"): "write \"and\""
            case UInt8(ascii: "!"): "write \"not\", or \"!=\""
            case UInt8(ascii: "?"): "write \"a if condition else b\""
            case UInt8(ascii: "$"): "variables stand without a \"$\""
            case UInt8(ascii: "\\"): "a backslash can stand only inside a text in quotes"
            default: nil
            }
        return TemplateProblem("\(shown) has no meaning in an expression", at: cursor, hint: hint)
    }

    private mutating func bracket(_ byte: UInt8) throws(TemplateProblem) {
        switch byte {
        case UInt8(ascii: "("): brackets.append(UInt8(ascii: ")"))
        case UInt8(ascii: "["): brackets.append(UInt8(ascii: "]"))
        case UInt8(ascii: "{"): brackets.append(UInt8(ascii: "}"))
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            let shown = String(decoding: [byte], as: UTF8.self)
            guard let expected = brackets.popLast() else {
                throw TemplateProblem("\"\(shown)\" closes nothing", at: cursor)
            }
            if expected != byte {
                let wanted = String(decoding: [expected], as: UTF8.self)
                throw TemplateProblem("\"\(wanted)\" is missing before this \"\(shown)\"", at: cursor)
            }
        default: break
        }
    }

    // MARK: Names and numbers

    private mutating func name() -> String? {
        let start = cursor
        while cursor < bytes.count {
            let step = UTF8Step.next(in: bytes, at: cursor)
            guard let scalar = step.scalar else { break }
            let belongs =
                scalar == "_" || (cursor == start ? scalar.properties.isXIDStart : scalar.properties.isXIDContinue)
            guard belongs else { break }
            cursor += step.length
        }
        return cursor > start ? String(decoding: bytes[start..<cursor], as: UTF8.self) : nil
    }

    private mutating func number() throws(TemplateProblem) {
        let start = cursor
        // In `list.0.1` the points stand between names.
        let mayBeFloat = start == 0 || bytes[start - 1] != UInt8(ascii: ".")
        if bytes[start] == UInt8(ascii: "0"), start + 1 < bytes.count,
            "bBoOxX".utf8.contains(bytes[start + 1])
        {
            cursor += 2
            while cursor < bytes.count, isHexDigit(bytes[cursor]) || bytes[cursor] == UInt8(ascii: "_") { cursor += 1 }
        } else {
            skipDigits()
            if mayBeFloat { skipFraction() }
        }
        let word = Array(bytes[start..<cursor])
        guard let content = PythonNumber.parse(word) else {
            throw TemplateProblem("this is no number that can be read", at: start, hint: hint(forNumber: word))
        }
        add(.number(content, written: String(decoding: word, as: UTF8.self)), at: start)
    }

    private func hint(forNumber word: [UInt8]) -> String? {
        word.first == UInt8(ascii: "0") ? "a number cannot start with 0; put it in quotes to keep the 0" : nil
    }

    private mutating func skipDigits() {
        while cursor < bytes.count,
            isDigit(at: cursor) || (bytes[cursor] == UInt8(ascii: "_") && isDigit(at: cursor + 1))
        {
            cursor += 1
        }
    }

    private mutating func skipFraction() {
        if cursor < bytes.count, bytes[cursor] == UInt8(ascii: "."), isDigit(at: cursor + 1) {
            cursor += 1
            skipDigits()
        }
        guard cursor < bytes.count, bytes[cursor] | 0x20 == UInt8(ascii: "e") else { return }
        let hasSign =
            cursor + 1 < bytes.count
            && (bytes[cursor + 1] == UInt8(ascii: "+") || bytes[cursor + 1] == UInt8(ascii: "-"))
        let digits = cursor + (hasSign ? 2 : 1)
        guard isDigit(at: digits) else { return }
        cursor = digits
        skipDigits()
    }

    private func isDigit(at index: Int) -> Bool {
        index < bytes.count && bytes[index] >= 0x30 && bytes[index] <= 0x39
    }

    private func isHexDigit(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
    }

    // MARK: Texts

    private mutating func text(_ quote: UInt8) throws(TemplateProblem) {
        let start = cursor
        cursor += 1
        while cursor < bytes.count, bytes[cursor] != quote {
            cursor += bytes[cursor] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard cursor < bytes.count else { throw TemplateProblem("this quote is never closed", at: start) }
        let inner = bytes[(start + 1)..<cursor]
        cursor += 1
        let text = WhiteSpace.normalized(inner)
        if keepsBackslashes || !inner.contains(UInt8(ascii: "\\")) {
            add(.text(text), at: start)
        } else {
            add(.text(try PythonEscapes.undone(text, at: start)), at: start)
        }
    }
}
