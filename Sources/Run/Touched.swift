import HostSide

/// What the steps of a program may have changed by the time it comes to a later task.
struct Touched {
    /// A command ran, or a link changed: it could be anything.
    private(set) var everything = false
    private var paths: Set<String> = []
    /// The directories above them.
    private var above: Set<String> = []

    var isEmpty: Bool { !everything && paths.isEmpty }

    mutating func add(_ path: String) {
        paths.insert(path)
        for parent in Self.parents(of: path) where !above.insert(parent).inserted { break }
    }

    mutating func addEverything() { everything = true }

    func covers(_ looks: [Look]) -> Bool { !isEmpty && (everything || coversPaths(of: looks)) }

    /// Whether a path was changed for certain to be of interest: itself, one above it or one below it.
    func coversPaths(of looks: [Look]) -> Bool {
        looks.contains { look in
            switch look {
            case .path(let path, _), .content(let path, _): covers(path)
            case .name: covers("/etc/passwd") || covers("/etc/group")
            case .age(let age): age.files.contains { covers($0) }
            // What a command looks at is not known.
            case .command, .script: !isEmpty
            }
        }
    }

    func covers(_ path: String) -> Bool {
        paths.contains(path) || above.contains(path) || Self.parents(of: path).contains { paths.contains($0) }
    }

    /// The nearest first.
    private static func parents(of path: String) -> [String] {
        var parents: [String] = []
        var rest = Substring(path)
        while let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")) {
            rest = rest[..<slash]
            if rest.isEmpty { break }
            parents.append(String(rest))
        }
        return parents
    }
}
