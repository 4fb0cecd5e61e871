/// The ways YAML 1.1 writes numbers: decimal, octal `0777`, `0x`, `0b`, base sixty `1:30`, with `_` between digits.
struct NumberForm {
    private var isNegative = false
    private var isSigned = false
    private var body: ArraySlice<UInt8>

    static func parse(_ bytes: [UInt8]) -> Resolved? {
        var form = NumberForm(body: bytes[...])
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            form.isSigned = true
            form.isNegative = first == UInt8(ascii: "-")
            form.body = form.body.dropFirst()
        }
        return form.special() ?? form.integer() ?? form.sexagesimal() ?? form.float()
    }

    private func special() -> Resolved? {
        switch String(decoding: body, as: UTF8.self) {
        case ".inf", ".Inf", ".INF": .float(isNegative ? -.infinity : .infinity)
        case ".nan", ".NaN", ".NAN": isSigned ? nil : .float(.nan)
        default: nil
        }
    }

    private func integer() -> Resolved? {
        guard let first = body.first, NumberForm.isDigit(first) else { return nil }
        let rest = body.dropFirst()
        if first != UInt8(ascii: "0") { return whole(body, radix: 10) }
        switch rest.first {
        case nil: return .int(0)
        case UInt8(ascii: "b"): return whole(rest.dropFirst(), radix: 2)
        case UInt8(ascii: "x"): return whole(rest.dropFirst(), radix: 16)
        // `0_` is the zero of its own: the underscore is dropped before the digits are read.
        default: return whole(body, radix: 8)
        }
    }

    private func whole(_ digits: ArraySlice<UInt8>, radix: Int) -> Resolved? {
        let digits = digits.filter { $0 != UInt8(ascii: "_") }
        // The sign would be taken by the conversion below.
        guard let first = digits.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") else { return nil }
        return Int((isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self), radix: radix).map { .int($0) }
    }

    private func sexagesimal() -> Resolved? {
        var parts = body.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count > 1, let leading = parts.first?.first else { return nil }
        guard NumberForm.isDigit(leading), parts[0].allSatisfy(NumberForm.isDigitOrUnderscore) else { return nil }
        var fraction: ArraySlice<UInt8>?
        if let dot = parts[parts.count - 1].firstIndex(of: UInt8(ascii: ".")) {
            fraction = parts[parts.count - 1][dot...]
            parts[parts.count - 1] = parts[parts.count - 1][..<dot]
        }
        guard parts.dropFirst().allSatisfy(NumberForm.isBelowSixty) else { return nil }
        let numbers = parts.compactMap { NumberForm.digits($0) }
        guard numbers.count == parts.count else { return nil }
        if let fraction {
            guard fraction.dropFirst().allSatisfy(NumberForm.isDigitOrUnderscore) else { return nil }
            let part = NumberForm.double("0" + NumberForm.string(fraction))
            let value = numbers.reduce(0.0) { $0 * 60 + Double($1) } + part
            return .float(isNegative ? -value : value)
        }
        guard leading != UInt8(ascii: "0") else { return nil }
        var value = 0
        for number in numbers {
            let (product, overflow) = value.multipliedReportingOverflow(by: 60)
            let (sum, overflowToo) = product.addingReportingOverflow(number)
            if overflow || overflowToo { return nil }
            value = sum
        }
        return .int(isNegative ? -value : value)
    }

    private func float() -> Resolved? {
        guard let dot = body.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        let leading = body[..<dot]
        var trailing = body[(dot + 1)...]
        if let mark = trailing.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            // YAML 1.1 wants the sign: 1.5e3 is a text.
            var exponent = trailing[(mark + 1)...]
            guard let sign = exponent.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
                return nil
            }
            guard !exponent.isEmpty, exponent.allSatisfy(NumberForm.isDigit) else { return nil }
            trailing = trailing[..<mark]
        }
        guard trailing.allSatisfy(NumberForm.isDigitOrUnderscore) else { return nil }
        if let first = leading.first {
            guard NumberForm.isDigit(first), leading.allSatisfy(NumberForm.isDigitOrUnderscore) else { return nil }
        } else {
            guard !isSigned, let first = trailing.first, NumberForm.isDigit(first) else { return nil }
        }
        let value = NumberForm.double(NumberForm.string(body))
        return .float(isNegative ? -value : value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isDigitOrUnderscore(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_")
    }

    private static func isBelowSixty(_ part: ArraySlice<UInt8>) -> Bool {
        guard let first = part.first, part.count <= 2, part.allSatisfy(isDigit) else { return false }
        return part.count == 1 || first <= UInt8(ascii: "5")
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        Int(string(bytes))
    }

    // The callers have checked the form, which is within what Double reads.
    private static func double(_ text: String) -> Double {
        Double(text) ?? .nan
    }
}
