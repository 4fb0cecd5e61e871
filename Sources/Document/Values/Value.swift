import Text

/// The value of a variable. Two values are equal where they mean the same, wherever they were written.
package struct Value: Sendable {
    /// What the value is.
    package enum Content: Sendable, Equatable {
        case null
        case bool(Bool)
        case int(Int)
        /// A whole number beyond 64 bits, as its decimal digits.
        case huge(String)
        case float(Double)
        case string(String)
        /// A date or a time, as ISO 8601 writes it.
        case date(String)
        case list([Value])
        case map([Pair])
        /// A value with a tag that nothing here can undo (`!vault`). Having one is no error, using it is.
        case opaque(tag: String)
        /// A secret that has not been fetched (`!secret`).
        case secret(SecretReference)
    }

    /// A key of a map and its value.
    package struct Pair: Sendable, Equatable {
        package var name: String
        package var value: Value
        /// False where the key was a number, a boolean or a null, which has become its text.
        package var isText = true
        /// Whether the key itself was made from a secret.
        package var isKeyTainted = false

        package init(name: String, value: Value, isText: Bool = true, isKeyTainted: Bool = false) {
            self.name = name
            self.value = value
            self.isText = isText
            self.isKeyTainted = isKeyTainted
        }
    }

    package let content: Content
    /// A scalar as it was written, for where text is wanted: the number 2.10 is "2.10".
    package var text: String?
    package var origin: Origin
    /// A text that is no template, whatever it looks like (`!unsafe`).
    package var isUnsafe = false
    /// Whether it is a secret, holds one, or was made from one: no one may see its text.
    package var isTainted = false
    let shape: Shape

    package init(_ content: Content, text: String? = nil, origin: Origin) {
        self.content = content
        self.text = text
        self.origin = origin
        shape = Shape(of: content)
        isTainted = content.holdsTaint
    }

    package init(_ node: Node, in source: SourceText) {
        self.init(node, in: source, isUnsafe: false)
    }

    private init(_ node: Node, in source: SourceText, isUnsafe: Bool) {
        self.init(
            Value.content(of: node, in: source, isUnsafe: isUnsafe || node.ownTag == "!unsafe"),
            text: node.text,
            origin: Origin(source, node.position)
        )
        self.isUnsafe = isUnsafe || node.ownTag == "!unsafe"
    }

    private static func content(of node: Node, in source: SourceText, isUnsafe: Bool) -> Content {
        if let tag = node.ownTag, tag != "!unsafe" {
            if let reference = SecretReference(node) { return .secret(reference) }
            return .opaque(tag: tag)
        }
        switch node.content {
        case .sequence(let elements):
            return .list(elements.map { Value($0, in: source, isUnsafe: isUnsafe) })
        case .mapping(let entries):
            return .map(
                entries.map { entry in
                    let value = Value(entry.value, in: source, isUnsafe: isUnsafe)
                    return Pair(name: entry.keyText, value: value, isText: entry.isText)
                }
            )
        case .scalar(let scalar):
            return content(of: node, scalar)
        }
    }

    private static func content(of node: Node, _ scalar: Node.Scalar) -> Content {
        switch node.resolved {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .float(let value): return .float(value)
        case .text, nil: break
        }
        if node.isTimestamp, let date = ISODate.text(of: scalar.text) { return .date(date) }
        guard node.tag == nil, scalar.style == .plain, let first = scalar.text.utf8.first,
            first == UInt8(ascii: "-") || (first >= UInt8(ascii: "1") && first <= UInt8(ascii: "9"))
        else { return .string(scalar.text) }
        let digits = scalar.text.utf8.drop { $0 == UInt8(ascii: "-") }.filter { $0 != UInt8(ascii: "_") }
        guard digits.count > 18, digits.count < 4300, scalar.text.utf8.dropFirst().allSatisfy({ $0 != 0x2D }),
            case .huge(let number) = PythonNumber.whole(Array(digits), radix: 10)
        else { return .string(scalar.text) }
        return .huge((first == UInt8(ascii: "-") ? "-" : "") + number)
    }

    /// Whether the value is a template, or a text that holds one.
    package var isExpression: Bool {
        guard case .string(let text) = content, !isUnsafe else { return false }
        return Template.isLikely(text)
    }

    /// The value as a message calls it.
    package var summary: String {
        if isTainted { return "a secret" }
        switch content {
        case .null: return "nothing"
        case .list: return "a list"
        case .map: return "a mapping"
        case .opaque(let tag): return "a value tagged " + Printable.line(tag, limit: 60)
        case .secret: return "a secret"
        case .string(let text): return "the text " + Printable.quoted(text)
        case .bool, .int, .huge, .float, .date:
            return Printable.line(text ?? Value.plainText(of: content) ?? "", limit: 60)
        }
    }

    /// The value as the key of a map: Python's JSON writes keys of other kinds as texts.
    package var keyText: String? {
        if case .string(let text) = content { return text }
        return Value.plainText(of: content)
    }

    /// The one way to write a number, a boolean or a null.
    package static func plainText(of content: Content) -> String? {
        switch content {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .huge(let digits): digits
        case .float(let value): String(value)
        case .date(let text): text
        case .string, .list, .map, .opaque, .secret: nil
        }
    }
}

extension Node.Entry {
    // `80:` and `yes:` are a number and a boolean in Ansible, which come out as "80" and "true".
    package var keyText: String {
        switch key.resolved {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .float(let value): return String(value)
        case .text, nil: return name
        }
    }

    fileprivate var isText: Bool {
        if case .text = key.resolved { true } else { false }
    }
}

extension Value: Equatable {
    package static func == (left: Value, right: Value) -> Bool {
        left.content == right.content && left.isUnsafe == right.isUnsafe
    }
}
