/// The entries of a mapping in their order, each key once.
struct UniqueEntries {
    private(set) var entries: [Node.Entry] = []
    private var indexes: [String: Int] = [:]

    /// The entry that has the key already; nil where the new one was put in.
    mutating func insert(_ entry: Node.Entry) -> Node.Entry? {
        if let index = indexes[entry.name] { return entries[index] }
        indexes[entry.name] = entries.count
        entries.append(entry)
        return nil
    }

    /// The entry takes the place of one with the same key, or comes last.
    mutating func set(_ entry: Node.Entry) {
        if let index = indexes[entry.name] { entries[index] = entry } else { _ = insert(entry) }
    }
}

/// What the merge keys (`<<`) of one mapping bring in.
///
/// As in PyYAML: merged entries come before the mapping's own and are overridden by them; in a list of mappings the
/// earlier one wins; a later merge key wins over an earlier.
struct MergedEntries {
    private var merged = UniqueEntries()

    /// Adds the value of a merge key, and returns the parts of it that cannot be merged.
    mutating func add(_ value: Node) -> [Node] {
        if let entries = value.entries {
            for entry in entries { merged.set(entry) }
            return []
        }
        guard let elements = value.elements else { return [value] }
        for element in elements.reversed() {
            for entry in element.entries ?? [] { merged.set(entry) }
        }
        return elements.filter { $0.entries == nil }
    }

    func entries(overriddenBy own: UniqueEntries) -> [Node.Entry] {
        var result = merged
        for entry in own.entries { result.set(entry) }
        return result.entries
    }
}

extension Node {
    var isMergeKey: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.style == .plain && scalar.text == "<<" && (tag == nil || tag == "tag:yaml.org,2002:merge")
    }
}
