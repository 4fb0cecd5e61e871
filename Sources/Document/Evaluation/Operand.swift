/// What an expression comes to: a value, or nothing that was ever defined.
enum Operand: Sendable {
    case value(Value)
    case undefined(Undefined)
}

/// A name, a key or an item that is not there. It becomes an error where it is used, unless `default` or `is defined`
/// looks at it.
struct Undefined: Sendable {
    var diagnostic: Diagnostic
    /// `{{ a if b }}` without `else` is an empty text in a longer text, as in Jinja.
    var isEmptyText = false
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

    var diagnostic: Diagnostic
    var kind = Kind.other

    init(_ undefined: Undefined) {
        diagnostic = undefined.diagnostic
        kind = .undefined
    }

    init(_ diagnostic: Diagnostic, _ kind: Kind = .other) {
        self.diagnostic = diagnostic
        self.kind = kind
    }
}

/// Why a secret could not be fetched, in the words of who tried.
package struct SecretProblem: Error, Sendable {
    package var message: String
    package var hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}
