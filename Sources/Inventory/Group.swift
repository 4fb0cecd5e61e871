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
    package let level: Level

    init(name: String, hosts: [String], children: [String], depth: Int, priority: Int, level: Level) {
        self.name = name
        self.hosts = hosts
        self.children = children
        self.depth = depth
        self.priority = priority
        self.level = level
    }
}
