package import Document

/// The hosts and groups of a fleet with their variables, from one or more files.
package struct Inventory: Sendable {
    /// `all`, `ungrouped`, then as they were read.
    package let groups: [Group]
    /// In the order of the group `all`, which is the order Ansible runs them in.
    package let hosts: [Host]
    /// What was odd, but no error.
    package let warnings: Diagnostics
    private let groupIndexes: [String: Int]
    private let hostIndexes: [String: Int]
    // Names of hosts as they were first read: the order in which a glob finds them.
    let hostNamesAsRead: [String]

    init(groups: [Group], hosts: [Host], hostNamesAsRead: [String], warnings: Diagnostics) {
        self.groups = groups
        self.hosts = hosts
        self.hostNamesAsRead = hostNamesAsRead
        self.warnings = warnings
        groupIndexes = Dictionary(uniqueKeysWithValues: groups.enumerated().map { ($1.name, $0) })
        hostIndexes = Dictionary(uniqueKeysWithValues: hosts.enumerated().map { ($1.name, $0) })
    }

    /// The inventory in these files, read as one. All errors of all files are thrown together.
    package static func parse(_ sources: [SourceText], limits: Limits = Limits()) throws(DocumentError) -> Inventory {
        var builder = InventoryBuilder()
        for source in sources { builder.add(source, limits: limits) }
        return try builder.finish()
    }

    package func group(named name: String) -> Group? {
        groupIndexes[name].map { groups[$0] }
    }

    package func host(named name: String) -> Host? {
        hostIndexes[name].map { hosts[$0] }
    }

    /// The names of the hosts in a group and in the groups below it, each once, the group's own first.
    package func hostNames(inGroup name: String) -> [String] {
        guard let group = groupIndexes[name] else { return [] }
        var queue = [group]
        var seenGroups: Set = [group]
        var seenHosts: Set<String> = []
        var result: [String] = []
        var next = 0
        while next < queue.count {
            let group = groups[queue[next]]
            next += 1
            for host in group.hosts where seenHosts.insert(host).inserted { result.append(host) }
            for child in group.children {
                if let index = groupIndexes[child], seenGroups.insert(index).inserted { queue.append(index) }
            }
        }
        return result
    }
}
