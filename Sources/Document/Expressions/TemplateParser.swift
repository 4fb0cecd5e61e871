import Text

/// Makes statements of a template's tokens.
struct TemplateParser {
    private var parser: ExpressionParser
    private let limits: TemplateLimits
    private var depth = 0

    // What stands in `{% %}` here, and what only stands elsewhere.
    private static let known = ["if", "elif", "else", "endif", "for", "endfor", "set", "endset", "raw", "endraw"]
    private static let elsewhere = [
        "include", "import", "from", "macro", "endmacro", "call", "endcall", "extends", "block", "endblock", "filter",
        "endfilter", "with", "endwith", "autoescape", "endautoescape", "do", "break", "continue", "trans", "debug",
    ]

    private init(_ tokens: [Token], limits: TemplateLimits) {
        parser = ExpressionParser(tokens, limits: limits)
        self.limits = limits
    }

    static func statements(
        of text: TemplateText,
        limits: TemplateLimits
    ) throws(TemplateProblem) -> [Statement] {
        var parser = TemplateParser(try TemplateLexer.tokens(of: text), limits: limits)
        let body = try parser.body(until: [], of: nil)
        return body.statements
    }

    /// An expression without braces.
    static func expression(
        of text: TemplateText,
        limits: TemplateLimits
    ) throws(TemplateProblem) -> Expression {
        var parser = ExpressionParser(try TemplateLexer.tokens(ofExpression: text), limits: limits)
        let expression = try parser.expression()
        guard parser.token.kind == .end else { throw parser.leftover() }
        return expression
    }

    // The statements up to one of the given tags, whose name has been read when this returns.
    private mutating func body(
        until ends: [String],
        of opening: (name: String, offset: Int)?
    ) throws(TemplateProblem) -> (statements: [Statement], end: Token) {
        depth += 1
        defer { depth -= 1 }
        if depth > limits.depth, let opening {
            throw TemplateProblem("statements lie more than \(limits.depth) deep in each other", at: opening.offset)
        }
        var statements: [Statement] = []
        while true {
            let token = parser.token
            switch token.kind {
            case .data(let text):
                parser.advance()
                statements.append(.data(text))
            case .openExpression:
                parser.advance()
                let expression = try parser.expressions()
                try parser.close()
                statements.append(.insertion(expression, offset: token.offset))
            case .openStatement:
                parser.advance()
                let name = try parser.name(of: "a statement")
                guard case .name(let word) = name.kind else { continue }
                if ends.contains(word) { return (statements, name) }
                statements.append(try statement(word, at: name.offset, inside: opening?.name))
            default:
                guard let opening else { return (statements, token) }
                throw TemplateProblem("{% end\(opening.name) %} is missing for this", at: opening.offset)
            }
        }
    }

    private mutating func statement(
        _ word: String,
        at offset: Int,
        inside opening: String?
    ) throws(TemplateProblem) -> Statement {
        switch word {
        case "if": return try condition(at: offset)
        case "for": return try loop(at: offset)
        case "set": return try assignment(at: offset)
        case "elif", "else", "endif", "endfor", "endset", "endraw":
            let message =
                opening.map { "{% \(word) %} does not belong into {% \($0) %}" }
                ?? "{% \(word) %} stands without what it belongs to"
            throw TemplateProblem(message, at: offset)
        default:
            if TemplateParser.elsewhere.contains(word) {
                throw TemplateProblem(
                    "{% \(word) %} is not supported",
                    at: offset,
                    hint: "templates have if, for, set and raw"
                )
            }
            throw TemplateProblem(
                "there is no statement \(Printable.quoted(word))",
                at: offset,
                hint: Nearness.hint(for: word, among: TemplateParser.known)
            )
        }
    }

    private mutating func condition(at offset: Int) throws(TemplateProblem) -> Statement {
        var branches: [Statement.Branch] = []
        var ends = ["elif", "else", "endif"]
        while true {
            let condition = try parser.expressions()
            try parser.close()
            let (body, end) = try body(until: ends, of: ("if", offset))
            branches.append(Statement.Branch(condition: condition, body: body))
            if end.kind == .name("elif") { continue }
            guard end.kind == .name("else") else { break }
            try parser.close()
            ends = ["endif"]
            let (otherwise, _) = try self.body(until: ends, of: ("if", offset))
            try parser.close()
            return .condition(branches, otherwise: otherwise)
        }
        try parser.close()
        return .condition(branches, otherwise: [])
    }

    private mutating func loop(at offset: Int) throws(TemplateProblem) -> Statement {
        let targets = try targets(until: "in")
        guard parser.takeName("in") else {
            throw TemplateProblem("\"in\" is missing", at: parser.token.offset, hint: "{% for item in items %}")
        }
        let sequence = try sequence()
        let condition: Expression? = parser.takeName("if") ? try parser.expression() : nil
        if parser.isName("recursive") {
            throw TemplateProblem("recursive loops are not supported", at: parser.token.offset)
        }
        try parser.close()
        let (body, end) = try body(until: ["else", "endfor"], of: ("for", offset))
        try parser.close()
        var otherwise: [Statement] = []
        if end.kind == .name("else") {
            otherwise = try self.body(until: ["endfor"], of: ("for", offset)).statements
            try parser.close()
        }
        return .loop(
            Statement.Loop(
                targets: targets,
                sequence: sequence,
                condition: condition,
                body: body,
                otherwise: otherwise,
                offset: offset
            )
        )
    }

    // An `if` behind it belongs to the loop.
    private mutating func sequence() throws(TemplateProblem) -> Expression {
        let first = try parser.or()
        guard parser.isMark(",") else { return first }
        var elements = [first]
        while parser.take(",") { elements.append(try parser.or()) }
        return try parser.made(.list(elements), at: first.offset, of: elements)
    }

    private mutating func assignment(at offset: Int) throws(TemplateProblem) -> Statement {
        let targets = try targets(until: "=")
        if parser.isMark(".") {
            throw TemplateProblem(
                "only a variable of the template can be set, not a part of one",
                at: parser.token.offset
            )
        }
        if parser.take("=") {
            let value = try parser.expressions()
            try parser.close()
            return .assignment(targets: targets, value: value, offset: offset)
        }
        try parser.close()
        let (body, _) = try body(until: ["endset"], of: ("set", offset))
        try parser.close()
        guard targets.count == 1 else {
            throw TemplateProblem("{% set %} without \"=\" takes one name", at: offset)
        }
        return .capture(target: targets[0], body: body)
    }

    private mutating func targets(until end: String) throws(TemplateProblem) -> [String] {
        let hasParenthesis = parser.take("(")
        var names: [String] = []
        repeat {
            let token = try parser.name(of: "a variable")
            guard case .name(let name) = token.kind else { break }
            if ["true", "false", "none", "True", "False", "None", "loop", "not", "in", "is", "and", "or", "if"]
                .contains(name)
            {
                throw TemplateProblem("\(Printable.quoted(name)) cannot be the name of a variable", at: token.offset)
            }
            names.append(name)
        } while parser.take(",")
        if hasParenthesis { try parser.expect(")") }
        return names
    }
}
