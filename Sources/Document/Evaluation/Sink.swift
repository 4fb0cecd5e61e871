import Shell

/// What a template's evaluation gives out, piece by piece.
struct Sink {
    /// What the pieces are for.
    enum Purpose {
        /// A value: one `{{ }}` alone keeps its kind.
        case value
        /// The text of a file.
        case text
        /// A command for a shell: what is inserted is quoted.
        case command
    }

    let purpose: Purpose
    var text = ""
    var isTainted = false
    var pieces = 0
    /// The only piece so far, where it is an expression whose kind may matter.
    var only: Operand?
    var onlyOffset = 0
    var raws: [RawInsertion] = []
    var shell = ShellPlace()

    init(_ purpose: Purpose) {
        self.purpose = purpose
    }
}

/// A text made of a template file.
package struct RenderedText: Sendable {
    package var text: String
    /// Whether a secret is in it.
    package var isTainted: Bool

    package init(text: String, isTainted: Bool) {
        self.text = text
        self.isTainted = isTainted
    }
}

/// A command for a shell, with everything that was inserted in it quoted.
package struct CommandText: Sendable {
    package var text: String
    package var isTainted: Bool
    /// What was inserted without quotes, in its order.
    package var raws: [RawInsertion]
}

/// A `{{ ... | raw }}` in a command.
package struct RawInsertion: Sendable, Equatable {
    /// Where its braces open.
    package var origin: Origin
    /// What became part of the command.
    package var text: String
    package var isTainted: Bool
}
