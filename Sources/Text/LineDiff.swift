/// What differs between two short texts, line by line.
package enum LineDiff {
    package enum Line: Equatable, Sendable {
        case same(String)
        case removed(String)
        case added(String)
    }

    /// Above this the middle is shown as one block replaced by another: the table has this many cells.
    private static let cellLimit = 250_000

    package static func lines(_ old: [String], _ new: [String]) -> [Line] {
        var start = 0
        while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
        var end = 0
        while end < min(old.count, new.count) - start, old[old.count - 1 - end] == new[new.count - 1 - end] { end += 1 }
        let middle = between(Array(old[start..<(old.count - end)]), Array(new[start..<(new.count - end)]))
        return old[..<start].map(Line.same) + middle + old[(old.count - end)...].map(Line.same)
    }

    private static func between(_ old: [String], _ new: [String]) -> [Line] {
        if old.isEmpty || new.isEmpty || old.count * new.count > cellLimit {
            return old.map(Line.removed) + new.map(Line.added)
        }
        // length[i][j]: the longest common part of old[i...] and new[j...].
        let width = new.count + 1
        var length = [Int](repeating: 0, count: (old.count + 1) * width)
        for i in old.indices.reversed() {
            for j in new.indices.reversed() {
                length[i * width + j] =
                    old[i] == new[j]
                    ? length[(i + 1) * width + j + 1] + 1
                    : max(length[(i + 1) * width + j], length[i * width + j + 1])
            }
        }
        var result: [Line] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if i < old.count, j < new.count, old[i] == new[j] {
                result.append(.same(old[i]))
                i += 1
                j += 1
            } else if j == new.count || i < old.count && length[(i + 1) * width + j] >= length[i * width + j + 1] {
                result.append(.removed(old[i]))
                i += 1
            } else {
                result.append(.added(new[j]))
                j += 1
            }
        }
        return result
    }
}
