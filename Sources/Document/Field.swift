import Text

/// A node with the name that messages use for it: `"port"`, or `item 2 of "hosts"`.
package struct Field: Sendable {
    package var node: Node
    package var label: String
    /// The key it stands under; empty for items of a list.
    package var key: String
    package var keyPosition: Position

    /// The root of a document, or any node that stands under no key.
    package init(_ node: Node, as label: String) {
        self.node = node
        self.label = label
        key = ""
        keyPosition = node.position
    }

    package init(_ entry: Node.Entry) {
        node = entry.value
        label = Printable.quoted(entry.name)
        key = entry.name
        keyPosition = entry.key.position
    }

    package var position: Position { node.position }
    package var isNull: Bool { node.isNull }
}

/// The values of a mapping by key, in the order they were written.
package struct Fields: Sendable {
    package let all: [Field]
    /// The mapping itself.
    package let owner: Field

    init(owner: Field, all: [Field]) {
        self.owner = owner
        self.all = all
    }

    /// The value of a key; nil where it is not given, or given without a value.
    package subscript(_ key: String) -> Field? {
        all.first { $0.key == key && !$0.isNull }
    }

    /// Whether the key is written at all.
    package func has(_ key: String) -> Bool {
        all.contains { $0.key == key }
    }
}
