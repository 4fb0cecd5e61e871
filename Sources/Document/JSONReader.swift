import Text

/// One pass over the bytes of a JSON text.
struct JSONReader {
    struct Failure: Error {
        var message: String
        var position: Position
    }

    private let bytes: [UInt8]
    private let limits: Limits
    private var index: Int
    private var nodes = 0
    // The place of `marked`: places are asked for in rising order, so a text of one long line costs one pass.
    private var marked: Int
    private var place = Position.start

    init(_ source: SourceText, limits: Limits) {
        bytes = source.bytes
        self.limits = limits
        index = source.markLength
        marked = index
    }

    mutating func document() throws(Failure) -> Node {
        let node = try value(depth: 1)
        skipSpace()
        if index < bytes.count { throw failure("the value ends here, but the text goes on") }
        return node
    }

    private mutating func value(depth: Int) throws(Failure) -> Node {
        skipSpace()
        let position = position()
        nodes += 1
        if nodes > limits.nodes { throw failure("the text has more than \(limits.nodes) parts") }
        if depth > limits.depth { throw failure("lists and objects lie more than \(limits.depth) deep in each other") }
        guard index < bytes.count else { throw failure("a value is missing") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return Node(.mapping(try members(depth)), at: position)
        case UInt8(ascii: "["): return Node(.sequence(try elements(depth)), at: position)
        case UInt8(ascii: "\""): return Node(.scalar(Node.Scalar(try string(), style: .quoted)), at: position)
        default: return Node(.scalar(Node.Scalar(try word())), at: position)
        }
    }

    private mutating func members(_ depth: Int) throws(Failure) -> [Node.Entry] {
        var entries = UniqueEntries()
        index += 1
        skipSpace()
        if take("}") { return [] }
        while true {
            skipSpace()
            let position = position()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw failure("a name in double quotes is missing")
            }
            let key = Node(.scalar(Node.Scalar(try string(), style: .quoted)), at: position)
            skipSpace()
            guard take(":") else { throw failure("\":\" is missing") }
            entries.set(Node.Entry(key: key, value: try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return entries.entries }
            guard take(",") else { throw failure("\",\" or \"}\" is missing") }
        }
    }

    private mutating func elements(_ depth: Int) throws(Failure) -> [Node] {
        var elements: [Node] = []
        index += 1
        skipSpace()
        if take("]") { return [] }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return elements }
            guard take(",") else { throw failure("\",\" or \"]\" is missing") }
        }
    }

    // A number, or one of the few words.
    private mutating func word() throws(Failure) -> String {
        let start = index
        while index < bytes.count, JSONReader.isPartOfWord(bytes[index]) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        switch text {
        case "true", "false", "null": return text
        case "NaN": return ".nan"
        case "Infinity": return ".inf"
        case "-Infinity": return "-.inf"
        default:
            if let number = JSONReader.number(bytes[start..<index]) { return number }
            index = start
            throw failure("this is no JSON value")
        }
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    // In the form in which YAML sees a number too: there 1e3 is a text, but 1.0e+3 is not.
    private static func number(_ word: ArraySlice<UInt8>) -> String? {
        var rest = word
        var result = ""
        if rest.first == UInt8(ascii: "-") {
            rest = rest.dropFirst()
            result = "-"
        }
        let whole = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        rest = rest.dropFirst(whole.count)
        guard let first = whole.first, first != 0x30 || whole.count == 1 else { return nil }
        result += String(decoding: whole, as: UTF8.self)
        var hasFraction = false
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !digits.isEmpty else { return nil }
            result += "." + String(decoding: digits, as: UTF8.self)
            rest = rest.dropFirst(digits.count + 1)
            hasFraction = true
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            var sign = "+"
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
                sign = rest.removeFirst() == UInt8(ascii: "-") ? "-" : "+"
            }
            guard !rest.isEmpty, rest.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            result += (hasFraction ? "" : ".0") + "e" + sign + String(decoding: rest, as: UTF8.self)
            rest = rest.dropFirst(rest.count)
        }
        return rest.isEmpty ? result : nil
    }

    private mutating func string() throws(Failure) -> String {
        let opening = position()
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                index += 1
                try escape(into: &text)
            case 0..<0x20:
                throw failure("a control character must be written as an escape")
            default:
                text.append(byte)
                index += 1
            }
            if text.count > limits.scalarBytes { throw failure("this text has more than \(limits.scalarBytes) bytes") }
        }
        throw Failure(message: "this quote is never closed", position: opening)
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        guard index < bytes.count else { throw failure("an escape is not finished") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var value = try hex()
            if value & 0xFC00 == 0xD800, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                let before = index
                index += 2
                let low = try hex()
                if low & 0xFC00 == 0xDC00 {
                    value = 0x10000 + ((value & 0x3FF) << 10) + (low & 0x3FF)
                } else {
                    index = before
                }
            }
            // Half a pair is no character.
            text.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
        default:
            index -= 1
            throw failure("there is no such escape")
        }
    }

    private mutating func hex() throws(Failure) -> UInt32 {
        guard index + 4 <= bytes.count, bytes[index] != UInt8(ascii: "+"),
            let value = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits are missing") }
        index += 4
        return value
    }

    // MARK: Places

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: mark) else { return false }
        index += 1
        return true
    }

    private mutating func failure(_ message: String) -> Failure {
        Failure(message: message, position: position())
    }

    private mutating func position() -> Position {
        while marked < min(index, bytes.count) {
            let step = UTF8Step.next(in: bytes, at: marked)
            marked += step.length
            switch step.scalar {
            case "\r" where marked < bytes.count && bytes[marked] == 0x0A: break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": place = Position(line: place.line + 1, column: 1)
            default: place.column += 1
            }
        }
        return place
    }
}
