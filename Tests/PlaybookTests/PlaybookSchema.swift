import Events
import Playbook

/// The JSON Schema of playbooks for editors, from the declarations of keys and kinds.
enum PlaybookSchema {
    static var schema: JSON {
        var definitions: [JSON.Member] = [
            member("template", ["type": .string("string"), "pattern": .string("\\{[{%]")]),
            member("text", ["type": types("string", "number", "boolean")]),
            member("play", object(CommonKeys.ofPlays)),
        ]
        definitions.append(JSON.Member(name: "task", value: task))
        for kind in TaskKind.all { definitions.append(JSON.Member(name: "kind." + kind.name, value: schema(of: kind))) }
        return .members([
            "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
            "$id": .string("playbook.schema.json"),
            "title": .string("A playbook of Baton"),
            "description": .string(
                "For editors. Baton itself checks more, and says where. Made of the declarations in the code."
            ),
            "type": .string("array"), "minItems": .integer(1), "items": reference("play"),
            "$defs": .object(definitions),
        ])
    }

    private static var task: JSON {
        var properties = (CommonKeys.ofTasks + CommonKeys.ofOutcomes).map(property)
        properties += TaskKind.all.map { JSON.Member(name: $0.name, value: reference("kind." + $0.name)) }
        return .members([
            "type": .string("object"), "properties": .object(properties), "additionalProperties": .bool(false),
            "oneOf": .array(TaskKind.all.map { .members(["required": .array([.string($0.name)])]) }),
        ])
    }

    private static func schema(of kind: TaskKind) -> JSON {
        let whole = JSON.object(object(kind.keys))
        guard let short = kind.keys.first(where: { $0.name == kind.short }) else {
            return described(whole, kind.help)
        }
        return described(.members(["anyOf": .array([whole, value(short)])]), kind.help)
    }

    private static func object(_ keys: [TaskKey]) -> [JSON.Member] {
        var properties: [JSON.Member] = []
        for key in keys {
            properties.append(property(key))
            for alias in key.aliases {
                properties.append(
                    JSON.Member(name: alias, value: described(value(key), "Another word for \(key.name)."))
                )
            }
        }
        var members: [JSON.Member] = [
            JSON.Member(name: "type", value: .string("object")),
            JSON.Member(name: "properties", value: .object(properties)),
            JSON.Member(name: "additionalProperties", value: .bool(false)),
        ]
        let required = keys.filter(\.isRequired)
        let plain = required.filter(\.aliases.isEmpty).map { JSON.string($0.name) }
        if !plain.isEmpty { members.append(JSON.Member(name: "required", value: .array(plain))) }
        let named = required.filter { !$0.aliases.isEmpty }.map { key in
            JSON.members([
                "oneOf": .array(([key.name] + key.aliases).map { .members(["required": .array([.string($0)])]) })
            ])
        }
        if !named.isEmpty { members.append(JSON.Member(name: "allOf", value: .array(named))) }
        return members
    }

    private static func property(_ key: TaskKey) -> JSON.Member {
        JSON.Member(name: key.name, value: described(value(key), key.help))
    }

    private static func described(_ schema: JSON, _ help: String) -> JSON {
        guard case .object(let members) = schema else { return schema }
        return .object([JSON.Member(name: "description", value: .string(help))] + members)
    }

    private static func value(_ key: TaskKey) -> JSON {
        let own = schema(of: key.type)
        // A text may be a template without being told so.
        switch key.type {
        case .text, .source, .command, .mode, .account, .url, .endpoint, .duration, .condition, .tags, .hosts,
            .identifier,
            .variables, .tasks, .group:
            return own
        default: return key.takesTemplates ? .members(["anyOf": .array([own, reference("template")])]) : own
        }
    }

    private static func schema(of type: KeyType) -> JSON {
        switch type {
        case .text: reference("text")
        case .path: .members(["type": .string("string"), "pattern": .string("^/")])
        case .source, .command, .url: .members(["type": .string("string")])
        case .paths: .members(["anyOf": .array([schema(of: .path), list(.members(["type": .string("string")]))])])
        case .mode, .account, .endpoint: .members(["type": types("string", "integer")])
        case .flag: .members(["type": .string("boolean")])
        case .count(let range):
            .members([
                "type": .string("integer"), "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ])
        case .duration: .members(["type": types("string", "number")])
        case .choice(let words): .members(["enum": .array(words.map { .string($0) })])
        case .words: list(reference("text"))
        case .settings, .headers: .members(["type": .string("object"), "additionalProperties": reference("text")])
        case .condition:
            .members([
                "type": types("string", "boolean", "array"), "items": .members(["type": types("string", "boolean")]),
            ])
        case .tags, .hosts: .members(["type": types("string", "array"), "items": reference("text")])
        case .identifier: .members(["type": .string("string"), "pattern": .string("^[A-Za-z_][A-Za-z0-9_]*$")])
        case .variables: .members(["type": .string("object")])
        case .tasks: .members(["type": .string("array"), "items": reference("task")])
        case .statuses:
            .members([
                "type": types("integer", "string", "array"), "items": .members(["type": types("integer", "string")]),
            ])
        case .batches:
            .members([
                "type": types("integer", "string", "array"), "items": .members(["type": types("integer", "string")]),
            ])
        case .group(let keys): .object(object(keys))
        }
    }

    private static func list(_ items: JSON) -> JSON {
        .members(["type": .string("array"), "minItems": .integer(1), "items": items])
    }

    private static func types(_ names: String...) -> JSON { .array(names.map { .string($0) }) }
    private static func reference(_ name: String) -> JSON { .members(["$ref": .string("#/$defs/" + name)]) }
    private static func member(_ name: String, _ members: KeyValuePairs<String, JSON?>) -> JSON.Member {
        JSON.Member(name: name, value: .members(members))
    }
    private static func member(_ name: String, _ members: [JSON.Member]) -> JSON.Member {
        JSON.Member(name: name, value: .object(members))
    }
}

extension JSON {
    /// Over several lines, for people; what is short stands in one.
    var pretty: String { pretty(0) }

    private func pretty(_ depth: Int) -> String {
        let line = line
        if line.utf8.count + depth * 2 <= 100 { return line }
        let (inner, outer) = (String(repeating: "  ", count: depth + 1), String(repeating: "  ", count: depth))
        switch self {
        case .object(let members):
            let parts = members.map { inner + JSON.string($0.name).line + ": " + $0.value.pretty(depth + 1) }
            return "{\n" + parts.joined(separator: ",\n") + "\n" + outer + "}"
        case .array(let values):
            return "[\n" + values.map { inner + $0.pretty(depth + 1) }.joined(separator: ",\n") + "\n" + outer + "]"
        default: return line
        }
    }
}
