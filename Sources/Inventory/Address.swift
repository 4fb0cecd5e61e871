/// What a text under `hosts` can be told to be: an address or a name, perhaps with ranges, and perhaps a port.
///
/// Ansible's own grammar, because it decides where a port is cut off: `a_:22` is a name with a colon, `a:22` is not.
struct Address {
    var host: String
    var port: Int?

    /// Nil where the text is neither a name nor an address.
    init?(_ text: String, allowingRanges: Bool) {
        var host = text
        if let (inside, number) = Address.cutPort(host), inside.hasPrefix("["), inside.hasSuffix("]") {
            let inner = inside.dropFirst().dropLast()
            if !inner.isEmpty { (host, port) = (String(inner), number) }
        }
        // Also behind brackets: `[a:1]:2` is the host a with port 1. Nobody writes that; it must only not differ.
        if let (prefix, number) = Address.cutPort(host), Address.isWithoutColon(prefix) {
            (host, port) = (String(prefix), number)
        }
        guard Address.isHostName(host) || Address.isIPv6(host), allowingRanges || !host.contains("[") else {
            return nil
        }
        self.host = host
    }

    // What stands before the last colon, where only digits follow.
    private static func cutPort(_ text: String) -> (Substring, Int)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...].utf8
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return (text[..<colon], Int(text[text.index(after: colon)...]) ?? Int.max)
    }

    private static func isWithoutColon(_ text: Substring) -> Bool {
        var isInside = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "[": isInside = true
            case "]":
                if !isInside { return false }
                isInside = false
            case ":": if !isInside { return false }
            default: break
            }
        }
        return !isInside
    }

    // MARK: Names

    /// Labels between dots: letters, digits, `_` and `-`, not starting with `-` nor ending with either; ranges are as letters.
    static func isHostName(_ text: String) -> Bool {
        var rest = text.unicodeScalars[...]
        var count = 0
        var last: Unicode.Scalar = "."
        while let scalar = rest.first {
            if scalar == "[" {
                guard let range = Range(&rest), range.isDecimal || range.isOneLetter else { return false }
                count += 1
                last = "]"
                continue
            }
            rest.removeFirst()
            if scalar == "." {
                if count == 0 || last == "_" || last == "-" { return false }
                count = 0
            } else {
                guard isWord(scalar) || (scalar == "-" && count > 0) else { return false }
                count += 1
            }
            last = scalar
        }
        return count > 0 && last != "_" && last != "-"
    }

    // A letter, digit or underscore of any script, as Python's regular expressions have it.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "_" { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        case .decimalNumber, .letterNumber, .otherNumber: return true
        default: return false
        }
    }

    /// A range in brackets that was just passed over: `[1:9]`, `[a:f]`, `[1:9:2]`.
    private struct Range {
        var isDecimal: Bool
        var isOneLetter: Bool
        var isHexadecimal: Bool

        init?(_ rest: inout Substring.UnicodeScalarView) {
            guard let close = rest.firstIndex(of: "]") else { return nil }
            let parts = rest[rest.index(after: rest.startIndex)..<close]
                .split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
            if parts.count == 3 && !parts[2].allSatisfy(Range.isDigit) { return nil }
            isDecimal = parts[0].allSatisfy(Range.isDigit) && parts[1].allSatisfy(Range.isDigit)
            isOneLetter = parts[..<2].allSatisfy { $0.count == 1 && $0.allSatisfy(Range.isLetter) }
            isHexadecimal = parts[..<2].allSatisfy { $0.allSatisfy(\.properties.isASCIIHexDigit) }
            rest = rest[rest.index(after: close)...]
        }

        private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x30 && scalar.value <= 0x39 }

        private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            (scalar.value | 0x20) >= 0x61 && (scalar.value | 0x20) <= 0x7A
        }
    }

    // MARK: IPv6

    static func isIPv6(_ text: String) -> Bool {
        guard text.contains(":"), let parts = parts(text) else { return false }
        // A pair of colons leaves an empty part; at the ends of the text it leaves two.
        if let pair = parts.firstIndex(of: .empty) {
            let before = parts[..<pair]
            var after = parts[(pair + 1)...]
            if parts == [.empty, .empty, .empty] { return true }
            if pair == 0 {
                // `::b` and `::ffff:1.2.3.4`
                guard after.popFirst() == .empty, let last = after.last else { return false }
                if case .dotted = last { return after.dropLast().allSatisfy { $0 == .ffff } && after.count <= 2 }
                return after.count <= 6 && after.allSatisfy(\.isWord)
            }
            guard before.allSatisfy(\.isWord) else { return false }
            if after == [.empty] { return before.count <= 6 }
            return !after.isEmpty && after.allSatisfy(\.isWord) && before.count + after.count <= 7
        }
        if case .dotted = parts[parts.count - 1] {
            let zeros = parts.dropLast().prefix { $0 == .zero }.count
            return parts.count == 7 && (zeros == 6 || (zeros == 5 && parts[5] == .ffff))
        }
        return parts.count == 8 && parts.allSatisfy(\.isWord)
    }

    private enum Part: Equatable {
        case empty
        case zero
        case ffff
        case word
        case dotted

        var isWord: Bool { self == .word || self == .zero || self == .ffff }
    }

    private static func parts(_ text: String) -> [Part]? {
        var parts: [Part] = []
        var rest = text.unicodeScalars[...]
        while true {
            guard let part = part(&rest) else { return nil }
            parts.append(part)
            guard let separator = rest.popFirst() else { return parts }
            guard separator == ":", parts.count < 9 else { return nil }
        }
    }

    // Up to the next colon: hexadecimal digits, a range, or four of those with dots between.
    private static func part(_ rest: inout Substring.UnicodeScalarView) -> Part? {
        var pieces = 0
        var first: Substring.UnicodeScalarView = rest[rest.startIndex..<rest.startIndex]
        while true {
            if rest.first == "[" {
                guard let range = Range(&rest), range.isHexadecimal else { return nil }
            } else {
                let digits = rest.prefix { $0.properties.isASCIIHexDigit }
                if digits.isEmpty { return pieces == 0 && (rest.isEmpty || rest.first == ":") ? .empty : nil }
                guard digits.count <= 4 else { return nil }
                if pieces == 0 { first = digits }
                rest = rest[digits.endIndex...]
            }
            pieces += 1
            guard rest.first == "." else { break }
            rest.removeFirst()
        }
        if pieces == 4 { return .dotted }
        guard pieces == 1 else { return nil }
        let word = String(first).lowercased()
        return word == "0" ? .zero : word == "ffff" ? .ffff : .word
    }
}
