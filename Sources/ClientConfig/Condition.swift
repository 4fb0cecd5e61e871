import Text

/// Which hosts the lines of a block are for.
enum Condition: Sendable {
    /// The lines before the first `Host` or `Match` of a file: as the line that included the file.
    case inherited
    case host(Patterns)
    case match([Criterion])
}

/// One of the conditions of a `Match` line; all of them must hold.
struct Criterion: Sendable {
    enum Subject: Sendable {
        case all
        /// The second reading of the configuration, when the name of the host is settled.
        case final
        case host(Patterns)
        case originalHost(Patterns)
        case user(Patterns)
        case localUser(Patterns)
        /// What cannot be decided here.
        case other(String)
    }

    var subject: Subject
    var isNegated: Bool
    var place: Place
}

/// Reads what follows `Match`.
enum MatchLine {
    // What newer or other versions of OpenSSH ask for; the number of arguments must be known to read on.
    private static let others = ["exec", "localnetwork", "tagged", "version", "command", "sessiontype"]

    static func criteria(
        in rest: ArraySlice<UInt8>,
        at place: Place
    ) throws(StatementReader.Problem) -> [Criterion] {
        var criteria: [Criterion] = []
        var left: ArraySlice<UInt8>? = rest
        while let word = try next(in: &left), !word.isEmpty, word.first != UInt8(ascii: "#") {
            let isNegated = word.first == UInt8(ascii: "!")
            let shown = String(decoding: word, as: UTF8.self)
            let name = String(decoding: (isNegated ? Array(word.dropFirst()) : word).lowercased, as: UTF8.self)
            if name == "all" {
                let following = try next(in: &left) ?? []
                guard criteria.count <= 1, following.isEmpty || following.first == UInt8(ascii: "#") else {
                    throw .init(message: "all cannot be combined with other conditions of Match")
                }
                criteria.append(Criterion(subject: .all, isNegated: isNegated, place: place))
                return criteria
            }
            if name == "final" || name == "canonical" {
                criteria.append(Criterion(subject: .final, isNegated: isNegated, place: place))
                continue
            }
            let subject = try subject(name, shown: shown, &left)
            criteria.append(Criterion(subject: subject, isNegated: isNegated, place: place))
        }
        guard !criteria.isEmpty else { throw .init(message: "Match has no condition") }
        return criteria
    }

    /// Whether a line asks for a second reading. `canonical` does not.
    static func asksForFinal(_ rest: ArraySlice<UInt8>) -> Bool {
        var left: ArraySlice<UInt8>? = rest
        while case .word(let word) = Words.next(in: &left), !word.isEmpty, word.first != UInt8(ascii: "#") {
            let name = String(decoding: word.lowercased.drop { $0 == UInt8(ascii: "!") }, as: UTF8.self)
            if name == "final" { return true }
            if name == "all" { return false }
            if name != "canonical" { _ = Words.next(in: &left) }
        }
        return false
    }

    private static func subject(
        _ name: String,
        shown: String,
        _ left: inout ArraySlice<UInt8>?
    ) throws(StatementReader.Problem) -> Criterion.Subject {
        let known = ["host", "originalhost", "user", "localuser"] + others
        guard known.contains(name) else {
            throw .init(
                message: "Match knows no condition \(Printable.quoted(shown))",
                hint: Nearness.hint(for: name, among: known + ["all", "final", "canonical"])
            )
        }
        guard let list = try next(in: &left), !list.isEmpty, list.first != UInt8(ascii: "#") else {
            throw .init(message: "\(name) has no argument")
        }
        switch name {
        case "host": return .host(Patterns(list: list, lowercased: true))
        case "originalhost": return .originalHost(Patterns(list: list, lowercased: true))
        case "user": return .user(Patterns(list: list, lowercased: false))
        case "localuser": return .localUser(Patterns(list: list, lowercased: false))
        default: return .other(name)
        }
    }

    private static func next(in rest: inout ArraySlice<UInt8>?) throws(StatementReader.Problem) -> [UInt8]? {
        switch Words.next(in: &rest) {
        case .word(let word): return word
        case .end: return nil
        case .unclosedQuote: throw .init(message: "a quote behind Match is never closed")
        }
    }
}
