/// One way to write an option, dashes included: `--check` or `-C`.
///
/// Only the written form lives here; what the option means does not.
package struct Spelling: Sendable, Hashable, ExpressibleByStringLiteral {
    package let text: String

    package init(stringLiteral value: String) {
        text = value
    }

    package init(_ text: String) {
        self.text = text
    }

    package var isLong: Bool {
        text.utf8.starts(with: "--".utf8)
    }

    /// The single letter of a short spelling; nil for long ones.
    package var letter: Character? {
        isLong ? nil : text.last
    }

    /// The long name without its dashes; nil for short ones.
    package var longName: String? {
        isLong ? String(text.dropFirst(2)) : nil
    }

    /// Names end up unquoted in three shell languages and in roff, so only harmless characters are allowed.
    var isWellFormed: Bool {
        if isLong {
            let name = text.utf8.dropFirst(2)
            return name.count >= 2 && Word.isPlain(String(text.dropFirst(2)))
        }
        return text.utf8.count == 2 && text.utf8.first == UInt8(ascii: "-") && Word.isPlain(String(text.dropFirst()))
    }
}

/// The test for words that need no quoting anywhere: in shells, in roff, in a sentence.
///
/// It only judges words; it never changes them.
enum Word {
    static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first) else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || "-_.+".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            false
        }
    }
}
