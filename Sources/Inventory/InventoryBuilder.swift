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
        var priorityValue: Value?
        var level: Level
        /// What the variable files of each folder say, by the folder's place among the sources.
        var files: [Int: Level] = [:]
    }

    struct PartialHost: Sendable {
        var name: String
        var origin: Origin
        var groups: [Int] = []
        var level: Level
        var files: [Int: Level] = [:]
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
    // A range that stands in many lines, or before many variables, makes much of few bytes.
    private static let mostEntries = 4_000_000
    private var entries = 0

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

    /// The host of that name, made where there is none yet, as a member of the group; nil where the name is no name.
    ///
    /// A port counts for a new host only: Ansible does not look at it again.
    @discardableResult
    mutating func host(_ name: String, in group: Int?, port: Int? = nil, at origin: Origin) -> Int? {
        guard count(1, at: origin) else { return nil }
        let index: Int
        if let known = hostIndexes[name] {
            index = known
        } else {
            guard accept(name, as: "host", at: origin) else { return nil }
            index = hosts.count
            hostIndexes[name] = index
            hosts.append(PartialHost(name: name, origin: origin, level: Level(.host(name))))
            if let port {
                hosts[index].level.set("ansible_port", Value(.int(port), text: String(port), origin: origin))
            }
        }
        guard let group, groups[group].hostSet.insert(index).inserted else { return index }
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

    /// Whether there is room for more; nothing more is read once there is none.
    var isFull: Bool { entries > InventoryBuilder.mostEntries }

    /// Counts hosts named and variables set for them; says once that there are too many.
    mutating func count(_ more: Int, at origin: Origin) -> Bool {
        if isFull { return false }
        entries += more
        if isFull { error("the inventory names hosts and sets variables for them too often to be meant", at: origin) }
        return !isFull
    }

    func knows(group name: String) -> Bool { groupIndexes[name] != nil }
    func knows(host name: String) -> Bool { hostIndexes[name] != nil }

    mutating func set(_ name: String, to value: Value, ofGroup group: Int) {
        if name == "ansible_group_priority" {
            if let priority = value.wholeNumber {
                groups[group].priority = priority
                groups[group].priorityValue = value
            } else {
                error("ansible_group_priority must be a whole number, not \(value.summary)", at: value.origin)
            }
            return
        }
        groups[group].level.set(name, value)
    }

    mutating func set(_ name: String, to value: Value, ofHost host: Int) {
        // A host with the name of a group: Ansible takes its variables for the group's.
        if let group = groupIndexes[hosts[host].name] { return set(name, to: value, ofGroup: group) }
        hosts[host].level.set(name, value)
    }

    /// Changes the level that a variable file belongs to; nothing where no group or host has the name.
    mutating func withLevel(of scope: Scope, folder: Int, _ change: (inout Level) -> Void) {
        switch scope {
        case .group(let name):
            guard let index = groupIndexes[name] else { return }
            change(&groups[index].files[folder, default: Level(scope)])
        case .host(let name):
            guard let index = hostIndexes[name] else { return }
            change(&hosts[index].files[folder, default: Level(scope)])
        }
    }

    /// Every group so far, `all` and `ungrouped` first: whose variable files to look for.
    package var groupNames: [String] { groups.map(\.name) }
    package var hostNames: [String] { hosts.map(\.name) }

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

    mutating func warn(_ message: String, at origin: Origin, hint: String? = nil) {
        diagnostics.add(
            Diagnostic(message, in: origin.source, at: origin.position, hint: hint, severity: .warning)
        )
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
        let isLone = hosts.map { host in
            host.groups.allSatisfy { $0 == InventoryBuilder.all || $0 == InventoryBuilder.ungrouped }
        }
        // First those that a file puts there, then the rest.
        let named = groups[InventoryBuilder.ungrouped]
        members[InventoryBuilder.ungrouped] =
            named.hosts.filter { isLone[$0] } + hosts.indices.filter { isLone[$0] && !named.hostSet.contains($0) }
        let order = shape.order(groups)
        var lineages: [[Int]: Host.Lineage] = [:]
        let madeHosts = hosts.indices.map { index in
            var direct = hosts[index].groups.filter { $0 != InventoryBuilder.all && $0 != InventoryBuilder.ungrouped }
            if direct.isEmpty { direct = [InventoryBuilder.ungrouped] }
            direct.sort()
            // Named in `ungrouped` and elsewhere: Ansible takes it out of `ungrouped`, even where another group of the
            // host lies below that.
            let leaves = !isLone[index] && named.hostSet.contains(index)
            let key = leaves ? direct + [InventoryBuilder.ungrouped] : direct
            let lineage = lineages[key] ?? lineage(of: direct, leavingUngrouped: leaves, order: order, shape)
            lineages[key] = lineage
            let own = [hosts[index].level] + InventoryBuilder.inOrder(hosts[index].files)
            return Host(name: hosts[index].name, origin: hosts[index].origin, lineage: lineage, own: own)
        }
        let madeGroups = groups.indices.map { index in
            Group(
                name: groups[index].name,
                hosts: members[index].map { hosts[$0].name },
                children: shape.children[index].map { groups[$0].name },
                depth: shape.depths[index],
                priority: groups[index].priority,
                priorityValue: groups[index].priorityValue,
                levels: [groups[index].level] + InventoryBuilder.inOrder(groups[index].files)
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

    private static func inOrder(_ files: [Int: Level]) -> [Level] {
        files.sorted { $0.key < $1.key }.map(\.value)
    }

    // The order of Ansible: what inventories say of `all` and of the other groups, then what files say of `all`, then
    // what they say of the other groups, where a later folder is stronger than a deeper group.
    private func lineage(
        of direct: [Int],
        leavingUngrouped: Bool,
        order: [Int],
        _ shape: GroupShape
    ) -> Host.Lineage {
        var indexes = shape.lineage(of: direct, order: order)
        if leavingUngrouped { indexes.removeAll { $0 == InventoryBuilder.ungrouped } }
        let others = indexes.filter { $0 != InventoryBuilder.all }
        var levels = ([InventoryBuilder.all] + others).map { groups[$0].level }
        levels += InventoryBuilder.inOrder(groups[InventoryBuilder.all].files)
        let folders = Set(others.flatMap { groups[$0].files.keys }).sorted()
        for folder in folders { levels += others.compactMap { groups[$0].files[folder] } }
        return Host.Lineage(groups: indexes.map { groups[$0].name }, levels: levels)
    }
}

extension Value {
    // What Python's int() makes of it.
    fileprivate var wholeNumber: Int? {
        switch content {
        case .int(let value): return value
        case .bool(let value): return value ? 1 : 0
        case .float(let value): return Int(exactly: value.rounded(.towardZero))
        case .string(let text):
            let digits = text.split(whereSeparator: \.isWhitespace)
            return digits.count == 1 ? Int(digits[0]) : nil
        default: return nil
        }
    }
}
