import Text

/// Reads files into a tree, and what they include; collects everything that is wrong with any of them.
struct ConfigParser {
    static let deepest = 16
    static let mostLines = 100_000
    static let mostFiles = 4096
    /// What evaluating for one host may cost: files that include others several times multiply.
    static let heaviest = 400_000

    private struct Key: Hashable {
        var path: String
        var isUsers: Bool
    }

    private let reader: ConfigReader
    private let surroundings: ConfigSurroundings
    private let systemFolder: String
    private(set) var tree = ConfigTree()
    private var known: [Key: Int] = [:]
    /// The files that are being read at the moment, from the outermost.
    private var open: [Key] = []
    private var error: ConfigError?

    init(reader: ConfigReader, surroundings: ConfigSurroundings, systemFolder: String = "/etc/ssh") {
        self.reader = reader
        self.surroundings = surroundings
        self.systemFolder = systemFolder
    }

    func finish() throws(ConfigError) -> ConfigTree {
        if let error { throw error }
        return tree
    }

    mutating func addRoot(_ path: String, isUsers: Bool, mustExist: Bool, mustBePrivate: Bool) {
        switch reader.read(path, mustBePrivate) {
        case .bytes(let bytes):
            if let number = file(Key(path: path, isUsers: isUsers), bytes) { tree.roots.append(number) }
        case .absent:
            if mustExist { complain("there is no such file", Place(path)) }
        case .unusable(let reason): complainUnusable(path, reason, Place(path))
        }
    }

    private mutating func complain(_ message: String, _ place: Place, hint: String? = nil) {
        let problem = ConfigProblem(message, at: place, hint: hint)
        if error == nil { error = ConfigError(problem) } else { error?.add(problem) }
    }

    private mutating func complainUnusable(_ path: String, _ reason: String, _ place: Place) {
        let subject = place.line == nil ? "the file" : Printable.quoted(path, limit: 200)
        complain("\(subject) cannot be used: \(reason)", place)
    }

    // MARK: Files

