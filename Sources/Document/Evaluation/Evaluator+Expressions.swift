import Text

/// Expressions, one by one.
extension Evaluator {
    mutating func evaluate(_ expression: Expression) throws(Failure) -> Operand {
        try enter(at: expression.offset)
        defer { recursion -= 1 }
        switch expression.kind {
        case .name(let name):
            return try variable(name, at: expression.offset)
        case .attribute(let base, let name):
            return try attribute(name, of: base, at: expression.offset)
        case .item(let base, let index):
            return try item(index, of: base, at: expression.offset)
        case .choice(let condition, let then, let otherwise):
            if try isTrue(try used(condition), at: condition.offset) { return try evaluate(then) }
            if let otherwise { return try evaluate(otherwise) }
            let message = "the condition is not met, and nothing is said for that case"
            var nothing = Undefined(message, .text("add \"else\""), in: frame.text, at: expression.offset)
            nothing.isEmptyText = true
            return .undefined(nothing)
        case .and(let left, let right):
            let value = try used(left)
            return try isTrue(value, at: left.offset) ? evaluate(right) : .value(value)
        case .or(let left, let right):
            let value = try used(left)
            return try isTrue(value, at: left.offset) ? .value(value) : evaluate(right)
        case .filter(let filter, let base, let call):
            return try filtered(filter, base, call)
        case .test(let test, let base, let call, let isNegated):
            return try tested(test, base, call, isNegated: isNegated)
        case .method(let method, let base, let call):
            return try called(method, on: base, call)
        default:
            return .value(try computed(expression))
        }
    }

    // The kinds that always give a value.
    private mutating func computed(_ expression: Expression) throws(Failure) -> Value {
        let offset = expression.offset
        switch expression.kind {
        case .literal(let content, let written):
            var value = try made(content, at: offset)
            value.text = written
            return value
        case .list(let elements):
            var values: [Value] = []
            for element in elements { values.append(try used(element)) }
            return try made(.list(values), at: offset)
        case .map(let entries):
            return try map(entries, at: offset)
        case .slice(let base, let slice):
            return try sliced(base, slice, at: offset)
        case .sign(let inner, let isMinus):
            return try signed(try used(inner), isMinus: isMinus, at: offset)
        case .arithmetic(let operation, let left, let right):
            return try arithmetic(operation, try used(left), try used(right), at: offset)
        case .concatenation(let parts):
            var text = ""
            var isTainted = false
            for part in parts {
                let value = try whole(try used(part), at: part.offset)
                try write(value, into: &text, at: part.offset)
                isTainted = isTainted || value.isTainted
            }
            return try made(.string(text), at: offset, isTainted: isTainted)
        case .comparison(let left, let chain):
            return try compared(left, chain, at: offset)
        case .not(let inner):
            let value = try used(inner)
            return try made(.bool(!(try isTrue(value, at: inner.offset))), at: offset, isTainted: value.isTainted)
        case .range(let call):
            return try range(call)
        default:
            return try used(try evaluate(expression), at: offset)
        }
    }

    private mutating func map(_ entries: [Expression.Entry], at offset: Int) throws(Failure) -> Value {
        var pairs = MapBuilder()
        for entry in entries {
            let key = try used(entry.key)
            guard let name = key.keyText else {
                throw failure("\(key.summary) cannot be the key of a map", at: entry.key.offset)
            }
            let value = try used(entry.value)
            pairs.set(Value.Pair(name: name, value: value, isText: key.isString, isKeyTainted: key.isTainted))
        }
        return try made(.map(pairs.pairs), at: offset)
    }

    private mutating func range(_ call: Expression.Call) throws(Failure) -> Value {
        let arguments = try arguments(of: call)
        var numbers: [Int] = []
        for value in arguments.positional { numbers.append(try wholeNumber(value, at: call.offset)) }
        guard (1...3).contains(numbers.count), arguments.named.isEmpty else {
            throw failure("range() takes one to three whole numbers", at: call.offset)
        }
        let start = numbers.count == 1 ? 0 : numbers[0]
        let stop = numbers.count == 1 ? numbers[0] : numbers[1]
        let step = numbers.count == 3 ? numbers[2] : 1
        guard step != 0 else { throw failure("the step of range() is 0", at: call.offset) }
        var values: [Value] = []
        for number in stride(from: start, to: stop, by: step) {
            try spend(1, at: call.offset)
            values.append(.made(.int(number), origin: frame.text.origin))
        }
        return try made(.list(values), at: call.offset, isTainted: arguments.isTainted)
    }

    // MARK: Truth

    /// As in Python: nothing, zero and what is empty is false.
    func isTrue(_ value: Value, at offset: Int) throws(Failure) -> Bool {
        switch value.content {
        case .null: false
        case .bool(let bool): bool
        case .int(let int): int != 0
        case .float(let float): float != 0
        case .string(let text): !text.isEmpty
        case .list(let values): !values.isEmpty
        case .map(let pairs): !pairs.isEmpty
        case .huge, .date: true
        case .opaque(let tag): throw unreadable(tag, value, at: offset)
        case .secret: throw failure("this needs a secret", at: offset)
        }
    }
}

extension Value {
    var isString: Bool {
        if case .string = content { true } else { false }
    }
}
