import Document
import Text

/// Reads services and releases out of a document.
struct ServiceFileDecoder {
    var decoder: NodeDecoder

    init(_ source: SourceText) { decoder = NodeDecoder(source) }

    mutating func file(_ root: Node) -> ServiceFile {
        var file = ServiceFile(source: decoder.source, releases: [], services: [])
        if root.isNull {
            let hint = "it has \"services:\", and mostly \"releases:\""
            decoder.error("the file declares nothing", at: root.position, hint: hint)
            return file
        }
        let fields = decoder.fields(Field(root, as: "the file"), known: ["releases", "services"])
        for field in entries(fields?["releases"], "a release") {
            guard let settings = settings(field, ServiceKeys.ofReleases) else { continue }
            file.releases.append(ReleaseDeclaration(name: field.key, settings: settings))
        }
        for field in entries(fields?["services"], "a service") {
            guard let settings = settings(field, ServiceKeys.all) else { continue }
            checkTogether(settings)
            file.services.append(
                ServiceDeclaration(name: field.key, settings: settings, files: files(field.node["files"]))
            )
        }
        return file
    }

    // Mappings under names, which become names of files, units and groups.
    private mutating func entries(_ field: Field?, _ what: String) -> [Field] {
        guard let fields = decoder.fields(field) else { return [] }
        var entries: [Field] = []
        for field in fields.all {
            if entries.count == ServiceFile.mostServices {
                decoder.error("a file has at most \(ServiceFile.mostServices) of them", at: field.keyPosition)
                break
            }
            if let problem = ServiceName.problem(with: field.key) {
                decoder.error("\(field.label) cannot be the name of \(what)", at: field.keyPosition, hint: problem)
            } else if field.isNull {
                decoder.error("\(field.label) has no value", at: field.keyPosition)
            } else {
                entries.append(field)
            }
        }
        return entries
    }

    // MARK: Keys

    private mutating func settings(_ owner: Field, _ keys: [ServiceKey]) -> Settings? {
        guard owner.node.entries != nil else {
            decoder.wrongType(owner, expected: "a mapping")
            return nil
        }
        var settings = Settings(origin: Origin(decoder.source, owner.keyPosition))
        read(owner, keys, prefix: "", into: &settings)
        return settings
    }

    private mutating func read(
        _ owner: Field,
        _ keys: [ServiceKey],
        prefix: String,
        into settings: inout Settings
    ) {
        guard let fields = decoder.fields(owner, known: keys.map(\.name)) else { return }
        for field in fields.all {
            guard let key = keys.first(where: { $0.name == field.key }) else { continue }
            if field.isNull {
                decoder.error("\(field.label) has no value", at: field.keyPosition)
                continue
            }
            let path = prefix + key.name
            switch key.type {
            case .group(let keys): read(field, keys, prefix: path + ".", into: &settings)
            case .choiceOrGroup(_, let keys) where field.node.entries != nil:
                read(field, keys, prefix: path + ".", into: &settings)
            case .files: break
            default: settings[path] = value(field, key)
            }
        }
        for key in keys where key.isRequired && !fields.has(key.name) {
            decoder.error("\(owner.label) needs \(Printable.quoted(key.name))", at: owner.keyPosition)
        }
    }

    // What is constant is checked now, and the form of templates.
    private mutating func value(_ field: Field, _ key: ServiceKey) -> Value {
        let value = Value(field.node, in: decoder.source)
        if value.isTainted && !key.takesSecrets || !value.secrets.isEmpty && !key.takesSecrets {
            decoder.diagnostics.add(.secret(key.name, value.origin))
            return value
        }
        checkTemplates(in: value)
        do throws(DocumentError) {
            try key.type.check(Reading(key: field.key, value: value, isWritten: true))
        } catch {
            decoder.diagnostics.add(contentsOf: error.diagnostics)
        }
        return value
    }

    private mutating func checkTemplates(in value: Value) {
        guard value.isInPlay else { return }
        switch value.content {
        case .string(let text):
            do throws(DocumentError) {
                _ = try Template(text, at: value.origin)
            } catch {
                decoder.diagnostics.add(contentsOf: error.diagnostics)
            }
        case .list(let values): for value in values { checkTemplates(in: value) }
        case .map(let pairs): for pair in pairs { checkTemplates(in: pair.value) }
        default: break
        }
    }

    private mutating func files(_ node: Node?) -> [FileDeclaration] {
        guard let node, let items = decoder.list(Field(node, as: "\"files\"")) else { return [] }
        var files: [FileDeclaration] = []
        for item in items {
            guard let settings = settings(item, ServiceKeys.ofFiles) else { continue }
            if settings.has("template") == settings.has("src") {
                let what = settings.has("src") ? "both are there" : "neither is there"
                decoder.error("\(item.label) needs either \"template\" or \"src\": \(what)", at: item.position)
            }
            files.append(FileDeclaration(settings: settings))
        }
        return files
    }

    // What must hold between keys.
    private mutating func checkTogether(_ settings: Settings) {
        func report(_ path: String, _ message: String, _ hint: String?) {
            guard let origin = settings[path]?.origin else { return }
            decoder.error(message, at: origin.position, hint: hint)
        }
        if settings.has("health.http"), settings.has("health.command") {
            report("health.command", "\"command\" and \"http\" exclude each other", "health is one of the two")
        }
        if settings.has("health.version_header"), !settings.has("health.version") {
            report("health.version_header", "\"version_header\" needs \"version\"", nil)
        }
        if settings.has("logs.keep"), !settings.has("logs.rotate") {
            report("logs.keep", "\"keep\" needs \"rotate\"", "as in rotate: 50MB")
        }
    }
}

/// Names of services and releases: they become file names, units, groups of supervisors and words of shells.
package enum ServiceName {
    package static let longest = 60

    /// What a name must be; nil where it is.
    package static func problem(with name: String) -> String? {
        let isGood =
            name.utf8.count <= longest && name.utf8.first.map(isLetter) == true
            && name.utf8.allSatisfy { isLetter($0) || ($0 >= 0x30 && $0 <= 0x39) || "-_".utf8.contains($0) }
        return isGood ? nil : "a letter first, then letters, digits, \"-\" and \"_\", at most \(longest)"
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
}

extension Diagnostic {
    static func secret(_ key: String, _ origin: Origin) -> Diagnostic {
        Diagnostic(
            "\(Printable.quoted(key)) holds a secret, and what it says can be seen by everybody on the host",
            in: origin.source,
            at: origin.position,
            hint: "secrets can be in \"environment\"",
            showsSource: false
        )
    }
}
