/// Text made safe for a terminal: what could move the cursor, change colours or reorder the line is shown as an escape.
package enum Printable {
    /// One character as it is shown, and how many columns it takes.
    package struct Piece {
        package var text: String
        package var width: Int
    }

    package static let tabWidth = 4

    /// The whole text on one line, cut after `limit` characters.
    package static func line(_ text: String, limit: Int = 1000) -> String {
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return result + "..." }
            count += 1
            if scalar.value >= 0x20 && scalar.value < 0x7F {
                result.unicodeScalars.append(scalar)
            } else {
                result += piece(scalar, tabsAsSpaces: false).text
            }
        }
        return result
    }

    /// What a program said, on one line: line ends become spaces, bytes that are no text U+FFFD.
    package static func sentence(_ bytes: some Collection<UInt8>, limit: Int) -> String {
        let words = bytes.prefix(8 * limit).split { $0 == 10 || $0 == 13 }
        return line(words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " "), limit: limit)
    }

    /// The text between quotes, short enough for a message.
    package static func quoted(_ text: String, limit: Int = 60) -> String {
        "\"" + line(text, limit: limit) + "\""
    }

    package static func piece(_ step: UTF8Step, byte: UInt8) -> Piece {
        guard let scalar = step.scalar else { return escape(UInt32(byte)) }
        return piece(scalar, tabsAsSpaces: true)
    }

    private static func piece(_ scalar: Unicode.Scalar, tabsAsSpaces: Bool) -> Piece {
        if scalar == "\t", tabsAsSpaces {
            return Piece(text: String(repeating: " ", count: tabWidth), width: tabWidth)
        }
        if scalar.value >= 0x20 && scalar.value < 0x7F { return Piece(text: String(scalar), width: 1) }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            return escape(scalar.value)
        case .nonspacingMark, .enclosingMark:
            return Piece(text: String(scalar), width: 0)
        default:
            return Piece(text: String(scalar), width: isWide(scalar.value) ? 2 : 1)
        }
    }

    private static func escape(_ value: UInt32) -> Piece {
        let digits = String(value, radix: 16)
        let text: String
        switch value {
        case 0x09: text = "\\t"
        case 0x0A: text = "\\n"
        case 0x0D: text = "\\r"
        case 0...0xFF: text = "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
        default: text = "\\u{" + digits + "}"
        }
        return Piece(text: text, width: text.utf8.count)
    }

    // The blocks that terminals draw two columns wide. A caret a column off in a rare script is no harm.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            true
        default:
            false
        }
    }
}
