import Text

/// Literals and names, and what can stand behind them.
extension ExpressionParser {
    mutating func primary() throws(TemplateProblem) -> Expression {
        let start = token
        switch start.kind {
        case .number(let content, let written):
            advance()
            return Expression(kind: .literal(content, written: written), offset: start.offset, height: 1)
        case .text(var text):
            advance()
            while case .text(let more) = token.kind {
                text += more
                advance()
            }
            return Expression(kind: .literal(.string(text), written: nil), offset: start.offset, height: 1)
        case .name(let name):
            advance()
            return try named(name, at: start.offset)
        case .mark("("):
            advance()
            return try parenthesis(at: start.offset)
        case .mark("["):
            advance()
            let elements = try list(until: "]")
            return try made(.list(elements), at: start.offset, of: elements)
        case .mark("{"):
            advance()
            return try map(at: start.offset)
        case .close, .end:
            throw TemplateProblem("an expression is missing here", at: start.offset)
        default:
            throw TemplateProblem("an expression is missing before \(start.summary)", at: start.offset)
        }
    }

    private mutating func named(_ name: String, at offset: Int) throws(TemplateProblem) -> Expression {
        let content: Value.Content? =
            switch name {
            case "true", "True": .bool(true)
            case "false", "False": .bool(false)
            case "none", "None": .null
            default: nil
            }
        if let content { return Expression(kind: .literal(content, written: nil), offset: offset, height: 1) }
        guard isMark("(") else { return Expression(kind: .name(name), offset: offset, height: 1) }
        let hint: String?
        switch name {
        case "range":
            let call = try arguments(of: name, at: offset)
            return try made(.range(call), at: offset, of: call.arguments + call.named.map(\.value))
        case "lookup", "query", "q":
            hint = "use a variable, or !secret env:NAME, file:PATH or command:... for what is fetched"
        case "namespace", "dict", "lipsum", "cycler", "joiner", "now", "undef":
            hint = "the one function of expressions is range()"
        default:
            hint = Filter(rawValue: name) == nil ? nil : "filters stand behind a value: | \(name)"
        }
        throw TemplateProblem("there is no function \(Printable.quoted(name))", at: offset, hint: hint)
    }

    private mutating func parenthesis(at offset: Int) throws(TemplateProblem) -> Expression {
        if take(")") { return Expression(kind: .list([]), offset: offset, height: 1) }
        let first = try expression()
        guard isMark(",") else {
            try expect(")")
            return first
        }
        advance()
        let elements = [first] + (try list(until: ")"))
        return try made(.list(elements), at: offset, of: elements)
    }

    private mutating func list(until end: String) throws(TemplateProblem) -> [Expression] {
        var elements: [Expression] = []
        while !take(end) {
            elements.append(try expression())
            if !isMark(end) { try expect(",") }
        }
        return elements
    }

    private mutating func map(at offset: Int) throws(TemplateProblem) -> Expression {
        var entries: [Expression.Entry] = []
        while !take("}") {
            let key = try expression()
            try expect(":")
            entries.append(Expression.Entry(key: key, value: try expression()))
            if !isMark("}") { try expect(",") }
        }
        return try made(.map(entries), at: offset, of: entries.flatMap { [$0.key, $0.value] })
    }

    // MARK: Behind a value

    mutating func postfix(_ start: Expression) throws(TemplateProblem) -> Expression {
        var result = start
        while true {
            let offset = token.offset
            if take(".") {
                result = try member(of: result, at: offset)
            } else if take("[") {
                result = try subscripted(result, at: offset)
            } else if isMark("(") {
                throw TemplateProblem("this cannot be called", at: offset)
            } else {
                return result
            }
        }
    }

