import Events
import HostSide
import Supervision

/// The files of a rendering, compared with what a host has.
struct DefinitionComparison {
    /// A few words: `definition`, `secrets`, `file /etc/shop.conf`.
    private(set) var words: [String] = []
    /// Instances whose process was born with something else.
    private(set) var births: Set<Int> = []
    private(set) var changed: [String] = []
    private(set) var differences: [Change.Difference] = []
    private(set) var expectations: [Expectation] = []
    private(set) var problem: HostResult.Problem?

    init(_ rendering: Rendering, _ seen: Sightings) {
        for directory in rendering.directories {
            guard let state = state(.path(directory.path, hashing: .never), directory.path, seen) else { continue }
            switch state.kind {
            case .directory: break
            case .missing: note("definition", directory.path)
            default: refuse(directory.path, state, "a directory")
            }
        }
        for file in rendering.files { compare(file, of: rendering, seen) }
        for link in rendering.links {
            guard let state = state(.path(link.path, hashing: .never), link.path, seen) else { continue }
            switch state.kind {
            case .link(let target) where target == link.target: break
            case .link, .missing: note("definition", link.path)
            default: refuse(link.path, state, "a link")
            }
        }
    }

    private mutating func compare(_ file: Rendering.File, of rendering: Rendering, _ seen: Sightings) {
        guard let state = state(file.look, file.path, seen) else { return }
        switch state.kind {
        case .missing:
            note(word(for: file, rendering), file.path)
            if file.isShown { show(file, nil) }
        case .file:
            if file.isKept { break }
            let isSame = state.size == file.content.utf8.count && state.sha256 == file.sum
            let owner =
                file.owner == .installer ? Ownership() : Ownership(user: file.owner.user, group: file.owner.group)
            if isSame, state.mode == file.mode, state.difference(owner).words.isEmpty { break }
            note(word(for: file, rendering), file.path)
            if !isSame, file.isShown { show(file, state) }
            if isSame { return }
        default:
            refuse(file.path, state, "a file")
            return
        }
        if file.isBirth, changed.last == file.path {
            let number = file.path.split(separator: "-").last.flatMap { Int($0) }
            if let number { births.insert(number) }
        }
    }

    private mutating func show(_ file: Rendering.File, _ old: PathState?) {
        let look = old.map { _ in Look.content(file.path, limit: FileWork.shownBytes) }
        let shown = Change.Difference(path: file.path, old: look, new: Array(file.content.utf8))
        let sizes = (old.map { "\($0.size) -> " } ?? "") + "\(file.content.utf8.count) bytes"
        differences.append(shown.hidden(sizes: sizes, [file.mode] + (old.map { [$0.mode] } ?? [])))
    }

    // What is told of a birth is which members it restarts.
    private func word(for file: Rendering.File, _ rendering: Rendering) -> String? {
        if file.isBirth { return nil }
        if rendering.isConfiguration(file.path) { return "file \(file.path)" }
        return file.isSecret ? "secrets" : "definition"
    }

    private mutating func note(_ word: String?, _ path: String) {
        if let word, !words.contains(word) { words.append(word) }
        changed.append(path)
    }

    private mutating func refuse(_ path: String, _ state: PathState, _ what: String) {
        problem =
            problem
            ?? HostResult.Problem(kind: "in_the_way", message: "\(path) is \(state.words), not \(what)")
    }

    private mutating func state(_ look: Look, _ path: String, _ seen: Sightings) -> PathState? {
        switch seen.state(look, path) {
        case .success(let state):
            expectations.append(Expectation(path: path, fingerprint: state.fingerprint))
            return state
        case .failure(let unseen):
            if case .impossible(let problem) = unseen.decision { self.problem = self.problem ?? problem }
            return nil
        }
    }
}

extension Rendering {
    /// What must be seen of the paths, each with its name.
    var looks: [(subject: String, look: Look)] {
        directories.map { ($0.path, .path($0.path, hashing: .never)) }
            + files.map { ($0.path, $0.look) }
            + links.map { ($0.path, .path($0.path, hashing: .never)) }
    }
}

extension Rendering.File {
    /// The sum is wanted where the size does not tell; another version of the supervisor may have another content.
    var look: Look { .path(path, hashing: isKept ? .never : .always) }

    /// Its content may be seen by everybody.
    var isShown: Bool { !isSecret && !isBirth && !isKept }
}
