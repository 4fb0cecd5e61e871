package import Document
import Text

/// What a definition is evaluated with: the variables of a host, and the way to secrets.
package struct ServiceScope: Sendable {
    private let base: Evaluator

    /// The strongest layer first.
    package init(
        _ layers: [any VariableLayer],
        limits: TemplateLimits = TemplateLimits(),
        fetch: @escaping Evaluator.Fetch
    ) {
        base = Evaluator(Variables(layers), limits: limits, fetch: fetch)
    }

    /// What this evaluator sees.
    package init(_ base: Evaluator) { self.base = base }

    /// For the keys that all instances share where there is no instance.
    package func evaluator(for service: ServiceDeclaration, instance: Int? = nil) -> Evaluator {
        func data(_ content: Value.Content) -> Value { Value(content, origin: service.origin).asData }
        var own = ["service": data(.string(service.name))]
        if let instance {
            own["instance"] = data(.int(instance))
            own["listen"] = service.settings["listen"]
        }
        return base.seeing(own) { name in
            name == "instance" || name == "listen" ? "all instances share this key" : nil
        }
    }

    func evaluator() -> Evaluator { base.seeing([:]) }
}

/// What came up while a definition was evaluated.
package struct ServiceNotes: Sendable {
    /// What it needs and will get later: its errors are none then.
    package var wait: Wait?
    /// What must never be shown.
    package var secrets: Set<String> = []

    package init() {}

    mutating func add(_ reader: SettingsReader) {
        wait = wait ?? reader.wait
        secrets.formUnion(reader.evaluator.secrets)
    }
}

/// Reads evaluated keys, and keeps what is wrong with them.
struct SettingsReader {
    let settings: Settings
    var evaluator: Evaluator
    var diagnostics = Diagnostics()
    private(set) var wait: Wait?

    init(_ settings: Settings, _ evaluator: Evaluator) {
        self.settings = settings
        self.evaluator = evaluator
    }

    /// The value of a key; nil where it is not given, comes to nothing, or is wrong.
    mutating func read<Found>(
        _ path: String,
        _ read: (Reading) throws(DocumentError) -> Found
    ) -> Found? {
        guard let written = settings[path] else { return nil }
        do throws(DocumentError) {
            let value = try evaluated(written)
            if value.content == .null { return nil }
            if value.isTainted {
                diagnostics.add(.secret(key(path), written.origin))
                return nil
            }
            return try read(Reading(key: key(path), value: value, isWritten: !written.isInPlay))
        } catch {
            note(error)
            return nil
        }
    }

    private mutating func note(_ error: DocumentError) {
        wait = wait ?? evaluator.wait
        diagnostics.add(contentsOf: error.diagnostics)
    }

    /// The value of a key that must come to something.
    mutating func needed<Found>(
        _ path: String,
        _ read: (Reading) throws(DocumentError) -> Found
    ) -> Found? {
        let hadErrors = diagnostics.items.count
        let found = self.read(path, read)
        if found == nil, diagnostics.items.count == hadErrors {
            let origin = settings[path]?.origin ?? settings.origin
            let message = "\(Printable.quoted(key(path))) comes to nothing"
            diagnostics.add(Diagnostic(message, in: origin.source, at: origin.position))
        }
        return found
    }

    /// A line in which each `{{ }}` is one word.
    mutating func line(_ path: String) -> Reading? {
        guard let written = settings[path] else { return nil }
        guard written.isInPlay, case .string(let text) = written.content else {
            return read(path) { (reading) throws(DocumentError) in reading }
        }
        do throws(DocumentError) {
            let command = try evaluator.command(try Template(text, at: written.origin))
            if command.isTainted {
                diagnostics.add(.secret(key(path), written.origin))
                return nil
            }
            let value = Value(.string(command.text), origin: written.origin)
            return Reading(key: key(path), value: value, isWritten: false)
        } catch {
            note(error)
            return nil
        }
    }

    /// The plain and the secret variables of an environment, in their order.
    mutating func environment(_ path: String) -> (plain: [EnvironmentVariable], secret: [EnvironmentVariable]) {
        var (plain, secret): ([EnvironmentVariable], [EnvironmentVariable]) = ([], [])
        guard let written = settings[path], case .map(let pairs) = written.content else { return (plain, secret) }
        for pair in pairs {
            do throws(DocumentError) {
                let value = try evaluated(pair.value)
                if value.content == .null { continue }
                let reading = Reading(key: pair.name, value: value, isWritten: !pair.value.isInPlay)
                let text = try reading.word()
                guard text.utf8.count <= EnvironmentFile.longestValue else {
                    throw reading.failure("\(reading.label) has more than \(EnvironmentFile.longestValue) bytes")
                }
                let variable = EnvironmentVariable(pair.name, text)
                if value.isTainted { secret.append(variable) } else { plain.append(variable) }
            } catch {
                note(error)
            }
        }
        return (plain, secret)
    }

    // An error about the value is one of the place where it was written.
    private mutating func evaluated(_ written: Value) throws(DocumentError) -> Value {
        guard written.isInPlay else { return written }
        var value = try evaluator.value(written)
        value.origin = written.origin
        return value
    }

    private func key(_ path: String) -> String { path.split(separator: ".").last.map(String.init) ?? path }
}
