import Events
import HostSide

/// What would keep a change of a path from being made, known from the same look as the path.
extension Obstacle {
    /// A path that is missing, and where it would be made.
    static func place(_ place: PathState.Place, of path: String, makesDirectories: Bool) -> [Obstacle] {
        let directory = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? path
        switch place {
        case .missing where !makesDirectories:
            let problem = HostResult.Problem(
                kind: "no_directory",
                message: "there is no directory \(directory)",
                hint: "a \"directory\" task before it makes it, and all above it"
            )
            return [Obstacle(problem, remedy: .directory(directory))]
        case .blocked:
            let problem = HostResult.Problem(
                kind: "in_the_way",
                message: "something on the way to \(path) is no directory",
                hint: "a file, or a link that leads nowhere: remove it, or name another path"
            )
            return [Obstacle(problem, remedy: .way(directory))]
        case .there, .missing: return []
        }
    }
}

extension Ownership {
    /// Numbers need no look, and a host without root is none.
    var looks: [Look] {
        [user.map { Look.name(.user, $0) }, group.map { Look.name(.group, $0) }].compactMap { look in
            guard case .name(_, let name)? = look, name != "root", !name.utf8.allSatisfy({ (48...57).contains($0) })
            else { return nil }
            return look
        }
    }

    /// Of what is to be changed: names that the host does not know.
    func obstacles(_ seen: Sightings) -> [Obstacle] {
        looks.compactMap { look in
            guard case .name(let kind, let name) = look, case .name(isKnown: false)? = seen[look] else { return nil }
            let problem = HostResult.Problem(
                kind: "unknown_account",
                message: "there is no \(kind == .user ? "user" : "group") \(name) on this host",
                hint: "make it first, by hand or with a \"run\" task before this one"
            )
            return Obstacle(problem, remedy: .command)
        }
    }
}

extension Operation {
    /// Who is to own what it changes, where that is said.
    var ownership: Ownership {
        switch self {
        case .file(let change): change.ownership
        case .directory(let change): change.ownership
        case .link(let change): change.ownership
        case .remove, .command, .check, .script, .verify: Ownership()
        }
    }
}
