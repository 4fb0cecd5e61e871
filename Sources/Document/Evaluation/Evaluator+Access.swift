import Text

/// Parts of values: `a.b`, `a[0]`, `a["k"]`, `a[1:3]`.
extension Evaluator {
    mutating func attribute(_ name: String, of base: Expression, at offset: Int) throws(Failure) -> Operand {
        if case .name("loop") = base.kind, let loop = frame.loops.last { return try part(name, of: loop, at: offset) }
        switch try evaluate(base) {
        case .undefined(let undefined):
            return .undefined(undefined)
        case .value(let value):
            guard case .map = value.content else {
                let value = try used(.value(value), at: base.offset)
                return undefined("\(summary(value, base)) has no \(Printable.quoted(name))", at: offset)
            }
            return try entry(name, isText: true, of: value, base, at: offset)
        }
    }

    private mutating func part(_ name: String, of loop: LoopState, at offset: Int) throws(Failure) -> Operand {
        if let content = loop.content(of: name) { return .value(try made(content, at: offset)) }
        if LoopState.names.contains(name) {
            return loop.neighbour(name).map { .value($0) }
                ?? undefined("there is no \(name) at this turn of the loop", at: offset)
        }
        let hint =
            Nearness.hint(for: name, among: LoopState.names) ?? "known are: " + LoopState.names.joined(separator: ", ")
        return undefined("\"loop\" has no \(Printable.quoted(name))", at: offset, .text(hint))
    }

    mutating func item(_ index: Expression, of base: Expression, at offset: Int) throws(Failure) -> Operand {
        let operand = try evaluate(base)
        let key = try used(index)
        guard case .value(let raw) = operand else { return operand }
        let value = try used(.value(raw), at: base.offset)
        let found: Operand
        switch value.content {
        case .map:
            guard let name = key.keyText else {
                return undefined("\(summary(value, base)) has no such key", at: offset)
            }
            found = try entry(name, isText: key.isString, isShown: !key.isTainted, of: value, base, at: offset)
        case .list(let values):
            guard let number = key.indexNumber, let place = place(number, among: values.count) else {
                return undefined(missing(key, values.count, in: value, base), at: offset)
            }
            let item = values[place]
            found = item.isInPlay ? try force(item, as: label(base, key), at: offset) : .value(item)
        case .string(let text):
            let scalars = Array(text.unicodeScalars)
            try spend(scalars.count / 64, at: offset)
            guard let number = key.indexNumber, let place = place(number, among: scalars.count) else {
                return undefined(missing(key, scalars.count, in: value, base), at: offset)
            }
            found = .value(try made(.string(String(scalars[place])), at: offset, isTainted: value.isTainted))
        default:
            return undefined("\(summary(value, base)) has no parts", at: offset)
        }
        return tainted(found, by: key)
    }

    // What is chosen by a secret tells something of it.
    private func tainted(_ operand: Operand, by key: Value) -> Operand {
        guard key.isTainted, case .value(let value) = operand else { return operand }
        return .value(value.asTainted)
    }

    private mutating func entry(
        _ name: String,
        isText: Bool,
        isShown: Bool = true,
        of value: Value,
        _ base: Expression,
        at offset: Int
    ) throws(Failure) -> Operand {
        guard case .map(let pairs) = value.content else { return undefined("there is no map here", at: offset) }
        try spend(pairs.count / 16, at: offset)
        guard let pair = pairs.last(where: { $0.isText == isText && $0.name.utf8.elementsEqual(name.utf8) }) else {
            guard isShown else { return undefined("\(summary(value, base)) has no such key", at: offset) }
            let hint: Undefined.Hint
            if pairs.contains(where: { $0.isText != isText && $0.name.utf8.elementsEqual(name.utf8) }) {
                let other = isText ? "is no text: write [\(name)]" : "is a text: put it in quotes"
                hint = .text("the key there " + other)
            } else {
                hint = .key(name, value)
            }
            let message = "\(summary(value, base)) has no key \(Printable.quoted(name))"
            return undefined(message, at: offset, hint)
        }
        guard pair.value.isInPlay else { return .value(pair.value) }
        let label = isShown ? name : "..."
        return try force(pair.value, as: path(base).map { $0 + "." + label } ?? label, at: offset)
    }

