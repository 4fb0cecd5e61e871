import Text

/// Turns nodes into typed values, and keeps what is wrong instead of stopping at it.
///
/// Each method takes an optional field and gives an optional value: what was not given, and what was wrong and has been
/// reported, are both nil. After the last field, `diagnostics.throwIfErrors()` decides.
package struct NodeDecoder: Sendable {
    package let source: SourceText
    package var diagnostics = Diagnostics()

    package init(_ source: SourceText) {
        self.source = source
    }

    // MARK: Mappings and lists

    /// The values of a mapping. A key that is not among the known ones is an error.
    package mutating func fields(_ field: Field?, known: [String]) -> Fields? {
        guard let fields = fields(field) else { return nil }
        for unknown in fields.all where !known.contains(unknown.key) {
            let near = Nearness.hint(for: unknown.key, among: known)
            let hint = near ?? "known here: " + known.joined(separator: ", ")
            error("\(fields.owner.label) has no key \(unknown.label)", at: unknown.keyPosition, hint: hint)
        }
        return fields
    }

    /// The values of a mapping whose keys the user chooses.
    package mutating func fields(_ field: Field?) -> Fields? {
        guard let field else { return nil }
        guard let entries = field.node.entries else {
            wrongType(field, expected: "a mapping")
            return nil
        }
        return Fields(owner: field, all: entries.map { Field($0) })
    }

    /// The value of a key that must be there.
    package mutating func required(_ key: String, of fields: Fields?) -> Field? {
        guard let fields else { return nil }
        if let field = fields[key] { return field }
        let name = Printable.quoted(key)
        if let empty = fields.all.first(where: { $0.key == key }) {
            error("\(name) has no value", at: empty.keyPosition)
        } else {
            error("\(fields.owner.label) needs \(name)", at: fields.owner.position)
        }
        return nil
    }

    package mutating func list(_ field: Field?) -> [Field]? {
        guard let field else { return nil }
        guard let elements = field.node.elements else {
            wrongType(field, expected: "a list")
            return nil
        }
        return elements.enumerated().map { Field($1, as: "item \($0 + 1) of \(field.label)") }
    }

    // MARK: Scalars

    /// Text as it was written, also where it looks like a number or a boolean.
    package mutating func string(_ field: Field?) -> String? {
        guard let field else { return nil }
        if let text = field.node.text, field.node.ownTag == nil, !field.isNull { return text }
        wrongType(field, expected: "a text")
        return nil
    }

    package mutating func strings(_ field: Field?) -> [String]? {
        guard let items = list(field) else { return nil }
        let texts = items.compactMap { string($0) }
        return texts.count == items.count ? texts : nil
    }

    package mutating func int(_ field: Field?, in range: ClosedRange<Int> = 0...Int.max) -> Int? {
        guard let field else { return nil }
        if case .int(let value) = field.node.resolved, range.contains(value) { return value }
        let bounds =
            range.upperBound == .max
            ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
        var hint: String?
        if case .text(let text) = field.node.resolved, case .int = Scalars.resolve(text) { hint = "remove the quotes" }
        wrongType(field, expected: "a whole number " + bounds, hint: hint)
        return nil
    }

    package mutating func double(_ field: Field?) -> Double? {
        guard let field else { return nil }
        switch field.node.resolved {
        case .int(let value): return Double(value)
        case .float(let value) where value.isFinite: return value
        default:
            wrongType(field, expected: "a number")
            return nil
        }
    }

    package mutating func bool(_ field: Field?) -> Bool? {
        guard let field else { return nil }
        if case .bool(let value) = field.node.resolved { return value }
        wrongType(field, expected: "true or false")
        return nil
    }

    /// One of a few words.
    package mutating func choice(_ field: Field?, of words: [String]) -> String? {
        guard let text = string(field), let field else { return nil }
        if words.contains(text) { return text }
        let hint = Nearness.hint(for: text, among: words)
        error(
            "\(field.label) must be one of \(words.joined(separator: ", ")), not \(field.node.summary)",
            at: field.position,
            hint: hint
        )
        return nil
    }

    // MARK: Reporting

    package mutating func error(_ message: String, at position: Position?, hint: String? = nil) {
        diagnostics.add(Diagnostic(message, in: source, at: position, hint: hint))
    }

    package mutating func wrongType(_ field: Field, expected: String, hint: String? = nil) {
        error("\(field.label) must be \(expected), not \(field.node.summary)", at: field.position, hint: hint)
    }
}
