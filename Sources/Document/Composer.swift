import Text

/// Builds the tree from the parser's events: anchors, aliases, merge keys, and the limits against hostile input.
struct Composer: ~Copyable {
    // A node with what it costs: aliases to it cost the same again.
    struct Composed {
        var node: Node
        var weight = 1
        var height = 1
    }

    private enum Anchor {
        // Still being read: an alias to it would contain itself.
        case open
        case done(Composed)
    }

    // Reading cannot go on.
    private struct Fatal: Error {
        var diagnostic: Diagnostic
    }

    private var events: EventParser
    private let source: SourceText
    private let limits: Limits
    private let duplicates: DuplicateKeys
    private var anchors: [String: Anchor] = [:]
    private var nodes = 0
    private(set) var diagnostics = Diagnostics()

    init(events: consuming EventParser, source: SourceText, limits: Limits, duplicates: DuplicateKeys) {
        self.events = events
        self.source = source
        self.limits = limits
        self.duplicates = duplicates
    }

    /// The one document of the stream; nil where it could not be read to its end.
    mutating func document() -> Node? {
        do throws(Fatal) {
            _ = try next()
            guard case .documentStart = try next().kind else { return .null(at: .start) }
            let node = try compose(try next(), depth: 1).node
            _ = try next()
            let after = try next()
            if case .streamEnd = after.kind { return node }
            throw Fatal(
                diagnostic: Diagnostic(
                    "a second document starts here",
                    in: source,
                    at: after.position,
                    hint: "a file holds one document"
                )
            )
        } catch {
            diagnostics.add(error.diagnostic)
            return nil
        }
    }

    private mutating func next() throws(Fatal) -> ParserEvent {
        do throws(SyntaxProblem) {
            return try events.next()
        } catch {
            throw Fatal(diagnostic: error.diagnostic(in: source))
        }
    }

    private mutating func compose(_ event: ParserEvent, depth: Int) throws(Fatal) -> Composed {
        try count(1, at: event.position)
        if depth > limits.depth { throw tooDeep(at: event.position) }
        if let anchor = event.anchor { anchors[anchor] = .open }
        let composed: Composed
        switch event.kind {
        case .alias(let name):
            return try alias(name, at: event.position, depth: depth)
        case .sequenceStart:
            composed = try sequence(event, depth: depth)
        case .mappingStart:
            composed = try mapping(event, depth: depth)
        case .scalar(let scalar):
            if scalar.text.utf8.count > limits.scalarBytes {
                let message = "this text has more than \(limits.scalarBytes) bytes"
                throw Fatal(diagnostic: Diagnostic(message, in: source, at: event.position))
            }
            composed = Composed(node: Node(.scalar(scalar), tag: event.tag, at: event.position))
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            // The parser's grammar has no such event here; a null is a safe answer if it ever does.
            composed = Composed(node: .null(at: event.position))
        }
        if let anchor = event.anchor { anchors[anchor] = .done(composed) }
        return composed
    }

    private mutating func alias(_ name: String, at position: Position, depth: Int) throws(Fatal) -> Composed {
        switch anchors[name] {
        case .done(let composed):
            // The alias itself was counted already.
            try count(composed.weight - 1, at: position, alias: name)
            if depth + composed.height - 1 > limits.depth { throw tooDeep(at: position) }
            return composed
        case .open:
            add("*\(name) stands for something that contains it", at: position)
        case nil:
            add(
                "no &\(name) comes before this alias",
                at: position,
                hint: Nearness.hint(for: name, among: anchors.keys.sorted())
            )
        }
        return Composed(node: .null(at: position))
    }

    private mutating func sequence(_ start: ParserEvent, depth: Int) throws(Fatal) -> Composed {
        var elements: [Node] = []
        var composed = Composed(node: .null(at: start.position))
        while true {
            let event = try next()
            if case .sequenceEnd = event.kind { break }
            let element = try compose(event, depth: depth + 1)
            elements.append(element.node)
            composed.weight += element.weight
            composed.height = max(composed.height, element.height + 1)
        }
        composed.node = Node(.sequence(elements), tag: start.tag, at: start.position)
        return composed
    }

    private mutating func mapping(_ start: ParserEvent, depth: Int) throws(Fatal) -> Composed {
        var entries = UniqueEntries()
        var merges: [Node] = []
        var composed = Composed(node: .null(at: start.position))
        while true {
            let event = try next()
            if case .mappingEnd = event.kind { break }
            let key = try compose(event, depth: depth + 1)
            let value = try compose(try next(), depth: depth + 1)
            composed.weight += key.weight + value.weight
            composed.height = max(composed.height, key.height + 1, value.height + 1)
            if key.node.isMergeKey {
                merges.append(value.node)
            } else if key.node.text == nil {
                // What `{{ x }}` without quotes is: a mapping as the key of a mapping.
                let hint =
                    key.node.entries == nil ? "put it in quotes" : "put quotes around a value that starts with \"{{\""
                add("a key must be a text, not \(key.node.summary)", at: key.node.position, hint: hint)
            } else if let first = entries.insert(Node.Entry(key: key.node, value: value.node)) {
                let name = Printable.quoted(first.name)
                let note = Diagnostic.Note("the first is here", in: source, at: first.key.position)
                let isRefused = duplicates == .refused
                if !isRefused { entries.set(Node.Entry(key: key.node, value: value.node)) }
                diagnostics.add(
                    Diagnostic(
                        "the key \(name) is given twice" + (isRefused ? "" : "; the last counts"),
                        in: source,
                        at: event.position,
                        notes: [note],
                        severity: isRefused ? .error : .warning
                    )
                )
            }
        }
        let merged = merges.isEmpty ? entries.entries : merge(merges, below: entries)
        composed.node = Node(.mapping(merged), tag: start.tag, at: start.position)
        return composed
    }

    private mutating func merge(_ values: [Node], below own: UniqueEntries) -> [Node.Entry] {
        var merged = MergedEntries()
        for value in values {
            for problem in merged.add(value) {
                add("<< takes a mapping or a list of mappings, not \(problem.summary)", at: problem.position)
            }
        }
        return merged.entries(overriddenBy: own)
    }

    private mutating func count(_ more: Int, at position: Position, alias: String? = nil) throws(Fatal) {
        nodes += more
        guard nodes > limits.nodes else { return }
        let reason = alias.map { "with what *\($0) stands for, " } ?? ""
        let message = reason + "the document has more than \(limits.nodes) parts"
        throw Fatal(diagnostic: Diagnostic(message, in: source, at: position))
    }

    private func tooDeep(at position: Position) -> Fatal {
        let message = "lists and mappings lie more than \(limits.depth) deep in each other"
        return Fatal(diagnostic: Diagnostic(message, in: source, at: position))
    }

    private mutating func add(_ message: String, at position: Position, hint: String? = nil) {
        diagnostics.add(Diagnostic(message, in: source, at: position, hint: hint))
    }
}
