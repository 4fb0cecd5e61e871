import Text

/// `map`, `select` and their like, which use another filter or a test for each item; tests; methods.
extension Evaluator {
    mutating func mapped(_ value: Value, _ arguments: CallArguments, at offset: Int) throws(Failure) -> Value {
        var arguments = arguments
        var result: [Value] = []
        if let attribute = arguments.take("attribute") {
            let fallback = arguments.take("default")
            guard arguments.positional.isEmpty, arguments.named.isEmpty else {
                throw failure("\"map\" takes either attribute= or the name of a filter", at: offset)
            }
            for element in try elements(of: value, at: offset) {
                let operand = try part(attribute, of: element, at: offset)
                if case .undefined = operand, let fallback {
                    result.append(fallback)
                } else {
                    result.append(try used(operand, at: offset))
                }
            }
        } else {
            let name = try takeName(from: &arguments, of: "map", what: "a filter", at: offset)
            guard let filter = Filter(rawValue: name) else {
                let hint = Nearness.hint(for: name, among: Filter.names)
                throw failure("there is no filter \(Printable.quoted(name))", at: offset, hint: hint)
            }
            for element in try elements(of: value, at: offset) {
                try enter(at: offset)
                defer { recursion -= 1 }
                result.append(try applied(filter, to: element, arguments, at: offset))
            }
        }
        return try made(.list(result), at: offset)
    }

    mutating func selected(
        _ value: Value,
        _ arguments: CallArguments,
        keeps: Bool,
        at offset: Int
    ) throws(Failure) -> Value {
        var arguments = arguments
        var test = Test.truthy
        if !arguments.positional.isEmpty {
            test = try takeTest(from: &arguments, at: offset)
        }
        var result: [Value] = []
        for element in try elements(of: value, at: offset)
        where try passes(test, .value(element), arguments, at: offset) == keeps {
            result.append(element)
        }
        return try made(.list(result), at: offset)
    }

    mutating func selectedByAttribute(
        _ value: Value,
        _ arguments: CallArguments,
        keeps: Bool,
        at offset: Int
    ) throws(Failure) -> Value {
        var arguments = arguments
        let name = keeps ? "selectattr" : "rejectattr"
        let path = try made(
            .string(try takeName(from: &arguments, of: name, what: "an attribute", at: offset)),
            at: offset
        )
        var test = Test.truthy
        if !arguments.positional.isEmpty {
            test = try takeTest(from: &arguments, at: offset)
        }
        var result: [Value] = []
        for element in try elements(of: value, at: offset) {
            let operand = try part(path, of: element, at: offset)
            if try passes(test, operand, arguments, at: offset) == keeps { result.append(element) }
        }
        return try made(.list(result), at: offset)
    }

    private mutating func takeName(
        from arguments: inout CallArguments,
        of filter: String,
        what: String,
        at offset: Int
    ) throws(Failure) -> String {
        guard let first = arguments.positional.first, case .string(let name) = first.content, !first.isTainted else {
            throw failure("\"\(filter)\" needs the name of \(what), in quotes", at: offset)
        }
        arguments.positional.removeFirst()
        return name
    }

    private mutating func takeTest(from arguments: inout CallArguments, at offset: Int) throws(Failure) -> Test {
        let name = try takeName(from: &arguments, of: "select", what: "a test", at: offset)
        switch name {
        case "==": return .eq
        case "!=": return .ne
        case "<": return .lt
        case "<=": return .le
        case ">": return .gt
        case ">=": return .ge
        default: break
        }
        if let test = Test(rawValue: name) { return test }
        let hint = Nearness.hint(for: name, among: Test.names)
        throw failure("there is no test \(Printable.quoted(name))", at: offset, hint: hint)
    }

    // MARK: Tests

    mutating func tested(
        _ test: Test,
        _ base: Expression,
        _ call: Expression.Call,
        isNegated: Bool
    ) throws(Failure) -> Operand {
        let operand = test == .defined || test == .undefined ? try defined(base) : try evaluate(base)
        let arguments = try arguments(of: call)
        let passes = try passes(test, operand, arguments, at: call.offset)
        var isTainted = arguments.isTainted
        // That a secret is defined is known to everybody.
        if case .value(let value) = operand, test != .defined, test != .undefined {
            isTainted = isTainted || value.isTainted
        }
        return .value(try made(.bool(passes != isNegated), at: call.offset, isTainted: isTainted))
    }

