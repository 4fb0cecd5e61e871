import Text

/// Texts and numbers as Python's `repr` writes them.
package enum PythonText {
    package static func number(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        return value.isInfinite ? (value < 0 ? "-inf" : "inf") : String(value)
    }

    package static func quoted(_ text: String) -> String {
        let bytes = text.utf8
        let isDouble = bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\""))
        let mark: Unicode.Scalar = isDouble ? "\"" : "'"
        var result = String(mark)
        for scalar in text.unicodeScalars {
            switch scalar {
            case mark, "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if isShown(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    result += escape(scalar.value)
                }
            }
        }
        return result + String(mark)
    }

    /// The key of a map.
    package static func key(_ pair: Value.Pair) -> String {
        if pair.isText { return quoted(pair.name) }
        switch pair.name {
        case "true": return "True"
        case "false": return "False"
        case "null": return "None"
        default: return pair.name
        }
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default:
            return true
        }
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        return "\\" + letter + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
