import Document
import HostSide

/// `link`: a symbolic link, or none.
struct LinkTask: TaskBody {
    static let kind = TaskKind(
        "link",
        "A symbolic link leads to this target. It is replaced in one step, so that there is no moment without it.",
        short: "",
        keys: [
            TaskKey("path", .path, aliases: ["dest"], isRequired: true, "Where the link is."),
            TaskKey(
                "target",
                .text,
                aliases: ["src"],
                "What it says: absolute, or seen from where the link is. Needed unless `state` is absent."
            ),
            PathKeys.owner, PathKeys.group, PathKeys.state,
            TaskKey("force", .flag, usual: "false", "Replaces a file that is in the way; never a directory."),
        ],
        check: { arguments, diagnostics in
            if arguments["state"].isConstantly("absent") {
                for argument in arguments.given(["target", "owner", "group", "force"]) {
                    diagnostics.refuse(argument, "says nothing where \"state\" is absent")
                }
            } else if arguments["target"] == nil, arguments["state"] == nil || arguments["state"]?.constant != nil {
                diagnostics.add(
                    Diagnostic("\"link\" needs \"target\"", in: arguments.origin.source, at: arguments.origin.position)
                )
            }
        },
        body: { LinkTask(arguments: $0) }
    )

    let arguments: Arguments

    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let path = try resolver.needed(try resolver.path(arguments["path"]), arguments["path"])
        if try resolver.choice(arguments["state"], ["present", "absent"]) == "absent" {
            return LinkRemovalWork(path: path)
        }
        let target = try resolver.needed(try resolver.open(arguments["target"]), arguments["target"])
        let text = try target.word()
        if text.isEmpty || text.utf8.count > 4000 || text.utf8.contains(where: { $0 < 0x20 }) {
            throw target.wrong("a path")
        }
        return LinkWork(
            path: path,
            target: text,
            ownership: try resolver.ownership(arguments),
            isForced: try resolver.flag(arguments["force"])
        )
    }
}

struct LinkWork: PathWork {
    let path: String
    let target: String
    let ownership: Ownership
    let isForced: Bool

    func decide(_ state: PathState) -> Decision {
        var words: [String] = []
        var owner = ownership
        switch state.kind {
        case .missing: words = ["created"]
        case .link(let old):
            if old != target { words.append("target \(old) -> \(target)") }
            let difference = state.difference(ownership)
            words += difference.words
            // A new link has to be told all of it: it is another one than that which is there.
            if old == target { owner = difference.change }
        case .file where isForced: words = ["replaced a file"]
        case .file:
            return .inTheWay(path, "a file, not a symbolic link", hint: "\"force: true\" replaces it")
        case .directory, .other:
            return .inTheWay(path, "\(state.words), not a symbolic link")
        }
        if words.isEmpty { return .none() }
        let expected = expectation(state)
        let change = LinkChange(expected: expected, target: target, ownership: owner)
        return .change(Change(.link(change), words: words, paths: [path]))
    }
}

struct LinkRemovalWork: PathWork {
    let path: String

    func decide(_ state: PathState) -> Decision {
        switch state.kind {
        case .missing: return .none()
        case .link:
            let removal = Removal(expected: expectation(state))
            return .change(Change(.remove(removal), words: ["removed"], paths: [path]))
        case .file, .directory, .other:
            return .inTheWay(
                path,
                "\(state.words), not a symbolic link",
                hint: "\"file\" and \"directory\" remove those"
            )
        }
    }
}
