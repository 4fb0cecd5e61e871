import Document
import Text

/// Reads one task.
struct TaskDecoder {
    var decoder: NodeDecoder
    let play: Play
    let number: Int

    private static let kinds = TaskKind.all.map(\.name)
    private static let common = CommonKeys.ofTasks.map(\.name)
    private static let outcomes = CommonKeys.ofOutcomes.map(\.name)

    init(decoder: NodeDecoder, play: Play, number: Int) {
        self.decoder = decoder
        self.play = play
        self.number = number
    }

    mutating func task(_ field: Field) -> TaskDefinition? {
        guard let fields = decoder.fields(field) else { return nil }
        guard let (kind, body) = kind(of: fields), let arguments = arguments(body, kind) else {
            _ = common(fields, kind: nil, title: "", body: nil)
            return nil
        }
        var task = common(fields, kind: kind, title: title(kind, arguments), body: (kind.body(arguments), arguments))
        if task?.name == nil { task?.subject = subject(arguments) }
        return task
    }

    // MARK: The kind

    private mutating func kind(of fields: Fields) -> (TaskKind, Field)? {
        var found: (TaskKind, Field)?
        var isRefused = false
        for field in fields.all {
            if let kind = TaskKind.named(field.key) {
                if let first = found {
                    let hint = "write two tasks"
                    decoder.error(
                        "a task does one thing: \(first.1.label) or \(field.label)",
                        at: field.keyPosition,
                        hint: hint
                    )
                } else {
                    found = (kind, field)
                }
            } else if !TaskDecoder.common.contains(field.key), !TaskDecoder.outcomes.contains(field.key) {
                refuse(field)
                isRefused = true
            } else if field.isNull {
                decoder.error("\(field.label) has no value", at: field.keyPosition)
            }
        }
        // What was refused may be what was meant.
        if found == nil, !isRefused {
            let hint = "it needs one of " + TaskDecoder.kinds.joined(separator: ", ")
            decoder.error("\(fields.owner.label) does nothing", at: fields.owner.position, hint: hint)
        }
        return found
    }

    private mutating func refuse(_ field: Field) {
        if ForeignWords.later.contains(field.key) {
            let hint = "until then use \"run\""
            decoder.error("tasks of the kind \(field.label) are not there yet", at: field.keyPosition, hint: hint)
            return
        }
        let known = TaskDecoder.kinds + TaskDecoder.common
        let hint =
            ForeignWords.hint(forTaskKey: field.key) ?? Nearness.hint(for: field.key, among: known)
            ?? "kinds of tasks are \(TaskDecoder.kinds.joined(separator: ", ")); other keys are "
            + TaskDecoder.common.joined(separator: ", ")
        decoder.error("a task has no key \(field.label)", at: field.keyPosition, hint: hint)
    }

    // MARK: Its keys

    private mutating func arguments(_ field: Field, _ kind: TaskKind) -> Arguments? {
        if field.isNull {
            decoder.error("\(field.label) has no value", at: field.keyPosition)
            return nil
        }
        guard field.node.entries == nil else { return arguments(field, kind.keys, check: kind.check) }
        guard let key = kind.keys.first(where: { $0.name == kind.short }), field.node.elements == nil else {
            let names = kind.keys.prefix(2).map { "\"\($0.name)\"" }.joined(separator: " and ")
            decoder.wrongType(field, expected: "a mapping", hint: "with " + names)
            return nil
        }
        var arguments = Arguments(origin: Origin(decoder.source, field.position))
        arguments[key.name] = decoder.argument(field, key.type)
        kind.check(arguments, &decoder.diagnostics)
        return arguments
    }

    private mutating func arguments(
        _ owner: Field,
        _ keys: [TaskKey],
        check: (Arguments, inout Diagnostics) -> Void
    ) -> Arguments? {
        guard let fields = decoder.fields(owner, known: keys.flatMap(\.names)) else { return nil }
        var arguments = Arguments(origin: Origin(decoder.source, owner.position))
        for field in fields.all {
            guard let key = keys.first(where: { $0.names.contains(field.key) }) else { continue }
            if field.isNull {
                decoder.error("\(field.label) has no value", at: field.keyPosition)
                continue
            }
            if let other = arguments[key.name] {
                decoder.error(
                    "\(field.label) is another word for \"\(other.key)\", which is there too",
                    at: field.keyPosition
                )
                continue
            }
            arguments[key.name] = argument(field, key)
        }
        for key in keys where key.isRequired && !fields.all.contains(where: { key.names.contains($0.key) }) {
            let others = key.aliases.isEmpty ? "" : " (or \"" + key.aliases.joined(separator: "\", \"") + "\")"
            decoder.error("\(owner.label) needs \"\(key.name)\"\(others)", at: owner.position)
        }
        check(arguments, &decoder.diagnostics)
        return arguments
    }

