import Arguments
import Document
import Inventory
import Reactor

/// The inventory that a command line and `baton.yml` name, and the hosts of it that `--limit` chooses.
struct FleetFiles {
    private let parsed: Parsed
    private let project: Project
    private let context: Context

    init(_ parsed: Parsed, _ project: Project, _ context: Context) {
        self.parsed = parsed
        self.project = project
        self.context = context
    }

    /// Reads the inventory, and shows what is odd about it.
    func inventory() async throws(CommandError) -> Inventory {
        var problems = Diagnostics()
        let inventory = try await inventory(&problems)
        guard let inventory else { throw CommandError(rendered: problems.rendered) }
        return inventory
    }

    /// For a command that has other files to look at too; nil where the inventory cannot be used.
    func inventory(_ problems: inout Diagnostics) async throws(CommandError) -> Inventory? {
        let arguments = try arguments()
        do throws(DocumentError) {
            let inventory = try await InventoryLoader.load(
                arguments,
                environment: context.environment,
                directory: context.directory,
                on: context.loop
            )
            if !inventory.warnings.isEmpty { context.stderr.write(inventory.warnings.rendered + "\n") }
            return inventory
        } catch {
            problems.add(contentsOf: error.diagnostics)
            return nil
        }
    }

    /// Whether anything says where the inventory is.
    var areNamed: Bool { !parsed[CommonOptions.inventory].isEmpty || !project.settings.inventory.isEmpty }

    /// The folder that the inventory lies in; nil for a list of hosts.
    var folder: String? {
        guard let first = (try? arguments())?.first, Files.exists(first.path) else { return nil }
        if Files.isDirectory(first.path) { return first.path }
        return first.path.lastIndex(of: "/").map { String(first.path[..<$0]) }
    }

    func hosts(of inventory: Inventory) throws(CommandError) -> [Host] {
        if inventory.hosts.isEmpty { return [] }
        let pattern = parsed[CommonOptions.limit] ?? parsed[DaemonCommand.on] ?? "all"
        var files: [String: SourceText] = [:]
        for name in Inventory.files(inPattern: pattern) {
            files[name] = try Source.read(context.path(name), shown: name)
        }
        do throws(DocumentError) {
            return try inventory.hosts(matching: pattern, from: "--limit", files: files)
        } catch {
            throw CommandError(rendered: error.description)
        }
    }

    private func arguments() throws(CommandError) -> [InventoryLoader.Argument] {
        var arguments = parsed[CommonOptions.inventory].map {
            InventoryLoader.Argument(shown: $0, path: context.path($0))
        }
        if arguments.isEmpty {
            arguments = project.settings.inventory.map {
                InventoryLoader.Argument(shown: $0, path: $0.hasPrefix("/") ? $0 : "\(project.root)/\($0)")
            }
        }
        if arguments.isEmpty {
            throw CommandError(
                "no inventory is given",
                hint: "name one with -i FILE, or in baton.yml as `inventory: FILE`"
            )
        }
        return arguments
    }
}
