import Events
import HostSide
import Playbook

/// Diffs: what files held before, read only for those that differ, and only where somebody wants to see it.
extension HostProgress {
    func dueOldContents() -> [TaskAccount: [Look]]? {
        var looks: [TaskAccount: [Look]] = [:]
        for index in differences.keys.sorted() {
            guard let old = differences[index]?.old, case .ready(let task)? = entries[index].understanding,
                oldContents[task.account]?[old] == nil
            else { continue }
            looks[task.account, default: []].append(old)
        }
        return looks.isEmpty ? nil : looks
    }

    mutating func compareContents() {
        for (index, difference) in differences {
            guard case .ready(let task)? = entries[index].understanding else { continue }
            if let hidden = difference.hidden {
                entries[index].result?.diff = hidden
                continue
            }
            var old: [UInt8]?
            if let look = difference.old {
                guard case .content(let bytes, _)? = oldContents[task.account]?[look] else {
                    entries[index].result?.diff = "(the old content could not be read)\n"
                    continue
                }
                old = bytes
            }
            let diff = tools.diff(difference.path, old, difference.new)
            entries[index].result?.diff = diff
        }
        differences = [:]
        oldContents = [:]
    }
}
