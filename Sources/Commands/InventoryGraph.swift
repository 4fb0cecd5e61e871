import Document
package import Inventory

/// An inventory as a tree of text, as `ansible-inventory --graph` draws it.
package enum InventoryGraph {
    // A group is drawn below each of its parents: few groups can make a tree without end.
    private static let mostLines = 1_000_000

    /// With `hosts`, only these are drawn, in all of the groups.
    package static func text(_ inventory: Inventory, withVariables: Bool, hosts: Set<String>? = nil) -> String {
        var drawing = Drawing(inventory, withVariables, hosts)
        drawing.draw(group: "all", depth: 0)
        return drawing.lines.joined(separator: "\n")
    }

    private struct Drawing {
        let inventory: Inventory
        let withVariables: Bool
        let hosts: Set<String>?
        var lines: [String] = []

        /// Nobody reads a tree that is wider than this; and each level takes a piece of the stack.
        private let deepest = 500

        init(_ inventory: Inventory, _ withVariables: Bool, _ hosts: Set<String>?) {
            self.inventory = inventory
            self.withVariables = withVariables
            self.hosts = hosts
        }

        mutating func draw(group name: String, depth: Int) {
            guard let group = inventory.group(named: name), lines.count < mostLines else { return }
            guard depth < deepest else {
                add("(groups below this are not drawn)", depth)
                return
            }
            add("@\(name):", depth)
            for child in group.children { draw(group: child, depth: depth + 1) }
            if name != "all" {
                for host in group.hosts where hosts?.contains(host) != false {
                    add(host, depth + 1)
                    if withVariables, let host = inventory.host(named: host) { draw(host.variables, depth + 2) }
                }
            }
            if withVariables { draw(group.variables, depth + 1) }
        }

        private mutating func draw(_ variables: [Definition], _ depth: Int) {
            let shown = variables.filter { !InventoryListing.isReserved($0.name) }
            for variable in shown.sorted(by: {
                $0.name.unicodeScalars.lexicographicallyPrecedes($1.name.unicodeScalars)
            }) {
                add(
                    "{\(variable.name) = \(Host.isSecret(variable.name) ? "(hidden)" : GraphText.plain(variable.value))}",
                    depth
                )
            }
        }

        private mutating func add(_ text: String, _ depth: Int) {
            lines.append(depth == 0 ? text : String(repeating: "  |", count: depth) + "--" + text)
        }
    }
}

/// Values as Python prints them, which is what Ansible's graph shows.
private enum GraphText {
    static func plain(_ value: Value) -> String {
        switch value.content {
        case .string(let text): text
        case .opaque, .secret: value.text ?? ""
        default: nested(value)
        }
    }

    private static func nested(_ value: Value) -> String {
        switch value.content {
        case .null: "None"
        case .bool(let bool): bool ? "True" : "False"
        case .int(let int): String(int)
        case .huge(let digits): digits
        case .float(let double): PythonText.number(double)
        case .date(let text): text.replacing("T", with: " ")
        case .string(let text): PythonText.quoted(text)
        case .list(let values): "[" + values.map(nested).joined(separator: ", ") + "]"
        case .map(let pairs):
            "{" + pairs.map { PythonText.key($0) + ": " + nested($0.value) }.joined(separator: ", ") + "}"
        case .opaque, .secret: PythonText.quoted(value.text ?? "")
        }
    }
}
