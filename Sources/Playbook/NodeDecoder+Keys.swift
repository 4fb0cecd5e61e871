import Document
import Text

/// Keys that plays and tasks have in common.
extension NodeDecoder {
    /// A value that may hold templates, checked as far as it is constant.
    mutating func argument(_ field: Field?, _ type: KeyType, takesSecrets: Bool = false) -> Argument? {
        guard let field else { return nil }
        let value = Value(field.node, in: source)
        let argument = Argument(field.key, value, &diagnostics)
        if !takesSecrets, value.isTainted {
            diagnostics.add(.secret(in: argument))
        } else {
            check(argument, value, type)
        }
        return argument
    }

    private mutating func check(_ argument: Argument, _ value: Value, _ type: KeyType) {
        let reading = Reading(key: argument.key, value: value, isWritten: true)
        do throws(DocumentError) {
            if argument.constant != nil {
                try type.check(reading)
            } else if case .list = value.content, !type.takesLists {
                _ = try reading.text()
            } else if case .map = value.content, !type.takesMappings {
                _ = try reading.text()
            }
        } catch {
            diagnostics.add(contentsOf: error.diagnostics)
        }
    }

    /// Hosts, as a text or as a list of texts.
    mutating func pattern(_ field: Field?) -> String? {
        guard let field else { return nil }
        let text: String?
        if field.node.elements != nil {
            text = strings(field)?.joined(separator: ",")
        } else {
            text = string(field)
        }
        guard let text else { return nil }
        if text.isEmpty {
            error("\(field.label) names no hosts", at: field.position, hint: "\"all\" are all hosts of the inventory")
            return nil
        }
        if Template.isLikely(text) {
            error("\(field.label) takes no templates", at: field.position, hint: "name a group, and select with \"-l\"")
            return nil
        }
        return text
    }

    /// Tags: a text with commas, or a list.
    mutating func tags(_ field: Field?) -> [String] {
        guard let field else { return [] }
        let texts = field.node.elements == nil ? string(field).map { [$0] } : strings(field)
        var tags: [String] = []
        for tag in (texts ?? []).flatMap({ $0.split(separator: ",") }) {
            let tag = String(tag.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            if tag.isEmpty || tag.contains("{{") || tag.utf8.contains(where: { $0 < 0x20 }) {
                error("\(Printable.quoted(tag)) is no tag", at: field.position)
            } else if ["all", "tagged", "untagged"].contains(tag) {
                let hint = "it selects tasks by whether they have tags"
                error("\(Printable.quoted(tag)) is a word of --tags and no tag", at: field.position, hint: hint)
            } else if !tags.contains(tag) {
                tags.append(tag)
            }
        }
        return tags
    }

    mutating func variables(_ field: Field?) -> [String: Value] {
        guard let fields = fields(field) else { return [:] }
        var variables: [String: Value] = [:]
        for field in fields.all {
            if let problem = Identifier.problem(with: field.key) {
                error("\(field.label) \(problem)", at: field.keyPosition)
                continue
            }
            let value = Value(field.node, in: source)
            // For what is wrong with its templates.
            _ = Argument(field.key, value, &diagnostics)
            variables[field.key] = value
        }
        return variables
    }

    mutating func environment(_ field: Field?) -> [EnvironmentEntry] {
        guard let fields = fields(field) else { return [] }
        var entries: [EnvironmentEntry] = []
        for field in fields.all {
            let first = field.key.utf8.first ?? 0x30
            guard !(first >= 0x30 && first <= 0x39), field.key.utf8.allSatisfy(Identifier.isNameByte) else {
                error("\(field.label) is no name of the environment", at: field.keyPosition)
                continue
            }
            guard let argument = argument(field, .text, takesSecrets: true) else { continue }
            entries.append(EnvironmentEntry(name: field.key, value: argument))
        }
        return entries
    }

    /// An expression, a truth, or a list of those.
    mutating func conditions(_ field: Field?) -> [Template] {
        guard let field else { return [] }
        let fields = field.node.elements == nil ? [field] : list(field) ?? []
        if fields.isEmpty { error("\(field.label) is an empty list", at: field.position) }
        var conditions: [Template] = []
        for field in fields {
            if case .bool(let bool) = field.node.resolved {
                conditions += template(condition: bool ? "true" : "false", field)
                continue
            }
            guard let text = field.node.text, field.node.ownTag == nil, !field.isNull else {
                wrongType(field, expected: "an expression")
                continue
            }
            conditions += template(condition: text, field)
        }
        return conditions
    }

    private mutating func template(condition: String, _ field: Field) -> [Template] {
        do throws(DocumentError) {
            return [try Template(condition: condition, at: Origin(source, field.position))]
        } catch {
            diagnostics.add(contentsOf: error.diagnostics)
            return []
        }
    }

    mutating func identifier(_ field: Field?) -> String? {
        guard let field, let name = string(field) else { return nil }
        guard let problem = Identifier.problem(with: name) else { return name }
        error("\(Printable.quoted(name)) \(problem)", at: field.position)
        return nil
    }

    mutating func duration(_ field: Field?, atLeast least: Duration) -> Duration? {
        guard let field else { return nil }
        let reading = Reading(key: field.key, value: Value(field.node, in: source), isWritten: true)
        do throws(DocumentError) {
            let duration = try reading.duration()
            if duration >= least { return duration }
            error("\(field.label) must be longer than nothing", at: field.position)
        } catch {
            diagnostics.add(contentsOf: error.diagnostics)
        }
        return nil
    }
}