    private mutating func passes(
        _ test: Test,
        _ operand: Operand,
        _ arguments: CallArguments,
        at offset: Int
    ) throws(Failure) -> Bool {
        guard arguments.positional.count == test.arity, arguments.named.isEmpty else {
            let count = test.arity == 0 ? "no arguments" : "one argument"
            throw failure("the test \"\(test.rawValue)\" takes \(count)", at: offset)
        }
        switch (test, operand) {
        case (.defined, .value), (.undefined, .undefined): return true
        case (.defined, .undefined), (.undefined, .value): return false
        default: break
        }
        let value = try used(operand, at: offset)
        if let relation = test.relation {
            let other = arguments.positional[0]
            return try holds(relation, try whole(value, at: offset), other, at: offset)
        }
        switch (test, value.content) {
        case (.contains, _): return try contains(try whole(value, at: offset), arguments.positional[0], at: offset)
        case (.true, .bool(let bool)): return bool
        case (.false, .bool(let bool)): return !bool
        case (.truthy, _): return try isTrue(value, at: offset)
        case (.falsy, _): return try !isTrue(value, at: offset)
        case (.divisibleby, _), (.even, _), (.odd, _):
            let divisor = try test.arity == 1 ? wholeNumber(arguments.positional[0], at: offset) : 2
            if divisor == 0 { throw failure("this divides by zero", at: offset) }
            let isMultiple = try wholeNumber(value, at: offset).isMultiple(of: divisor)
            return test == .odd ? !isMultiple : isMultiple
        case (.none, .null), (.boolean, .bool), (.float, .float), (.mapping, .map), (.string, .string),
            (.integer, .int), (.integer, .huge), (.number, .int), (.number, .huge), (.number, .float),
            (.number, .bool), (.iterable, .list), (.iterable, .map), (.iterable, .string), (.sequence, .list),
            (.sequence, .map), (.sequence, .string):
            return true
        default: return false
        }
    }

    // MARK: Methods

    mutating func called(
        _ method: Method,
        on base: Expression,
        _ call: Expression.Call
    ) throws(Failure) -> Operand {
        if method == .cycle { return .value(try cycled(base, call)) }
        let value = try used(base)
        let arguments = try arguments(of: call)
        guard arguments.named.isEmpty else {
            throw failure("the arguments of \(call.name)() have no names", at: call.offset)
        }
        let given = arguments.positional
        switch (method, value.content) {
        case (.items, .map(let pairs)) where given.isEmpty:
            var items: [Value] = []
            for pair in pairs { items.append(try made(.list([key(of: pair), pair.value]), at: call.offset)) }
            return .value(try made(.list(items), at: call.offset))
        case (.keys, .map) where given.isEmpty:
            return .value(try made(.list(try elements(of: value, at: call.offset)), at: call.offset))
        case (.values, .map(let pairs)) where given.isEmpty:
            return .value(try made(.list(pairs.map(\.value)), at: call.offset))
        case (.get, .map(let pairs)) where (1...2).contains(given.count):
            try spend(pairs.count / 16, at: call.offset)
            let name = given[0].keyText
            let found = pairs.last { pair in
                name.map { $0.utf8.elementsEqual(pair.name.utf8) && pair.isText == given[0].isString } ?? false
            }
            if let found { return try force(found.value, as: found.name, at: call.offset) }
            return .value(try given.count == 2 ? given[1] : made(.null, at: call.offset))
        case (.items, _), (.keys, _), (.values, _), (.get, _):
            throw failure("\(call.name)() does not work so for \(summary(value, base))", at: call.offset)
        default:
            return .value(try calledOnText(method, value, given, arguments.isTainted, call))
        }
    }

    private mutating func calledOnText(
        _ method: Method,
        _ value: Value,
        _ given: [Value],
        _ isTainted: Bool,
        _ call: Expression.Call
    ) throws(Failure) -> Value {
        let offset = call.offset
        guard case .string(let text) = value.content else {
            throw failure("\(call.name)() is for texts, not for \(value.summary)", at: offset)
        }
        switch (method, given.count) {
        case (.startswith, 1), (.endswith, 1):
            guard case .string(let part) = given[0].content else {
                throw failure("\(call.name)() takes a text, not \(given[0].summary)", at: offset)
            }
            let fits =
                method == .startswith
                ? text.utf8.starts(with: part.utf8) : text.utf8.reversed().starts(with: part.utf8.reversed())
            return try made(.bool(fits), at: offset, isTainted: value.isTainted || isTainted)
        default:
            let filter: Filter? =
                switch (method, given.count) {
                case (.upper, 0): .upper
                case (.lower, 0): .lower
                case (.strip, 0...1): .trim
                case (.split, 0...2): .split
                case (.replace, 2...3): .replace
                default: nil
                }
            guard let filter else { throw failure("\(call.name)() does not take these arguments", at: offset) }
            return try applied(filter, to: value, CallArguments(positional: given), at: offset)
        }
    }

    private mutating func cycled(_ base: Expression, _ call: Expression.Call) throws(Failure) -> Value {
        guard case .name("loop") = base.kind, let loop = frame.loops.last else {
            throw failure("cycle() belongs to \"loop\"", at: call.offset)
        }
        let values = try arguments(of: call).positional
        guard !values.isEmpty else { throw failure("cycle() needs values to go round", at: call.offset) }
        return values[loop.index % values.count]
    }
}

extension Test {
    /// The comparison that it is another name for.
    var relation: Relation? {
        switch self {
        case .eq, .equalto: .equal
        case .ne: .unequal
        case .lt: .less
        case .le: .lessOrEqual
        case .gt: .greater
        case .ge: .greaterOrEqual
        case .isIn: .isIn
        default: nil
        }
    }
}