    private func place(_ number: Int, among count: Int) -> Int? {
        let place = number < 0 ? number + count : number
        return place >= 0 && place < count ? place : nil
    }

    private func missing(_ key: Value, _ count: Int, in value: Value, _ base: Expression) -> String {
        let items = count == 1 ? "1 item" : "\(count) items"
        guard key.indexNumber != nil else { return "\(summary(value, base)) has \(items), but none by \(key.summary)" }
        return "\(summary(value, base)) has \(items), but no [\(key.summary)]"
    }

    // MARK: Slices

    mutating func sliced(
        _ base: Expression,
        _ slice: Expression.Slice,
        at offset: Int
    ) throws(Failure) -> Value {
        let value = try used(base)
        let start = try bound(slice.start)
        let stop = try bound(slice.stop)
        let step = try bound(slice.step) ?? 1
        guard step != 0 else { throw failure("the step of a slice is 0", at: offset) }
        switch value.content {
        case .list(let values):
            try spend(values.count, at: offset)
            return try made(.list(places(start, stop, step, values.count).map { values[$0] }), at: offset)
        case .string(let text):
            let scalars = Array(text.unicodeScalars)
            try spend(scalars.count / 64, at: offset)
            var result = String.UnicodeScalarView()
            for place in places(start, stop, step, scalars.count) { result.append(scalars[place]) }
            return try made(.string(String(result)), at: offset, isTainted: value.isTainted)
        default:
            throw failure("only a list or a text can be sliced, not \(value.summary)", at: base.offset)
        }
    }

    private mutating func bound(_ expression: Expression?) throws(Failure) -> Int? {
        guard let expression else { return nil }
        let value = try used(expression)
        if value.content == .null { return nil }
        return try wholeNumber(value, at: expression.offset)
    }

    // Python's rule: bounds beyond the ends are the ends.
    private func places(_ start: Int?, _ stop: Int?, _ step: Int, _ count: Int) -> StrideTo<Int> {
        func clamped(_ bound: Int, _ low: Int, _ high: Int) -> Int {
            let place = bound < 0 ? bound + count : bound
            return min(max(place, low), high)
        }
        if step > 0 {
            let first = start.map { clamped($0, 0, count) } ?? 0
            return stride(from: first, to: stop.map { clamped($0, 0, count) } ?? count, by: step)
        }
        let first = start.map { clamped($0, -1, count - 1) } ?? count - 1
        return stride(from: first, to: stop.map { clamped($0, -1, count - 1) } ?? -1, by: step)
    }

    // MARK: Words for messages

    /// A value as it was written in the expression: `hosts.web[0]`.
    func path(_ expression: Expression) -> String? {
        switch expression.kind {
        case .name(let name): name
        case .attribute(let base, let name): path(base).map { $0 + "." + name }
        case .item(let base, let index):
            if case .literal(let content, _) = index.kind, let base = path(base) {
                base + "[" + (Value.plainText(of: content) ?? "...") + "]"
            } else {
                nil
            }
        default: nil
        }
    }

    func summary(_ value: Value, _ expression: Expression) -> String {
        path(expression).map { Printable.quoted($0) } ?? value.summary
    }

    private func label(_ base: Expression, _ key: Value) -> String {
        (path(base) ?? "") + "[" + key.summary + "]"
    }
}

extension Value {
    /// What a list can be indexed by: Python takes a boolean too.
    var indexNumber: Int? {
        switch content {
        case .int(let number): number
        case .bool(let bool): bool ? 1 : 0
        default: nil
        }
    }
}
