import Text

/// Makes expressions of tokens, with Jinja's grammar: what binds tighter stands further below.
struct ExpressionParser {
    private let tokens: [Token]
    private(set) var index = 0
    private var depth = 0
    private let limits: TemplateLimits

    init(_ tokens: [Token], limits: TemplateLimits) {
        self.tokens = tokens
        self.limits = limits
    }

    // MARK: Tokens

    /// The last token is `.end`, and is never passed.
    var token: Token { tokens[index] }

    mutating func advance() { if index < tokens.count - 1 { index += 1 } }

    func isMark(_ mark: String) -> Bool { token.kind == .mark(mark) }

    func isName(_ name: String) -> Bool { token.kind == .name(name) }

    mutating func take(_ mark: String) -> Bool {
        guard isMark(mark) else { return false }
        advance()
        return true
    }

    mutating func takeName(_ name: String) -> Bool {
        guard isName(name) else { return false }
        advance()
        return true
    }

    mutating func expect(_ mark: String) throws(TemplateProblem) {
        if take(mark) { return }
        if token.kind == .close || token.kind == .end {
            throw TemplateProblem("\"\(mark)\" is missing", at: token.offset)
        }
        throw TemplateProblem("\"\(mark)\" is missing before \(token.summary)", at: token.offset)
    }

    mutating func name(of what: String) throws(TemplateProblem) -> Token {
        guard case .name = token.kind else {
            throw TemplateProblem("the name of \(what) is missing", at: token.offset)
        }
        let found = token
        advance()
        return found
    }

    /// The braces must end here.
    mutating func close() throws(TemplateProblem) {
        switch token.kind {
        case .close: advance()
        default: throw leftover()
        }
    }

    func leftover() -> TemplateProblem {
        switch token.kind {
        case .mark("="):
            return TemplateProblem("\"=\" does not compare", at: token.offset, hint: "write \"==\"")
        case .name, .text, .number:
            let message = "an operator is missing before \(token.summary)"
            return TemplateProblem(message, at: token.offset)
        default:
            return TemplateProblem("\(token.summary) does not belong here", at: token.offset)
        }
    }

    // MARK: From the loosest to the tightest

    /// A whole expression; several with commas make a list.
    mutating func expressions() throws(TemplateProblem) -> Expression {
        let first = try expression()
        guard isMark(",") else { return first }
        var elements = [first]
        while take(",") {
            if token.kind == .close || token.kind == .end { break }
            elements.append(try expression())
        }
        return try made(.list(elements), at: first.offset, of: elements)
    }

    mutating func expression() throws(TemplateProblem) -> Expression {
        depth += 1
        defer { depth -= 1 }
        if depth > limits.depth { throw tooDeep(at: token.offset) }
        var then = try or()
        while isName("if") {
            let offset = token.offset
            advance()
            let condition = try or()
            let otherwise: Expression? = takeName("else") ? try expression() : nil
            then = try made(
                .choice(condition: condition, then: then, otherwise: otherwise),
                at: offset,
                of: [then, condition] + (otherwise.map { [$0] } ?? [])
            )
        }
        return then
    }

    /// As `expression`, but an `if` behind it belongs to what is around it.
    mutating func or() throws(TemplateProblem) -> Expression {
        var left = try and()
        while isName("or") {
            let offset = token.offset
            advance()
            let right = try and()
            left = try made(.or(left, right), at: offset, of: [left, right])
        }
        return left
    }

    private mutating func and() throws(TemplateProblem) -> Expression {
        var left = try not()
        while isName("and") {
            let offset = token.offset
            advance()
            let right = try not()
            left = try made(.and(left, right), at: offset, of: [left, right])
        }
        return left
    }

    private mutating func not() throws(TemplateProblem) -> Expression {
        guard isName("not") else { return try comparison() }
        depth += 1
        defer { depth -= 1 }
        let offset = token.offset
        if depth > limits.depth { throw tooDeep(at: offset) }
        advance()
        let inner = try not()
        return try made(.not(inner), at: offset, of: [inner])
    }

    private mutating func comparison() throws(TemplateProblem) -> Expression {
        let left = try sum()
        let offset = token.offset
        var chain: [Expression.Comparison] = []
        while let relation = relation() {
            chain.append(Expression.Comparison(relation: relation, right: try sum()))
        }
        if chain.isEmpty { return left }
        return try made(.comparison(left, chain), at: offset, of: [left] + chain.map(\.right))
    }

    private mutating func relation() -> Relation? {
        switch token.kind {
        case .mark(let mark):
            guard let relation = Relation(rawValue: mark) else { return nil }
            advance()
            return relation
        case .name("in"):
            advance()
            return .isIn
        case .name("not") where index + 1 < tokens.count && tokens[index + 1].kind == .name("in"):
            advance()
            advance()
            return .isNotIn
        default:
            return nil
        }
    }

    private mutating func sum() throws(TemplateProblem) -> Expression {
        var left = try concatenation()
        while case .mark(let mark) = token.kind, mark == "+" || mark == "-", let operation = Arithmetic(rawValue: mark)
        {
            let offset = token.offset
            advance()
            let right = try concatenation()
            left = try made(.arithmetic(operation, left, right), at: offset, of: [left, right])
        }
        return left
    }

    private mutating func concatenation() throws(TemplateProblem) -> Expression {
        let first = try product()
        guard isMark("~") else { return first }
        let offset = token.offset
        var parts = [first]
        while take("~") { parts.append(try product()) }
        return try made(.concatenation(parts), at: offset, of: parts)
    }

    private mutating func product() throws(TemplateProblem) -> Expression {
        var left = try power()
        while case .mark(let mark) = token.kind, ["*", "/", "//", "%"].contains(mark),
            let operation = Arithmetic(rawValue: mark)
        {
            let offset = token.offset
            advance()
            let right = try power()
            left = try made(.arithmetic(operation, left, right), at: offset, of: [left, right])
        }
        return left
    }

    // From the left, unlike in Python: Jinja has it so.
    private mutating func power() throws(TemplateProblem) -> Expression {
        var left = try signed(withFilters: true)
        while isMark("**") {
            let offset = token.offset
            advance()
            let right = try signed(withFilters: true)
            left = try made(.arithmetic(.power, left, right), at: offset, of: [left, right])
        }
        return left
    }

    // A filter behind a number with a sign takes the sign too: `-1 | abs`.
    private mutating func signed(withFilters: Bool) throws(TemplateProblem) -> Expression {
        depth += 1
        defer { depth -= 1 }
        if depth > limits.depth { throw tooDeep(at: token.offset) }
        let offset = token.offset
        var result: Expression
        if isMark("-") || isMark("+") {
            let isMinus = isMark("-")
            advance()
            let inner = try signed(withFilters: false)
            result = try made(.sign(inner, isMinus: isMinus), at: offset, of: [inner])
        } else {
            result = try primary()
        }
        result = try postfix(result)
        return withFilters ? try filtered(result) : result
    }

    // MARK: Limits

    func made(
        _ kind: Expression.Kind,
        at offset: Int,
        of parts: [Expression]
    ) throws(TemplateProblem) -> Expression {
        let height = (parts.map(\.height).max() ?? 0) + 1
        if height > limits.height { throw tooDeep(at: offset) }
        return Expression(kind: kind, offset: offset, height: height)
    }

    func tooDeep(at offset: Int) -> TemplateProblem {
        TemplateProblem(
            "this expression has too many parts in each other",
            at: offset,
            hint: "give a part of it a name under vars"
        )
    }
}
