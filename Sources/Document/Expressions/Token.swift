/// A part of a template, as its lexer finds it.
struct Token: Sendable {
    /// The kinds of parts.
    enum Kind: Sendable, Equatable {
        /// Text outside of any braces.
        case data(String)
        case openExpression
        case openStatement
        /// The braces that close either.
        case close
        case name(String)
        case text(String)
        case number(Value.Content, written: String)
        case mark(String)
        case end
    }

    var kind: Kind
    /// Where it starts, in bytes of the template.
    var offset: Int

    /// The token as a message calls it.
    var summary: String {
        switch kind {
        case .data, .openExpression, .openStatement: "text"
        case .close: "the end of the braces"
        case .name(let name): "\"\(name)\""
        case .text: "a text"
        case .number(_, let written): "the number \(written)"
        case .mark(let mark): "\"\(mark)\""
        case .end: "the end of the template"
        }
    }
}

/// What is wrong with the text of a template, and where in it.
struct TemplateProblem: Error {
    var message: String
    var offset: Int
    var hint: String?

    init(_ message: String, at offset: Int, hint: String? = nil) {
        self.message = message
        self.offset = offset
        self.hint = hint
    }
}
