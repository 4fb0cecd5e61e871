import Document
import HostSide

/// `directory`: a directory that is there, or is not.
struct DirectoryTask: TaskBody {
    static let kind = TaskKind(
        "directory",
        "A directory is there, with this mode and owner. Missing ones above it are made with mode 0755.",
        short: "path",
        keys: [
            TaskKey("path", .path, aliases: ["dest"], isRequired: true, "Where."),
            PathKeys.mode, PathKeys.owner, PathKeys.group, PathKeys.state,
            TaskKey(
                "recursive",
                .flag,
                usual: "false",
                "With `state: absent`: also what is in it. Otherwise only an empty directory is removed."
            ),
        ],
        check: { arguments, diagnostics in
            let isRemoved = arguments["state"].isConstantly("absent")
            if !isRemoved, arguments["state"]?.constant != nil || arguments["state"] == nil {
                diagnostics.refuse(arguments["recursive"], "is only for \"state: absent\"")
            }
            if isRemoved {
                for argument in arguments.given(["mode", "owner", "group"]) {
                    diagnostics.refuse(argument, "says nothing where \"state\" is absent")
                }
            }
        },
        body: { DirectoryTask(arguments: $0) }
    )

    let arguments: Arguments

    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let path = try resolver.needed(try resolver.path(arguments["path"]), arguments["path"])
        if try resolver.choice(arguments["state"], ["present", "absent"]) == "absent" {
            let isRecursive = try resolver.flag(arguments["recursive"])
            if isRecursive, PathText.depth(path) < 2, let argument = arguments["path"] {
                throw DocumentError(
                    Diagnostic(
                        "\(path) is too much to be removed with what is in it",
                        in: argument.origin.source,
                        at: argument.origin.position,
                        hint: "only directories that lie in others can be"
                    )
                )
            }
            return DirectoryRemovalWork(path: path, isRecursive: isRecursive)
        }
        return DirectoryWork(
            path: path,
            mode: try resolver.mode(arguments["mode"]),
            ownership: try resolver.ownership(arguments)
        )
    }
}

struct DirectoryWork: PathWork {
    let path: String
    let mode: Mode?
    let ownership: Ownership
    var makesDirectories: Bool { true }

    static let usualMode: UInt16 = 0o755

    func decide(_ state: PathState) -> Decision {
        let expected = expectation(state)
        switch state.kind {
        case .missing:
            let mode = mode?.applied(to: DirectoryWork.usualMode, isDirectory: true) ?? DirectoryWork.usualMode
            let change = DirectoryChange(expected: expected, mode: mode, ownership: ownership)
            return .change(Change(.directory(change), words: ["created"], paths: [path]))
        case .directory:
            let wanted = mode?.applied(to: state.mode, isDirectory: true) ?? state.mode
            var words: [String] = []
            if wanted != state.mode { words.append("mode \(Mode.text(state.mode)) -> \(Mode.text(wanted))") }
            let owner = state.difference(ownership)
            words += owner.words
            if words.isEmpty { return .none() }
            let change = DirectoryChange(expected: expected, mode: wanted, ownership: owner.change)
            return .change(Change(.directory(change), words: words, paths: [path]))
        case .link:
            return .inTheWay(path, "\(state.words), not a directory", hint: PathKeys.linkHint)
        case .file, .other:
            return .inTheWay(path, "\(state.words), not a directory")
        }
    }
}

struct DirectoryRemovalWork: PathWork {
    let path: String
    let isRecursive: Bool

    func decide(_ state: PathState) -> Decision {
        switch state.kind {
        case .missing: return .none()
        case .directory:
            let expected = expectation(state)
            let words = [isRecursive ? "removed with its contents" : "removed"]
            let removal = Removal(expected: expected, recursively: isRecursive)
            return .change(Change(.remove(removal), words: words, paths: [path]))
        case .file, .link, .other:
            return .inTheWay(path, "\(state.words), not a directory", hint: "\"file\" and \"link\" remove those")
        }
    }
}
