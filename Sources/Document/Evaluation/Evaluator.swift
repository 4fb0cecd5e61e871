import Text

/// Evaluates expressions and templates for one host: its variables are what they can name.
///
/// Variables are evaluated when they are first needed, and once. Nothing here looks at a file, a clock or the
/// environment; secrets come through a function that is given in.
package struct Evaluator: Sendable {
    /// The way to a secret. It is asked once for each.
    package typealias Fetch = @Sendable (SecretReference) throws(SecretProblem) -> String

    /// A value whose template is being evaluated right now.
    struct Pending {
        var label: String
        var value: Value
    }

    /// Where the evaluation is: the template, and the names that only it knows.
    struct Frame {
        var text: TemplateText
        var scopes: [[String: Operand]] = [[:]]
        var loops: [LoopState] = []
    }

    let variables: Variables
    let limits: TemplateLimits
    let fetch: Fetch
    var frame: Frame
    var pending: [Pending] = []
    var recursion = 0
    var steps = 0
    var madeBytes = 0
    private var known: [String: Operand] = [:]
    private var fetched: [SecretReference: String] = [:]

    /// What the last evaluation needs and will get later: its error is none then.
    package private(set) var wait: Wait?

    /// Every text so far that is a secret or was made from one and came out: what must never be shown.
    package internal(set) var secrets: Set<String> = []

    package init(_ variables: Variables, limits: TemplateLimits = TemplateLimits(), fetch: @escaping Fetch) {
        self.variables = variables
        self.limits = limits
        self.fetch = fetch
        frame = Frame(text: TemplateText(SourceText(name: "", text: "")))
    }

    /// An evaluator that sees the same, and these before it.
    package func seeing(_ layer: [String: Value], hint: (@Sendable (String) -> String?)? = nil) -> Evaluator {
        Evaluator(variables.below(layer, hint: hint), limits: limits, fetch: fetch)
    }

    /// Takes over what others found out on its behalf.
    package mutating func note(_ wait: Wait?, secrets: Set<String>) {
        if let wait { self.wait = wait }
        self.secrets.formUnion(secrets)
    }

    // MARK: Names

    mutating func variable(_ name: String, at offset: Int) throws(Failure) -> Operand {
        for scope in frame.scopes.reversed() {
            if let operand = scope[name] { return operand }
        }
        if variables.pending.contains(name) {
            throw later(.variable(name), "\(Printable.quoted(name)) is not known yet", at: offset)
        }
        guard let value = variables[name] else {
            return undefined("\(Printable.quoted(name)) is not defined", at: offset, .variable(name))
        }
        do throws(Failure) {
            return noted(try evaluated(name, value, at: offset), name, at: offset)
        } catch {
            if error.kind == .complete { throw error }
            var diagnostic = error.diagnostic
            diagnostic.add(Undefined.Use(name: name, text: frame.text, offset: offset))
            throw Failure(diagnostic, error.kind)
        }
    }

    /// The value of a variable, evaluated once. That it is not defined is found out once too.
    mutating func evaluated(_ name: String, _ value: Value, at offset: Int) throws(Failure) -> Operand {
        guard value.isInPlay else { return .value(value) }
        if let operand = known[name] { return operand }
        let operand: Operand
        do throws(Failure) {
            operand = try force(value, as: name, at: offset)
        } catch {
            guard error.kind == .undefined else { throw error }
            operand = undefined(error, at: offset)
        }
        known[name] = operand
        return operand
    }

    // Neither `default` nor `is defined` may look at what will be there.
    private mutating func later(_ wait: Wait, _ message: String, at offset: Int) -> Failure {
        self.wait = wait
        return Failure(frame.text.diagnostic(message, at: offset), .complete)
    }

    mutating func forgetWait() { wait = nil }

    private func noted(_ operand: Operand, _ name: String, at offset: Int) -> Operand {
        guard case .undefined(var undefined) = operand else { return operand }
        undefined.add(Undefined.Use(name: name, text: frame.text, offset: offset))
        return .undefined(undefined)
    }

    /// A value that may be a template, evaluated as far as its kind can be seen: what a list or a map holds is left.
    mutating func force(_ value: Value, as label: String, at offset: Int) throws(Failure) -> Operand {
        guard case .string(let text) = value.content, value.isInPlay else { return .value(value) }
        if let start = pending.firstIndex(where: {
            $0.value.origin.position == value.origin.position && $0.value.content == value.content
                && $0.value.origin.source == value.origin.source
        }) {
            throw circle(from: start, at: offset)
        }
        let template = try parsed(text, at: value.origin)
        let saved = frame
        pending.append(Pending(label: label, value: value))
        frame = Frame(text: template.text)
        defer {
            frame = saved
            pending.removeLast()
        }
        return try outcome(of: template)
    }

    private func parsed(_ text: String, at origin: Origin) throws(Failure) -> Template {
        do throws(DocumentError) {
            return try Template(text, at: origin, limits: limits)
        } catch {
            throw Failure(error.diagnostics.items[0])
        }
    }

    private func circle(from start: Int, at offset: Int) -> Failure {
        let members = pending[start...]
        let names =
            members.map { Printable.line($0.label, limit: 60) } + [Printable.line(members[start].label, limit: 60)]
        let shown = names.count > 8 ? Array(names.prefix(6)) + ["...", names[names.count - 1]] : names
        var diagnostic = frame.text.diagnostic(
            "a variable needs itself: " + shown.joined(separator: " -> "),
            at: offset
        )
        for member in members.prefix(5) {
            let message = "\(Printable.quoted(member.label)) is defined here"
            let origin = member.value.origin
            diagnostic.notes.append(Diagnostic.Note(message, in: origin.source, at: origin.position))
        }
        return Failure(diagnostic, .complete)
    }

    // MARK: Values that can be used

    /// The value of an operand. What is not defined and what cannot be read is an error from here on.
    mutating func used(_ operand: Operand, at offset: Int) throws(Failure) -> Value {
        switch operand {
        case .undefined(let undefined): throw failure(undefined)
        case .value(let value):
            switch value.content {
            case .secret(let reference): return try secret(reference, value.origin, at: offset)
            case .opaque(let tag): throw unreadable(tag, value, at: offset)
            default: return value
            }
        }
    }

    mutating func used(_ expression: Expression) throws(Failure) -> Value {
        try used(try evaluate(expression), at: expression.offset)
    }

    /// A value with everything in it evaluated.
    mutating func whole(_ value: Value, at offset: Int) throws(Failure) -> Value {
        guard value.isInPlay else { return value }
        try enter(at: offset)
        defer { recursion -= 1 }
        switch value.content {
        case .list(let values):
            var result: [Value] = []
            result.reserveCapacity(values.count)
            for value in values { result.append(try whole(value, at: offset)) }
            return try made(.list(result), at: offset)
        case .map(let pairs):
            var result: [Value.Pair] = []
            result.reserveCapacity(pairs.count)
            for pair in pairs {
                var pair = pair
                pair.value = try whole(pair.value, at: offset)
                result.append(pair)
            }
            return try made(.map(result), at: offset)
        case .string(let text):
            let operand = try force(value, as: text, at: offset)
            return try whole(try used(operand, at: offset), at: offset)
        default:
            return try used(.value(value), at: offset)
        }
    }

    func unreadable(_ tag: String, _ value: Value, at offset: Int) -> Failure {
        if let why = value.whyUnusable {
            return Failure(frame.text.diagnostic("this needs a value that is not there whole: \(why)", at: offset))
        }
        let shown = Printable.line(tag, limit: 60)
        let isSecret = tag == SecretReference.tag
        var diagnostic = frame.text.diagnostic(
            isSecret
                ? "this needs a secret whose place cannot be read" : "this needs a value that cannot be read: \(shown)",
            at: offset,
            hint: isSecret ? "a secret is written \(SecretReference.form)" : "keep it as \(SecretReference.form)"
        )
        let note = "the value is here"
        diagnostic.notes.append(Diagnostic.Note(note, in: value.origin.source, at: value.origin.position))
        return Failure(diagnostic)
    }

    private mutating func secret(
        _ reference: SecretReference,
        _ origin: Origin,
        at offset: Int
    ) throws(Failure) -> Value {
        if let text = fetched[reference] { return .made(.string(text), origin: origin, isTainted: true) }
        do throws(SecretProblem) {
            let text = try fetch(reference)
            fetched[reference] = text
            if !text.isEmpty { secrets.insert(text) }
            return .made(.string(text), origin: origin, isTainted: true)
        } catch {
            if error.isLater {
                throw later(
                    .secret(reference),
                    "the secret \(Printable.quoted(reference.written)) is not known yet",
                    at: offset
                )
            }
            let message = "the secret \(Printable.quoted(reference.written)) cannot be had: \(error.message)"
            var diagnostic = Diagnostic(message, in: origin.source, at: origin.position, hint: error.hint)
            let note = Diagnostic.Note(
                "it is needed here",
                in: frame.text.origin.source,
                at: frame.text.position(ofByte: offset)
            )
            diagnostic.notes.append(note)
            throw Failure(diagnostic)
        }
    }
}
