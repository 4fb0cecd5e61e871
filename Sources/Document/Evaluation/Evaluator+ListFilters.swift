import Text

/// Filters that work on lists and maps.
extension Evaluator {
    mutating func end(of value: Value, isFirst: Bool, at offset: Int) throws(Failure) -> Value {
        let elements = try elements(of: value, at: offset)
        guard let element = isFirst ? elements.first : elements.last else {
            let message = "there is no \(isFirst ? "first" : "last") item: the list is empty"
            throw failure(Undefined(message, in: frame.text, at: offset))
        }
        return element
    }

    mutating func reversed(_ value: Value, at offset: Int) throws(Failure) -> Value {
        if case .string(let text) = value.content {
            try spend(text.utf8.count, at: offset)
            let scalars = String.UnicodeScalarView(text.unicodeScalars.reversed())
            return try made(.string(String(scalars)), at: offset, isTainted: value.isTainted)
        }
        return try made(.list(try elements(of: value, at: offset).reversed()), at: offset)
    }

    // MARK: Order

    private struct Ranked {
        var key: Value
        var value: Value
        var index: Int
    }

    /// The items with what they are ranked by: themselves or a part of them, without regard to case unless it is asked for.
    private mutating func ranked(
        _ value: Value,
        _ given: [String: Value],
        at offset: Int
    ) throws(Failure) -> [Ranked] {
        let keepsCase =
            try given["case_sensitive"].map { (value) throws(Failure) in try isTrue(value, at: offset) } ?? false
        var result: [Ranked] = []
        for (index, element) in try elements(of: value, at: offset).enumerated() {
            let whole = try whole(element, at: offset)
            var key = whole
            if let path = given["attribute"] {
                key = try self.whole(try used(try part(path, of: whole, at: offset), at: offset), at: offset)
            }
            if !keepsCase, case .string(let text) = key.content {
                key = Value.made(.string(text.lowercased()), origin: key.origin, isTainted: key.isTainted)
            }
            result.append(Ranked(key: key, value: whole, index: index))
        }
        return result
    }

    mutating func sorted(_ value: Value, _ given: [String: Value], at offset: Int) throws(Failure) -> Value {
        let isReversed = try given["reverse"].map { (value) throws(Failure) in try isTrue(value, at: offset) } ?? false
        let items = try ranked(value, given, at: offset)
        let sorted = try merged(items[...], isReversed: isReversed, at: offset)
        return try made(.list(sorted.map(\.value)), at: offset)
    }

    // A merge sort: a comparison may be an error, and equal items keep their order.
    private mutating func merged(
        _ items: ArraySlice<Ranked>,
        isReversed: Bool,
        at offset: Int
    ) throws(Failure) -> [Ranked] {
        guard items.count > 1 else { return Array(items) }
        let middle = items.startIndex + items.count / 2
        let left = try merged(items[..<middle], isReversed: isReversed, at: offset)
        let right = try merged(items[middle...], isReversed: isReversed, at: offset)
        var result: [Ranked] = []
        result.reserveCapacity(items.count)
        var (first, second) = (0, 0)
        while first < left.count, second < right.count {
            let order = try ordered(left[first].key, right[second].key, at: offset)
            if isReversed ? order == .before : order == .after {
                result.append(right[second])
                second += 1
            } else {
                result.append(left[first])
                first += 1
            }
        }
        return result + left[first...] + right[second...]
    }

    private mutating func ordered(_ left: Value, _ right: Value, at offset: Int) throws(Failure) -> Order {
        if let order = try order(left, right, at: offset) { return order }
        throw failure("\(left.summary) and \(right.summary) have no order", at: offset)
    }

    mutating func extreme(
        _ value: Value,
        _ given: [String: Value],
        isLeast: Bool,
        at offset: Int
    ) throws(Failure) -> Value {
        let items = try ranked(value, given, at: offset)
        guard var best = items.first else {
            throw failure(Undefined("the list is empty", in: frame.text, at: offset))
        }
        for item in items.dropFirst() where try ordered(item.key, best.key, at: offset) == (isLeast ? .before : .after)
        {
            best = item
        }
        return best.value
    }

    mutating func distinct(_ value: Value, _ given: [String: Value], at offset: Int) throws(Failure) -> Value {
        var seen = Set<[UInt8]>()
        var result: [Value] = []
        for item in try ranked(value, given, at: offset) {
            var key: [UInt8] = []
            try identify(item.key, into: &key, at: offset)
            if seen.insert(key).inserted { result.append(item.value) }
        }
        return try made(.list(result), at: offset)
    }

