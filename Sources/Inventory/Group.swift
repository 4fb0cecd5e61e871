import Document

/// A group of hosts and of other groups.
package struct Group: Sendable {
    package let name: String
    /// The hosts named in the group itself, in the order they were read.
    package let hosts: [String]
    /// The groups named in the group itself, in the order they were read.
    package let children: [String]
    /// How many groups lie above it on the longest way from `all`: the deeper is the stronger.
    package let depth: Int
    /// `ansible_group_priority`, which decides between groups of the same depth before their names do.
    package let priority: Int
    /// What inventories say of it, then the variable files of each folder: the weakest first.
    package let levels: [Level]
    private let priorityValue: Value?

    init(
        name: String,
        hosts: [String],
        children: [String],
        depth: Int,
        priority: Int,
        priorityValue: Value?,
        levels: [Level]
    ) {
        self.name = name
        self.hosts = hosts
        self.children = children
        self.depth = depth
        self.priority = priority
        self.priorityValue = priorityValue
        self.levels = levels
    }

    /// Its own variables, with the priority where that is not the usual one.
    package var variables: [Definition] {
        var definitions = Definition.effective(levels.flatMap(\.definitions))
        if priority != 1, let given = priorityValue {
            let value = Value(.int(priority), text: String(priority), origin: given.origin)
            definitions = Definition.effective(
                definitions + [Definition(name: "ansible_group_priority", value: value, scope: .group(name))]
            )
        }
        return definitions
    }
}
