import Shell
import Text

/// Statements, one by one.
extension Evaluator {
    /// What a template that stands as a value comes to.
    mutating func outcome(of template: Template) throws(Failure) -> Operand {
        var sink = Sink(.value)
        try run(template.body, into: &sink)
        if let only = sink.only {
            guard case .value(let value) = only, case .string(let text) = value.content, template.lineEnds > 0 else {
                return only
            }
            return .value(try made(.string(text + missing(template, in: text)), at: 0, isTainted: value.isTainted))
        }
        sink.text += sink.pieces == 0 ? "" : missing(template, in: sink.text)
        return .value(try made(.string(sink.text), at: 0, isTainted: sink.isTainted))
    }

    /// The line ends at its end that a template has and its text has lost.
    func missing(_ template: Template, in text: String) -> String {
        var count = 0
        for byte in text.utf8.reversed() {
            guard byte == 0x0A, count < template.lineEnds else { break }
            count += 1
        }
        return String(repeating: "\n", count: template.lineEnds - count)
    }

    mutating func run(_ body: [Statement], into sink: inout Sink) throws(Failure) {
        for statement in body {
            switch statement {
            case .data(let text):
                try spend(1, at: 0)
                try settle(&sink)
                sink.pieces += 1
                try grow(&sink.text, by: text, at: 0)
                if sink.purpose == .command { sink.shell.pass(text) }
            case .insertion(let expression, let offset):
                try insert(expression, at: offset, into: &sink)
            case .condition(let branches, let otherwise):
                try choose(branches, otherwise, into: &sink)
            case .loop(let loop):
                try run(loop, into: &sink)
            case .assignment(let targets, let value, let offset):
                try assign(targets, try used(value), at: offset)
            case .capture(let target, let body):
                var inner = Sink(.text)
                try run(body, into: &inner)
                let value = try made(.string(inner.text), at: 0, isTainted: inner.isTainted)
                try assign([target], value, at: 0)
            }
        }
    }

    private mutating func choose(
        _ branches: [Statement.Branch],
        _ otherwise: [Statement],
        into sink: inout Sink
    ) throws(Failure) {
        for branch in branches where try isTrue(try used(branch.condition), at: branch.condition.offset) {
            return try run(branch.body, into: &sink)
        }
        try run(otherwise, into: &sink)
    }

    private mutating func assign(_ targets: [String], _ value: Value, at offset: Int) throws(Failure) {
        let last = frame.scopes.count - 1
        if targets.count == 1 {
            frame.scopes[last][targets[0]] = .value(value)
            return
        }
        guard case .list(let values) = value.content, values.count == targets.count else {
            let what = if case .list(let values) = value.content { "a list of \(values.count)" } else { value.summary }
            throw failure("\(targets.count) names are to be given values, but there is \(what)", at: offset)
        }
        for (target, value) in zip(targets, values) {
            frame.scopes[last][target] = try force(value, as: target, at: offset)
        }
    }

    // MARK: Loops

    private mutating func run(_ loop: Statement.Loop, into sink: inout Sink) throws(Failure) {
        let sequence = try used(loop.sequence)
        var items = try elements(of: sequence, at: loop.sequence.offset)
        if let condition = loop.condition {
            var kept: [Value] = []
            // `loop` is that of the body: it cannot be known here.
            let outer = frame.loops
            frame.loops = []
            for item in items {
                frame.scopes.append([:])
                defer { frame.scopes.removeLast() }
                try assign(loop.targets, item, at: loop.offset)
                if try isTrue(try used(condition), at: condition.offset) { kept.append(item) }
            }
            frame.loops = outer
            items = kept
        }
        if items.isEmpty { return try run(loop.otherwise, into: &sink) }
        frame.loops.append(LoopState(items: items))
        for (index, item) in items.enumerated() {
            try spend(1, at: loop.offset)
            frame.loops[frame.loops.count - 1].index = index
            frame.scopes.append([:])
            defer { frame.scopes.removeLast() }
            try assign(loop.targets, item, at: loop.offset)
            try run(loop.body, into: &sink)
        }
        frame.loops.removeLast()
    }

    // MARK: Insertions

    private mutating func insert(
        _ expression: Expression,
        at offset: Int,
        into sink: inout Sink
    ) throws(Failure) {
        let operand = try evaluate(expression)
        if sink.purpose == .value, sink.pieces == 0 {
            sink.only = operand
            sink.onlyOffset = expression.offset
            sink.pieces = 1
            return
        }
        try settle(&sink)
        sink.pieces += 1
        if sink.purpose == .command {
            try insertWord(operand, expression, at: offset, into: &sink)
        } else {
            try add(operand, at: expression.offset, into: &sink)
        }
    }

    // A value that turned out not to be alone becomes text.
    private mutating func settle(_ sink: inout Sink) throws(Failure) {
        guard let only = sink.only else { return }
        sink.only = nil
        try add(only, at: sink.onlyOffset, into: &sink)
    }

    private mutating func add(_ operand: Operand, at offset: Int, into sink: inout Sink) throws(Failure) {
        if case .undefined(let undefined) = operand, undefined.isEmptyText { return }
        let value = try whole(try used(operand, at: offset), at: offset)
        // Nothing is written as nothing, unlike in the middle of a list.
        if value.content == .null { return }
        guard value.isTainted else { return try write(value, into: &sink.text, at: offset) }
        var text = ""
        try write(value, into: &text, at: offset)
        sink.isTainted = true
        remember(text)
        try grow(&sink.text, by: text, at: offset)
    }

    func isOutermost(_ filter: Filter, of expression: Expression) -> Bool {
        if case .filter(filter, _, _) = expression.kind { true } else { false }
    }

    private mutating func insertWord(
        _ operand: Operand,
        _ expression: Expression,
        at offset: Int,
        into sink: inout Sink
    ) throws(Failure) {
        if case .undefined(let undefined) = operand, undefined.isEmptyText { return }
        let value = try whole(try used(operand, at: expression.offset), at: expression.offset)
        let isRaw = isOutermost(.raw, of: expression)
        switch value.content {
        case .list, .map:
            throw failure(
                "\(summary(value, expression)) is \(value.isTainted ? "a list or a mapping" : value.summary), which is no word of a command",
                at: expression.offset,
                hint:
                    "insert its items one by one in a {% for %}, or all as one word with \"| join(' ')\" or \"| to_json\""
            )
        default: break
        }
        var text = value.content == .null ? "" : try text(of: value, at: expression.offset)
        if value.isTainted {
            sink.isTainted = true
            remember(text)
        }
        if isRaw {
            let origin = Origin(frame.text.origin.source, frame.text.position(ofByte: offset))
            sink.raws.append(RawInsertion(origin: origin, text: text, isTainted: value.isTainted))
            try grow(&sink.text, by: text, at: offset)
            sink.shell.pass(text)
            return
        }
        if text.utf8.contains(0) { throw failure("a NUL byte cannot be in a command", at: expression.offset) }
        if let trouble = sink.shell.trouble {
            throw failure(
                "a value cannot be inserted \(trouble.rawValue)",
                at: offset,
                hint: trouble == .single || trouble == .double
                    ? "take the quotes around it away: it brings its own" : "\"| raw\" inserts a value as it is"
            )
        }
        // What was quoted in the expression is a word already.
        if !isOutermost(.quote, of: expression) { text = Quoting.word(text) }
        try grow(&sink.text, by: text, at: offset)
        sink.shell.passWord()
    }

    mutating func remember(_ text: String) {
        if !text.isEmpty { secrets.insert(text) }
    }
}
