import Document
import HostSide

/// `template`: a file made of a template of the project.
struct TemplateTask: TaskBody {
    static let kind = TaskKind(
        "template",
        "A file has the content that a template of the project comes to for this host.",
        short: "",
        keys: [
            TaskKey(
                "src",
                .source,
                isRequired: true,
                "The template: absolute, or looked for in `templates/` of the project, `templates/` beside the playbook, "
                    + "the project, and beside the playbook; also under its name with `.j2`."
            ),
            TaskKey("path", .path, aliases: ["dest"], isRequired: true, "Where the file is on the host."),
            PathKeys.mode, PathKeys.owner, PathKeys.group, PathKeys.backup, PathKeys.validate,
        ],
        check: { arguments, diagnostics in diagnostics.checkValidate(arguments["validate"]) },
        body: { TemplateTask(arguments: $0) }
    )

    let arguments: Arguments

    func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let path = try resolver.needed(try resolver.path(arguments["path"]), arguments["path"])
        guard let argument = arguments["src"] else { return try resolver.needed(nil, nil) }
        let name = try resolver.needed(try resolver.text(argument), argument)
        let file = try resolver.contents.file(name, argument.origin, in: "templates", alsoNamed: ".j2")
        let rendered = try resolver.rendered(try resolver.contents.template(file, argument.origin))
        return FileWork(
            path: path,
            content: resolver.contents.shared(Array(rendered.text.utf8), ofTask: resolver.number),
            isSecret: rendered.isTainted,
            mode: try resolver.mode(arguments["mode"]),
            ownership: try resolver.ownership(arguments),
            backup: try resolver.flag(arguments["backup"]),
            validate: try resolver.validate(arguments["validate"])
        )
    }

    func checkFiles(_ contents: Contents, _ diagnostics: inout Diagnostics) {
        guard let argument = arguments["src"], let name = argument.constantText else { return }
        do throws(DocumentError) {
            let file = try contents.file(name, argument.origin, in: "templates", alsoNamed: ".j2")
            _ = try contents.template(file, argument.origin)
        } catch {
            diagnostics.add(contentsOf: error.diagnostics)
        }
    }
}
