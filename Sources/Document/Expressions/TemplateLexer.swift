import Text

/// Cuts a template into its text and the tokens inside its braces, with Jinja's rules for the white space around them:
/// `-` takes all white space on its side, and behind `%}` and `#}` one line end goes, unless a `+` stands before.
struct TemplateLexer {
    private enum Opening {
        case expression
        case statement
        case comment
        case raw(bodyStart: Int)
    }

    private let bytes: [UInt8]
    private let isFile: Bool
    private var cursor = 0
    private var tokens: [Token] = []
    private var stripsNext = false

    private init(_ bytes: [UInt8], isFile: Bool) {
        self.bytes = bytes
        self.isFile = isFile
    }

    static func tokens(of text: TemplateText) throws(TemplateProblem) -> [Token] {
        // As in Jinja, one line end at the end is taken away; the evaluation puts it back.
        var bytes = text.bytes
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        var lexer = TemplateLexer(bytes, isFile: text.isFile)
        try lexer.run()
        lexer.add(.end, at: lexer.bytes.count)
        return lexer.tokens
    }

    /// Whether there is anything to evaluate, or a comment to leave out.
    static func hasOpening(_ bytes: [UInt8]) -> Bool {
        TemplateLexer(bytes, isFile: true).nextOpening() != nil
    }

    /// The tokens of an expression that stands without braces, as behind `when:`.
    static func tokens(ofExpression text: TemplateText) throws(TemplateProblem) -> [Token] {
        var lexer = ExpressionLexer(text.bytes, from: 0, keepsBackslashes: false, until: .end)
        try lexer.run()
        return lexer.tokens + [Token(kind: .end, offset: text.bytes.count)]
    }

    private mutating func add(_ kind: Token.Kind, at offset: Int) {
        tokens.append(Token(kind: kind, offset: offset))
    }

    private mutating func run() throws(TemplateProblem) {
        while cursor < bytes.count {
            let start = cursor
            guard let (opening, offset) = nextOpening() else {
                addData(start..<bytes.count, stripsEnd: false)
                return
            }
            cursor = offset + 2
            var stripsEnd = false
            if case .raw = opening {
                stripsEnd = bytes[cursor] == UInt8(ascii: "-")
            } else if cursor < bytes.count, bytes[cursor] == UInt8(ascii: "-") || bytes[cursor] == UInt8(ascii: "+") {
                stripsEnd = bytes[cursor] == UInt8(ascii: "-")
                cursor += 1
            }
            addData(start..<offset, stripsEnd: stripsEnd)
            switch opening {
            case .expression: try inside(.openExpression, at: offset, until: .expression)
            case .statement: try inside(.openStatement, at: offset, until: .statement)
            case .comment: try comment(from: offset)
            case .raw(let body): try raw(from: offset, body: body)
            }
        }
    }

    private func nextOpening() -> (Opening, Int)? {
        var index = cursor
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "{") {
                switch bytes[index + 1] {
                case UInt8(ascii: "{"): return (.expression, index)
                case UInt8(ascii: "#"): return (.comment, index)
                case UInt8(ascii: "%"):
                    if let body = tag("raw", from: index) { return (.raw(bodyStart: body.end), index) }
                    return (.statement, index)
                default: break
                }
            }
            index += 1
        }
        return nil
    }

    /// The end of `{% raw %}` or `{% endraw %}` where one starts at `index`, and the mark before its closing braces.
    private func tag(_ name: String, from index: Int) -> (end: Int, closing: UInt8?)? {
        var index = index + 2
        guard index < bytes.count, bytes[index - 2] == UInt8(ascii: "{"), bytes[index - 1] == UInt8(ascii: "%") else {
            return nil
        }
        if bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") { index += 1 }
        index = WhiteSpace.skip(bytes, from: index)
        guard bytes[index...].starts(with: name.utf8) else { return nil }
        index = WhiteSpace.skip(bytes, from: index + name.utf8.count)
        var closing: UInt8?
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
            closing = bytes[index]
            index += 1
        }
        return bytes[index...].starts(with: "%}".utf8) ? (index + 2, closing) : nil
    }

    private mutating func inside(
        _ opening: Token.Kind,
        at offset: Int,
        until closing: ExpressionLexer.Closing
    ) throws(TemplateProblem) {
        add(opening, at: offset)
        let keepsBackslashes = !isFile && closing == .expression
        var lexer = ExpressionLexer(bytes, from: cursor, keepsBackslashes: keepsBackslashes, until: closing)
        guard let mark = try lexer.run() else {
            let missing = closing == .expression ? "}}" : "%}"
            throw TemplateProblem("\"\(missing)\" is missing for what is opened here", at: offset)
        }
        tokens += lexer.tokens
        cursor = lexer.cursor
        closed(mark, trimsLineEnd: closing == .statement)
    }

    private mutating func closed(_ mark: UInt8?, trimsLineEnd: Bool) {
        if mark == UInt8(ascii: "-") {
            cursor = WhiteSpace.skip(bytes, from: cursor)
        } else if trimsLineEnd, mark != UInt8(ascii: "+") {
            if cursor < bytes.count, bytes[cursor] == 0x0D { cursor += 1 }
            if cursor < bytes.count, bytes[cursor] == 0x0A { cursor += 1 }
        }
    }

    private mutating func comment(from offset: Int) throws(TemplateProblem) {
        var index = cursor
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "#"), bytes[index + 1] == UInt8(ascii: "}") {
                let before = index > cursor ? bytes[index - 1] : nil
                cursor = index + 2
                let mark = before.flatMap { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") ? $0 : nil }
                closed(mark, trimsLineEnd: true)
                return
            }
            index += 1
        }
        throw TemplateProblem(
            "\"#}\" is missing for the comment that is opened here",
            at: offset,
            hint: "text with \"{#\" in it can be put between {% raw %} and {% endraw %}"
        )
    }

    private mutating func raw(from offset: Int, body: Int) throws(TemplateProblem) {
        let strips = bytes[body - 3] == UInt8(ascii: "-")
        // `+` has no meaning before the end of {% raw +%}, and Jinja does not take it for one.
        if bytes[body - 3] == UInt8(ascii: "+") {
            throw TemplateProblem("{% raw %} takes no \"+\" at its end", at: offset)
        }
        let start = strips ? WhiteSpace.skip(bytes, from: body) : body
        var index = start
        while index + 1 < bytes.count {
            if let end = tag("endraw", from: index) {
                addData(start..<index, stripsEnd: bytes[index + 2] == UInt8(ascii: "-"))
                cursor = end.end
                closed(end.closing, trimsLineEnd: true)
                return
            }
            index += 1
        }
        throw TemplateProblem("{% endraw %} is missing for the {% raw %} here", at: offset)
    }

    private mutating func addData(_ range: Range<Int>, stripsEnd: Bool) {
        var end = range.upperBound
        if stripsEnd { end = WhiteSpace.skipBack(bytes, from: end, to: range.lowerBound) }
        guard end > range.lowerBound else { return }
        add(.data(WhiteSpace.normalized(bytes[range.lowerBound..<end])), at: range.lowerBound)
    }
}
