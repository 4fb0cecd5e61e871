import Document

/// How groups lie in each other: who is above whom, how deep, and which contain themselves.
struct GroupShape {
    /// Groups that contain each other, and the place that closes the circle.
    struct Cycle {
        var path: [Int]
        var origin: Origin
    }

    /// With `ungrouped`, and the groups that have no other parent, below `all`.
    private(set) var children: [[Int]]
    private(set) var parents: [[Int]]
    private(set) var depths: [Int]
    private(set) var cycles: [Cycle] = []

    init(_ groups: [InventoryBuilder.PartialGroup]) {
        children = groups.map { $0.children.map(\.child) }
        parents = Array(repeating: [], count: groups.count)
        depths = Array(repeating: 0, count: groups.count)
        for (index, below) in children.enumerated() {
            for child in below { parents[child].append(index) }
        }
        // `ungrouped` comes first below `all`, whatever the files say.
        children[InventoryBuilder.all].removeAll { $0 == InventoryBuilder.ungrouped }
        children[InventoryBuilder.all].insert(InventoryBuilder.ungrouped, at: 0)
        if !parents[InventoryBuilder.ungrouped].contains(InventoryBuilder.all) {
            parents[InventoryBuilder.ungrouped].append(InventoryBuilder.all)
        }
        for index in groups.indices where index != InventoryBuilder.all && parents[index].isEmpty {
            children[InventoryBuilder.all].append(index)
            parents[index].append(InventoryBuilder.all)
        }
        findDepths(groups)
    }

    // Each group once all above it are done, so that the longest way counts; what is never done lies in a circle,
    // or below one.
    private mutating func findDepths(_ groups: [InventoryBuilder.PartialGroup]) {
        var waiting = parents.map(\.count)
        var queue = waiting.indices.filter { waiting[$0] == 0 }
        var next = 0
        while next < queue.count {
            let group = queue[next]
            next += 1
            for child in children[group] {
                depths[child] = max(depths[child], depths[group] + 1)
                waiting[child] -= 1
                if waiting[child] == 0 { queue.append(child) }
            }
        }
        if let start = waiting.firstIndex(where: { $0 > 0 }), let cycle = cycle(above: start, waiting: waiting, groups)
        {
            cycles.append(cycle)
        }
    }

    private func cycle(above start: Int, waiting: [Int], _ groups: [InventoryBuilder.PartialGroup]) -> Cycle? {
        // Upwards there is always one more that waits, so the walk meets itself.
        var walk: [Int] = []
        var places: [Int: Int] = [:]
        var current = start
        while places[current] == nil {
            places[current] = walk.count
            walk.append(current)
            current = parents[current].first { waiting[$0] > 0 } ?? current
        }
        var path = Array(walk[(places[current] ?? 0)...].reversed())
        // Told from the group that was read first.
        let first = path.indices.min { path[$0] < path[$1] } ?? 0
        path = Array(path[first...] + path[..<first])
        let closing = path[path.count - 1]
        // Only `all` has children that no file names, and it is the first of its circle, so there is such a place.
        return groups[closing].children.first { $0.child == path[0] }.map { edge in
            Cycle(path: path + [path[0]], origin: edge.origin)
        }
    }

    /// The rank of each group, the weakest first: by depth, then priority, then name.
    func order(_ groups: [InventoryBuilder.PartialGroup]) -> [Int] {
        let sorted = groups.indices.sorted { left, right in
            let one = (depths[left], groups[left].priority)
            let other = (depths[right], groups[right].priority)
            return one == other ? GroupShape.isBefore(groups[left].name, groups[right].name) : one < other
        }
        var ranks = Array(repeating: 0, count: groups.count)
        for (rank, index) in sorted.enumerated() { ranks[index] = rank }
        return ranks
    }

    // By code points, as Python sorts; Swift's own order of strings is another one for letters with accents.
    private static func isBefore(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
    }

    /// These groups and all above them, the weakest first.
    func lineage(of groups: [Int], order: [Int]) -> [Int] {
        var found = Set(groups)
        var queue = groups
        while let group = queue.popLast() {
            for parent in parents[group] where found.insert(parent).inserted { queue.append(parent) }
        }
        return found.sorted { order[$0] < order[$1] }
    }

    /// The hosts of a group and of those below it, level by level, each once.
    func members(of group: Int, direct: [[Int]]) -> [Int] {
        var queue = [group]
        var seen: Set = [group]
        var seenHosts: Set<Int> = []
        var result: [Int] = []
        var next = 0
        while next < queue.count {
            let current = queue[next]
            next += 1
            for host in direct[current] where seenHosts.insert(host).inserted { result.append(host) }
            for child in children[current] where seen.insert(child).inserted { queue.append(child) }
        }
        return result
    }
}
