import Arguments
import Document
import Events
import Inventory
import Playbook
import Report
import Run
import Supervision

/// `baton validate`: everything about playbooks that can be verified without contacting anybody.
enum ValidateCommand {
    static let playbooks = Operand.rest(
        as: .path(.file, named: "PLAYBOOK"),
        minimum: 1,
        help: "The playbooks."
    )

    static let declaration = CommandDeclaration(
        name: "validate",
        abstract: "Verify playbooks offline.",
        discussion: """
            Contacts nobody. All errors of all files are told at once, each with its place. With an inventory, from -i or \
            baton.yml, every task is also evaluated for every host, with something in the place of each secret: so \
            variables that are not defined and files that are not there show. What a host must say first is left out.
            """,
        examples: [
            .init("baton validate playbooks/*.yml", "Before a commit."),
            .init("baton validate -i inventories/production.yml playbooks/web.yml -o json", "For an editor."),
        ],
        options: [CommonOptions.inventory, CommonOptions.limit] + PlaybookOptions.selecting + [CommonOptions.output],
        operands: [playbooks]
    )

    /// One playbook that could be read.
    struct Summary {
        let file: PlaybookFile
        let playbook: Playbook
        /// Nil where there is no inventory.
        var hosts: Int?
    }

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        let project = try Project.find(context)
        let output = try HostRun.output(parsed, project)
        let files = FleetFiles(parsed, project, context)
        let variables = try ExtraVariables.read(parsed[PlaybookOptions.variables], context)
        var problems = Diagnostics()
        let catalog = ServiceFiles.read(project, &problems)
        var summaries: [Summary] = []
        for shown in parsed[playbooks] {
            let file = PlaybookFile(shown, context)
            guard let playbook = file.read(&problems) else { continue }
            summaries.append(Summary(file: file, playbook: playbook))
        }
        let selection = PlaybookOptions.selection(parsed)
        for summary in summaries {
            guard let problem = selection.problem(in: summary.playbook) else { continue }
            throw CommandError(problem.message, hint: problem.hint)
        }
        if files.areNamed, let inventory = try await files.inventory(&problems), !problems.hasErrors {
            let chosen = try Chosen(parsed, context, project, output, inventory, files)
            let setting = PlaybookSetting(chosen, files, context, catalog)
            for index in summaries.indices {
                let (file, playbook) = (summaries[index].file, summaries[index].playbook)
                let run = setting.run(
                    playbook,
                    file,
                    selection,
                    variables: variables,
                    secrets: .placeholders,
                    confirm: { _, _ in true }
                )
                do throws(DocumentError) {
                    try await run.prepare()
                    summaries[index].hosts = await run.hosts.count
                } catch {
                    problems.add(contentsOf: error.diagnostics)
                }
            }
        }
        for summary in summaries {
            // What evaluating has found is told with its hosts.
            let places = problems.items.map { [$0.sourceName, $0.position.map { "\($0.line):\($0.column)" }] }
            for item in missing(summary.playbook, summary.file, project, catalog).items
            where !places.contains([item.sourceName, item.position.map { "\($0.line):\($0.column)" }]) {
                problems.add(item)
            }
        }
        report(summaries, problems, output, context)
        return problems.hasErrors ? .usage : .done
    }

    private static func missing(
        _ playbook: Playbook,
        _ file: PlaybookFile,
        _ project: Project,
        _ catalog: ServiceCatalog?
    ) -> Diagnostics {
        let contents = Contents(root: project.root, folder: file.folder, catalog: catalog) {
            (path) throws(ContentProblem) in
            try ProjectFiles.read(path)
        }
        var problems = playbook.checkFiles(contents)
        contents.checkServiceFiles(&problems)
        return problems
    }

    private static func report(
        _ summaries: [Summary],
        _ problems: Diagnostics,
        _ output: CommonOptions.Output,
        _ context: Context
    ) {
        guard output == .text else {
            context.stdout.write(ValidationJSON.value(summaries, problems).line + "\n")
            return
        }
        if !problems.isEmpty { context.stderr.write(problems.rendered + "\n") }
        if problems.hasErrors { return }
        for summary in summaries {
            let plays = HostList.count(summary.playbook.plays.count, "play")
            let tasks = HostList.count(summary.playbook.tasks.count, "task")
            let hosts = summary.hosts.map { ", for \(HostList.count($0))" } ?? "; name an inventory to verify more"
            context.stdout.write("\(Screen.line(summary.file.shown)): \(plays), \(tasks)\(hosts)\n")
        }
    }
}
