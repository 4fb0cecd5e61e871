/// Where in a shell command the next piece of text comes to stand: between words, inside quotes, in a comment.
///
/// A quoted word is safe only where the shell reads words. Inside quotes of its own it would open them, inside a
/// here-document and a comment its quotes mean nothing.
struct ShellPlace {
    /// A place where a quoted word does not work, in the words of a message.
    enum Trouble: String {
        case single = "inside '...'"
        case double = "inside \"...\""
        case backslash = "behind a backslash"
        case comment = "in a comment"
        case hereDocument = "behind the start of a here-document"
        case backquotes = "inside `...`"
    }

    private enum Context {
        case words
        case double
        case backquotes
        /// `$(...)` and `(...)`
        case parenthesis
    }

    private var contexts: [Context] = [.words]
    private var isInSingle = false
    private var isInComment = false
    private var isEscaped = false
    private var hasHereDocument = false
    private var previous = UInt8(ascii: " ")

    var trouble: Trouble? {
        if isInSingle { return .single }
        if isInComment { return .comment }
        if isEscaped { return .backslash }
        if contexts.contains(.backquotes) { return .backquotes }
        if contexts.last == .double { return .double }
        return hasHereDocument ? .hereDocument : nil
    }

    mutating func pass(_ text: String) {
        for byte in text.utf8 {
            pass(byte)
            previous = byte
        }
    }

    /// A quoted word, or several plain letters: nothing in it changes the place.
    mutating func passWord() {
        isEscaped = false
        previous = UInt8(ascii: "w")
    }

    private mutating func pass(_ byte: UInt8) {
        if isInComment {
            isInComment = byte != 0x0A
            return
        }
        if isInSingle {
            isInSingle = byte != UInt8(ascii: "'")
            return
        }
        if isEscaped {
            isEscaped = false
            return
        }
        let isDouble = contexts.last == .double
        switch byte {
        case UInt8(ascii: "\\"): isEscaped = true
        case UInt8(ascii: "'"): isInSingle = !isDouble
        case UInt8(ascii: "\""): if isDouble { contexts.removeLast() } else { contexts.append(.double) }
        case UInt8(ascii: "`"):
            if let index = contexts.lastIndex(of: .backquotes) {
                contexts.removeSubrange(index...)
            } else {
                contexts.append(.backquotes)
            }
        case UInt8(ascii: "("): if !isDouble || previous == UInt8(ascii: "$") { contexts.append(.parenthesis) }
        case UInt8(ascii: ")"): if contexts.last == .parenthesis { contexts.removeLast() }
        case UInt8(ascii: "#"): isInComment = !isDouble && startsWord
        case UInt8(ascii: "<"): hasHereDocument = hasHereDocument || (!isDouble && previous == UInt8(ascii: "<"))
        default: break
        }
    }

    private var startsWord: Bool {
        switch previous {
        case 0x20, 0x09, 0x0A, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("),
            UInt8(ascii: ")"):
            true
        default: false
        }
    }
}
