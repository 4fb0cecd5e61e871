/// A host with what the inventory says about it.
package struct Host: Sendable {
    package let name: String
    // Hosts of the same groups share these.
    private let lineage: Lineage
    private let own: Level

    /// The groups that hosts have in common: every group they are in, the weakest first.
    struct Lineage: Sendable {
        var groups: [String]
        var levels: [Level]
    }

    init(name: String, lineage: Lineage, own: Level) {
        self.name = name
        self.lineage = lineage
        self.own = own
    }

    /// Every group it is in, `all` first, the strongest last.
    package var groups: [String] { lineage.groups }

    /// Where its variables come from, the weakest first and the host's own last.
    package var levels: [Level] { lineage.levels + [own] }

    /// The variables that count for this host. A name keeps the place of its weakest definition, as in Ansible.
    package var variables: [Definition] {
        var result: [Definition] = []
        var indexes: [String: Int] = [:]
        for level in levels {
            for definition in level.definitions {
                if let index = indexes[definition.name] {
                    result[index] = definition
                } else {
                    indexes[definition.name] = result.count
                    result.append(definition)
                }
            }
        }
        return result
    }

    package func variable(named name: String) -> Definition? {
        if let definition = own[name] { return definition }
        for level in lineage.levels.reversed() {
            if let definition = level[name] { return definition }
        }
        return nil
    }

    /// Every definition of a variable, the weakest first: the last one counts.
    package func definitions(of name: String) -> [Definition] {
        levels.flatMap { $0.definitions.filter { $0.name == name } }
    }
}
