import Text

/// Which filter does what. What it does to texts and to lists stands in files of their own.
extension Evaluator {
    mutating func filtered(
        _ filter: Filter,
        _ base: Expression,
        _ call: Expression.Call
    ) throws(Failure) -> Operand {
        if filter == .default || filter == .d { return try defaulted(base, call) }
        let value = try used(base)
        if filter == .raw || filter == .quote, !call.arguments.isEmpty || !call.named.isEmpty {
            throw failure("\"\(call.name)\" takes no arguments", at: call.offset)
        }
        return .value(try applied(filter, to: value, try arguments(of: call), at: call.offset))
    }

    private mutating func defaulted(_ base: Expression, _ call: Expression.Call) throws(Failure) -> Operand {
        let names = Filter.default.parameters.names
        var given: [String: Expression] = [:]
        for (index, argument) in call.arguments.enumerated() {
            guard index < names.count else { throw failure("\"default\" takes at most 2 arguments", at: call.offset) }
            given[names[index]] = argument
        }
        for argument in call.named {
            guard names.contains(argument.name) else {
                let message = "\"default\" has no argument \(Printable.quoted(argument.name))"
                let hint = Nearness.hint(for: argument.name, among: names)
                throw failure(message, at: argument.offset, hint: hint)
            }
            given[argument.name] = argument.value
        }
        let operand = try defined(base)
        if case .value(let raw) = operand {
            guard let also = given["boolean"], try isTrue(try used(also), at: also.offset) else { return operand }
            let value = try used(.value(raw), at: base.offset)
            if try isTrue(value, at: base.offset) { return .value(value) }
        }
        guard let fallback = given["default_value"] else { return .value(try made(.string(""), at: call.offset)) }
        return try evaluate(fallback)
    }

    /// The operand, with everything undefined on the way to it turned into it.
    mutating func defined(_ expression: Expression) throws(Failure) -> Operand {
        let depth = recursion
        do throws(Failure) {
            return try evaluate(expression)
        } catch {
            guard error.kind == .undefined else { throw error }
            recursion = depth
            return undefined(error, at: expression.offset)
        }
    }

    /// What a filter makes of a value; also for `map('upper')`.
    mutating func applied(
        _ filter: Filter,
        to raw: Value,
        _ arguments: CallArguments,
        at offset: Int
    ) throws(Failure) -> Value {
        switch filter {
        case .map: return try mapped(raw, arguments, at: offset)
        case .select, .reject: return try selected(raw, arguments, keeps: filter == .select, at: offset)
        case .selectattr, .rejectattr:
            return try selectedByAttribute(raw, arguments, keeps: filter == .selectattr, at: offset)
        case .combine: return try combined(raw, arguments, at: offset)
        default: break
        }
        let parameters = filter.parameters
        let given = try bound(
            arguments,
            to: parameters.names,
            required: parameters.required,
            of: filter.rawValue,
            at: offset
        )
        let result: Value
        switch filter {
        // The shape of a value tells nothing of what is in it.
        case .length, .count: return try counted(raw, at: offset)
        case .first, .last: return try end(of: raw, isFirst: filter == .first, at: offset)
        case .default, .d: return try defaulted(raw, given, at: offset)
        case .ternary: return try chosen(raw, given, at: offset)
        case .list: return try made(.list(try elements(of: raw, at: offset)), at: offset)
        case .min, .max: return try extreme(raw, given, isLeast: filter == .min, at: offset)
        case .dictsort: return try sortedItems(of: raw, given, at: offset)
        case .dict2items: return try items(of: raw, at: offset)
        case .items2dict: return try map(ofItems: raw, given, at: offset)
        case .reverse: return try reversed(raw, at: offset)
        case .sort: return try sorted(raw, given, at: offset)
        case .unique: return try distinct(raw, given, at: offset)
        case .sum: result = try sum(raw, given, at: offset)
        case .bool, .int, .float, .abs, .round: result = try converted(filter, raw, given, at: offset)
        default: result = try textual(filter, try whole(raw, at: offset), given, at: offset)
        }
        return try tainted(result, if: raw.isTainted || arguments.isTainted, at: offset)
    }

    private func tainted(_ value: Value, if isTainted: Bool, at offset: Int) throws(Failure) -> Value {
        var value = value
        if isTainted { value.isTainted = true }
        return value
    }

    private mutating func defaulted(_ value: Value, _ given: [String: Value], at offset: Int) throws(Failure) -> Value {
        guard let also = given["boolean"], try isTrue(also, at: offset), !(try isTrue(value, at: offset)) else {
            return value
        }
        if let fallback = given["default_value"] { return fallback }
        return try made(.string(""), at: offset)
    }

    // The choice may show what a secret is like, but not what it is.
    private mutating func chosen(_ value: Value, _ given: [String: Value], at offset: Int) throws(Failure) -> Value {
        let nothing = try made(.null, at: offset)
        if value.content == .null, let otherwise = given["none_val"] { return otherwise }
        return given[try isTrue(value, at: offset) ? "true_val" : "false_val"] ?? nothing
    }

