internal import Shell
internal import Text

/// What is done to the releases of a host. Data; with a lease it becomes a script, and without one it cannot be sent.
package enum ReleaseChange: Equatable, Sendable {
    /// From the artifact at `ReleaseRoot.incoming` to a tree that could run. One that was cut begins anew; one that is there
    /// already is skipped.
    case stage(Staging)
    /// Once per run.
    case migrate(Migration)
    /// What ran before Baton came becomes a release. A `current` that is a directory stays one, unless it is to become a
    /// link now.
    case adopt(convertsDirectory: Bool)
    case mark(ReleaseID, Mark)
    /// `current` names another release from one moment to the next.
    case flip(Flip)
    /// The newest active release, or good one where none is active, becomes bad; stale where that is another than expected.
    case abandon(expected: ReleaseID)
    /// These go, as `Retention` chose them; the host looks once more at each, and leaves those that are in use.
    case prune([ReleaseID])
    /// What a rollback to the release will need, in place of what was kept before.
    case keep(ReleaseID, [KeptFile])

    package enum Mark: String, CaseIterable, Sendable {
        case active, good, bad
    }

    package struct Staging: Equatable, Sendable {
        package var id: ReleaseID
        /// Of the artifact, all of it.
        package var sha256: String
        package var run: String
        /// A line for `sh`, in the tree at its own place, as the release's user.
        package var prepare: String?
        package var prepareSeconds = 1800
        package var unpackSeconds = 1800

        package init(id: ReleaseID, sha256: String, run: String, prepare: String? = nil) {
            (self.id, self.sha256, self.run, self.prepare) = (id, sha256, run, prepare)
        }
    }

    package struct Migration: Equatable, Sendable {
        package var id: ReleaseID
        package var run: String
        package var command: String
        package var seconds = 3600
        /// Also where an earlier one of this run was cut, and nobody knows how far it got.
        package var isRepeated = false

        package init(id: ReleaseID, run: String, command: String) {
            (self.id, self.run, self.command) = (id, run, command)
        }
    }

    package struct Flip: Equatable, Sendable {
        /// What `current` says before, to the letter; nil where there is none. Stale where it says something else.
        package var from: String?
        /// It is active from then on, and the newest.
        package var to: ReleaseID
        /// What is gone back to stays what it is.
        package var isBack: Bool

        package init(from: String?, to: ReleaseID, isBack: Bool = false) {
            (self.from, self.to, self.isBack) = (from, to, isBack)
        }
    }

    /// `run` names whoever does it, in the records; it is that of the change where the change has one.
    package func script(under lease: Lease, run: String) throws(ReleaseError) -> HostScript {
        let root = lease.root
        let front = [root.path, String(lease.epoch), lease.owner]
        switch self {
        case .stage(let staging): return try staging.script(root, front)
        case .migrate(let migration): return try migration.script(root, front)
        case .adopt(let converts):
            return ReleaseLibrary.script(
                ReleaseLibrary.adopting,
                ["baton_release_adopt"] + front + [try Self.named(run), converts ? "yes" : ""]
            )
        case .mark(let id, let mark):
            return ReleaseLibrary.script(
                ReleaseLibrary.recording,
                ["baton_release_mark"] + front + [id.text, mark.rawValue, try Self.named(run)]
            )
        case .flip(let flip):
            return ReleaseLibrary.script(
                ReleaseLibrary.flipping,
                ["baton_release_flip"] + front
                    + [flip.from ?? "", flip.to.text, try Self.named(run), flip.isBack ? "back" : ""]
            )
        case .abandon(let id):
            return ReleaseLibrary.script(
                ReleaseLibrary.recording,
                ["baton_release_abandon"] + front + [id.text, try Self.named(run)]
            )
        case .prune(let ids):
            guard ids.count <= 1000 else { throw ReleaseError("\(ids.count) releases at once are too many") }
            return ReleaseLibrary.script(
                ReleaseLibrary.pruning,
                ["baton_release_prune"] + front + [root.user, root.group ?? ""] + ids.map(\.text)
            )
        case .keep(let id, let files):
            return ReleaseLibrary.script(
                ReleaseLibrary.keeping,
                ["baton_release_keep"] + front + [id.text],
                text: try KeptFile.function(files)
            )
        }
    }

    package func operation(under lease: Lease, run: String) throws(ReleaseError) -> Operation {
        .script(try script(under: lease, run: run))
    }

    /// Runs become names of files.
    static func named(_ run: String) throws(ReleaseError) -> String {
        guard ReleaseRoot.isFileName(run), run.utf8.count <= 64,
            run.utf8.allSatisfy({
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || [45, 46, 95].contains($0)
            })
        else { throw ReleaseError("\(Printable.quoted(run)) cannot name a run: 1 to 64 letters, digits and \"._-\"") }
        return run
    }

    static func line(_ command: String, _ what: String) throws(ReleaseError) -> String {
        guard !command.utf8.contains(0), command.utf8.count <= 64 << 10 else {
            throw ReleaseError("the command of \(what) is longer than 64 KiB, or has a NUL byte")
        }
        return command
    }

    static func bounded(_ seconds: Int, _ what: String) throws(ReleaseError) -> String {
        guard (1...86400).contains(seconds) else {
            throw ReleaseError("\(what) may take 1 second to a day, not \(seconds) seconds")
        }
        return String(seconds)
    }
}

