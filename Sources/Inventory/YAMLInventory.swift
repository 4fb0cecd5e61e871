import Document
import Text

extension InventoryBuilder {
    /// Adds an inventory in Ansible's YAML layout.
    mutating func addYAML(_ root: Node, of source: SourceText) {
        var reader = YAMLInventory(source)
        reader.read(root, into: &self)
        diagnostics.add(contentsOf: reader.decoder.diagnostics)
    }
}

/// Reads `GROUP: {hosts: , children: , vars: }` of any depth into a builder.
struct YAMLInventory {
    private static let parts = ["hosts", "children", "vars"]

    private let source: SourceText
    var decoder: NodeDecoder

    init(_ source: SourceText) {
        self.source = source
        decoder = NodeDecoder(source)
    }

    mutating func read(_ root: Node, into builder: inout InventoryBuilder) {
        if root.isNull {
            warn("the inventory is empty", at: nil)
            return
        }
        guard let groups = decoder.fields(Field(root, as: "the inventory")) else { return }
        if let plugin = groups["plugin"] {
            let hint = "give Baton what \"ansible-inventory --list\" makes of it"
            decoder.error("this configures an inventory plugin of Ansible", at: plugin.keyPosition, hint: hint)
            return
        }
        for group in groups.all { _ = readGroup(group, into: &builder) }
    }

    private mutating func readGroup(_ field: Field, into builder: inout InventoryBuilder) -> Int? {
        if field.node.entries == nil, !field.isNull {
            // Ansible passes over such keys, which are often anchors or settings of other tools.
            warn("\(field.label) is no group: it is \(field.node.summary)", at: field.keyPosition)
            return builder.knows(group: field.key) ? builder.group(field.key, at: origin(field.keyPosition)) : nil
        }
        guard let group = builder.group(field.key, at: origin(field.keyPosition)) else { return nil }
        guard !field.isNull, let parts = decoder.fields(field) else { return group }
        // In the order they are written, which decides the order of groups.
        for part in parts.all {
            switch part.key {
            case "vars": readVariables(part, of: group, into: &builder)
            case "children": readChildren(part, of: group, into: &builder)
            case "hosts": readHosts(part, of: group, into: &builder)
            default: passOver(part, of: field)
            }
        }
        return group
    }

    // Ansible ignores keys it does not know. One that nearly is one it knows would lose hosts without a word.
    private mutating func passOver(_ part: Field, of group: Field) {
        if let near = Nearness.closest(to: part.key, among: YAMLInventory.parts) {
            let hint = "did you mean \(Printable.quoted(near))?"
            decoder.error("\(group.label) has no key \(part.label)", at: part.keyPosition, hint: hint)
        } else {
            let message = "\(part.label) in \(group.label) is ignored: a group has hosts, children and vars"
            warn(message, at: part.keyPosition)
        }
    }

    private mutating func readVariables(_ part: Field, of group: Int, into builder: inout InventoryBuilder) {
        if let entries = part.node.entries {
            for entry in entries { builder.set(entry.keyText, to: Value(entry.value, in: source), ofGroup: group) }
            return
        }
        for variable in members(part) {
            builder.set(variable.key, to: Value(variable.node, in: source), ofGroup: group)
        }
    }

    private mutating func readChildren(_ part: Field, of group: Int, into builder: inout InventoryBuilder) {
        for child in members(part) {
            if let index = readGroup(child, into: &builder) {
                builder.addChild(index, to: group, at: origin(child.keyPosition))
            } else if child.node.entries == nil && !child.isNull {
                decoder.wrongType(child, expected: "a group")
            }
        }
    }

    private mutating func readHosts(_ part: Field, of group: Int, into builder: inout InventoryBuilder) {
        for entry in members(part) where !builder.isFull {
            let pattern: HostPattern
            do throws(HostPattern.Problem) {
                pattern = try HostPattern(entry.key)
            } catch {
                decoder.error("\(entry.label): \(error.message)", at: entry.keyPosition)
                continue
            }
            var variables: [(name: String, value: Value)] = []
            if !YAMLInventory.isEmpty(entry.node), decoder.fields(entry) != nil {
                variables = (entry.node.entries ?? []).map { ($0.keyText, Value($0.value, in: source)) }
            }
            let place = origin(entry.keyPosition)
            for name in pattern.names {
                guard let host = builder.host(name, in: group, port: pattern.port, at: place),
                    builder.count(variables.count, at: place)
                else { break }
                for variable in variables { builder.set(variable.name, to: variable.value, ofHost: host) }
            }
        }
    }

    // What Python takes for false means "no variables".
    private static func isEmpty(_ node: Node) -> Bool {
        switch node.content {
        case .sequence(let elements): return elements.isEmpty
        case .mapping(let entries): return entries.isEmpty
        case .scalar(let scalar):
            switch node.resolved {
            case .null, .bool(false), .int(0), .float(0): return true
            default: return scalar.text.isEmpty
            }
        }
    }

    // A mapping by name; Ansible also takes a single name as text.
    private mutating func members(_ part: Field) -> [Field] {
        if part.isNull { return [] }
        if case .text = part.node.resolved {
            guard let name = decoder.string(part) else { return [] }
            let key = Node(.scalar(Node.Scalar(name, style: .quoted)), at: part.position)
            return [Field(Node.Entry(key: key, value: .null(at: part.position)))]
        }
        if part.node.elements != nil {
            decoder.wrongType(part, expected: "a mapping", hint: "write each name as a key: \"NAME:\"")
            return []
        }
        return decoder.fields(part)?.all ?? []
    }

    private mutating func warn(_ message: String, at position: Position?) {
        decoder.diagnostics.add(Diagnostic(message, in: source, at: position, severity: .warning))
    }

    private func origin(_ position: Position) -> Origin {
        Origin(source, position)
    }
}
