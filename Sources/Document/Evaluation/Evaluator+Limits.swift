import Text

/// What keeps an evaluation within bounds, and the ways to say that something is wrong.
extension Evaluator {
    func failure(_ message: String, at offset: Int, hint: String? = nil) -> Failure {
        Failure(frame.text.diagnostic(message, at: offset, hint: hint))
    }

    func undefined(_ message: String, at offset: Int, _ hint: Undefined.Hint = .none) -> Operand {
        .undefined(Undefined(message, hint, in: frame.text, at: offset))
    }

    /// What an error was that `default` and `is defined` may look at.
    func undefined(_ failure: Failure, at offset: Int) -> Operand {
        var undefined = Undefined(failure.diagnostic.message, in: frame.text, at: offset)
        undefined.diagnostic = failure.diagnostic
        return .undefined(undefined)
    }

    /// What is not defined, as the error that it becomes.
    func failure(_ undefined: Undefined) -> Failure {
        var diagnostic =
            undefined.diagnostic
            ?? undefined.text.diagnostic(undefined.message, at: undefined.offset, hint: hint(for: undefined.hint))
        for use in undefined.uses { diagnostic.add(use) }
        return Failure(diagnostic, .undefined)
    }

    private func hint(for hint: Undefined.Hint) -> String? {
        switch hint {
        case .none: return nil
        case .text(let text): return text
        case .variable(let name):
            if let hint = variables.hint?(name) { return hint }
            return Nearness.hint(for: name, among: variables.names + frame.scopes.flatMap(\.keys).sorted())
        case .key(let name, let value):
            guard case .map(let pairs) = value.content else { return nil }
            return Nearness.hint(for: name, among: pairs.prefix(1000).filter { !$0.isKeyTainted }.map(\.name))
        }
    }

    /// One level deeper; the caller goes back with `recursion -= 1`.
    mutating func enter(at offset: Int) throws(Failure) {
        if recursion >= limits.recursion {
            throw Failure(
                frame.text.diagnostic("the variables that this needs lie too deep in each other", at: offset),
                .complete
            )
        }
        try spend(1, at: offset)
        recursion += 1
    }

    mutating func spend(_ more: Int, at offset: Int) throws(Failure) {
        let (sum, overflow) = steps.addingReportingOverflow(more)
        if overflow || sum > limits.steps {
            let message = "this takes more than \(limits.steps) steps"
            throw Failure(
                frame.text.diagnostic(message, at: offset, hint: "is there a loop over something very large?"),
                .complete
            )
        }
        steps = sum
    }

    /// Before a text of that many bytes is made.
    mutating func spend(bytes: Int, at offset: Int) throws(Failure) {
        if bytes > limits.outputBytes {
            let message = "this makes a text of more than \(limits.outputBytes) bytes"
            throw Failure(frame.text.diagnostic(message, at: offset), .complete)
        }
        madeBytes += bytes
        if madeBytes > limits.madeBytes {
            let message = "the texts that are made on the way to this have more than \(limits.madeBytes) bytes"
            throw Failure(frame.text.diagnostic(message, at: offset), .complete)
        }
    }

    /// A value that an expression has made.
    mutating func made(
        _ content: Value.Content,
        at offset: Int,
        isTainted: Bool = false
    ) throws(Failure) -> Value {
        switch content {
        case .string(let text): try spend(bytes: text.utf8.count, at: offset)
        case .list(let values): try spend(values.count, at: offset)
        case .map(let pairs): try spend(pairs.count, at: offset)
        default: break
        }
        let value = Value.made(content, origin: frame.text.origin, isTainted: isTainted)
        if value.shape.weight > limits.parts {
            let message = "this makes a value of more than \(limits.parts) parts"
            throw Failure(frame.text.diagnostic(message, at: offset), .complete)
        }
        if value.shape.height > limits.nesting {
            let message = "lists and maps lie more than \(limits.nesting) deep in each other here"
            throw Failure(frame.text.diagnostic(message, at: offset), .complete)
        }
        return value
    }
}

extension Diagnostic {
    /// Says where a variable was used whose evaluation led here.
    mutating func add(_ use: Undefined.Use) {
        guard notes.count < Undefined.mostUses else { return }
        let position = use.text.position(ofByte: use.offset)
        notes.append(Note("\(Printable.quoted(use.name)) is used here", in: use.text.origin.source, at: position))
    }
}
