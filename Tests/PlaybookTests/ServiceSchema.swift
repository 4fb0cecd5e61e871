import Events
import Supervision

/// The JSON Schema of `services/*.yml` for editors, from the declarations of keys.
enum ServiceSchema {
    static var schema: JSON {
        .members([
            "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
            "$id": .string("services.schema.json"),
            "title": .string("Services and releases of Baton"),
            "description": .string(
                "For editors. Baton itself checks more, and says where. Made of the declarations in the code."
            ),
            "type": .string("object"),
            "properties": .members([
                "releases": named("release", "Releases by their names."),
                "services": named("service", "Services by their names."),
            ]),
            "additionalProperties": .bool(false),
            "$defs": .members([
                "template": .members(["type": .string("string"), "pattern": .string("\\{[{%]")]),
                "text": .members(["type": types("string", "number", "boolean")]),
                "release": object(ServiceKeys.ofReleases),
                "service": object(ServiceKeys.all),
            ]),
        ])
    }

    private static func named(_ what: String, _ help: String) -> JSON {
        .members([
            "description": .string(help), "type": .string("object"),
            "propertyNames": .members([
                "pattern": .string("^[A-Za-z_][A-Za-z0-9_-]*$"), "maxLength": .integer(ServiceName.longest),
            ]),
            "additionalProperties": reference(what),
        ])
    }

    private static func object(_ keys: [ServiceKey]) -> JSON {
        let properties = keys.map { JSON.Member(name: $0.name, value: described(value($0), $0.help)) }
        let required = keys.filter(\.isRequired).map { JSON.string($0.name) }
        return .members([
            "type": .string("object"), "properties": .object(properties),
            "required": required.isEmpty ? nil : .array(required), "additionalProperties": .bool(false),
        ])
    }

    private static func described(_ schema: JSON, _ help: String) -> JSON {
        guard case .object(let members) = schema else { return schema }
        return .object([JSON.Member(name: "description", value: .string(help))] + members)
    }

    private static func value(_ key: ServiceKey) -> JSON {
        let own = schema(of: key.type)
        switch key.type {
        // Which release and which server it is, must be known before any host is.
        case .name, .group, .choiceOrGroup, .files, .settings, .text, .title, .line, .command: return own
        default: return .members(["anyOf": .array([own, reference("template")])])
        }
    }

    private static func schema(of type: ServiceKeyType) -> JSON {
        switch type {
        case .text, .title: reference("text")
        case .path: .members(["type": .string("string"), "pattern": .string("^/")])
        case .paths, .runtimeDirectories: oneOrMore(schema(of: .path))
        case .directory, .account, .line, .address: .members(["type": .string("string"), "minLength": .integer(1)])
        case .flag: .members(["type": .string("boolean")])
        case .count(let range):
            .members([
                "type": .string("integer"), "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ])
        case .duration: .members(["type": types("string", "number")])
        case .size: .members(["type": types("string", "integer")])
        case .choice(let words): choice(words)
        case .signal:
            .members(["enum": .array(Signal.allCases.flatMap { [.string($0.name), .string("SIG\($0.name)")] })])
        case .exits: oneOrMore(.members(["type": types("integer", "string")]))
        case .command: oneOrMore(reference("text"))
        case .settings: .members(["type": .string("object"), "additionalProperties": reference("text")])
        case .url: .members(["type": .string("string"), "pattern": .string("^https?://")])
        case .name: .members(["type": .string("string"), "pattern": .string("^[A-Za-z_][A-Za-z0-9_-]*$")])
        case .names: oneOrMore(reference("text"))
        case .files: .members(["type": .string("array"), "items": object(ServiceKeys.ofFiles)])
        case .limit: .members(["type": types("integer", "string")])
        case .group(let keys): object(keys)
        case .choiceOrGroup(let words, let keys): .members(["anyOf": .array([choice(words), object(keys)])])
        }
    }

    // YAML reads `0` as a number.
    private static func choice(_ words: [String]) -> JSON {
        .members(["enum": .array(words.flatMap { word in [.string(word)] + (Int(word).map { [.integer($0)] } ?? []) })])
    }

    private static func oneOrMore(_ item: JSON) -> JSON {
        .members(["anyOf": .array([item, .members(["type": .string("array"), "items": item])])])
    }

    private static func types(_ names: String...) -> JSON { .array(names.map { .string($0) }) }
    private static func reference(_ name: String) -> JSON { .members(["$ref": .string("#/$defs/" + name)]) }
}