    // Bytes that are the same for values that are equal.
    private mutating func identify(_ value: Value, into key: inout [UInt8], at offset: Int) throws(Failure) {
        try enter(at: offset)
        defer { recursion -= 1 }
        func add(_ mark: String, _ text: String) {
            key += Array("\(mark)\(text.utf8.count):".utf8) + Array(text.utf8)
        }
        switch value.content {
        case .list(let values):
            add("l", String(values.count))
            for value in values { try identify(value, into: &key, at: offset) }
        case .map(let pairs):
            add("m", String(pairs.count))
            for pair in pairs.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
                add(pair.isText ? "k" : "n", pair.name)
                try identify(pair.value, into: &key, at: offset)
            }
        case .string(let text): add("s", text)
        case .date(let text): add("d", text)
        case .bool(let bool): add("n", bool ? "1" : "0")
        case .float(let float): add("n", Int(exactly: float).map { String($0) } ?? String(float))
        default: add("n", Value.plainText(of: value.content) ?? "")
        }
        try spend(bytes: key.count / 16, at: offset)
    }

    mutating func sum(_ value: Value, _ given: [String: Value], at offset: Int) throws(Failure) -> Value {
        var total = try made(.int(0), at: offset)
        if let start = given["start"] { total = start }
        for element in try elements(of: value, at: offset) {
            var element = element
            if let attribute = given["attribute"], attribute.content != .null {
                element = try used(try part(attribute, of: element, at: offset), at: offset)
            }
            total = try arithmetic(.plus, total, element, at: offset)
        }
        return total
    }

    // MARK: Maps

    /// The keys of a map with their values, as `sort` would put the keys, or with `by` the values.
    mutating func sortedItems(of value: Value, _ given: [String: Value], at offset: Int) throws(Failure) -> Value {
        guard case .map(let pairs) = value.content else {
            throw failure("\"dictsort\" takes a map, not \(value.summary)", at: offset)
        }
        var by = "key"
        if let name = given["by"] { by = try text(of: name, at: offset) }
        guard by == "key" || by == "value" else {
            throw failure("\"dictsort\" sorts by key or by value", at: offset)
        }
        var items: [Value] = []
        for pair in pairs { items.append(try made(.list([key(of: pair), pair.value]), at: offset)) }
        var order = given
        order["by"] = nil
        order["attribute"] = try made(.string(by == "key" ? "0" : "1"), at: offset)
        return try sorted(try made(.list(items), at: offset), order, at: offset)
    }

    mutating func items(of value: Value, at offset: Int) throws(Failure) -> Value {
        guard case .map(let pairs) = value.content else {
            throw failure("\"dict2items\" takes a map, not \(value.summary)", at: offset)
        }
        var result: [Value] = []
        for pair in pairs {
            let item = [Value.Pair(name: "key", value: key(of: pair)), Value.Pair(name: "value", value: pair.value)]
            result.append(try made(.map(item), at: offset))
        }
        return try made(.list(result), at: offset)
    }

    mutating func map(ofItems value: Value, _ given: [String: Value], at offset: Int) throws(Failure) -> Value {
        var keyName = try made(.string("key"), at: offset)
        var valueName = try made(.string("value"), at: offset)
        if let name = given["key_name"] { keyName = name }
        if let name = given["value_name"] { valueName = name }
        var pairs = MapBuilder()
        for element in try elements(of: value, at: offset) {
            let key = try used(try part(keyName, of: element, at: offset), at: offset)
            guard let name = key.keyText else { throw failure("\(key.summary) cannot be the key of a map", at: offset) }
            let value = try used(try part(valueName, of: element, at: offset), at: offset)
            pairs.set(Value.Pair(name: name, value: value, isText: key.isString, isKeyTainted: key.isTainted))
        }
        return try made(.map(pairs.pairs), at: offset)
    }

    mutating func combined(_ value: Value, _ arguments: CallArguments, at offset: Int) throws(Failure) -> Value {
        var arguments = arguments
        let isRecursive =
            try arguments.take("recursive").map { (value) throws(Failure) in try isTrue(value, at: offset) } ?? false
        if let other = arguments.named.first {
            throw failure("\"combine\" has no argument \(Printable.quoted(other.name))", at: offset)
        }
        var result = value
        for other in arguments.positional {
            guard case .map = result.content, case .map = other.content else {
                let wrong = if case .map = result.content { other } else { result }
                throw failure("\"combine\" takes maps, not \(wrong.summary)", at: offset)
            }
            result = try combined(result, other, isRecursive: isRecursive, at: offset)
        }
        return result
    }

    private mutating func combined(
        _ left: Value,
        _ right: Value,
        isRecursive: Bool,
        at offset: Int
    ) throws(Failure) -> Value {
        guard case .map(let first) = left.content, case .map(let second) = right.content else { return right }
        try enter(at: offset)
        defer { recursion -= 1 }
        var pairs = MapBuilder()
        for pair in first { pairs.set(pair) }
        for pair in second {
            var pair = pair
            if isRecursive, let old = pairs.value(pair.name, isText: pair.isText) {
                pair.value = try combined(old, pair.value, isRecursive: true, at: offset)
            }
            pairs.set(pair)
        }
        return try made(.map(pairs.pairs), at: offset)
    }
}
