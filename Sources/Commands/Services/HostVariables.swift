import Document
import Inventory

/// The variables of one host of the inventory, for what no play is about.
struct HostVariables: VariableLayer {
    let host: Host

    func value(of name: String) -> Value? {
        switch name {
        case "inventory_hostname": Value(.string(host.name), origin: host.origin).asData
        case "group_names":
            Value(
                .list(
                    host.groups.filter { $0 != "all" }.sorted().map { Value(.string($0), origin: host.origin).asData }
                ),
                origin: host.origin
            )
        default: host.variable(named: name)?.value
        }
    }

    var names: [String] { ["inventory_hostname", "group_names"] + host.variables.map(\.name) }
}
