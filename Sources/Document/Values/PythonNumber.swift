/// Numbers as Python writes them: `1_000`, `0x1F`, `0o17`, `0b1`, `1.5`, `.5`, `1e3`; without a sign.
package enum PythonNumber {
    // No longer whole number is read by Python either.
    private static let mostDigits = 4300

    package static func parse(_ word: [UInt8]) -> Value.Content? {
        guard word.count <= mostDigits else { return nil }
        if word.count > 1, word[0] == UInt8(ascii: "0"), let radix = radix(word[1]) {
            // An underscore may follow the letter: 0x_1.
            var digits = word[2...]
            if digits.first == UInt8(ascii: "_") { digits = digits.dropFirst() }
            return withoutUnderscores(digits).flatMap { whole($0, radix: radix) }
        }
        if word.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") }) {
            guard let digits = withoutUnderscores(word[...]) else { return nil }
            // Zero may be written 00, but 012 is no number.
            guard digits[0] != UInt8(ascii: "0") || digits.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
            return whole(digits, radix: 10)
        }
        return float(word)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func radix(_ letter: UInt8) -> Int? {
        switch letter | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
    }

    // Only between digits, and only one.
    private static func withoutUnderscores(_ word: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = word.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty } ? Array(parts.joined()) : nil
    }

    private static func float(_ word: [UInt8]) -> Value.Content? {
        let exponent = word.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? word.count
        let parts = word[..<exponent].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
        var text = ""
        for part in parts {
            if !text.isEmpty { text += "." }
            if part.isEmpty {
                text += "0"
            } else {
                guard part.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "_") }), let digits = withoutUnderscores(part)
                else { return nil }
                text += String(decoding: digits, as: UTF8.self)
            }
        }
        if exponent < word.count {
            var rest = word[(exponent + 1)...]
            text += "e"
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                text.unicodeScalars.append(Unicode.Scalar(sign))
                rest = rest.dropFirst()
            }
            guard !rest.isEmpty, let digits = withoutUnderscores(rest), digits.allSatisfy(isDigit) else { return nil }
            text += String(decoding: digits, as: UTF8.self)
        }
        return Double(text).map { .float($0) }
    }

    /// A whole number: as an Int where it fits, else its decimal digits.
    static func whole(_ digits: [UInt8], radix: Int) -> Value.Content? {
        var values: [UInt64] = []
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue, value < radix else { return nil }
            values.append(UInt64(value))
        }
        if values.isEmpty { return nil }
        // Groups of nine decimal digits, the lowest first.
        var groups: [UInt64] = [0]
        for value in values {
            var carry = value
            for index in groups.indices {
                let sum = groups[index] * UInt64(radix) + carry
                groups[index] = sum % 1_000_000_000
                carry = sum / 1_000_000_000
            }
            if carry > 0 { groups.append(carry) }
        }
        var text = String(groups[groups.count - 1])
        for group in groups.dropLast().reversed() {
            let part = String(group)
            text += String(repeating: "0", count: 9 - part.utf8.count) + part
        }
        return Int(text).map { .int($0) } ?? .huge(text)
    }
}

extension PythonNumber {
    /// A number that may have a sign and space around it, as Python's `int()` and `float()` read texts.
    static func signed(_ text: String) -> Value.Content? {
        var word = Array(text.utf8).trimmed { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
        let isNegative = word.first == UInt8(ascii: "-")
        if isNegative || word.first == UInt8(ascii: "+") { word.removeFirst() }
        // Unlike in a program, a number in a text may begin with zeros.
        while word.count > 1, word.first == 0x30, let next = word.dropFirst().first, next >= 0x30 && next <= 0x39 {
            word.removeFirst()
        }
        switch parse(Array(word)) {
        case .int(let int): return .int(isNegative ? -int : int)
        case .float(let float): return .float(isNegative ? -float : float)
        case .huge("9223372036854775808") where isNegative: return .int(.min)
        case .huge(let digits): return .huge((isNegative ? "-" : "") + digits)
        default: return nil
        }
    }
}
