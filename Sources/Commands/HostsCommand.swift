import Arguments
import Document
import Events
import Inventory
import Text

/// `baton hosts`: what the inventory says, and who said it.
enum HostsCommand {
    static let graph = Option.flag("--graph", help: "Draw the groups as a tree, as ansible-inventory does.")
    static let variables = Option.flag("--vars", help: "With --graph: show the variables too.")
    static let explain = Option.optional(
        "--explain",
        as: .text("HOST"),
        help: "Show every definition of VAR for this host, weakest first; without VAR, each variable and its place."
    )
    static let variable = Operand.optional(as: .text("VAR"), help: "With --explain: the variable.")

    static let declaration = CommandDeclaration(
        name: "hosts",
        abstract: "Show the resolved inventory, or where a variable comes from.",
        discussion: """
            Contacts nobody. With -o json the layout is that of `ansible-inventory --list`, and so is the content: \
            secrets that stand in the inventory are shown.
            """,
        examples: [
            .init("baton hosts -i inventories/production.yml -l 'web:!web03'", "Whom a pattern selects."),
            .init("baton hosts -i inventories/production.yml --explain web01 http_port", "Who sets it, and who wins."),
            .init("baton hosts -i inventories/production.yml -o json", "All of it, for programs."),
        ],
        options: [CommonOptions.inventory, CommonOptions.limit, graph, variables, explain, CommonOptions.output],
        operands: [variable]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        if parsed[variables] && !parsed[graph] { throw CommandError("--vars belongs to --graph") }
        if parsed[variable] != nil && parsed[explain] == nil {
            throw CommandError("a variable is asked for with --explain HOST VAR")
        }
        if parsed[graph] && parsed[explain] != nil { throw CommandError("--graph and --explain exclude each other") }
        let project = try Project.find(context)
        let files = FleetFiles(parsed, project, context)
        let output = try HostRun.output(parsed, project)
        let inventory = try await files.inventory()
        if let name = parsed[explain] {
            let explanation = try Explanation(of: name, variable: parsed[variable], in: inventory)
            context.stdout.write(output == .text ? explanation.text : explanation.json.line + "\n")
            return .done
        }
        let hosts = try files.hosts(of: inventory)
        if parsed[graph] {
            if output != .text { throw CommandError("--graph is text", hint: "-o json has the groups too") }
            let only = parsed[CommonOptions.limit] == nil ? nil : Set(hosts.map(\.name))
            let text = InventoryGraph.text(inventory, withVariables: parsed[variables], hosts: only)
            // Line by line: what names and values hold must not reach a terminal as it is.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            context.stdout.write(lines.map { Printable.line(String($0), limit: .max) + "\n" }.joined())
            return .done
        }
        switch output {
        case .json: context.stdout.write(InventoryListing.json(inventory, hosts: hosts).line + "\n")
        case .jsonl: for host in hosts { context.stdout.write(InventoryListing.json(of: host).line + "\n") }
        case .text:
            context.stdout.write(list(hosts))
            let all = hosts.count == inventory.hosts.count ? "" : " of \(inventory.hosts.count)"
            context.stderr.write("\(hosts.count)\(all) \(inventory.hosts.count == 1 ? "host" : "hosts")\n")
        }
        return .done
    }

    // Each host with its groups, the strongest last.
    private static func list(_ hosts: [Host]) -> String {
        let names = hosts.map { Printable.line($0.name, limit: 255) }
        let width = min(40, names.map(\.unicodeScalars.count).max() ?? 0)
        var text = ""
        for (host, name) in zip(hosts, names) {
            let groups = host.groups.filter { $0 != "all" }.map { Printable.line($0, limit: 255) }
            let padding = String(repeating: " ", count: max(0, width - name.unicodeScalars.count))
            text += name + padding + "  " + groups.joined(separator: ", ") + "\n"
        }
        return text
    }
}
