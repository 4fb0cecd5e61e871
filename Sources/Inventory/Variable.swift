package import Document

/// Whose variables these are.
package enum Scope: Sendable, Hashable {
    case group(String)
    case host(String)
}

/// One place that gives a variable a value. A stronger place may give it another.
package struct Definition: Sendable, Equatable {
    package var name: String
    package var value: Value
    package var scope: Scope

    package init(name: String, value: Value, scope: Scope) {
        self.name = name
        self.value = value
        self.scope = scope
    }

    /// Of definitions with the weakest first, those that count. A name keeps the place of its weakest one, as in Ansible.
    static func effective(_ definitions: some Sequence<Definition>) -> [Definition] {
        var result: [Definition] = []
        var indexes: [String: Int] = [:]
        for definition in definitions {
            if let index = indexes[definition.name] {
                result[index] = definition
            } else {
                indexes[definition.name] = result.count
                result.append(definition)
            }
        }
        return result
    }
}

/// The definitions of one group or one host from inventories, or from one folder of variable files, in the order they
/// were read; of two with the same name, the later counts.
package struct Level: Sendable {
    package let scope: Scope
    package private(set) var definitions: [Definition] = []
    /// Files that are encrypted as a whole: which variables they define cannot be known.
    package internal(set) var sealed: [SourceText] = []
    private var latest: [String: Int] = [:]

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package subscript(_ name: String) -> Definition? {
        latest[name].map { definitions[$0] }
    }

    mutating func set(_ name: String, _ value: Value) {
        latest[name] = definitions.count
        definitions.append(Definition(name: name, value: value, scope: scope))
    }
}
