import Document

/// The tokens of Python literals on one line. Anything that is no part of a literal ends the text as one.
struct PythonLexer {
    enum Token: Equatable {
        case string(String)
        case bytes(String)
        case number(Value.Content)
        case word(String)
        case mark(Unicode.Scalar)
        case ellipsis
        case end
        case wrong
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// Whether only space or a comment is left.
    var isAtEnd: Bool {
        var copy = self
        return copy.next() == .end
    }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        let before = index
        if next() == .mark(mark) { return true }
        index = before
        return false
    }

    mutating func next() -> Token {
        while let space = peek(), space == " " || space == "\t" || space == "\u{0C}" { index += 1 }
        guard let scalar = peek(), scalar != "#" else { return .end }
        switch scalar {
        case "0"..."9": return number()
        case ".":
            if let digit = peek(1), PythonLexer.isDigit(digit) { return number() }
            if peek(1) == ".", peek(2) == "." {
                index += 3
                return .ellipsis
            }
            return .wrong
        case "'", "\"": return strings()
        case "a"..."z", "A"..."Z", "_":
            if prefixLength() != nil { return strings() }
            return word()
        case "[", "]", "(", ")", "{", "}", ",", ":", "+", "-":
            index += 1
            return .mark(scalar)
        default:
            return .wrong
        }
    }

    private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        index + ahead < scalars.count ? scalars[index + ahead] : nil
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x30 && scalar.value <= 0x39 }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        isDigit(scalar) || scalar == "_" || scalar.properties.isAlphabetic
    }

    private mutating func word() -> Token {
        var text = String.UnicodeScalarView()
        while let scalar = peek(), PythonLexer.isPartOfWord(scalar) {
            text.append(scalar)
            index += 1
        }
        return .word(String(text))
    }

    // MARK: Numbers

    private mutating func number() -> Token {
        var digits: [UInt8] = []
        while let scalar = peek(), scalar.isASCII {
            let byte = UInt8(ascii: scalar)
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            let isHexadecimal = digits.count > 1 && digits[1] | 0x20 == UInt8(ascii: "x")
            let isAfterExponent = !isHexadecimal && digits.last.map { $0 | 0x20 == UInt8(ascii: "e") } == true
            guard PythonLexer.isPartOfWord(scalar) || scalar == "." || (isSign && isAfterExponent) else { break }
            digits.append(byte)
            index += 1
        }
        return PythonNumber.parse(digits).map { .number($0) } ?? .wrong
    }

    // MARK: Strings

    // How many letters before a quote say what kind of string it is; nil where no string starts here.
    private func prefixLength() -> Int? {
        for length in 0...2 {
            guard let scalar = peek(length) else { return nil }
            if scalar == "'" || scalar == "\"" { return length }
            guard "rRbBuU".unicodeScalars.contains(scalar) else { return nil }
        }
        return nil
    }

    // Strings next to each other are one.
    private mutating func strings() -> Token {
        var result = ""
        var areBytes: Bool?
        while let length = prefixLength() {
            var prefix = String.UnicodeScalarView()
            prefix.append(contentsOf: scalars[index..<index + length])
            index += length
            let kind = String(prefix).lowercased()
            guard ["", "r", "u", "b", "br", "rb"].contains(kind), areBytes ?? kind.contains("b") == kind.contains("b"),
                let text = string(isRaw: kind.contains("r"), isBytes: kind.contains("b"))
            else { return .wrong }
            areBytes = kind.contains("b")
            result += text
            while let space = peek(), space == " " || space == "\t" { index += 1 }
        }
        return areBytes == true ? .bytes(result) : .string(result)
    }

    private mutating func string(isRaw: Bool, isBytes: Bool) -> String? {
        guard let mark = peek() else { return nil }
        let isTriple = peek(1) == mark && peek(2) == mark
        index += isTriple ? 3 : 1
        var text = String.UnicodeScalarView()
        while let scalar = peek() {
            if scalar == mark, !isTriple || (peek(1) == mark && peek(2) == mark) {
                index += isTriple ? 3 : 1
                return String(text)
            }
            index += 1
            if isBytes && !scalar.isASCII { return nil }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escaped = peek() else { return nil }
            if isRaw {
                text.append(scalar)
                text.append(escaped)
                index += 1
            } else {
                guard escape(into: &text, isBytes: isBytes) else { return nil }
            }
        }
        return nil
    }

    private mutating func escape(into text: inout String.UnicodeScalarView, isBytes: Bool) -> Bool {
        guard let letter = peek() else { return false }
        index += 1
        switch letter {
        case "\\", "'", "\"": text.append(letter)
        case "n": text.append("\n")
        case "t": text.append("\t")
        case "r": text.append("\r")
        case "a": text.append("\u{07}")
        case "b": text.append("\u{08}")
        case "f": text.append("\u{0C}")
        case "v": text.append("\u{0B}")
        case "0"..."7":
            var value = letter.value - 0x30
            for _ in 0..<2 {
                guard let digit = peek(), digit >= "0", digit <= "7" else { break }
                value = value * 8 + digit.value - 0x30
                index += 1
            }
            return append(value, to: &text, isBytes)
        case "x": return hexadecimal(2, into: &text, isBytes)
        case "u" where !isBytes: return hexadecimal(4, into: &text, isBytes)
        case "U" where !isBytes: return hexadecimal(8, into: &text, isBytes)
        // Names of characters; the text stays as it was written.
        case "N" where !isBytes: return false
        default:
            text.append("\\")
            text.append(letter)
        }
        return true
    }

    private mutating func hexadecimal(_ count: Int, into text: inout String.UnicodeScalarView, _ isBytes: Bool) -> Bool
    {
        guard index + count <= scalars.count else { return false }
        var digits = String.UnicodeScalarView()
        digits.append(contentsOf: scalars[index..<index + count])
        guard digits.allSatisfy(\.properties.isASCIIHexDigit), let value = UInt32(String(digits), radix: 16) else {
            return false
        }
        index += count
        return append(value, to: &text, isBytes)
    }

    // A byte above 127 would need its neighbours to be a character.
    private func append(_ value: UInt32, to text: inout String.UnicodeScalarView, _ isByte: Bool) -> Bool {
        guard !isByte || value < 0x80, let scalar = Unicode.Scalar(value) else { return false }
        text.append(scalar)
        return true
    }
}
