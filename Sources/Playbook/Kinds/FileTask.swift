import Document
import HostSide
import Text

/// `file`: a file with this content, mode and owner, or none.
struct FileTask: TaskBody {
    static let kind = TaskKind(
        "file",
        "A file has this content, mode and owner. It is compared by its sum and sent only where it differs.",
        short: "path",
        keys: [
            TaskKey("path", .path, aliases: ["dest"], isRequired: true, "Where."),
            TaskKey("content", .text, takesSecrets: true, "Its whole content. `\"\"` makes an empty file."),
            TaskKey(
                "src",
                .source,
                "A file whose content it gets: absolute, or looked for in `files/` of the project, `files/` beside the "
                    + "playbook, the project, and beside the playbook."
            ),
            PathKeys.mode, PathKeys.owner, PathKeys.group, PathKeys.state, PathKeys.backup, PathKeys.validate,
        ],
        check: { arguments, diagnostics in
            if arguments["content"] != nil { diagnostics.refuse(arguments["src"], "cannot stand beside \"content\"") }
            if arguments["state"].isConstantly("absent") {
                for argument in arguments.given(["content", "src", "mode", "owner", "group", "validate"]) {
                    diagnostics.refuse(argument, "says nothing where \"state\" is absent")
                }
            } else if arguments["content"] == nil, arguments["src"] == nil {
                diagnostics.refuse(arguments["validate"], "needs \"content\" or \"src\"")
            }
            diagnostics.checkValidate(arguments["validate"])
        },
        body: { FileTask(arguments: $0) }
    )

    let arguments: Arguments

    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let path = try resolver.needed(try resolver.path(arguments["path"]), arguments["path"])
        let backup = try resolver.flag(arguments["backup"])
        if try resolver.choice(arguments["state"], ["present", "absent"]) == "absent" {
            return FileRemovalWork(path: path, backup: backup)
        }
        var content: FileChange.Content?
        var isTainted = false
        if let given = try resolver.content(arguments["content"]) {
            content = resolver.contents.shared(Array(given.text.utf8), ofTask: resolver.number)
            isTainted = given.isTainted
        } else if let argument = arguments["src"], let name = try resolver.text(argument) {
            content = try resolver.contents.file(name, argument.origin, in: "files").content
        }
        return FileWork(
            path: path,
            content: content,
            isSecret: isTainted,
            mode: try resolver.mode(arguments["mode"]),
            ownership: try resolver.ownership(arguments),
            backup: backup,
            validate: try resolver.validate(arguments["validate"])
        )
    }
}

extension FileTask {
    func checkFiles(_ contents: Contents, _ diagnostics: inout Diagnostics) {
        guard let argument = arguments["src"], let name = argument.constantText else { return }
        do throws(DocumentError) {
            _ = try contents.file(name, argument.origin, in: "files")
        } catch {
            diagnostics.add(contentsOf: error.diagnostics)
        }
    }
}

extension Argument {
    var constantText: String? {
        constant.flatMap { Reading(key: key, value: $0, isWritten: true).plainText }
    }
}

extension Contents {
    /// A file that a key names, as a template.
    func template(
        _ file: (path: String, content: FileChange.Content),
        _ origin: Origin
    ) throws(DocumentError) -> Template {
        let bytes: [UInt8]
        do throws(ContentProblem) {
            bytes = try self.bytes(file)
        } catch {
            let message = "\(Printable.quoted(file.path, limit: 200)) cannot be read: \(error.message)"
            throw DocumentError(Diagnostic(message, in: origin.source, at: origin.position))
        }
        return try template(file.path, bytes)
    }

    /// A file that a key names.
    func file(
        _ name: String,
        _ origin: Origin,
        in subfolder: String,
        alsoNamed suffix: String? = nil
    ) throws(DocumentError) -> (path: String, content: FileChange.Content) {
        let places = places(of: name, in: subfolder, alsoNamed: suffix)
        do throws(ContentProblem) {
            return try file(places)
        } catch {
            let shown = Printable.quoted(name, limit: 200)
            throw DocumentError(
                Diagnostic(
                    error.isMissing ? "there is no file \(shown)" : "\(shown) cannot be read: \(error.message)",
                    in: origin.source,
                    at: origin.position,
                    hint: error.isMissing ? "looked for " + places.joined(separator: ", ") : nil
                )
            )
        }
    }
}

extension TaskResolver {
    mutating func validate(_ argument: Argument?) throws(DocumentError) -> String? {
        guard let argument, let command = try command(argument) else { return nil }
        guard command.contains("%s") else { throw DocumentError(Diagnostic.lacksPlace(argument)) }
        if let mark = MisplacedMark("%s", in: command) { throw DocumentError(.misplaced(mark, argument)) }
        return command
    }
}

extension Diagnostics {
    mutating func checkValidate(_ argument: Argument?) {
        guard let argument else { return }
        if case .template(let template) = argument.content {
            if let mark = MisplacedMark("%s", in: template) { add(.misplaced(mark, argument)) }
        } else if let value = argument.constant, case .string(let text) = value.content {
            if !text.contains("%s") { add(.lacksPlace(argument)) }
            if let mark = MisplacedMark("%s", in: text) { add(.misplaced(mark, argument, in: text)) }
        }
    }
}

extension Diagnostic {
    static func misplaced(_ mark: MisplacedMark, _ argument: Argument, in text: String? = nil) -> Diagnostic {
        var position = argument.origin.position
        if let text, let offset = mark.offset { position = argument.origin.position(ofByte: offset, in: text) }
        return Diagnostic(
            "%s stands \(mark.place): the path of the new file is a word of its own and is not found there",
            in: argument.origin.source,
            at: position,
            hint: "write %s without quotes; the path is passed as one word whatever is in it"
        )
    }

    static func lacksPlace(_ argument: Argument) -> Diagnostic {
        Diagnostic(
            "\(Printable.quoted(argument.key)) has no %s, where the path of the new file goes",
            in: argument.origin.source,
            at: argument.origin.position,
            hint: "as in \"visudo -cf %s\""
        )
    }
}
