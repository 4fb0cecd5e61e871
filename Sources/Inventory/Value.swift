package import Document
import Text

/// Where a value was written.
package struct Origin: Sendable, Equatable {
    package var source: SourceText
    package var position: Position

    package init(_ source: SourceText, _ position: Position) {
        self.source = source
        self.position = position
    }
}

/// The value of a variable. Two values are equal where they mean the same, wherever they were written.
package struct Value: Sendable {
    /// What the value is.
    package enum Content: Sendable, Equatable {
        case null
        case bool(Bool)
        case int(Int)
        case float(Double)
        case string(String)
        case list([Value])
        case map([Pair])
        /// A value with a tag that nothing here can undo (`!vault`). Having one is no error, using it is.
        case opaque(tag: String)
    }

    /// A key of a map and its value.
    package struct Pair: Sendable, Equatable {
        package var name: String
        package var value: Value
    }

    package var content: Content
    /// A scalar as it was written, for where text is wanted: the number 2.10 is "2.10".
    package var text: String?
    package var origin: Origin

    package init(_ content: Content, text: String? = nil, origin: Origin) {
        self.content = content
        self.text = text
        self.origin = origin
    }

    package init(_ node: Node, in source: SourceText) {
        origin = Origin(source, node.position)
        text = node.text
        if let tag = node.ownTag, tag != "!unsafe" {
            content = .opaque(tag: tag)
            return
        }
        switch node.content {
        case .sequence(let elements):
            content = .list(elements.map { Value($0, in: source) })
        case .mapping(let entries):
            content = .map(entries.map { Pair(name: $0.name, value: Value($0.value, in: source)) })
        case .scalar(let scalar):
            switch node.resolved {
            case .null: content = .null
            case .bool(let value): content = .bool(value)
            case .int(let value): content = .int(value)
            case .float(let value): content = .float(value)
            case .text, nil: content = .string(scalar.text)
            }
        }
    }

    /// Whether the value is a template, or a text that holds one.
    package var isExpression: Bool {
        guard case .string(let text) = content else { return false }
        return text.contains("{{") || text.contains("{%")
    }

    /// The value as a message calls it.
    package var summary: String {
        switch content {
        case .null: "nothing"
        case .list: "a list"
        case .map: "a mapping"
        case .opaque(let tag): "a value tagged " + Printable.line(tag, limit: 60)
        case .string(let text): "the text " + Printable.quoted(text)
        case .bool, .int, .float: Printable.line(text ?? "", limit: 60)
        }
    }
}

extension Value: Equatable {
    package static func == (left: Value, right: Value) -> Bool {
        left.content == right.content
    }
}
