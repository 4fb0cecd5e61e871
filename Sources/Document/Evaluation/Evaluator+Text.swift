/// Values as text, as Python writes them: `True`, `None`, `['a', 1]`.
extension Evaluator {
    /// Adds the text of a value, which has been evaluated whole.
    ///
    /// A number that was written keeps the way it was written: 2.10 is "2.10".
    mutating func write(_ value: Value, into text: inout String, at offset: Int) throws(Failure) {
        if case .string(let own) = value.content {
            try grow(&text, by: own, at: offset)
        } else {
            try writeNested(value, into: &text, at: offset)
        }
    }

    mutating func text(of value: Value, at offset: Int) throws(Failure) -> String {
        if case .string(let text) = value.content, !value.isInPlay { return text }
        var text = ""
        try write(try whole(value, at: offset), into: &text, at: offset)
        return text
    }

    func grow(_ text: inout String, by more: String, at offset: Int) throws(Failure) {
        if text.utf8.count + more.utf8.count > limits.outputBytes {
            let message = "this makes a text of more than \(limits.outputBytes) bytes"
            throw Failure(frame.text.diagnostic(message, at: offset), .complete)
        }
        text += more
    }

    private mutating func writeNested(_ value: Value, into text: inout String, at offset: Int) throws(Failure) {
        try enter(at: offset)
        defer { recursion -= 1 }
        switch value.content {
        case .null: text += "None"
        case .bool(let bool): text += bool ? "True" : "False"
        case .int(let int): text += value.text ?? String(int)
        case .huge(let digits): text += value.text ?? digits
        case .float(let float): text += value.text ?? PythonText.number(float)
        case .date(let date): text += value.text ?? date
        case .string(let own):
            try grow(&text, by: PythonText.quoted(own), at: offset)
        case .list(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += ", " }
                try writeNested(value, into: &text, at: offset)
            }
            text += "]"
        case .map(let pairs):
            text += "{"
            for (index, pair) in pairs.enumerated() {
                if index > 0 { text += ", " }
                try grow(&text, by: PythonText.key(pair) + ": ", at: offset)
                try writeNested(pair.value, into: &text, at: offset)
            }
            text += "}"
        case .opaque(let tag):
            throw unreadable(tag, value, at: offset)
        case .secret:
            throw failure("this needs a secret", at: offset)
        }
    }
}
