import Text

/// The values of the arguments of a filter, a test or a method.
struct CallArguments {
    /// `name=value`
    struct Named {
        var name: String
        var value: Value
    }

    var positional: [Value] = []
    var named: [Named] = []

    var isTainted: Bool { positional.contains { $0.isTainted } || named.contains { $0.value.isTainted } }

    /// The argument with this name, taken out.
    mutating func take(_ name: String) -> Value? {
        guard let index = named.firstIndex(where: { $0.name == name }) else { return nil }
        return named.remove(at: index).value
    }
}

extension Evaluator {
    mutating func arguments(of call: Expression.Call) throws(Failure) -> CallArguments {
        var result = CallArguments()
        for argument in call.arguments {
            result.positional.append(try whole(try used(argument), at: argument.offset))
        }
        for argument in call.named {
            let value = try whole(try used(argument.value), at: argument.offset)
            result.named.append(CallArguments.Named(name: argument.name, value: value))
        }
        return result
    }

    /// The arguments by the names of the parameters that they are for.
    func bound(
        _ arguments: CallArguments,
        to parameters: [String],
        required: Int,
        of name: String,
        at offset: Int
    ) throws(Failure) -> [String: Value] {
        let shown = Printable.quoted(name)
        if arguments.positional.count > parameters.count {
            let takes =
                parameters.isEmpty
                ? "no arguments" : "at most \(parameters.count): " + parameters.joined(separator: ", ")
            throw failure("\(shown) takes \(takes)", at: offset)
        }
        var result = Dictionary(zip(parameters, arguments.positional), uniquingKeysWith: { first, _ in first })
        for argument in arguments.named {
            guard parameters.contains(argument.name) else {
                let hint = Nearness.hint(for: argument.name, among: parameters)
                throw failure("\(shown) has no argument \(Printable.quoted(argument.name))", at: offset, hint: hint)
            }
            guard result.updateValue(argument.value, forKey: argument.name) == nil else {
                throw failure("\(shown) is given \(Printable.quoted(argument.name)) twice", at: offset)
            }
        }
        if let missing = parameters.prefix(required).first(where: { result[$0] == nil }) {
            throw failure("\(shown) needs the argument \(Printable.quoted(missing))", at: offset)
        }
        return result
    }

    // MARK: What is gone through

    /// The items of a list, the keys of a map, the characters of a text; each as far evaluated as its kind shows.
    mutating func elements(of value: Value, at offset: Int) throws(Failure) -> [Value] {
        switch value.content {
        case .list(let values):
            try spend(values.count, at: offset)
            guard value.isInPlay else { return values }
            var result: [Value] = []
            result.reserveCapacity(values.count)
            for value in values {
                result.append(try used(try force(value, as: "an item", at: offset), at: offset))
            }
            return result
        case .map(let pairs):
            try spend(pairs.count, at: offset)
            return pairs.map { key(of: $0) }
        case .string(let text):
            try spend(text.utf8.count, at: offset)
            return text.unicodeScalars.map {
                Value.made(.string(String($0)), origin: frame.text.origin, isTainted: value.isTainted)
            }
        default:
            throw failure("\(value.summary) has no items", at: offset, hint: "a list, a map or a text is needed here")
        }
    }

    func key(of pair: Value.Pair) -> Value {
        var content = Value.Content.string(pair.name)
        if !pair.isText {
            switch pair.name {
            case "true": content = .bool(true)
            case "false": content = .bool(false)
            case "null": content = .null
            default: content = PythonNumber.signed(pair.name) ?? content
            }
        }
        return Value.made(content, origin: frame.text.origin, isTainted: pair.isKeyTainted)
    }

    /// What a path like `a.b.0` leads to from a value, for `map(attribute='a.b')`.
    mutating func part(_ path: Value, of value: Value, at offset: Int) throws(Failure) -> Operand {
        var current = value
        for step in try text(of: path, at: offset).split(separator: ".", omittingEmptySubsequences: false) {
            let name = String(step)
            var found: Value?
            switch current.content {
            case .map(let pairs):
                try spend(pairs.count / 16, at: offset)
                found = pairs.last { $0.isText && $0.name.utf8.elementsEqual(name.utf8) }?.value
            case .list(let values):
                if let index = Int(name), index >= 0, index < values.count { found = values[index] }
            default: break
            }
            guard let found else {
                let shown = path.isTainted ? "such part" : Printable.quoted(name)
                return undefined("\(current.summary) has no \(shown)", at: offset)
            }
            let operand = try force(found, as: name, at: offset)
            guard case .value(let value) = operand else { return operand }
            current = try used(.value(value), at: offset)
        }
        return .value(current)
    }
}
