package import Document
import HostSide
import Text

/// What a task's body evaluates with: the variables of one host, and the files of the project.
package struct TaskResolver {
    package var evaluator: Evaluator
    package let contents: Contents
    /// Of the task.
    let number: Int
    /// Of one attempt.
    package let timeout: Duration
    private let environment: [EnvironmentEntry]
    /// Whether anything was evaluated: then the outcome is this host's own.
    package internal(set) var isHostOwn = false
    package private(set) var isTainted = false
    package private(set) var raws: [RawInsertion] = []

    init(_ evaluator: Evaluator, _ contents: Contents, _ task: TaskDefinition, environment: [EnvironmentEntry]) {
        self.evaluator = evaluator
        self.contents = contents
        self.environment = environment
        number = task.number
        timeout = task.timeout
    }

    /// Something of it is a secret.
    mutating func holdsSecret() { isTainted = true }

    // MARK: Values

    mutating func value(_ argument: Argument) throws(DocumentError) -> Value {
        try value(argument.content)
    }

    private mutating func value(_ content: Argument.Content) throws(DocumentError) -> Value {
        switch content {
        case .constant(let value): return value
        case .template(let template):
            isHostOwn = true
            var value = try evaluator.value(template)
            // An error about the value is one of this place.
            value.origin = template.origin
            return noted(value)
        case .special(let value):
            isHostOwn = true
            return noted(try evaluator.value(value))
        case .list(let items, let origin):
            var values: [Value] = []
            for item in items { values.append(try value(item)) }
            return Value(.list(values), origin: origin)
        case .map(let members, let origin):
            var pairs: [Value.Pair] = []
            for member in members {
                var pair = member.pair
                pair.value = try value(member.value)
                pairs.append(pair)
            }
            return Value(.map(pairs), origin: origin)
        case .condition, .group: return Value(.null, origin: evaluator.nowhere)
        }
    }

    private mutating func noted(_ value: Value) -> Value {
        if value.isTainted { isTainted = true }
        return value
    }

    /// What a key says; nil where it is not given, or comes to nothing.
    mutating func reading(_ argument: Argument?) throws(DocumentError) -> Reading? {
        guard let argument else { return nil }
        let value = try value(argument)
        if value.content == .null { return nil }
        return Reading(key: argument.key, value: value, isWritten: argument.constant != nil)
    }

    /// What a key says that will be seen on the host: in the list of processes, in a listing of a directory.
    mutating func open(_ argument: Argument?) throws(DocumentError) -> Reading? {
        guard let argument, let reading = try reading(argument) else { return nil }
        if reading.value.isTainted { throw DocumentError(.secret(in: argument)) }
        return reading
    }

    func needed<Found>(_ found: Found?, _ argument: Argument?) throws(DocumentError) -> Found {
        if let found { return found }
        let origin = argument?.origin ?? evaluator.nowhere
        let name = argument.map { Printable.quoted($0.key) } ?? "a key"
        throw DocumentError(Diagnostic("\(name) comes to nothing", in: origin.source, at: origin.position))
    }

    // MARK: Kinds of keys

    mutating func text(_ argument: Argument?) throws(DocumentError) -> String? {
        try open(argument)?.word()
    }

    mutating func path(_ argument: Argument?) throws(DocumentError) -> String? {
        try open(argument)?.path()
    }

    mutating func paths(_ argument: Argument?) throws(DocumentError) -> [String] {
        guard let reading = try open(argument) else { return [] }
        var paths: [String] = []
        for item in reading.items() { paths.append(try item.path()) }
        return paths
    }

    mutating func mode(_ argument: Argument?) throws(DocumentError) -> Mode? {
        try open(argument)?.mode()
    }

    mutating func account(_ argument: Argument?) throws(DocumentError) -> String? {
        try open(argument)?.account()
    }

    mutating func ownership(_ arguments: Arguments) throws(DocumentError) -> Ownership {
        Ownership(user: try account(arguments["owner"]), group: try account(arguments["group"]))
    }

    mutating func flag(_ argument: Argument?) throws(DocumentError) -> Bool {
        try reading(argument)?.flag() ?? false
    }

    mutating func choice(_ argument: Argument?, _ words: [String]) throws(DocumentError) -> String? {
        try open(argument)?.choice(words)
    }

    /// A text that may be a secret.
    mutating func content(_ argument: Argument?) throws(DocumentError) -> RenderedText? {
        guard let reading = try reading(argument) else { return nil }
        return RenderedText(text: try reading.text(), isTainted: reading.value.isTainted)
    }

    /// The text of a template file.
    mutating func rendered(_ template: Template) throws(DocumentError) -> RenderedText {
        if let text = template.constant { return RenderedText(text: text, isTainted: false) }
        isHostOwn = true
        let rendered = try evaluator.text(template)
        if rendered.isTainted { isTainted = true }
        return rendered
    }

    /// A line for a shell.
    mutating func command(_ argument: Argument?) throws(DocumentError) -> String? {
        guard let argument else { return nil }
        let text: String
        switch argument.content {
        case .template(let template):
            isHostOwn = true
            let command = try evaluator.command(template)
            if command.isTainted { throw DocumentError(.secret(in: argument)) }
            raws += command.raws
            text = command.text
        case .special: throw DocumentError(.secret(in: argument))
        default:
            guard let reading = try reading(argument) else { return nil }
            text = try reading.word(expected: "a command")
        }
        if text.utf8.contains(0) {
            let message = "\(Printable.quoted(argument.key)) contains a NUL byte"
            throw DocumentError(Diagnostic(message, in: argument.origin.source, at: argument.origin.position))
        }
        return text
    }

    /// What a task is about, for its title; nil where it must not be shown. Of a list the first.
    mutating func shown(_ subject: TaskDefinition.Subject) throws(DocumentError) -> String? {
        if subject.isCommand { return try command(subject.argument) }
        guard let reading = try reading(subject.argument), !reading.value.isTainted else { return nil }
        if case .list = reading.value.content { return try reading.list().first?.text() }
        return try reading.text()
    }

    mutating func words(_ argument: Argument?) throws(DocumentError) -> [String]? {
        guard let argument, let reading = try reading(argument) else { return nil }
        if reading.value.isTainted { throw DocumentError(.secret(in: argument)) }
        var words: [String] = []
        for item in try reading.list() { words.append(try item.word()) }
        if words.isEmpty || words[0].isEmpty { throw reading.failure("\(reading.label) names no program") }
        return words
    }

    /// The environment of the task's commands.
    mutating func settings() throws(DocumentError) -> [ShellCommand.Setting] {
        var settings: [ShellCommand.Setting] = []
        for entry in environment {
            guard let reading = try reading(entry.value) else { continue }
            settings.append(ShellCommand.Setting(name: entry.name, value: try reading.word()))
        }
        return settings
    }
}

extension Diagnostic {
    static func secret(in argument: Argument) -> Diagnostic {
        Diagnostic(
            "\(Printable.quoted(argument.key)) holds a secret, and what it says can be seen by everybody on the host",
            in: argument.origin.source,
            at: argument.origin.position,
            hint: "secrets can be in \"environment\", in \"stdin\" and \"content\", in template files and in headers",
            showsSource: false
        )
    }
}
