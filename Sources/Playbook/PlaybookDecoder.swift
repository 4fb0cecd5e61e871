import Document
import Text

/// Reads plays out of a document.
struct PlaybookDecoder {
    var decoder: NodeDecoder
    private var count = 0
    private var hasTooMany = false

    init(_ source: SourceText) { decoder = NodeDecoder(source) }

    mutating func plays(_ root: Node) -> [Play] {
        if root.isNull {
            let hint = "a play is written - hosts: web, and below it tasks:"
            decoder.error("the playbook is empty", at: root.position, hint: hint)
            return []
        }
        guard let nodes = root.elements else {
            let hint = root.entries == nil ? nil : "put \"- \" before its first key"
            decoder.error("a playbook is a list of plays, not \(root.summary)", at: root.position, hint: hint)
            return []
        }
        if nodes.isEmpty { decoder.error("the playbook has no plays", at: root.position) }
        var plays: [Play] = []
        for (index, node) in nodes.enumerated() {
            if index == Playbook.mostPlays {
                decoder.error("a playbook has at most \(Playbook.mostPlays) plays", at: node.position)
                break
            }
            if let play = play(Field(node, as: "play \(index + 1)")) { plays.append(play) }
        }
        return plays
    }

    private mutating func play(_ field: Field) -> Play? {
        guard let fields = decoder.fields(field) else { return nil }
        let keys = CommonKeys.ofPlays
        for field in fields.all where !keys.contains(where: { $0.name == field.key }) { refuse(field, keys) }
        for field in fields.all where field.isNull && keys.contains(where: { $0.name == field.key && !$0.isRequired }) {
            decoder.error("\(field.label) has no value", at: field.keyPosition)
        }
        let hosts = decoder.required("hosts", of: fields)
        let tasks = decoder.list(decoder.required("tasks", of: fields))
        let pattern = decoder.pattern(hosts)
        var play = Play(
            name: decoder.string(fields["name"]) ?? pattern ?? "",
            hosts: pattern ?? "",
            hostsOrigin: Origin(decoder.source, hosts?.position ?? field.position),
            become: decoder.bool(fields["become"]),
            becomeUser: decoder.argument(fields["become_user"], .account),
            variables: decoder.variables(fields["vars"]),
            environment: decoder.environment(fields["environment"]),
            tags: decoder.tags(fields["tags"]),
            rollout: decoder.rollout(fields["rollout"]),
            tasks: [],
            origin: Origin(decoder.source, field.position)
        )
        if play.become == false, let user = play.becomeUser {
            decoder.diagnostics.refuse(user, "says nothing where \"become\" is false")
        }
        for (index, task) in (tasks ?? []).enumerated() {
            if hasTooMany { break }
            if count == Playbook.mostTasks {
                hasTooMany = true
                let message = "a playbook has at most \(Playbook.mostTasks) tasks"
                decoder.error(
                    message,
                    at: task.position,
                    hint: "write {% for %} in templates and commands, or more playbooks"
                )
                break
            }
            count += 1
            var reader = TaskDecoder(decoder: decoder, play: play, number: count)
            let definition = reader.task(Field(task.node, as: "task \(index + 1)"))
            decoder = reader.decoder
            if let definition { play.tasks.append(definition) }
        }
        return play
    }

    private mutating func refuse(_ field: Field, _ keys: [TaskKey]) {
        let names = keys.map(\.name)
        if ForeignWords.later.contains(field.key) {
            let message = "\(field.label) is not there yet"
            decoder.error(message, at: field.keyPosition, hint: ForeignWords.ofPlays[field.key])
            return
        }
        var hint = ForeignWords.ofPlays[field.key]
        if hint == nil, TaskKind.named(field.key) != nil || ForeignWords.hint(forTaskKey: field.key) != nil {
            hint = "tasks stand in the list \"tasks\" of a play"
        }
        hint = hint ?? Nearness.hint(for: field.key, among: names) ?? "known here: " + names.joined(separator: ", ")
        decoder.error("a play has no key \(field.label)", at: field.keyPosition, hint: hint)
    }
}
