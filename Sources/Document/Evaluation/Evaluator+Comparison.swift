import Text

/// Comparing values, as Python does.
extension Evaluator {
    /// How one value stands to another.
    enum Order {
        case before
        case same
        case after
    }

    mutating func compared(
        _ left: Expression,
        _ chain: [Expression.Comparison],
        at offset: Int
    ) throws(Failure) -> Value {
        var value = try whole(try used(left), at: left.offset)
        var isTainted = value.isTainted
        // `1 < x < 3` is both comparisons.
        for link in chain {
            let right = try whole(try used(link.right), at: link.right.offset)
            isTainted = isTainted || right.isTainted
            if !(try holds(link.relation, value, right, at: offset)) {
                return try made(.bool(false), at: offset, isTainted: isTainted)
            }
            value = right
        }
        return try made(.bool(true), at: offset, isTainted: isTainted)
    }

    mutating func holds(
        _ relation: Relation,
        _ left: Value,
        _ right: Value,
        at offset: Int
    ) throws(Failure) -> Bool {
        switch relation {
        case .equal: return try areEqual(left, right, at: offset)
        case .unequal: return try !areEqual(left, right, at: offset)
        case .isIn: return try contains(right, left, at: offset)
        case .isNotIn: return try !contains(right, left, at: offset)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = try order(left, right, at: offset) else {
                if isNaN(left) || isNaN(right) { return false }
                let message =
                    "\(left.summary) and \(right.summary) have no order: \"\(relation.rawValue)\" needs two numbers or two texts"
                let hasText = left.isString || right.isString
                throw failure(message, at: offset, hint: hasText ? "\"| int\" makes a number of a text" : nil)
            }
            switch relation {
            case .less: return order == .before
            case .lessOrEqual: return order != .after
            case .greater: return order == .after
            default: return order != .before
            }
        }
    }

    private func isNaN(_ value: Value) -> Bool {
        if case .float(let float) = value.content { float.isNaN } else { false }
    }

    /// Whether two values, evaluated whole, are the same. A number and a text never are.
    mutating func areEqual(_ left: Value, _ right: Value, at offset: Int) throws(Failure) -> Bool {
        try spend(1, at: offset)
        if let first = Number(left), let second = Number(right) {
            if case .int(let first) = first, case .int(let second) = second { return first == second }
            return first.double == second.double
        }
        switch (left.content, right.content) {
        case (.null, .null): return true
        case (.huge(let first), .huge(let second)): return first == second
        case (.date(let first), .date(let second)): return first == second
        case (.string(let first), .string(let second)):
            try spend(min(first.utf8.count, second.utf8.count) / 1024, at: offset)
            return first.utf8.elementsEqual(second.utf8)
        case (.list(let first), .list(let second)):
            guard first.count == second.count else { return false }
            for (left, right) in zip(first, second) where !(try areEqual(left, right, at: offset)) { return false }
            return true
        case (.map(let first), .map(let second)):
            guard first.count == second.count else { return false }
            var pairs = MapBuilder()
            for pair in second { pairs.set(pair) }
            for pair in first {
                guard let other = pairs.value(pair.name, isText: pair.isText),
                    try areEqual(pair.value, other, at: offset)
                else { return false }
            }
            return true
        default: return false
        }
    }

    /// Nil where the two have no order.
    mutating func order(_ left: Value, _ right: Value, at offset: Int) throws(Failure) -> Order? {
        try spend(1, at: offset)
        if let first = Number(left), let second = Number(right) {
            if case .int(let first) = first, case .int(let second) = second { return order(first, second) }
            let (first, second) = (first.double, second.double)
            return first.isNaN || second.isNaN ? nil : order(first, second)
        }
        switch (left.content, right.content) {
        case (.string(let first), .string(let second)), (.date(let first), .date(let second)):
            try spend(min(first.utf8.count, second.utf8.count) / 1024, at: offset)
            if first.utf8.elementsEqual(second.utf8) { return .same }
            // UTF-8 has the order of the characters' numbers.
            return first.utf8.lexicographicallyPrecedes(second.utf8) ? .before : .after
        case (.list(let first), .list(let second)):
            for (left, right) in zip(first, second) where !(try areEqual(left, right, at: offset)) {
                return try order(left, right, at: offset)
            }
            return order(first.count, second.count)
        default: return nil
        }
    }

    private func order<Number: Comparable>(_ left: Number, _ right: Number) -> Order {
        left < right ? .before : left == right ? .same : .after
    }

    /// `needle in haystack`
    mutating func contains(_ haystack: Value, _ needle: Value, at offset: Int) throws(Failure) -> Bool {
        switch haystack.content {
        case .list(let values):
            for value in values where try areEqual(value, needle, at: offset) { return true }
            return false
        case .map(let pairs):
            try spend(pairs.count / 16, at: offset)
            guard let name = needle.keyText else { return false }
            return pairs.contains { $0.isText == needle.isString && $0.name.utf8.elementsEqual(name.utf8) }
        case .string(let text):
            guard case .string(let part) = needle.content else {
                throw failure("only a text can be in a text, not \(needle.summary)", at: offset)
            }
            try spend(text.utf8.count / 256, at: offset)
            return Bytes.first(Array(part.utf8), in: Array(text.utf8), from: 0) != nil
        default:
            throw failure(
                "nothing can be in \(haystack.summary)",
                at: offset,
                hint: "\"in\" takes a list, a map or a text"
            )
        }
    }
}
