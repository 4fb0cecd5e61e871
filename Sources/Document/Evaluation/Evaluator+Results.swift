import Text

/// What the rooms above ask for. Each of these is one document as far as limits go.
extension Evaluator {
    /// Where the last evaluation began, for an error about what it came to.
    package var nowhere: Origin { frame.text.origin }

    /// A variable with everything in it evaluated; nil where nothing has the name.
    package mutating func value(of name: String) throws(DocumentError) -> Value? {
        guard let value = variables[name] else { return nil }
        return try result(at: value.origin) { (evaluator) throws(Failure) in
            try evaluator.whole(try evaluator.used(try evaluator.evaluated(name, value, at: 0), at: 0), at: 0)
        }
    }

    /// A value from a file, with every template and secret in it evaluated.
    package mutating func value(_ value: Value) throws(DocumentError) -> Value {
        try result(at: value.origin) { (evaluator) throws(Failure) in
            try evaluator.whole(value, at: 0)
        }
    }

    /// What a template that stands as a value comes to: one `{{ }}` alone keeps its kind.
    package mutating func value(_ template: Template) throws(DocumentError) -> Value {
        try result(of: template) { (evaluator) throws(Failure) in
            try evaluator.whole(try evaluator.used(try evaluator.outcome(of: template), at: 0), at: 0)
        }
    }

    /// Whether a condition holds. Only true and false will do: a text "false" would be true.
    package mutating func holds(_ condition: Template) throws(DocumentError) -> Bool {
        try result(of: condition) { (evaluator) throws(Failure) in
            let value = try evaluator.used(try evaluator.outcome(of: condition), at: 0)
            if case .bool(let bool) = value.content { return bool }
            var offset = 0
            if case .insertion(let expression, _)? = condition.body.first { offset = expression.offset }
            throw evaluator.failure(
                "this must be true or false, and is \(value.summary)",
                at: offset,
                hint: "compare it with something, or make it true or false with \"| bool\" or \"| length > 0\""
            )
        }
    }

    /// The text of a template file.
    package mutating func text(_ template: Template) throws(DocumentError) -> RenderedText {
        try result(of: template) { (evaluator) throws(Failure) in
            var sink = Sink(.text)
            try evaluator.run(template.body, into: &sink)
            let text = sink.text + evaluator.missing(template, in: sink.text)
            try evaluator.spend(bytes: text.utf8.count, at: 0)
            return RenderedText(text: text, isTainted: sink.isTainted)
        }
    }

    /// A command for a shell: each `{{ }}` is one quoted word, unless `| raw` says otherwise.
    package mutating func command(_ template: Template) throws(DocumentError) -> CommandText {
        try result(of: template) { (evaluator) throws(Failure) in
            var sink = Sink(.command)
            try evaluator.run(template.body, into: &sink)
            let text = sink.text + evaluator.missing(template, in: sink.text)
            return CommandText(text: text, isTainted: sink.isTainted, raws: sink.raws)
        }
    }

    private mutating func result<Result>(
        at origin: Origin,
        _ work: (inout Evaluator) throws(Failure) -> Result
    ) throws(DocumentError) -> Result {
        frame = Frame(text: TemplateText("", at: origin))
        return try bounded(work)
    }

    private mutating func result<Result>(
        of template: Template,
        _ work: (inout Evaluator) throws(Failure) -> Result
    ) throws(DocumentError) -> Result {
        frame = Frame(text: template.text)
        return try bounded(work)
    }

    private mutating func bounded<Result>(
        _ work: (inout Evaluator) throws(Failure) -> Result
    ) throws(DocumentError) -> Result {
        pending = []
        forgetWait()
        recursion = 0
        steps = 0
        madeBytes = 0
        do throws(Failure) {
            let result = try work(&self)
            if let value = result as? Value { remember(value) }
            return result
        } catch {
            throw DocumentError(error.diagnostic)
        }
    }

    // The texts of a tainted value that leaves.
    private mutating func remember(_ value: Value) {
        guard value.isTainted else { return }
        switch value.content {
        case .list(let values): for value in values { remember(value) }
        case .map(let pairs): for pair in pairs { remember(pair.value) }
        case .null, .bool: break
        case .string(let text): remember(text)
        default: remember(value.text ?? Value.plainText(of: value.content) ?? "")
        }
    }
}
