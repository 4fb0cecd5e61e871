/// Takes the lines of a configuration apart as OpenSSH does, which has two ways that differ in small things.
enum Words {
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") || byte == 10
    }

    static func skippingBlanks(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.drop(while: isBlank)
    }

    enum Delimited {
        case word([UInt8])
        case unclosedQuote
        case end
    }

    /// The way of keywords and of `Match`: a word ends at a blank or at one `=`, and behind a closing quote. `rest` is nil
    /// once nothing is left.
    static func next(in rest: inout ArraySlice<UInt8>?) -> Delimited {
        guard let bytes = rest else { return .end }
        let isEnd: (UInt8) -> Bool = { isBlank($0) || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "\"") }
        guard let end = bytes.firstIndex(where: isEnd) else {
            rest = nil
            return .word(Array(bytes))
        }
        var word = Array(bytes[..<end])
        let behind = bytes[(end + 1)...]
        if bytes[end] == UInt8(ascii: "\"") {
            guard let close = behind.firstIndex(of: UInt8(ascii: "\"")) else {
                rest = nil
                return .unclosedQuote
            }
            word += behind[..<close]
            rest = skippingBlanks(behind[(close + 1)...])
            return .word(word)
        }
        var left = skippingBlanks(behind)
        if bytes[end] != UInt8(ascii: "="), left.first == UInt8(ascii: "=") { left = skippingBlanks(left.dropFirst()) }
        rest = left
        return .word(word)
    }

    /// The way of all other arguments: quotes of both kinds, a backslash before quotes, backslashes and blanks, and `#`
    /// at the beginning of a word starts a comment. Nil where a quote is never closed.
    static func split(_ bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
        var words: [[UInt8]] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let first = bytes[index]
            if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                index += 1
                continue
            }
            if first == UInt8(ascii: "#") { break }
            var word: [UInt8] = []
            var quote: UInt8?
            while index < bytes.endIndex {
                let byte = bytes[index]
                let isSpace = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
                if quote == nil, isSpace { break }
                index += 1
                switch byte {
                case UInt8(ascii: "\\"):
                    guard index < bytes.endIndex, isEscapable(bytes[index], inQuotes: quote != nil) else {
                        word.append(byte)
                        continue
                    }
                    word.append(bytes[index])
                    index += 1
                case UInt8(ascii: "\"") where quote == nil, UInt8(ascii: "'") where quote == nil: quote = byte
                case quote: quote = nil
                default: word.append(byte)
                }
            }
            if quote != nil { return nil }
            words.append(word)
        }
        return words
    }

    private static func isEscapable(_ byte: UInt8, inQuotes: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"): true
        case UInt8(ascii: " "): !inQuotes
        default: false
        }
    }
}

extension String {
    /// Nil for bytes that are no UTF-8.
    init?(validating bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self = text
    }
}