    private mutating func file(_ key: Key, _ bytes: [UInt8]) -> Int? {
        guard bytes.count <= ClientConfig.largestFile else {
            complain("the file is larger than \(ClientConfig.largestFile) bytes", Place(key.path))
            return nil
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            complain(
                "the file begins with a byte order mark, which OpenSSH refuses too",
                Place(key.path, line: 1),
                hint: "save it as UTF-8 without one"
            )
            return nil
        }
        guard tree.files.count < ConfigParser.mostFiles else {
            complain("more than \(ConfigParser.mostFiles) files are included", Place(key.path))
            return nil
        }
        let number = tree.files.count
        tree.files.append(ConfigFile())
        open.append(key)
        var file = ConfigFile()
        var block = Block(condition: .inherited)
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let place = Place(key.path, line: index + 1)
            guard index < ConfigParser.mostLines else {
                complain("the file has more than \(ConfigParser.mostLines) lines", place)
                break
            }
            if line.contains(0) {
                complain("the line contains a NUL byte", place, hint: "is this a text file, in UTF-8?")
                break
            }
            do throws(StatementReader.Problem) {
                try read(line, at: place, key, &block, &file)
            } catch {
                complain(error.message, place, hint: error.hint)
            }
        }
        open.removeLast()
        file.blocks.append(block)
        file.hasUnknown = file.hasUnknown || file.blocks.contains(where: \.hasUnknown)
        tree.files[number] = file
        known[key] = number
        return number
    }

    private mutating func read(
        _ line: ArraySlice<UInt8>,
        at place: Place,
        _ key: Key,
        _ block: inout Block,
        _ file: inout ConfigFile
    ) throws(StatementReader.Problem) {
        guard let (name, rest) = try ConfigLine.take(line) else { return }
        file.weight += 1
        guard let directive = Directive.byName[name] else {
            block.lines.append(.unknown(name: name, place: place))
            block.hasUnknown = true
            if Words.split(rest) == nil {
                throw .init(message: "a quote behind \(Printable.line(name, limit: 60)) is never closed")
            }
            return
        }
        let argumentReader = StatementReader(directive: directive, place: place)
        switch directive.syntax {
        case .host:
            guard let words = Words.split(rest) else { throw .init(message: "a quote behind Host is never closed") }
            var patterns = Patterns()
            for word in words {
                if word.isEmpty { throw .init(message: "a pattern behind Host is empty") }
                patterns.add(word)
            }
            begin(.host(patterns), &block, &file)
        case .match:
            guard Words.split(rest) != nil else { throw .init(message: "a quote behind Match is never closed") }
            if MatchLine.asksForFinal(rest) { file.asksForFinal = true }
            begin(.match(try MatchLine.criteria(in: rest, at: place)), &block, &file)
        case .include:
            let numbers = try include(rest, at: place, key, &file)
            if numbers.isEmpty { return }
            block.lines.append(.include(numbers))
            for number in numbers where tree.files[number].hasUnknown { block.hasUnknown = true }
        default:
            if let statement = try argumentReader.read(rest) { block.lines.append(.statement(statement)) }
        }
    }

    private func begin(_ condition: Condition, _ block: inout Block, _ file: inout ConfigFile) {
        file.blocks.append(block)
        block = Block(condition: condition)
    }

    // MARK: Includes

    private mutating func include(
        _ rest: ArraySlice<UInt8>,
        at place: Place,
        _ key: Key,
        _ file: inout ConfigFile
    ) throws(StatementReader.Problem) -> [Int] {
        guard let words = Words.split(rest) else { throw .init(message: "a quote behind Include is never closed") }
        var numbers: [Int] = []
        for word in words {
            for path in reader.glob(try pattern(word, key)) {
                guard let number = try included(Key(path: path, isUsers: key.isUsers), at: place) else { continue }
                let below = tree.files[number]
                file.height = max(file.height, below.height + 1)
                file.weight += below.weight
                file.asksForFinal = file.asksForFinal || below.asksForFinal
                if open.count + below.height > ConfigParser.deepest { throw tooDeep }
                if file.weight > ConfigParser.heaviest {
                    throw .init(message: "the included files come to more than \(ConfigParser.heaviest) lines")
                }
                numbers.append(number)
            }
        }
        return numbers
    }

    private var tooDeep: StatementReader.Problem {
        .init(
            message: "files are included more than \(ConfigParser.deepest) deep",
            hint: "does a file include itself?"
        )
    }

    private func pattern(_ word: [UInt8], _ key: Key) throws(StatementReader.Problem) -> String {
        guard let text = String(validating: word), !text.isEmpty else {
            throw .init(message: word.isEmpty ? "a path behind Include is empty" : "a path behind Include is not UTF-8")
        }
        if text.hasPrefix("/") { return text }
        guard text.hasPrefix("~") else {
            return (key.isUsers ? (surroundings.expandingTilde("~/.ssh") ?? "/") : systemFolder) + "/" + text
        }
        guard key.isUsers, let path = surroundings.expandingTilde(text) else {
            throw .init(
                message: "Include cannot use \(Printable.quoted(text)) here",
                hint: key.isUsers ? "there is no such user" : "only files of a user may begin with ~"
            )
        }
        return path
    }

    private mutating func included(_ key: Key, at place: Place) throws(StatementReader.Problem) -> Int? {
        if open.contains(key) || open.count > ConfigParser.deepest { throw tooDeep }
        if let number = known[key] { return number }
        switch reader.read(key.path, true) {
        case .bytes(let bytes): return file(key, bytes)
        case .absent: complainUnusable(key.path, "it is not there any more, or leads nowhere", place)
        case .unusable(let reason): complainUnusable(key.path, reason, place)
        }
        return nil
    }
}

/// The name of a directive and what stands behind it.
enum ConfigLine {
    /// Nil for an empty line and a comment. The name is in small letters.
    static func take(
        _ line: ArraySlice<UInt8>
    ) throws(StatementReader.Problem) -> (name: String, rest: ArraySlice<UInt8>)? {
        var end = line.endIndex
        // A form feed counts as a blank only at the end, and one letter always stays.
        while end > line.startIndex + 1, Words.isBlank(line[end - 1]) || line[end - 1] == 0x0C { end -= 1 }
        var left: ArraySlice<UInt8>? = line[..<end]
        var word = Words.next(in: &left)
        if case .word(let name) = word, name.isEmpty { word = Words.next(in: &left) }
        switch word {
        case .end: return nil
        case .unclosedQuote: throw .init(message: "a quote is never closed")
        case .word(let name):
            guard let first = name.first, first != UInt8(ascii: "#") else { return nil }
            let text = String(decoding: name.lowercased, as: UTF8.self)
            let rest = Words.skippingBlanks(left ?? [])
            guard !rest.isEmpty else {
                throw .init(message: "nothing stands behind \(Printable.quoted(String(decoding: name, as: UTF8.self)))")
            }
            return (text, rest)
        }
    }
}
