package import Document

/// A host with what the inventory says about it.
package struct Host: Sendable {
    package let name: String
    /// Where it was first named.
    package let origin: Origin
    // Hosts of the same groups share these.
    private let lineage: Lineage
    private let own: [Level]

    /// The groups that hosts have in common: every group they are in, the weakest first.
    struct Lineage: Sendable {
        var groups: [String]
        var levels: [Level]
    }

    init(name: String, origin: Origin, lineage: Lineage, own: [Level]) {
        self.name = name
        self.origin = origin
        self.lineage = lineage
        self.own = own
    }

    /// Every group it is in, `all` first, the strongest last.
    package var groups: [String] { lineage.groups }

    /// Where its variables come from, the weakest first and the host's own last.
    package var levels: [Level] { lineage.levels + own }

    /// The variables that count for this host.
    package var variables: [Definition] { Definition.effective(levels.lazy.flatMap(\.definitions)) }

    package func variable(named name: String) -> Definition? {
        for level in own.reversed() {
            if let definition = level[name] { return definition }
        }
        for level in lineage.levels.reversed() {
            if let definition = level[name] { return definition }
        }
        return nil
    }

    /// Files that may define more, were they not encrypted as a whole.
    package var sealed: [SourceText] { levels.flatMap(\.sealed) }

    /// Every definition of a variable, the weakest first: the last one counts.
    package func definitions(of name: String) -> [Definition] {
        levels.flatMap { $0.definitions.filter { $0.name == name } }
    }
}
