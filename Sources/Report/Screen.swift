/// Remote text made safe for a terminal, line by line.
enum Screen {
    /// Control bytes become visible, tabs stay; bytes that are no text become U+FFFD.
    static func lines(_ bytes: [UInt8]) -> [String] {
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines.map { safe(String($0)) }
    }

    static func safe(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == 9 }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar == "\t": result += "\t"
            case .control where scalar == "\r": result += "\\r"
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result.hasSuffix("\\r") ? String(result.dropLast(2)) : result
    }
}
