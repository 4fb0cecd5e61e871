import Arguments
import Events
import Inventory

/// What a command line comes to before anything is contacted: the project, the inventory, and the hosts of it that are
/// meant.
struct Chosen {
    let parsed: Parsed
    let context: Context
    let project: Project
    let output: CommonOptions.Output
    let inventory: Inventory
    let hosts: [Host]
    /// Every secret that is known, and those that will be.
    let redactor = Redactor()

    init(_ parsed: Parsed, _ context: Context) async throws(CommandError) {
        let project = try Project.find(context)
        let output = try HostRun.output(parsed, project)
        let files = FleetFiles(parsed, project, context)
        let inventory = try await files.inventory()
        try self.init(parsed, context, project, output, inventory, files)
    }

    init(
        _ parsed: Parsed,
        _ context: Context,
        _ project: Project,
        _ output: CommonOptions.Output,
        _ inventory: Inventory,
        _ files: FleetFiles
    ) throws(CommandError) {
        self.parsed = parsed
        self.context = context
        self.project = project
        self.output = output
        self.inventory = inventory
        hosts = try files.hosts(of: inventory)
        if hosts.isEmpty {
            throw CommandError("the inventory has no hosts", hint: "an empty run would look like success")
        }
    }
}
