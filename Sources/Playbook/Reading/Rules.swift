import Document
import Text

/// What must hold between the keys of a task.
extension Diagnostics {
    /// The key cannot stand here; nothing where it is not given.
    mutating func refuse(_ argument: Argument?, _ why: String) {
        guard let argument else { return }
        let message = "\(Printable.quoted(argument.key)) \(why)"
        add(Diagnostic(message, in: argument.origin.source, at: argument.origin.position))
    }

    mutating func requireOne(of names: [String], in arguments: Arguments, of owner: String) {
        let given = arguments.given(names)
        let list = names.map { "\"\($0)\"" }
        let words = list.dropLast().joined(separator: ", ") + " and " + (list.last ?? "")
        if given.isEmpty {
            let message = "\(Printable.quoted(owner)) needs one of \(words)"
            add(Diagnostic(message, in: arguments.origin.source, at: arguments.origin.position))
        }
        for argument in given.dropFirst() {
            refuse(
                argument,
                "cannot stand beside \(Printable.quoted(given[0].key)): \(Printable.quoted(owner)) takes one of \(words)"
            )
        }
    }
}

extension Argument? {
    func isConstantly(_ text: String) -> Bool {
        guard let value = self?.constant, case .string(let own) = value.content else { return false }
        return own == text
    }
}

extension KeyType {
    /// Reads a value that needs no host, for what is wrong with it.
    func check(_ reading: Reading) throws(DocumentError) {
        switch self {
        case .text, .source: _ = try reading.text()
        case .path: _ = try reading.path()
        case .paths: for item in reading.items() { _ = try item.path() }
        case .mode: _ = try reading.mode()
        case .account: _ = try reading.account()
        case .flag: _ = try reading.flag()
        case .count(let range): _ = try reading.count(in: range)
        case .duration: _ = try reading.duration()
        case .choice(let words): _ = try reading.choice(words, ForeignWords.states)
        case .command: _ = try reading.word(expected: "a command")
        case .words: for item in try reading.list() { _ = try item.word() }
        case .settings: for (_, item) in try reading.pairs() { _ = try item.text() }
        case .headers: _ = try reading.headers()
        case .statuses: _ = try reading.statuses()
        case .batches: _ = try reading.batches()
        case .url: _ = try reading.address()
        case .endpoint: _ = try reading.endpoint()
        case .condition, .tags, .identifier, .variables, .hosts, .tasks, .group: break
        }
    }

    /// Whether a list or a mapping can be right.
    var takesLists: Bool {
        switch self {
        case .paths, .words, .statuses, .batches: true
        default: false
        }
    }

    var takesMappings: Bool {
        switch self {
        case .settings, .headers: true
        default: false
        }
    }
}
