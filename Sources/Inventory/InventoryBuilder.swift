package import Document
import Text

/// Collects hosts, groups and variables from any number of files in any format, and makes the inventory of them.
package struct InventoryBuilder: Sendable {
    // A reference to a child with the place that made it, for the error when groups contain each other.
    struct Edge: Sendable {
        var child: Int
        var origin: Origin
    }

    struct PartialGroup: Sendable {
        var name: String
        var origin: Origin?
        var hosts: [Int] = []
        var hostSet: Set<Int> = []
        var children: [Edge] = []
        var childSet: Set<Int> = []
        var priority = 1
        var level: Level
    }

    struct PartialHost: Sendable {
        var name: String
        var origin: Origin
        var groups: [Int] = []
        var level: Level
    }

    static let all = 0
    static let ungrouped = 1
    // Ranges make many hosts of few bytes.
    private static let mostMemberships = 1_000_000

    private(set) var groups: [PartialGroup] = []
    private(set) var hosts: [PartialHost] = []
    package var diagnostics = Diagnostics()
    private var groupIndexes: [String: Int] = [:]
    private var hostIndexes: [String: Int] = [:]
    private var memberships = 0

    package init() {
        for name in ["all", "ungrouped"] {
            groupIndexes[name] = groups.count
            groups.append(PartialGroup(name: name, level: Level(.group(name))))
        }
    }

    /// The group of that name, made where there is none yet; nil where the name is no name.
    mutating func group(_ name: String, at origin: Origin) -> Int? {
        if let index = groupIndexes[name] { return index }
        guard accept(name, as: "group", at: origin) else { return nil }
        groupIndexes[name] = groups.count
        groups.append(PartialGroup(name: name, origin: origin, level: Level(.group(name))))
        return groups.count - 1
    }

    mutating func addChild(_ child: Int, to parent: Int, at origin: Origin) {
        if groups[parent].childSet.insert(child).inserted {
            groups[parent].children.append(Edge(child: child, origin: origin))
        }
    }

    /// The host of that name as a member of the group; nil where the name is no name.
    mutating func host(_ name: String, in group: Int, at origin: Origin) -> Int? {
        let index: Int
        if let known = hostIndexes[name] {
            index = known
        } else {
            guard accept(name, as: "host", at: origin) else { return nil }
            index = hosts.count
            hostIndexes[name] = index
            hosts.append(PartialHost(name: name, origin: origin, level: Level(.host(name))))
        }
        guard groups[group].hostSet.insert(index).inserted else { return index }
        memberships += 1
        if memberships > InventoryBuilder.mostMemberships {
            if memberships == InventoryBuilder.mostMemberships + 1 {
                error("the groups have more than \(InventoryBuilder.mostMemberships) members", at: origin)
            }
            return nil
        }
        groups[group].hosts.append(index)
        hosts[index].groups.append(group)
        return index
    }

    mutating func set(_ name: String, to value: Value, ofGroup group: Int) {
        if name == "ansible_group_priority" {
            if let priority = Int(value.text ?? "") {
                groups[group].priority = priority
            } else {
                error("ansible_group_priority must be a whole number, not \(value.summary)", at: value.origin)
            }
            return
        }
        groups[group].level.set(name, value)
    }

    mutating func set(_ name: String, to value: Value, ofHost host: Int) {
        hosts[host].level.set(name, value)
    }

    mutating func error(_ message: String, at origin: Origin, hint: String? = nil) {
        diagnostics.add(Diagnostic(message, in: origin.source, at: origin.position, hint: hint))
    }

    private mutating func accept(_ name: String, as kind: String, at origin: Origin) -> Bool {
        guard let problem = Name.problem(with: name) else { return true }
        error("the name of the \(kind) \(Printable.quoted(name)) \(problem)", at: origin)
        return false
    }

    /// The inventory, or all that is wrong with the files it was made of.
    package consuming func finish() throws(DocumentError) -> Inventory {
        warnOfSharedNames()
        let shape = GroupShape(groups)
        for cycle in shape.cycles {
            let path = cycle.path.map { groups[$0].name }.joined(separator: " > ")
            error("groups contain each other: " + path, at: cycle.origin)
        }
        try diagnostics.throwIfErrors()
        return inventory(shape)
    }

    private mutating func warnOfSharedNames() {
        for host in hosts where groupIndexes[host.name] != nil {
            let message = "\(Printable.quoted(host.name)) is both a host and a group"
            diagnostics.add(
                Diagnostic(message, in: host.origin.source, at: host.origin.position, severity: .warning)
            )
        }
    }

    private func inventory(_ shape: GroupShape) -> Inventory {
        // Hosts of no group of their own are in `ungrouped`; of its members, those that are elsewhere too are not.
        var members = groups.map(\.hosts)
        members[InventoryBuilder.ungrouped] = hosts.indices.filter { index in
            hosts[index].groups.allSatisfy { $0 == InventoryBuilder.all || $0 == InventoryBuilder.ungrouped }
        }
        let order = shape.order(groups)
        var lineages: [[Int]: Host.Lineage] = [:]
        let madeHosts = hosts.indices.map { index in
            var direct = hosts[index].groups.filter { $0 != InventoryBuilder.all && $0 != InventoryBuilder.ungrouped }
            if direct.isEmpty { direct = [InventoryBuilder.ungrouped] }
            direct.sort()
            let lineage = lineages[direct] ?? lineage(of: direct, order: order, shape)
            lineages[direct] = lineage
            return Host(name: hosts[index].name, lineage: lineage, own: hosts[index].level)
        }
        let madeGroups = groups.indices.map { index in
            Group(
                name: groups[index].name,
                hosts: members[index].map { hosts[$0].name },
                children: shape.children[index].map { groups[$0].name },
                depth: shape.depths[index],
                priority: groups[index].priority,
                level: groups[index].level
            )
        }
        let hostOrder = shape.members(of: InventoryBuilder.all, direct: members)
        return Inventory(
            groups: madeGroups,
            hosts: hostOrder.map { madeHosts[$0] },
            hostNamesAsRead: hosts.map(\.name),
            warnings: diagnostics
        )
    }

    private func lineage(of direct: [Int], order: [Int], _ shape: GroupShape) -> Host.Lineage {
        let indexes = shape.lineage(of: direct, order: order)
        return Host.Lineage(groups: indexes.map { groups[$0].name }, levels: indexes.map { groups[$0].level })
    }
}
