/// A part of a YAML document, with the place where it starts.
///
/// What an alias stands for is shared with its anchor, not copied, and keeps the anchor's position.
package struct Node: Sendable, Equatable {
    /// What kind of part it is.
    package enum Content: Sendable, Equatable {
        case scalar(Scalar)
        case sequence([Node])
        case mapping([Entry])
    }

    /// The text of a scalar as it was written, without quotes and with escapes and folding undone.
    package struct Scalar: Sendable, Equatable {
        package var text: String
        package var style: Style

        package init(_ text: String, style: Style = .plain) {
            self.text = text
            self.style = style
        }
    }

    /// How a scalar was written: only plain ones may be numbers, booleans or null.
    package enum Style: Sendable {
        case plain
        case quoted
        case literal
    }

    /// A key of a mapping and its value. Keys are always scalars.
    package struct Entry: Sendable, Equatable {
        package var key: Node
        package var value: Node

        package init(key: Node, value: Node) {
            self.key = key
            self.value = value
        }

        /// The key as it was written.
        package var name: String { key.text ?? "" }
    }

    package var content: Content
    /// The tag as written (`!vault`) or expanded (`tag:yaml.org,2002:str`); nil where there is none.
    package var tag: String?
    package var position: Position

    package init(_ content: Content, tag: String? = nil, at position: Position) {
        self.content = content
        self.tag = tag
        self.position = position
    }

    package static func null(at position: Position) -> Node {
        Node(.scalar(Scalar("")), at: position)
    }

    /// The text of a scalar: `2.10` stays "2.10".
    package var text: String? {
        if case .scalar(let scalar) = content { scalar.text } else { nil }
    }

    package var elements: [Node]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    package var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The value of a key of a mapping; nil for any other node.
    package subscript(_ key: String) -> Node? {
        entries?.first { $0.name == key }?.value
    }

    package var isNull: Bool {
        if case .scalar = content { resolved == .null } else { false }
    }
}
