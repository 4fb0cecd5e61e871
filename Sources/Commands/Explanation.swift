import Document
import Events
import Inventory
import Text

/// Where the value of a variable comes from: every definition, the weakest first, and who won.
struct Explanation {
    private let host: Host
    private let variable: String?
    private let definitions: [Definition]

    init(of name: String, variable: String?, in inventory: Inventory) throws(CommandError) {
        guard let host = inventory.host(named: name) else {
            let hint = Nearness.hint(for: name, among: inventory.hosts.map(\.name))
            throw CommandError("the inventory has no host named \(Printable.quoted(name))", hint: hint)
        }
        self.host = host
        self.variable = variable
        definitions = variable.map { host.definitions(of: $0) } ?? host.variables
        if let variable, definitions.isEmpty {
            let hint =
                host.sealed.first.map { "\(Printable.line($0.name)) is encrypted as a whole: it may define it" }
                ?? Nearness.hint(for: variable, among: host.variables.map(\.name))
            throw CommandError(
                "\(Printable.quoted(name)) has no variable named \(Printable.quoted(variable))",
                hint: hint
            )
        }
    }

    var text: String {
        var rows: [(String, String, String)] = []
        for (index, definition) in definitions.enumerated() {
            if variable == nil {
                rows.append(
                    (
                        Printable.line(definition.name, limit: 255), Explanation.value(definition),
                        Explanation.place(definition)
                    )
                )
            } else {
                let mark = index == definitions.count - 1 ? "> " : "  "
                let place = mark + Explanation.place(definition)
                rows.append((place, Explanation.scope(definition), Explanation.value(definition)))
            }
        }
        return Explanation.table(rows) + notes.map { "note: \($0)\n" }.joined()
    }

    var json: JSON {
        let all = definitions.enumerated().map { index, definition -> JSON in
            let origin = definition.value.origin
            var group: String?
            if case .group(let name) = definition.scope { group = name }
            return .members([
                "variable": variable == nil ? .string(definition.name) : nil,
                "file": .string(origin.source.name), "line": .integer(origin.position.line),
                "column": .integer(origin.position.column), "group": group.map { .string($0) },
                "host": group == nil ? .string(host.name) : nil,
                "value": Host.isSecret(definition.name)
                    ? .string("(hidden)") : InventoryListing.json(definition.value),
                "counts": .bool(variable == nil || index == definitions.count - 1),
            ])
        }
        return .members([
            "schema": .string("baton.explain/1"), "host": .string(host.name),
            "variable": variable.map { .string($0) }, "definitions": .array(all),
        ])
    }

    private var notes: [String] {
        var notes: [String] = []
        if let variable, Host.isShortName(variable) {
            if let other = host.ansibleWords {
                let place = Explanation.place(other)
                notes.append("an ordinary variable here, as \(other.name) says how to reach the host (\(place))")
            } else {
                notes.append("a connection setting here, as no ansible_ variable says how to reach the host")
            }
        }
        for source in host.sealed {
            notes.append("\(Printable.line(source.name)) is encrypted as a whole: what it defines is not known here")
        }
        return notes
    }

    private static func place(_ definition: Definition) -> String {
        let origin = definition.value.origin
        return "\(Printable.line(origin.source.name)):\(origin.position.line):\(origin.position.column)"
    }

    private static func scope(_ definition: Definition) -> String {
        switch definition.scope {
        case .group(let name): "group \(Printable.line(name, limit: 255))"
        case .host(let name): "host \(Printable.line(name, limit: 255))"
        }
    }

    private static func value(_ definition: Definition) -> String {
        if Host.isSecret(definition.name) { return "(hidden)" }
        switch definition.value.content {
        case .opaque(let tag): return Printable.line(tag, limit: 60)
        case .secret(let reference):
            return Printable.line(SecretReference.tag + " " + reference.written, limit: 500)
        default: break
        }
        return Printable.line(InventoryListing.json(definition.value).line, limit: 500)
    }

    private static func table(_ rows: [(String, String, String)]) -> String {
        func width(_ texts: [String]) -> Int { min(60, texts.map(\.unicodeScalars.count).max() ?? 0) }
        func pad(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
        }
        let first = width(rows.map(\.0))
        let second = width(rows.map(\.1))
        return rows.map { "\(pad($0.0, first))  \(pad($0.1, second))  \($0.2)\n" }.joined()
    }
}
