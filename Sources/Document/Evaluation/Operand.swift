/// What an expression comes to: a value, or nothing that was ever defined.
enum Operand: Sendable {
    case value(Value)
    indirect case undefined(Undefined)
}

/// A name, a key or an item that is not there. It becomes an error where it is used, unless `default` or `is defined`
/// looks at it: the words and the place of the error are put together only then.
struct Undefined: Sendable {
    /// What was probably meant.
    enum Hint: Sendable {
        case none
        case text(String)
        /// One of the variables, by a name like this.
        case variable(String)
        /// A key of the map, by a name like this.
        case key(String, Value)
    }

    /// A variable on the way from the mistake to where it was noticed.
    struct Use: Sendable {
        var name: String
        var text: TemplateText
        var offset: Int
    }

    var message: String
    var hint = Hint.none
    var text: TemplateText
    var offset: Int
    /// The words, where they have been put together already.
    var diagnostic: Diagnostic?
    /// A long way is cut: its start says the most.
    private(set) var uses: [Use] = []
    /// `{{ a if b }}` without `else` is an empty text in a longer text, as in Jinja.
    var isEmptyText = false

    init(_ message: String, _ hint: Hint = .none, in text: TemplateText, at offset: Int) {
        self.message = message
        self.hint = hint
        self.text = text
        self.offset = offset
    }

    mutating func add(_ use: Use) {
        isEmptyText = false
        if uses.count < Undefined.mostUses { uses.append(use) }
    }

    static let mostUses = 5
}

/// Why an evaluation ended.
struct Failure: Error {
    /// The kinds that are treated in their own way further out.
    enum Kind {
        /// `default` catches it.
        case undefined
        /// Says everything already: nothing is added to it on the way out.
        case complete
        case other
    }

    let kind: Kind
    private let words: Words

    // Kept apart: a failure may pass through hundreds of calls, each of which has room for one on its stack.
    private final class Words: Sendable {
        let diagnostic: Diagnostic

        init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }
    }

    var diagnostic: Diagnostic { words.diagnostic }

    init(_ diagnostic: Diagnostic, _ kind: Kind = .other) {
        words = Words(diagnostic)
        self.kind = kind
    }
}

/// Why a secret could not be fetched, in the words of who tried.
package struct SecretProblem: Error, Sendable {
    package var message: String
    package var hint: String?
    /// It has not been asked for: who evaluates will fetch it and evaluate again.
    package private(set) var isLater = false

    package static var later: SecretProblem {
        var problem = SecretProblem("it is not known yet")
        problem.isLater = true
        return problem
    }

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}