    private mutating func argument(_ field: Field, _ key: TaskKey) -> Argument? {
        let origin = Origin(decoder.source, field.position)
        switch key.type {
        case .condition:
            return Argument(field.key, origin, .condition(decoder.conditions(field)))
        case .group(let keys):
            return arguments(field, keys) { _, _ in }.map { Argument(field.key, origin, .group($0)) }
        default:
            return decoder.argument(field, key.type, takesSecrets: key.takesSecrets)
        }
    }

    // MARK: What all tasks have

    private mutating func common(
        _ fields: Fields,
        kind: TaskKind?,
        title: String,
        body: (any TaskBody, Arguments)?
    ) -> TaskDefinition? {
        let name = decoder.argument(fields["name"], .text)
        let written = name.flatMap(TaskDecoder.written)
        let isCheck = kind?.name == CheckTask.kind.name
        var task = TaskDefinition(
            number: number,
            name: name,
            title: written ?? title,
            kind: kind?.name ?? "",
            timeout: isCheck ? TaskDefinition.defaultCheckTimeout : TaskDefinition.defaultTimeout,
            origin: Origin(decoder.source, fields.owner.position),
            body: body?.0 ?? Nothing()
        )
        if let phase = decoder.choice(fields["phase"], of: TaskDefinition.Phase.allCases.map(\.rawValue)) {
            task.phase = TaskDefinition.Phase(rawValue: phase) ?? .run
        }
        task.tags = play.tags
        for tag in decoder.tags(fields["tags"]) where !task.tags.contains(tag) { task.tags.append(tag) }
        task.when = decoder.conditions(fields["when"])
        task.variables = decoder.variables(fields["vars"])
        task.register = decoder.identifier(fields["register"])
        task.become = decoder.bool(fields["become"])
        task.becomeUser = decoder.argument(fields["become_user"], .account)
        if task.become == false, let user = task.becomeUser {
            decoder.diagnostics.refuse(user, "says nothing where \"become\" is false")
        }
        task.environment = decoder.environment(fields["environment"])
        task.timeout = decoder.duration(fields["timeout"], atLeast: .milliseconds(1)) ?? task.timeout
        task.namesTimeout = fields["timeout"] != nil
        task.retries = decoder.int(fields["retries"], in: 0...1000) ?? 0
        task.delay = decoder.duration(fields["delay"], atLeast: .zero) ?? task.delay
        task.ignoresErrors = decoder.bool(fields["ignore_errors"]) ?? false
        task.once = decoder.bool(fields["once"]) ?? false
        for key in kind?.without ?? [] {
            guard let kind, let field = fields[key] else { continue }
            decoder.error("\(field.label) means nothing for \"\(kind.name)\"", at: field.keyPosition)
        }
        task.changedWhen = judgement("changed_when", fields, kind, body?.1)
        task.failedWhen = judgement("failed_when", fields, kind, body?.1)
        return body == nil ? nil : task
    }

    // Ansible has it beside the kind; within is where the other conditions of a command are.
    private mutating func judgement(
        _ key: String,
        _ fields: Fields,
        _ kind: TaskKind?,
        _ arguments: Arguments?
    ) -> [Template] {
        var result: [Template] = []
        if let field = fields[key] {
            result = decoder.conditions(field)
            if let kind, !kind.isCarriedOut {
                let hint = "what \"\(kind.name)\" changes is known by comparing"
                decoder.error("\(field.label) is only for \"run\" and \"check\"", at: field.keyPosition, hint: hint)
            }
        }
        guard let argument = arguments?[key], case .condition(let inner) = argument.content else { return result }
        if fields[key] != nil { decoder.diagnostics.refuse(argument, "is given twice") }
        return inner
    }

    // The kind and what it is about, in short.
    private func title(_ kind: TaskKind, _ arguments: Arguments) -> String {
        for key in TaskDecoder.subjects {
            guard let argument = arguments[key] else { continue }
            guard let text = TaskDecoder.written(argument) else { continue }
            return kind.name + " " + Printable.sentence(Array(text.utf8), limit: TaskDefinition.Subject.mostBytes)
        }
        return kind.name
    }

    private static let subjects = [
        "path", "dest", "cmd", "argv", "http", "tcp", "unix", "command", "for", "prompt", "name", "unit",
        "release",
    ]

    private func subject(_ arguments: Arguments) -> TaskDefinition.Subject? {
        for key in TaskDecoder.subjects {
            guard let argument = arguments[key], argument.constant == nil else { continue }
            return TaskDefinition.Subject(argument: argument, isCommand: ["cmd", "command"].contains(key))
        }
        return nil
    }

    private static func written(_ argument: Argument) -> String? {
        switch argument.content {
        case .constant(let value): Reading(key: "", value: value, isWritten: true).plainText ?? value.firstText
        case .template(let template): template.written
        default: nil
        }
    }

    // Stands for the body of a task that has errors; it never leaves.
    private struct Nothing: TaskBody {
        func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
            PauseWork(pause: Pause(duration: .zero, prompt: nil))
        }
    }
}

extension Value {
    fileprivate var firstText: String? {
        guard case .list(let values) = content, let first = values.first else { return nil }
        return Reading(key: "", value: first, isWritten: true).plainText
    }
}
