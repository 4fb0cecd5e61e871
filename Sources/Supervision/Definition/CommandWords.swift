/// A command line as words, by the quoting rules of a POSIX shell and without anything else that a shell does.
enum CommandWords {
    struct Problem: Error {
        var message: String
        var hint: String?
    }

    static func split(_ text: String) throws(Problem) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var isOpen = false
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"):
                if isOpen { words.append(String(decoding: word, as: UTF8.self)) }
                (word, isOpen) = ([], false)
            case UInt8(ascii: "'"):
                isOpen = true
                guard let end = bytes.firstIndex(of: byte) else { throw open }
                word += bytes[..<end]
                bytes = bytes[(end + 1)...]
            case UInt8(ascii: "\""):
                isOpen = true
                try quoted(&bytes, into: &word)
            case UInt8(ascii: "\\"):
                isOpen = true
                guard let next = bytes.popFirst() else { throw Problem(message: "ends with a backslash") }
                word.append(next)
            case _ where "|&;<>()$`".utf8.contains(byte):
                throw needsShell(byte)
            default:
                isOpen = true
                word.append(byte)
            }
        }
        if isOpen { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    private static var open: Problem { Problem(message: "has a quote that is not closed") }

    private static func quoted(_ bytes: inout ArraySlice<UInt8>, into word: inout [UInt8]) throws(Problem) {
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"):
                guard let next = bytes.popFirst() else { throw open }
                if !"\"\\$`".utf8.contains(next) { word.append(byte) }
                word.append(next)
            case UInt8(ascii: "$"), UInt8(ascii: "`"): throw needsShell(byte)
            default: word.append(byte)
            }
        }
        throw open
    }

    private static func needsShell(_ byte: UInt8) -> Problem {
        Problem(
            message: "has a \"\(Character(Unicode.Scalar(byte)))\", and no shell reads it",
            hint: "quote it, or write [sh, -c, \"exec ...\"]"
        )
    }
}
