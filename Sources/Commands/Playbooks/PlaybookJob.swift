import Arguments
import Document
import Events
import Fleet
import HostSide
import Inventory
import Playbook
import Report
import Run
import Supervision

/// A playbook with its hosts and all it needs, before anything is contacted: what can be wrong about it has been found.
struct PlaybookJob {
    let file: PlaybookFile
    let playbook: Playbook
    let chosen: Chosen
    let run: PlaybookRun
    /// The hosts that any play is for, in the order of the inventory.
    let hosts: [Host]

    /// Without `toChange`, a question of a task is none: a plan does not ask it. With `asksNobody`, there is no plan first.
    init(
        _ parsed: Parsed,
        _ context: Context,
        _ interrupts: Interrupts,
        toChange: Bool,
        asksNobody: Bool = false
    ) async throws(CommandError) {
        let project = try Project.find(context)
        let output = try HostRun.output(parsed, project)
        let files = FleetFiles(parsed, project, context)
        file = PlaybookFile(parsed[PlaybookOptions.playbook], context)
        // Errors of all files at once.
        var problems = Diagnostics()
        let playbook = file.read(&problems)
        let catalog = ServiceFiles.read(project, &problems)
        let inventory = try await files.inventory(&problems)
        guard let playbook, let inventory, !problems.hasErrors else {
            throw CommandError(rendered: problems.rendered)
        }
        if !problems.isEmpty { context.stderr.write(problems.rendered + "\n") }
        self.playbook = playbook
        chosen = try Chosen(parsed, context, project, output, inventory, files)
        let selection = PlaybookOptions.selection(parsed)
        if let problem = selection.problem(in: playbook) { throw CommandError(problem.message, hint: problem.hint) }
        run = PlaybookSetting(chosen, files, context, catalog).run(
            playbook,
            file,
            selection,
            variables: try ExtraVariables.read(parsed[PlaybookOptions.variables], context),
            secrets: .fetched,
            confirm: Prompt.confirm(context, interrupts)
        )
        do throws(DocumentError) {
            try await run.prepare(toChange: toChange, asksNobody: asksNobody)
        } catch {
            throw CommandError(rendered: chosen.redactor.clean(error.description))
        }
        hosts = await run.hosts
        if hosts.isEmpty {
            throw CommandError(
                "no play of \(file.shown) is for any of these hosts",
                hint: "an empty run would look like success; the plays' `hosts:` and -l have nothing in common"
            )
        }
    }

    /// One way through the playbook, and what became of each host.
    func pass(_ options: RunOptions, _ live: LiveRun) async -> RunReport {
        await run.run(options, on: live.fleet, live.targets)
    }

    func render(isPlan: Bool) -> HostRun.Render {
        let isVerbose = chosen.parsed[CommonOptions.verbose]
        return { results, style, redactor in
            PlaybookText(style, redactor, isPlan: isPlan, isVerbose: isVerbose).render(results)
        }
    }
}

/// What a run of a playbook finds around it.
struct PlaybookSetting {
    enum Secrets {
        case fetched
        /// Something stands for each of them: nothing of what is evaluated leaves the process.
        case placeholders
    }

    private let chosen: Chosen
    private let files: FleetFiles
    private let context: Context
    private let catalog: ServiceCatalog?

    init(_ chosen: Chosen, _ files: FleetFiles, _ context: Context, _ catalog: ServiceCatalog?) {
        self.catalog = catalog
        self.chosen = chosen
        self.files = files
        self.context = context
    }

    func run(
        _ playbook: Playbook,
        _ file: PlaybookFile,
        _ selection: TagSelection,
        variables: [String: Value],
        secrets: Secrets,
        confirm: RunSurroundings.Confirm?
    ) -> PlaybookRun {
        let fetcher = SecretFetcher(
            environment: context.environment,
            home: context.home,
            root: chosen.project.root,
            loop: context.loop
        )
        var surroundings = RunSurroundings(
            root: chosen.project.root,
            playbookFolder: file.folder,
            inventoryFolder: files.folder,
            redactor: chosen.redactor,
            read: { (path) throws(ContentProblem) in try ProjectFiles.read(path) },
            fetch: { (reference) async throws(SecretProblem) -> String in
                switch secrets {
                case .fetched: try await fetcher.fetch(reference)
                case .placeholders: "placeholder"
                }
            },
            confirm: confirm
        )
        surroundings.catalog = catalog
        let maker = ArtifactMaker(environment: context.environment, loop: context.loop)
        surroundings.obtain = { (source) async throws(ContentProblem) in
            switch secrets {
            case .fetched: try await maker.obtain(source)
            // Nobody is asked, and nothing is packed.
            case .placeholders: FileChange.Content(bytes: [], sha256: source.expectedSum)
            }
        }
        surroundings.large = LargeFiles.reader
        surroundings.becomeUser = chosen.parsed[CommonOptions.becomeUser]
        return PlaybookRun(
            playbook,
            chosen.inventory,
            limit: chosen.hosts,
            tags: selection,
            variables: variables,
            surroundings,
            on: context.loop
        )
    }
}
