import HostSide
import Playbook

/// What earlier tasks will have made by the time that a later one is carried out: what is missing now is no obstacle then.
package struct Prospects: Sendable {
    /// A command runs, or something happens of which it is not known what.
    private var everything = false
    private var directories: Set<String> = []

    package init() {}

    mutating func add(_ operation: Operation) {
        switch operation {
        case .directory(let change):
            // With all above it.
            var path = Substring(change.expected.path)
            while directories.insert(String(path)).inserted, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
                path = path[..<slash]
            }
        case .link, .command, .script: everything = true
        case .check(let check): if case .command = check.target { everything = true }
        case .file, .remove, .verify: break
        }
    }

    mutating func addEverything() { everything = true }

    /// Whether the obstacle may be gone by then. `touched` is what the steps before it work on.
    func clear(_ obstacle: Obstacle, _ touched: Touched) -> Bool {
        if everything || touched.everything { return true }
        switch obstacle.remedy {
        case .directory(let path): return directories.contains(path)
        case .way(let path): return touched.covers(path)
        case .command: return touched.covers("/etc/passwd") || touched.covers("/etc/group")
        }
    }
}
