import Text

/// A value on its way to what a key takes. Values that were evaluated may be texts where numbers and flags are wanted:
/// those of `-e` always are.
package struct Reading {
    package let key: String
    package let value: Value
    package let isWritten: Bool

    package init(key: String, value: Value, isWritten: Bool) {
        self.key = key
        self.value = value
        self.isWritten = isWritten
    }

    package var label: String { Printable.quoted(key) }

    package func wrong(_ expected: String, hint: String? = nil) -> DocumentError {
        failure("\(label) must be \(expected), not \(value.summary)", hint: hint)
    }

    package func failure(_ message: String, hint: String? = nil) -> DocumentError {
        DocumentError(
            Diagnostic(
                message,
                in: value.origin.source,
                at: value.origin.position,
                hint: hint,
                showsSource: !value.isTainted
            )
        )
    }

    package func part(_ value: Value, _ what: String) -> Reading {
        Reading(key: what, value: value, isWritten: isWritten)
    }

    // MARK: Texts

    /// A number as it was written: 2.10 is "2.10".
    package var plainText: String? {
        switch value.content {
        case .string(let text): text
        case .int, .huge, .float, .date: value.text ?? Value.plainText(of: value.content)
        case .bool(let bool): isWritten ? value.text : bool ? "True" : "False"
        case .null, .list, .map, .opaque, .secret: nil
        }
    }

    package func text(expected: String = "a text") throws(DocumentError) -> String {
        guard let text = plainText else {
            switch value.content {
            case .list, .map:
                throw wrong(expected, hint: isWritten ? nil : "\"| to_json\" and \"| join(', ')\" make texts")
            default: throw wrong(expected)
            }
        }
        return text
    }

    /// A text that can be an argument: no NUL in it.
    package func word(expected: String = "a text") throws(DocumentError) -> String {
        let text = try text(expected: expected)
        if text.utf8.contains(0) { throw failure("\(label) contains a NUL byte") }
        return text
    }

    package func name(expected: String) throws(DocumentError) -> String {
        let text = try word(expected: expected)
        guard !text.isEmpty, text.utf8.count <= 255, !text.hasPrefix("-"),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { throw wrong(expected) }
        return text
    }

    package func account() throws(DocumentError) -> String {
        let text = try name(expected: "the name or the number of a user or a group")
        if text.utf8.contains(UInt8(ascii: ":")) || text.utf8.contains(UInt8(ascii: "/")) {
            throw wrong("the name or the number of a user or a group", hint: "\"owner\" and \"group\" are two keys")
        }
        return text
    }

    package func path() throws(DocumentError) -> String {
        let text = try word(expected: "an absolute path")
        switch PathText.normalized(text) {
        case .success(let path): return path
        case .failure(let problem): throw failure("\(label) \(problem.message)", hint: problem.hint)
        }
    }

    // MARK: Numbers, flags and words

    package func flag() throws(DocumentError) -> Bool {
        switch value.content {
        case .bool(let bool): return bool
        case .string(let text) where !isWritten:
            switch text.lowercased() {
            case "true", "yes", "on": return true
            case "false", "no", "off": return false
            default: break
            }
        default: break
        }
        throw wrong("true or false")
    }

    package func count(in range: ClosedRange<Int>) throws(DocumentError) -> Int {
        var number: Int?
        switch value.content {
        case .int(let int): number = int
        case .string(let text) where !isWritten && text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }):
            number = Int(text)
        default: break
        }
        if let number, range.contains(number) { return number }
        throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }

    package func duration() throws(DocumentError) -> Duration {
        let expected = "a length of time like 30s, 2m, 1h30m or 500ms, or a number of seconds"
        guard let duration = DurationText.parse(try text(expected: expected)) else { throw wrong(expected) }
        return duration
    }

    package func choice(_ words: [String], _ hints: [String: String] = [:]) throws(DocumentError) -> String {
        let text = try text(expected: "one of " + words.joined(separator: ", "))
        if words.contains(text) { return text }
        throw failure(
            "\(label) must be one of \(words.joined(separator: ", ")), not \(value.summary)",
            hint: hints[text] ?? Nearness.hint(for: text, among: words)
        )
    }

    // MARK: Lists and mappings

    /// The items of a list; a value that is none is one item.
    package func items() -> [Reading] {
        guard case .list(let values) = value.content else { return [self] }
        return values.enumerated().map { part($1, "\(key)[\($0)]") }
    }

    package func list() throws(DocumentError) -> [Reading] {
        guard case .list = value.content else { throw wrong("a list") }
        return items()
    }

    package func pairs() throws(DocumentError) -> [(name: String, reading: Reading)] {
        guard case .map(let pairs) = value.content else { throw wrong("a mapping of names and texts") }
        return pairs.map { ($0.name, part($0.value, "\(key).\($0.name)")) }
    }
}
