import Document

/// Values of INI inventories: what is a Python literal is that value, and anything else is a text.
///
/// `1`, `1_000`, `0x1F`, `'a' "b"`, `[1, 'a']`, `{'k': (1, 2)}`, `True`, `None`, each with a comment behind it; but
/// `yes`, `012`, `2001-01-01` and `1 + 2` are texts, with any comment a part of them.
struct PythonLiteral {
    private var lexer: PythonLexer
    private let origin: Origin
    private var depth = 0

    private static let deepest = 64

    static func value(of text: String, at origin: Origin) -> Value {
        let asText = Value(.string(text), text: text, origin: origin)
        // Most values are plain words, and no literal starts with these letters.
        guard let first = text.unicodeScalars.first(where: { $0 != " " && $0 != "\t" }), mayStart(first) else {
            return asText
        }
        var parser = PythonLiteral(lexer: PythonLexer(text), origin: origin)
        guard var value = parser.expression() else { return asText }
        switch value.content {
        case .string(let content): value.text = content
        case .list, .map: value.text = nil
        default: value.text = parser.written(text)
        }
        return value
    }

    private static func mayStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "'", "\"", "[", "(", "{", "+", "-", ".": true
        case "T", "F", "N", "r", "R", "b", "B", "u", "U", "s": true
        default: false
        }
    }

    // A scalar without the comment behind it.
    private func written(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        let end = scalars.firstIndex(of: "#") ?? scalars.count
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[..<end].drop { $0 == " " || $0 == "\t" })
        while let last = view.last, last == " " || last == "\t" { view.removeLast() }
        return String(view)
    }

    // The whole text: one value, or several with commas, which make a tuple.
    private mutating func expression() -> Value? {
        guard let first = value() else { return nil }
        guard lexer.take(",") else { return lexer.isAtEnd ? first : nil }
        var values = [first]
        while !lexer.isAtEnd {
            guard let next = value() else { return nil }
            values.append(next)
            if !lexer.isAtEnd, !lexer.take(",") { return nil }
        }
        return made(.list(values))
    }

    private mutating func value() -> Value? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= PythonLiteral.deepest else { return nil }
        switch lexer.next() {
        case .string(let text): return made(.string(text))
        case .bytes(let text):
            // Ansible looks for templates in texts only.
            var value = made(.string(text))
            value.isUnsafe = true
            return value
        case .number(let content): return made(content)
        case .word("True"): return made(.bool(true))
        case .word("False"): return made(.bool(false))
        case .word("None"): return made(.null)
        case .word("set"): return lexer.take("(") && lexer.take(")") ? made(.list([])) : nil
        case .mark("+"): return number(isNegative: false)
        case .mark("-"): return number(isNegative: true)
        case .mark("["): return list(until: "]").map { made(.list($0.values)) }
        case .mark("("):
            guard let inside = list(until: ")") else { return nil }
            return inside.values.count == 1 && !inside.endsWithComma ? inside.values[0] : made(.list(inside.values))
        case .mark("{"): return setOrMap()
        case .ellipsis: return made(.string("..."))
        default: return nil
        }
    }

    private mutating func number(isNegative: Bool) -> Value? {
        guard case .number(let content) = lexer.next() else { return nil }
        guard isNegative else { return made(content) }
        switch content {
        case .int(let value): return made(.int(-value))
        case .float(let value): return made(.float(-value))
        // The one number that has 64 bits only with its sign.
        case .huge("9223372036854775808"): return made(.int(.min))
        case .huge(let digits): return made(.huge("-" + digits))
        default: return nil
        }
    }

    private mutating func list(until close: Unicode.Scalar) -> (values: [Value], endsWithComma: Bool)? {
        var values: [Value] = []
        var endsWithComma = false
        while !lexer.take(close) {
            guard values.isEmpty || endsWithComma, let value = value() else { return nil }
            values.append(value)
            endsWithComma = lexer.take(",")
        }
        return (values, endsWithComma)
    }

    private mutating func setOrMap() -> Value? {
        if lexer.take("}") { return made(.map([])) }
        guard let first = value() else { return nil }
        guard lexer.take(":") else {
            var values = [first]
            while lexer.take(",") {
                if lexer.take("}") { return made(.list(values)) }
                guard let next = value() else { return nil }
                if !values.contains(next) { values.append(next) }
            }
            return lexer.take("}") ? made(.list(values)) : nil
        }
        var pairs: [Value.Pair] = []
        var key = first
        while true {
            guard let name = key.keyText, let value = value() else { return nil }
            var isText = false
            if case .string = key.content { isText = true }
            if let index = pairs.firstIndex(where: { $0.name == name }) {
                pairs[index].value = value
            } else {
                pairs.append(Value.Pair(name: name, value: value, isText: isText))
            }
            let hasComma = lexer.take(",")
            if lexer.take("}") { return made(.map(pairs)) }
            guard hasComma, let next = self.value(), lexer.take(":") else { return nil }
            key = next
        }
    }

    private func made(_ content: Value.Content) -> Value {
        var text: String?
        if case .string(let string) = content { text = string }
        return Value(content, text: text ?? Value.plainText(of: content), origin: origin)
    }
}
