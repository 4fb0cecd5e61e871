/// Words for a POSIX shell. The only place where text from outside becomes part of a program.
package enum Quoting {
    /// `text` as one word that every POSIX shell reads back byte for byte. Plain words stay readable.
    package static func word(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
        var result = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { result += "'\\''" } else { result.unicodeScalars.append(scalar) }
        }
        return result + "'"
    }

    /// An argument list as one command line.
    package static func line(_ words: [String]) -> String {
        words.map(word).joined(separator: " ")
    }

    /// Bytes that no shell gives a meaning to, anywhere in a word. `~`, `=` and `#` have one at its start, `=` in the
    /// first word even inside; they are quoted always.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            return true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ","),
            UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "%"):
            return true
        default:
            return false
        }
    }
}
