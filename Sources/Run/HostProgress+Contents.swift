import Events
import HostSide
import Playbook

/// Diffs: what files held before, read only for those that differ, and only where somebody wants to see it.
extension HostProgress {
    func dueOldContents() -> [TaskAccount: [Look]]? {
        var looks: [TaskAccount: [Look]] = [:]
        for index in differences.keys.sorted() {
            guard case .ready(let task)? = entries[index].understanding else { continue }
            for old in (differences[index] ?? []).compactMap(\.old) where oldContents[task.account]?[old] == nil {
                looks[task.account, default: []].append(old)
            }
        }
        return looks.isEmpty ? nil : looks
    }

    mutating func compareContents() {
        for (index, differences) in differences {
            guard case .ready(let task)? = entries[index].understanding else { continue }
            let seen = oldContents[task.account] ?? [:]
            let text = differences.map { diff($0, seen) }.joined()
            entries[index].result?.diff = text
        }
        differences = [:]
        oldContents = [:]
    }

    private func diff(_ difference: Change.Difference, _ seen: Sightings) -> String {
        if let hidden = difference.hidden { return hidden }
        var old: [UInt8]?
        if let look = difference.old {
            guard case .content(let bytes, _)? = seen[look] else { return "(the old content could not be read)\n" }
            old = bytes
        }
        return tools.diff(difference.path, old, difference.new)
    }
}
