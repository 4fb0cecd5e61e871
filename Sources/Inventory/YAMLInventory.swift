package import Document

extension InventoryBuilder {
    /// Adds an inventory in Ansible's YAML layout. What is wrong with it is told by `finish()`.
    package mutating func addYAML(_ source: SourceText, limits: Limits = Limits()) {
        var earlier = diagnostics
        diagnostics = Diagnostics()
        if let root = YAML.parse(source, limits: limits, diagnostics: &diagnostics) {
            var reader = YAMLInventory(source)
            reader.read(root, into: &self)
            diagnostics.add(contentsOf: reader.decoder.diagnostics)
        }
        diagnostics.sortByPosition()
        earlier.add(contentsOf: diagnostics)
        diagnostics = earlier
    }
}

/// Reads `GROUP: {hosts: , children: , vars: }` of any depth into a builder.
struct YAMLInventory {
    private let source: SourceText
    var decoder: NodeDecoder

    init(_ source: SourceText) {
        self.source = source
        decoder = NodeDecoder(source)
    }

    mutating func read(_ root: Node, into builder: inout InventoryBuilder) {
        if root.isNull {
            decoder.error("the inventory is empty", at: nil)
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
        guard let group = builder.group(field.key, at: origin(field.keyPosition)) else { return nil }
        if field.isNull { return group }
        guard let parts = decoder.fields(field, known: ["hosts", "children", "vars"]) else { return group }
        // In the order they are written, which decides the order of groups.
        for part in parts.all {
            switch part.key {
            case "vars": readVariables(part, of: group, into: &builder)
            case "children": readChildren(part, of: group, into: &builder)
            case "hosts": readHosts(part, of: group, into: &builder)
            default: break
            }
        }
        return group
    }

    private mutating func readVariables(_ part: Field, of group: Int, into builder: inout InventoryBuilder) {
        guard !part.isNull, let variables = decoder.fields(part) else { return }
        for variable in variables.all {
            builder.set(variable.key, to: Value(variable.node, in: source), ofGroup: group)
        }
    }

    private mutating func readChildren(_ part: Field, of group: Int, into builder: inout InventoryBuilder) {
        for child in members(part) {
            if let index = readGroup(child, into: &builder) {
                builder.addChild(index, to: group, at: origin(child.keyPosition))
            }
        }
    }

    private mutating func readHosts(_ part: Field, of group: Int, into builder: inout InventoryBuilder) {
        for entry in members(part) {
            let pattern: HostPattern
            do throws(HostPattern.Problem) {
                pattern = try HostPattern(entry.key)
            } catch {
                decoder.error("\(entry.label): \(error.message)", at: entry.keyPosition)
                continue
            }
            var variables: [Definition] = []
            if !entry.isNull, let fields = decoder.fields(entry) {
                variables = fields.all.map { variable in
                    let value = Value(variable.node, in: source)
                    return Definition(name: variable.key, value: value, scope: .host(entry.key))
                }
            }
            let place = origin(entry.keyPosition)
            for name in pattern.names {
                guard let host = builder.host(name, in: group, at: place) else { break }
                if let port = pattern.port {
                    builder.set("ansible_port", to: Value(.int(port), text: String(port), origin: place), ofHost: host)
                }
                for variable in variables { builder.set(variable.name, to: variable.value, ofHost: host) }
            }
        }
    }

    // A mapping by name; Ansible also takes a single name as text.
    private mutating func members(_ part: Field) -> [Field] {
        if part.isNull { return [] }
        if part.node.text != nil {
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

    private func origin(_ position: Position) -> Origin {
        Origin(source, position)
    }
}
