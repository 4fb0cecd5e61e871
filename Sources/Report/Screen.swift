/// Remote text made safe for a terminal, line by line.
package enum Screen {
    /// A text of several lines.
    package static func block(_ text: String) -> String {
        lines(Array(text.utf8)).map { $0 + "\n" }.joined()
    }

    /// One line, whatever is in it.
    package static func line(_ text: String) -> String { safe(text) }

    /// Control bytes become visible, tabs stay; bytes that are no text become U+FFFD.
    static func lines(_ bytes: [UInt8]) -> [String] {
        // Split as bytes: to a String, CR and LF are one character, and no newline.
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { safe(String(decoding: $0, as: UTF8.self)) }
    }

    /// A carriage return at the end belongs to the line's end and goes with it.
    static func safe(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == 9 }) { return text }
        var result = ""
        for scalar in text.unicodeScalars.last == "\r" ? text.unicodeScalars.dropLast() : text.unicodeScalars[...] {
            switch scalar.properties.generalCategory {
            case .control where scalar == "\t": result += "\t"
            case .control where scalar == "\r": result += "\\r"
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