    private mutating func counted(_ value: Value, at offset: Int) throws(Failure) -> Value {
        switch value.content {
        case .list(let values): return try made(.int(values.count), at: offset)
        case .map(let pairs): return try made(.int(pairs.count), at: offset)
        case .string(let text):
            try spend(text.utf8.count / 64, at: offset)
            return try made(.int(text.unicodeScalars.count), at: offset, isTainted: value.isTainted)
        default:
            throw failure("\(value.summary) has no length", at: offset)
        }
    }

    // MARK: Numbers and booleans

    private mutating func converted(
        _ filter: Filter,
        _ value: Value,
        _ given: [String: Value],
        at offset: Int
    ) throws(Failure) -> Value {
        switch filter {
        case .bool: return try made(.bool(try bool(value, at: offset)), at: offset)
        case .int:
            let base = try given["base"].map { (value) throws(Failure) in try wholeNumber(value, at: offset) } ?? 10
            if let number = try int(value, base: base, at: offset) ?? given["default"] { return number }
            return try made(.int(0), at: offset)
        case .float:
            if let number = try float(value, at: offset) ?? given["default"] { return number }
            return try made(.float(0), at: offset)
        case .round: return try rounded(value, given, at: offset)
        default:
            guard let number = Number(value) else {
                throw failure("\"abs\" takes a number, not \(value.summary)", at: offset)
            }
            if case .int(let int) = number, int >= 0 { return try made(.int(int), at: offset) }
            if case .float(let float) = number { return try made(.float(float.magnitude), at: offset) }
            return try signed(value, isMinus: true, at: offset)
        }
    }

    // Halves go to the even neighbour, as in Python.
    private mutating func rounded(_ value: Value, _ given: [String: Value], at offset: Int) throws(Failure) -> Value {
        guard let number = Number(value) else {
            throw failure("\"round\" takes a number, not \(value.summary)", at: offset)
        }
        var digits = 0
        if let precision = given["precision"] { digits = try wholeNumber(precision, at: offset) }
        guard (0...15).contains(digits) else { throw failure("\"round\" keeps from 0 to 15 digits", at: offset) }
        var method = "common"
        if let name = given["method"] { method = try text(of: name, at: offset) }
        if case .int(let int) = number, method == "common" { return try made(.int(int), at: offset) }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rules: [String: FloatingPointRoundingRule] = ["common": .toNearestOrEven, "ceil": .up, "floor": .down]
        guard let rule = rules[method] else {
            throw failure("the methods of \"round\" are common, ceil and floor", at: offset)
        }
        return try made(.float((number.double * scale).rounded(rule) / scale), at: offset)
    }

    private func bool(_ value: Value, at offset: Int) throws(Failure) -> Bool {
        switch value.content {
        case .bool(let bool): return bool
        case .null, .int(0), .float(0): return false
        case .int(1), .float(1): return true
        case .string(let text):
            switch text.lowercased() {
            case "yes", "on", "true", "y", "t", "1": return true
            case "no", "off", "false", "n", "f", "0", "": return false
            default: break
            }
        default: break
        }
        throw failure(
            "\(value.summary) is neither true nor false",
            at: offset,
            hint: "as in yes, no, on, off, true, false, 1, 0"
        )
    }

    // Nil for what is no number: as in Jinja, that is the default, which is 0 unless it is given.
    private mutating func int(_ value: Value, base: Int, at offset: Int) throws(Failure) -> Value? {
        var content = value.content
        if case .string(let text) = content {
            guard (2...36).contains(base) else { throw failure("the base of a number is from 2 to 36", at: offset) }
            if base != 10 {
                return try PythonNumber.whole(text, base: base).map { (int) throws(Failure) in
                    try made(.int(int), at: offset)
                }
            }
            guard let number = PythonNumber.signed(text) else { return nil }
            content = number
        }
        switch content {
        case .bool(let bool): return try made(.int(bool ? 1 : 0), at: offset)
        case .int, .huge: return try made(content, at: offset)
        case .float(let float):
            guard float.isFinite else { return nil }
            guard let int = Int(exactly: float.rounded(.towardZero)) else {
                throw failure("the number does not fit into 64 bits", at: offset)
            }
            return try made(.int(int), at: offset)
        default: return nil
        }
    }

    private mutating func float(_ value: Value, at offset: Int) throws(Failure) -> Value? {
        var content = value.content
        if case .string(let text) = content { content = PythonNumber.signed(text) ?? .null }
        switch content {
        case .bool(let bool): return try made(.float(bool ? 1 : 0), at: offset)
        case .int(let int): return try made(.float(Double(int)), at: offset)
        case .float(let float): return try made(.float(float), at: offset)
        case .huge(let digits): return try made(.float(Double(digits) ?? 0), at: offset)
        default: return nil
        }
    }
}

extension PythonNumber {
    /// A whole number with a base: `0x1f` and `1f` with 16.
    static func whole(_ text: String, base: Int) -> Int? {
        let bytes = Array(text.utf8).trimmed { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
        var word = String(decoding: bytes, as: UTF8.self).lowercased()[...]
        let isNegative = word.hasPrefix("-")
        if isNegative || word.hasPrefix("+") { word.removeFirst() }
        let prefix = [2: "0b", 8: "0o", 16: "0x"][base]
        if let prefix, word.hasPrefix(prefix) { word.removeFirst(2) }
        guard !word.hasPrefix("-"), !word.hasPrefix("+") else { return nil }
        return Int((isNegative ? "-" : "") + word, radix: base)
    }
}
