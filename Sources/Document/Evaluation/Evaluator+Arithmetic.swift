import Text

/// Numbers, and what `+` and `*` do with texts and lists.
extension Evaluator {
    /// A number as it is calculated with. A boolean is 0 or 1, as in Python.
    enum Number {
        case int(Int)
        case float(Double)

        init?(_ value: Value) {
            switch value.content {
            case .int(let int): self = .int(int)
            case .float(let float): self = .float(float)
            case .bool(let bool): self = .int(bool ? 1 : 0)
            default: return nil
            }
        }

        var double: Double {
            switch self {
            case .int(let int): Double(int)
            case .float(let float): float
            }
        }
    }

    func wholeNumber(_ value: Value, at offset: Int) throws(Failure) -> Int {
        guard let number = value.indexNumber else {
            throw failure("a whole number is needed here, not \(value.summary)", at: offset)
        }
        return number
    }

    mutating func signed(_ value: Value, isMinus: Bool, at offset: Int) throws(Failure) -> Value {
        guard let number = Number(value) else {
            throw failure("a sign can stand before a number only, not \(value.summary)", at: offset)
        }
        switch number {
        case .int(let int):
            let (result, overflow) = isMinus ? (0).subtractingReportingOverflow(int) : (int, false)
            if overflow { throw tooLarge(at: offset) }
            return try made(.int(result), at: offset, isTainted: value.isTainted)
        case .float(let float):
            return try made(.float(isMinus ? -float : float), at: offset, isTainted: value.isTainted)
        }
    }

    mutating func arithmetic(
        _ operation: Arithmetic,
        _ left: Value,
        _ right: Value,
        at offset: Int
    ) throws(Failure) -> Value {
        let isTainted = left.isTainted || right.isTainted
        if let first = Number(left), let second = Number(right) {
            let content: Value.Content
            if case .int(let first) = first, case .int(let second) = second {
                content = try calculated(operation, first, second, at: offset)
            } else {
                content = .float(try calculated(operation, first.double, second.double, at: offset))
            }
            return try made(content, at: offset, isTainted: isTainted)
        }
        switch (operation, left.content, right.content) {
        case (.plus, .string(let first), .string(let second)):
            try spend(bytes: first.utf8.count + second.utf8.count, at: offset)
            return try made(.string(first + second), at: offset, isTainted: isTainted)
        case (.plus, .list(let first), .list(let second)):
            try spend(first.count + second.count, at: offset)
            return try made(.list(first + second), at: offset)
        case (.times, .string, _), (.times, .list, _):
            return try repeated(left, right, at: offset)
        case (.times, _, .string), (.times, _, .list):
            return try repeated(right, left, at: offset)
        default:
            throw unfit(operation, left, right, at: offset)
        }
    }

    private func unfit(_ operation: Arithmetic, _ left: Value, _ right: Value, at offset: Int) -> Failure {
        let message = "\"\(operation.rawValue)\" does not work for \(left.summary) and \(right.summary)"
        let hint: String? =
            switch (operation, left.content, right.content) {
            case (_, .huge, _), (_, _, .huge): "whole numbers beyond 64 bits cannot be calculated with"
            case (.plus, .string, _), (.plus, _, .string):
                "\"~\" puts texts together; \"| int\" makes a number of a text"
            case (.plus, .map, .map): "\"| combine(other)\" puts maps together"
            case (.modulo, .string, _): "\"~\" puts texts together"
            case (_, .string, _), (_, _, .string): "\"| int\" makes a number of a text"
            default: nil
            }
        return failure(message, at: offset, hint: hint)
    }

