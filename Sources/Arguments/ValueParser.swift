import Text

/// How one text becomes one value, what the value is called in help, and what a shell may offer for it.
///
/// A parser judges the text alone: it may not look at the file system, the environment or the clock, so that
/// asking for help or completing a line never depends on the machine.
package struct ValueParser<Value: Sendable>: Sendable {
    /// The name of the value in help, in capitals.
    package let placeholder: String
    package let hint: CompletionHint
    /// Writes a value the way a user would, for showing defaults.
    package let describe: @Sendable (Value) -> String
    package let parse: @Sendable (String) throws(ValueProblem) -> Value

    package init(
        placeholder: String,
        hint: CompletionHint = .nothing,
        describe: @escaping @Sendable (Value) -> String,
        parse: @escaping @Sendable (String) throws(ValueProblem) -> Value
    ) {
        self.placeholder = placeholder
        self.hint = hint
        self.describe = describe
        self.parse = parse
    }

    /// Every text becomes a list item in the same way, so repeated options and rest operands share this.
    func parseAll(_ texts: [String]) throws(ValueRejection) -> [Value] {
        var values: [Value] = []
        for (position, text) in texts.enumerated() {
            do {
                values.append(try parse(text))
            } catch {
                throw ValueRejection(position: position, problem: error)
            }
        }
        return values
    }

    func parseFirst(_ texts: [String]) throws(ValueRejection) -> Value? {
        try parseAll(Array(texts.prefix(1))).first
    }
}

extension ValueParser where Value == String {
    /// Any text that is not empty: an empty one is nearly always an unset shell variable.
    package static func text(_ placeholder: String, orEmpty: Bool = false) -> ValueParser {
        ValueParser(placeholder: placeholder, describe: { $0 }) { (text) throws(ValueProblem) -> String in
            guard orEmpty || !text.isEmpty else { throw ValueProblem("a text") }
            return text
        }
    }

    /// The path of a file or a directory; whether it exists is the caller's question.
    package static func path(_ hint: CompletionHint = .file, named placeholder: String? = nil) -> ValueParser {
        let name = placeholder ?? (hint == .directory ? "DIRECTORY" : "FILE")
        return ValueParser(placeholder: name, hint: hint, describe: { $0 }) { (text) throws(ValueProblem) -> String in
            guard !text.isEmpty else { throw ValueProblem("a path") }
            return text
        }
    }
}

extension ValueParser where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the cases of an enumeration, written as its raw value.
    package static func choice(_ type: Value.Type, named placeholder: String) -> ValueParser {
        let words = Value.allCases.map(\.rawValue)
        return ValueParser(
            placeholder: placeholder,
            hint: .words(words),
            describe: { $0.rawValue },
            parse: { (text) throws(ValueProblem) -> Value in
                // Not `Value(rawValue:)`: a type may accept raw values there that it does not list as cases.
                if let value = Value.allCases.first(where: { $0.rawValue == text }) { return value }
                throw ValueProblem(Sentence.alternatives(words), suggestion: Nearness.closest(to: text, among: words))
            }
        )
    }
}

/// Why a value parser refuses a text: what it wanted instead, and perhaps what was meant.
///
/// It does not name the option or the operand, and it does not repeat the refused text; the sentence for the
/// user is made in one place, where both are known and the text can be made safe to show.
package struct ValueProblem: Error, Equatable, Sendable {
    /// A noun phrase that fits after "needs": "a whole number from 1 to 500".
    package let expectation: String
    /// The accepted value that comes nearest to the refused one.
    package let suggestion: String?

    package init(_ expectation: String, suggestion: String? = nil) {
        self.expectation = expectation
        self.suggestion = suggestion
    }
}

/// A value problem together with the place of the refused text among the texts of one option or operand.
///
/// It exists only between a declaration and the parser; users never see it.
struct ValueRejection: Error {
    let position: Int
    let problem: ValueProblem
}

/// What a shell may offer where a value is typed.
///
/// Hints are fixed when the command is declared; nothing here looks at the machine.
package enum CompletionHint: Sendable, Equatable {
    case nothing
    case file
    case directory
    case words([String])
}