    private mutating func member(of value: Expression, at offset: Int) throws(TemplateProblem) -> Expression {
        let place = token.offset
        switch token.kind {
        case .number(.int(let number), let written) where written.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }):
            advance()
            let index = Expression(kind: .literal(.int(number), written: nil), offset: place, height: 1)
            return try made(.item(value, index), at: place, of: [value])
        case .name(let name):
            advance()
            guard isMark("(") else { return try made(.attribute(value, name), at: place, of: [value]) }
            guard let method = Method(rawValue: name) else {
                let hint =
                    Nearness.hint(for: name, among: Method.names)
                    ?? (Filter(rawValue: name) == nil ? nil : "there is a filter: | \(name)")
                throw TemplateProblem("there is no method \(Printable.quoted(name))", at: place, hint: hint)
            }
            let call = try arguments(of: name, at: place)
            return try made(
                .method(method, value, call),
                at: place,
                of: [value] + call.arguments + call.named.map(\.value)
            )
        default:
            throw TemplateProblem("a name is missing behind \".\"", at: token.offset)
        }
    }

    private mutating func subscripted(_ value: Expression, at offset: Int) throws(TemplateProblem) -> Expression {
        var slice = Expression.Slice()
        if !isMark(":") {
            let index = try expressions()
            if take("]") { return try made(.item(value, index), at: offset, of: [value, index]) }
            slice.start = index
        }
        try expect(":")
        if !isMark("]"), !isMark(":") { slice.stop = try expression() }
        if take(":"), !isMark("]") { slice.step = try expression() }
        try expect("]")
        let parts = [slice.start, slice.stop, slice.step].compactMap { $0 }
        return try made(.slice(value, slice), at: offset, of: [value] + parts)
    }

    mutating func filtered(_ start: Expression) throws(TemplateProblem) -> Expression {
        var result = start
        while true {
            if take("|") {
                let name = try name(of: "a filter")
                result = try filter(name, result)
            } else if isName("is") {
                advance()
                result = try test(result)
                if isName("is") {
                    throw TemplateProblem(
                        "one \"is\" cannot follow another",
                        at: token.offset,
                        hint: "put \"and\" between them, or parentheses around the first"
                    )
                }
            } else {
                return result
            }
        }
    }

    private mutating func filter(_ token: Token, _ value: Expression) throws(TemplateProblem) -> Expression {
        guard case .name(let first) = token.kind else { return value }
        let name = try dotted(first)
        guard let filter = Filter(rawValue: name) else {
            throw TemplateProblem(
                "there is no filter \(Printable.quoted(name))",
                at: token.offset,
                hint: Nearness.hint(for: name, among: Filter.names)
                    ?? "known are: " + Filter.names.sorted().joined(separator: ", ")
            )
        }
        var call = Expression.Call(name: name, offset: token.offset)
        if isMark("(") { call = try arguments(of: name, at: token.offset) }
        return try made(
            .filter(filter, value, call),
            at: token.offset,
            of: [value] + call.arguments + call.named.map(\.value)
        )
    }

    // Ansible's full names: `ansible.builtin.upper`.
    private mutating func dotted(_ first: String) throws(TemplateProblem) -> String {
        var parts = [first]
        while take(".") {
            guard case .name(let part) = token.kind else {
                throw TemplateProblem("a name is missing behind \".\"", at: token.offset)
            }
            parts.append(part)
            advance()
        }
        if parts.count == 3, parts[0] == "ansible", parts[1] == "builtin" { return parts[2] }
        return parts.joined(separator: ".")
    }

    private mutating func test(_ value: Expression) throws(TemplateProblem) -> Expression {
        let isNegated = takeName("not")
        let token = try name(of: "a test")
        guard case .name(let first) = token.kind else { return value }
        let name = try dotted(first)
        guard let test = Test(rawValue: name) else {
            throw TemplateProblem(
                "there is no test \(Printable.quoted(name))",
                at: token.offset,
                hint: Nearness.hint(for: name, among: Test.names)
                    ?? "known are: " + Test.names.sorted().joined(separator: ", ")
            )
        }
        var call = Expression.Call(name: name, offset: token.offset)
        if isMark("(") {
            call = try arguments(of: name, at: token.offset)
        } else if startsArgument {
            call.arguments = [try postfix(try primary())]
        }
        return try made(
            .test(test, value, call, isNegated: isNegated),
            at: token.offset,
            of: [value] + call.arguments + call.named.map(\.value)
        )
    }

    // `is divisibleby 3` needs no parentheses.
    private var startsArgument: Bool {
        switch token.kind {
        case .text, .number, .mark("["), .mark("{"): true
        case .name(let name): !["and", "or", "not", "if", "else", "is", "in"].contains(name)
        default: false
        }
    }

    mutating func arguments(of name: String, at offset: Int) throws(TemplateProblem) -> Expression.Call {
        var call = Expression.Call(name: name, offset: offset)
        try expect("(")
        while !take(")") {
            let place = token.offset
            let value = try expression()
            if case .name(let name) = value.kind, take("=") {
                call.named.append(Expression.Named(name: name, value: try expression(), offset: place))
            } else if call.named.isEmpty {
                call.arguments.append(value)
            } else {
                throw TemplateProblem("an argument without a name stands before those with one", at: place)
            }
            if !isMark(")") { try expect(",") }
        }
        return call
    }
}
