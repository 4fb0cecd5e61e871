/// JSON as Python's `json.dumps` writes it: ", " and ": ", everything beyond ASCII as an escape.
struct JSONWriter {
    private(set) var text = ""
    private let isNice: Bool
    private var depth = 0

    /// A nice one has an item per line and its keys sorted.
    init(isNice: Bool) {
        self.isNice = isNice
    }

    var sortsKeys: Bool { isNice }

    mutating func add(_ more: String) { text += more }

    mutating func open(_ mark: String) {
        text += mark
        depth += 1
    }

    mutating func separate(isFirst: Bool) {
        if !isFirst { text += isNice ? "," : ", " }
        if isNice { text += "\n" + String(repeating: "    ", count: depth) }
    }

    mutating func close(_ mark: String, isEmpty: Bool) {
        depth -= 1
        if isNice, !isEmpty { text += "\n" + String(repeating: "    ", count: depth) }
        text += mark
    }

    mutating func add(quoted own: String) {
        text += "\""
        for unit in own.utf16 {
            switch unit {
            case 0x22: text += "\\\""
            case 0x5C: text += "\\\\"
            case 0x08: text += "\\b"
            case 0x09: text += "\\t"
            case 0x0A: text += "\\n"
            case 0x0C: text += "\\f"
            case 0x0D: text += "\\r"
            case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }
        }
        text += "\""
    }
}

extension Evaluator {
    /// `value` has been evaluated whole.
    mutating func write(_ value: Value, into json: inout JSONWriter, at offset: Int) throws(Failure) {
        try enter(at: offset)
        defer { recursion -= 1 }
        switch value.content {
        case .null: json.add("null")
        case .bool(let bool): json.add(bool ? "true" : "false")
        case .int(let int): json.add(String(int))
        case .huge(let digits): json.add(digits)
        case .float(let float):
            json.add(float.isNaN ? "NaN" : float.isInfinite ? (float < 0 ? "-Infinity" : "Infinity") : String(float))
        case .date(let text), .string(let text):
            try check(json, adding: text.utf8.count, at: offset)
            json.add(quoted: text)
        case .list(let values):
            json.open("[")
            for (index, value) in values.enumerated() {
                json.separate(isFirst: index == 0)
                try write(value, into: &json, at: offset)
            }
            json.close("]", isEmpty: values.isEmpty)
        case .map(let pairs):
            json.open("{")
            let ordered =
                json.sortsKeys ? pairs.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : pairs
            for (index, pair) in ordered.enumerated() {
                json.separate(isFirst: index == 0)
                try check(json, adding: pair.name.utf8.count, at: offset)
                json.add(quoted: pair.name)
                json.add(": ")
                try write(pair.value, into: &json, at: offset)
            }
            json.close("}", isEmpty: pairs.isEmpty)
        case .opaque(let tag): throw unreadable(tag, value, at: offset)
        case .secret: throw failure("this needs a secret", at: offset)
        }
    }

    private func check(_ json: JSONWriter, adding bytes: Int, at offset: Int) throws(Failure) {
        guard json.text.utf8.count + bytes > limits.outputBytes else { return }
        let message = "this makes a text of more than \(limits.outputBytes) bytes"
        throw Failure(frame.text.diagnostic(message, at: offset), .complete)
    }
}
