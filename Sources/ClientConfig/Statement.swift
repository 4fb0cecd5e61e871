import Text

/// A line that sets something, taken apart and checked.
struct Statement: Sendable {
    enum Value: Sendable {
        case text(String)
        case texts([String])
        case flag(Bool)
        /// Nil is `none`, which lets a later line decide.
        case number(Int?)
        /// Nil is `none`.
        case jump([JumpHop]?)
    }

    var setting: Setting
    var value: Value
    var place: Place

    var text: String {
        switch value {
        case .text(let text): text
        case .texts(let texts): texts.joined(separator: " ")
        case .flag(let flag): flag ? "yes" : "no"
        case .number(let number): number.map { "\($0)" } ?? "none"
        case .jump(let hops): hops == nil ? "none" : "..."
        }
    }

    var isNone: Bool { text.asciiLowercased == "none" }
}

/// Makes a statement of a directive and what stands behind it.
struct StatementReader {
    struct Problem: Error {
        var message: String
        var hint: String?
    }

    let directive: Directive
    let place: Place

    /// Nil for what is read over. `rest` is everything behind the name.
    func read(_ rest: ArraySlice<UInt8>) throws(Problem) -> Statement? {
        guard let words = Words.split(rest) else {
            throw Problem(message: "a quote behind \(directive.name) is never closed")
        }
        guard let setting = directive.setting else { return nil }
        switch directive.syntax {
        case .command:
            let line = rest.drop { Words.isBlank($0) || $0 == UInt8(ascii: "=") }
            return statement(setting, .text(try text(Array(line))))
        case .jump: return statement(setting, .jump(try jump(rest)))
        case .words:
            guard !words.isEmpty else { throw missing }
            var texts: [String] = []
            for word in words { texts.append(try text(word)) }
            if texts.count > 1, texts.contains(where: { $0.asciiLowercased == "none" }) {
                throw Problem(message: "none behind \(directive.name) must stand alone")
            }
            return statement(setting, .texts(texts))
        default:
            guard let word = words.first else { throw missing }
            let value = try value(try text(word))
            guard words.count == 1 else {
                let message = "\(directive.name) takes one argument"
                throw Problem(message: message, hint: "put quotes around one that contains blanks")
            }
            return statement(setting, value)
        }
    }

    /// The one argument as it is, without quotes to take away.
    func read(literal text: String) throws(Problem) -> Statement? {
        guard let setting = directive.setting else { return nil }
        let text = try self.text(Array(text.utf8))
        switch directive.syntax {
        case .command: return statement(setting, .text(text))
        case .jump: return statement(setting, .jump(try jump(Array(text.utf8)[...])))
        case .words: return statement(setting, .texts([text]))
        default: return statement(setting, try value(text))
        }
    }

    private func statement(_ setting: Setting, _ value: Statement.Value) -> Statement {
        Statement(setting: setting, value: value, place: place)
    }

    private var missing: Problem { Problem(message: "\(directive.name) has no argument") }

    private func text(_ bytes: [UInt8]) throws(Problem) -> String {
        guard !bytes.isEmpty else { throw missing }
        guard let text = String(validating: bytes) else {
            throw Problem(message: "the argument of \(directive.name) is not UTF-8")
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
            throw Problem(message: "the argument of \(directive.name) contains a control character")
        }
        return text
    }

    private func value(_ text: String) throws(Problem) -> Statement.Value {
        switch directive.syntax {
        case .flag:
            switch text.asciiLowercased {
            case "yes", "true": return .flag(true)
            case "no", "false": return .flag(false)
            default: throw wrong(text, "yes or no")
            }
        case .choice(let choices):
            let lowered = text.asciiLowercased
            guard choices.contains(lowered) else { throw wrong(text, "one of " + choices.joined(separator: ", ")) }
            return .text(lowered)
        case .port:
            guard let port = Numbers.port(text) else { throw wrong(text, "a number from 1 to 65535") }
            return .number(port)
        case .count:
            guard let number = Numbers.whole(text) else { throw wrong(text, "a whole number") }
            return .number(number)
        case .seconds:
            if text == "none" { return .number(nil) }
            guard let seconds = Numbers.seconds(text) else { throw wrong(text, "a time such as 30 or 1m30s") }
            return .number(seconds)
        default: return .text(text)
        }
    }

    private func jump(_ rest: ArraySlice<UInt8>) throws(Problem) -> [JumpHop]? {
        // A comment may follow, and nothing behind a blank counts.
        let line = rest.drop { Words.isBlank($0) || $0 == UInt8(ascii: "=") }.prefix { $0 != UInt8(ascii: "#") }
        let text = try text(Array(line.prefix { !Words.isBlank($0) }))
        if text.asciiLowercased == "none" { return nil }
        guard let hops = Jump.hops(in: text) else { throw wrong(text, "[user@]host[:port], several with commas") }
        return hops
    }

    private func wrong(_ text: String, _ expected: String) -> Problem {
        Problem(message: "\(directive.name) must be \(expected), not \(Printable.quoted(text))")
    }
}