extension ReleaseChange.Staging {
    func script(_ root: ReleaseRoot, _ front: [String]) throws(ReleaseError) -> HostScript {
        guard Sum.isOne(sha256), id.digest == String(sha256.prefix(12)) else {
            throw ReleaseError(
                "release \(id) is not of the artifact with sha256 \(Printable.quoted(sha256, limit: 80))"
            )
        }
        var text = "b_rl_prepare=\(Quoting.word(try ReleaseChange.line(prepare ?? "", "prepare")))\n"
        // Told apart by their first letter; a path cannot have a line end.
        let shared = root.shared.map { ($0.isDirectory ? "d" : "f") + $0.path }.joined(separator: "\n")
        text += "b_rl_shared=\(Quoting.word(shared))\n"
        var program = ""
        if case .program(let name) = root.artifact { program = name }
        let words = [
            id.text, sha256, try ReleaseChange.named(run), root.user, root.group ?? "", program,
            try ReleaseChange.bounded(unpackSeconds, "unpacking"), try ReleaseChange.bounded(prepareSeconds, "prepare"),
        ]
        return ReleaseLibrary.script(ReleaseLibrary.staging, ["baton_release_stage"] + front + words, text: text)
    }
}

extension ReleaseChange.Migration {
    func script(_ root: ReleaseRoot, _ front: [String]) throws(ReleaseError) -> HostScript {
        let words = [
            id.text, try ReleaseChange.named(run), root.user, root.group ?? "",
            try ReleaseChange.bounded(seconds, "migrate"), isRepeated ? "yes" : "",
        ]
        return ReleaseLibrary.script(
            ReleaseLibrary.migrating,
            ["baton_release_migrate"] + front + words,
            text: "b_rl_command=\(Quoting.word(try ReleaseChange.line(command, "migrate")))\n"
        )
    }
}

/// How a script about releases ends, beside 0 and what `Operation.script` says.
package enum ReleaseStatus {
    package static let stale: Int32 = 75
    package static let nothingToDo: Int32 = 76
    /// Somebody else holds the lease, or changes this root at the moment.
    package static let busy: Int32 = 77
    /// The epoch is over, or its lease has run out.
    package static let fenced: Int32 = 78
    /// Of a migration: it was begun in this run, and nobody knows how it ended.
    package static let unknown: Int32 = 79
    /// Of a switch: it has failed, and the host runs what it ran before.
    package static let undone: Int32 = 80
    /// And the host runs neither.
    package static let neither: Int32 = 81
}