    private mutating func repeated(_ value: Value, _ times: Value, at offset: Int) throws(Failure) -> Value {
        guard let number = times.indexNumber else { throw unfit(.times, value, times, at: offset) }
        let count = max(0, number)
        let isTainted = value.isTainted || times.isTainted
        if case .string(let text) = value.content {
            let (bytes, overflow) = text.utf8.count.multipliedReportingOverflow(by: count)
            try spend(bytes: overflow ? .max : bytes, at: offset)
            return try made(.string(String(repeating: text, count: count)), at: offset, isTainted: isTainted)
        }
        guard case .list(let values) = value.content else { throw unfit(.times, value, times, at: offset) }
        let (total, overflow) = values.count.multipliedReportingOverflow(by: count)
        try spend(overflow ? .max : total, at: offset)
        var result: [Value] = []
        result.reserveCapacity(total)
        if !values.isEmpty { for _ in 0..<count { result += values } }
        return try made(.list(result), at: offset, isTainted: isTainted)
    }

    // MARK: Numbers

    private func tooLarge(at offset: Int) -> Failure {
        failure("the result does not fit into 64 bits", at: offset)
    }

    private func calculated(
        _ operation: Arithmetic,
        _ left: Int,
        _ right: Int,
        at offset: Int
    ) throws(Failure) -> Value.Content {
        let result: (partialValue: Int, overflow: Bool)
        switch operation {
        case .plus: result = left.addingReportingOverflow(right)
        case .minus: result = left.subtractingReportingOverflow(right)
        case .times: result = left.multipliedReportingOverflow(by: right)
        case .divided: return .float(try calculated(operation, Double(left), Double(right), at: offset))
        case .floorDivided, .modulo:
            if right == 0 { throw failure("this divides by zero", at: offset) }
            if right == -1 {
                result = operation == .modulo ? (0, false) : (0).subtractingReportingOverflow(left)
                break
            }
            // Towards minus infinity, as in Python.
            let (quotient, remainder) = left.quotientAndRemainder(dividingBy: right)
            let goesDown = remainder != 0 && (remainder < 0) != (right < 0)
            let value =
                operation == .modulo
                ? (goesDown ? remainder + right : remainder) : (goesDown ? quotient - 1 : quotient)
            result = (value, false)
        case .power:
            if right < 0 { return .float(try power(Double(left), right, at: offset)) }
            result = power(left, right)
        }
        if result.overflow { throw tooLarge(at: offset) }
        return .int(result.partialValue)
    }

    private func power(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
        if base == 0 || base == 1 { return (exponent == 0 ? 1 : base, false) }
        if base == -1 { return (exponent.isMultiple(of: 2) ? 1 : -1, false) }
        // No other base has a power beyond the 63rd that fits.
        if exponent > 63 { return (0, true) }
        var result = 1
        for _ in 0..<exponent {
            let (product, overflow) = result.multipliedReportingOverflow(by: base)
            if overflow { return (0, true) }
            result = product
        }
        return (result, false)
    }

    private func calculated(
        _ operation: Arithmetic,
        _ left: Double,
        _ right: Double,
        at offset: Int
    ) throws(Failure) -> Double {
        switch operation {
        case .plus: return left + right
        case .minus: return left - right
        case .times: return left * right
        case .divided, .floorDivided, .modulo:
            if right == 0 { throw failure("this divides by zero", at: offset) }
            if operation == .divided { return left / right }
            var remainder = left.truncatingRemainder(dividingBy: right)
            if remainder != 0, (remainder < 0) != (right < 0) { remainder += right }
            return operation == .modulo ? remainder : ((left - remainder) / right).rounded()
        case .power:
            guard let exponent = Int(exactly: right) else {
                throw failure("the exponent must be a whole number", at: offset)
            }
            return try power(left, exponent, at: offset)
        }
    }

    private func power(_ base: Double, _ exponent: Int, at offset: Int) throws(Failure) -> Double {
        if base == 0, exponent < 0 { throw failure("this divides by zero", at: offset) }
        var result = 1.0
        var factor = base
        var rest = exponent.magnitude
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        let value = exponent < 0 ? 1 / result : result
        if value.isInfinite { throw failure("the result is too large", at: offset) }
        return value
    }
}
