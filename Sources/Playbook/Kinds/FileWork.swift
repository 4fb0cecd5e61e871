import Events
import HostSide

/// A file with this content, mode and owner. `template` comes to the same.
struct FileWork: PathWork {
    let path: String
    /// Nil where only mode and owner are wanted.
    let content: FileChange.Content?
    /// Whether a secret is in the content: then no difference is shown.
    let isSecret: Bool
    let mode: Mode?
    let ownership: Ownership
    let backup: Bool
    let validate: String?

    static let usualMode: UInt16 = 0o644
    /// How much of the old content is fetched to show what changes.
    static let shownBytes = 256 << 10

    var written: [String] {
        [path, content?.sha256 ?? "", "\(mode.map { "\($0)" } ?? "")", "\(ownership)", "\(backup)", validate ?? ""]
    }

    var hashing: Look.Hashing { content.map { .ifSize($0.size) } ?? .never }

    func decide(_ state: PathState) -> Decision {
        switch state.kind {
        case .missing: return create(state)
        case .file:
            if let content, !content.isSummed, content.size == state.size, let file = content.file {
                return .unsummed(file.path)
            }
            return change(state)
        case .directory, .other: return .inTheWay(path, "\(state.words), not a file")
        case .link: return .inTheWay(path, "\(state.words), not a file", hint: PathKeys.linkHint)
        }
    }

    private func create(_ state: PathState) -> Decision {
        guard let content else {
            return .impossible(
                HostResult.Problem(
                    kind: "missing",
                    message: "there is no file \(path)",
                    hint: "\"content\" or \"src\" says what would be in it"
                )
            )
        }
        let change = FileChange(
            expected: expectation(state),
            content: content,
            mode: mode?.applied(to: FileWork.usualMode, isDirectory: false) ?? FileWork.usualMode,
            ownership: ownership,
            backup: backup,
            validate: validate
        )
        let words = isSecret ? ["created", "secret content"] : ["created"]
        let shown = Change.Difference(path: path, old: nil, new: content.bytes)
        let isShown = !isSecret && content.file == nil
        let difference = isShown ? shown.hidden(sizes: "\(content.size) bytes", [change.mode]) : nil
        return .change(Change(.file(change), words: words, difference: difference, paths: [path]))
    }

    private func change(_ state: PathState) -> Decision {
        var words: [String] = []
        var new: FileChange.Content?
        if let content, content.size != state.size || content.sha256 != state.sha256 {
            new = content
            words.append(isSecret ? "secret content" : "content")
        }
        let wanted = mode?.applied(to: state.mode, isDirectory: false) ?? state.mode
        if wanted != state.mode { words.append("mode \(Mode.text(state.mode)) -> \(Mode.text(wanted))") }
        let owner = state.difference(ownership)
        words += owner.words
        if words.isEmpty { return .none() }
        let change = FileChange(
            expected: expectation(state),
            content: new,
            mode: wanted,
            ownership: owner.change,
            backup: backup && new != nil,
            validate: new == nil ? nil : validate
        )
        var difference: Change.Difference?
        if let new, !isSecret, new.file == nil {
            let shown = Change.Difference(path: path, old: .content(path, limit: FileWork.shownBytes), new: new.bytes)
            difference = shown.hidden(sizes: "\(state.size) -> \(new.size) bytes", [state.mode, wanted])
        }
        return .change(Change(.file(change), words: words, difference: difference, paths: [path]))
    }
}

struct FileRemovalWork: PathWork {
    let path: String
    let backup: Bool

    func decide(_ state: PathState) -> Decision {
        switch state.kind {
        case .missing: return .none()
        case .directory:
            return .inTheWay(path, "a directory, not a file", hint: "\"directory\" removes those")
        case .file, .link, .other:
            let removal = Removal(
                expected: expectation(state),
                backup: backup && state.kind == .file
            )
            var difference: Change.Difference?
            if state.kind == .file {
                let old = Look.content(path, limit: FileWork.shownBytes)
                difference = Change.Difference(path: path, old: old, new: nil)
                    .hidden(sizes: "\(state.size) bytes", [state.mode])
            }
            return .change(Change(.remove(removal), words: ["removed"], difference: difference, paths: [path]))
        }
    }
}
