import Arguments
import Document
import Events
import Inventory
import Playbook
import Report
import Supervision
import Text

/// `baton render`: the files that a host would get for a service.
enum RenderCommand {
    static let service = Operand.required(as: .text("SERVICE"), help: "The service, as services/*.yml names it.")
    static let supervisor = Option.optional(
        "--for",
        as: .text("SUPERVISOR"),
        help: "For this supervisor: systemd, supervisord, upstart or runit, also with a version, as in systemd:249."
    )
    static let host = Option.optional(
        "--host",
        as: .text("HOST"),
        help: "With the variables that this host has in the inventory."
    )

    static let declaration = CommandDeclaration(
        name: "render",
        abstract: "Show the files that a supervisor would get for a service.",
        discussion: """
            Contacts nobody. Reads services/*.yml of the project and renders the service for one supervisor: the one of its \
            definition, the one that --for names, else systemd. Each secret has a placeholder for its value, and none is \
            fetched. A key that the supervisor cannot do is an error that names both. Its own files are read and evaluated, too.
            """,
        examples: [
            .init("baton render web", "The units for systemd."),
            .init("baton render web --for upstart", "The job for a very old host."),
            .init(
                "baton render web --for systemd:247 -i inventories/production.yml --host web01",
                "As one host would get it."
            ),
        ],
        options: [supervisor, host, CommonOptions.inventory, PlaybookOptions.variables, CommonOptions.output],
        operands: [service]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        let project = try Project.find(context)
        let output = try HostRun.output(parsed, project)
        let wanted = try parsed[supervisor].map { (text) throws(CommandError) in try version(text) }
        var layers: [any VariableLayer] = [try ExtraVariables.read(parsed[PlaybookOptions.variables], context)]
        if let name = parsed[host] {
            let inventory = try await FleetFiles(parsed, project, context).inventory()
            guard let host = inventory.host(named: name) else {
                let hint = Nearness.hint(for: name, among: inventory.hosts.map(\.name))
                throw CommandError("the inventory has no host \(Printable.quoted(name))", hint: hint)
            }
            layers.append(HostVariables(host: host))
        }
        let scope = ServiceScope(layers) { _ in "placeholder" }
        let catalog = try ServiceFiles.read(project)
        let name = parsed[service]
        guard let declaration = catalog.services[name] else {
            let names = catalog.services.keys.sorted()
            let near = Nearness.hint(for: name, among: names)
            let hint = near ?? (names.isEmpty ? "there are none" : "there are " + names.joined(separator: ", "))
            throw CommandError("\(ServiceFiles.folder) has no service \(Printable.quoted(name))", hint: hint)
        }
        let rendering: Rendering
        do throws(DocumentError) {
            var definition = try declaration.evaluate(release: catalog.release(of: declaration), scope)
            let contents = Contents(root: project.root, folder: project.root, catalog: catalog) {
                (path) throws(ContentProblem) in
                try ProjectFiles.read(path)
            }
            definition.files = try contents.files(of: declaration, scope)
            rendering = try definition.rendered(for: wanted ?? usual(definition.supervisor, context))
        } catch {
            let text = error.description
            let isOfHost = parsed[host] == nil && text.contains("is not defined")
            let hint = "\n  --host NAME renders it with the variables of that host, -e NAME=VALUE with others\n"
            throw CommandError(rendered: text + (isOfHost ? hint : ""))
        }
        context.stdout.write(
            output == .text ? RenderingText.text(rendering) : RenderingText.json(rendering, of: name).line + "\n"
        )
        return .done
    }

    private static func usual(_ choice: SupervisorChoice, _ context: Context) -> SupervisorVersion {
        switch choice {
        case .named(let supervisor): return supervisor.usualVersion
        case .automatic, .oneOf:
            let version = Supervisor.systemd.usualVersion
            context.stderr.write(
                "rendered for \(version.text); each host decides by what it runs, --for names another\n"
            )
            return version
        }
    }

    private static func version(_ text: String) throws(CommandError) -> SupervisorVersion {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let names = Supervisor.allCases.map(\.rawValue)
        guard let supervisor = Supervisor(rawValue: String(parts[0])) else {
            let hint = Nearness.hint(for: String(parts[0]), among: names) ?? "one of \(names.joined(separator: ", "))"
            throw CommandError("--for knows no supervisor \(Printable.quoted(String(parts[0])))", hint: hint)
        }
        guard parts.count == 2 else { return supervisor.usualVersion }
        let numbers = parts[1].split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...3).contains(numbers.count), let major = numbers[0],
            numbers.allSatisfy({ $0.map { $0 >= 0 } ?? false })
        else {
            throw CommandError(
                "\(Printable.quoted(String(parts[1]))) is no version",
                hint: "as in \(text.prefix(9)):4.2"
            )
        }
        return SupervisorVersion(supervisor, major, numbers.count > 1 ? numbers[1] ?? 0 : 0)
    }
}
