import Text

/// Goes through a configuration for one host and keeps what comes first.
struct Resolution {
    static let mostFiles = 100

    private let config: ClientConfig
    let original: String
    private let originalBytes: [UInt8]
    private(set) var chosen = [Statement?](repeating: nil, count: Setting.allCases.count)
    private(set) var identityFiles: [Statement] = []
    private(set) var certificateFiles: [Statement] = []
    /// The name of the host on the second reading.
    private var settled: String?
    private var settledBytes: [UInt8]?

    init(_ config: ClientConfig, host: String) {
        self.config = config
        original = host
        originalBytes = Array(host.utf8)
    }

    subscript(setting: Setting) -> Statement? { chosen[setting.rawValue] }

    func text(_ setting: Setting) -> String? {
        if case .text(let text)? = self[setting]?.value { text } else { nil }
    }

    // MARK: What was given

    mutating func take(_ given: Given) throws(ConfigError) {
        let place = Place("the inventory or the command line")
        if let user = given.user { try take(Statement(setting: .user, value: .text(user), place: place)) }
        if let port = given.port {
            guard (1...65535).contains(port) else { throw ConfigError("the port \(port) is no port", at: place) }
            try take(Statement(setting: .port, value: .number(port), place: place))
        }
        for option in given.options { try take(option) }
    }

    private mutating func take(_ option: ConfigOption) throws(ConfigError) {
        do throws(StatementReader.Problem) {
            let name: String
            var rest: ArraySlice<UInt8> = []
            switch option.form {
            case .line(let line):
                let bytes = Array(line.utf8)
                if bytes.contains(0) { throw .init(message: "an option contains a NUL byte") }
                guard let taken = try ConfigLine.take(bytes[...]) else { return }
                (name, rest) = taken
            case .literal(let given, _): name = given.asciiLowercased
            }
            guard let directive = Directive.byName[name] else {
                if isIgnored(name) { return }
                throw Resolution.unknown(name)
            }
            switch directive.syntax {
            case .host, .match, .include: throw .init(message: "\(directive.name) cannot be given as an option")
            default: break
            }
            let reader = StatementReader(directive: directive, place: option.place)
            let statement: Statement?
            if case .literal(_, let value) = option.form {
                statement = try reader.read(literal: value)
            } else {
                statement = try reader.read(rest)
            }
            if let statement { try keep(statement) }
        } catch {
            throw ConfigError(error.message, at: option.place, hint: error.hint)
        }
    }

    // MARK: Files

    /// The second time, patterns are compared with the name that the first time led to.
    mutating func settle(_ name: String) {
        settled = name
        settledBytes = Array(name.utf8)
    }

    mutating func readFiles() throws(ConfigError) {
        for root in config.tree.roots { try read(root, isActive: true, never: false) }
    }

    // Depth and size were bounded when the files were read.
    private mutating func read(_ number: Int, isActive: Bool, never: Bool) throws(ConfigError) {
        for block in config.tree.files[number].blocks {
            let applies = try self.applies(block.condition, inherited: isActive, never: never)
            guard applies || block.hasUnknown else { continue }
            for line in block.lines {
                switch line {
                case .statement(let statement): if applies { try take(statement) }
                case .include(let numbers):
                    for number in numbers where applies || config.tree.files[number].hasUnknown {
                        try read(number, isActive: applies, never: !applies)
                    }
                case .unknown(let name, let place):
                    if isIgnored(name) { continue }
                    let problem = Resolution.unknown(name)
                    throw ConfigError(problem.message, at: place, hint: problem.hint)
                }
            }
        }
    }

    private func isIgnored(_ name: String) -> Bool {
        guard let list = text(.ignoreUnknown) else { return false }
        return Patterns(list: Array(list.utf8), lowercased: true).match(Array(name.utf8))
    }

    private static func unknown(_ name: String) -> StatementReader.Problem {
        let names = Directive.all.map { $0.name.asciiLowercased }
        let near = Nearness.closest(to: name, among: names).flatMap { Directive.byName[$0]?.name }
        let hint =
            near.map { "did you mean \($0)?" } ?? "IgnoreUnknown \(Printable.line(name, limit: 60)) passes over it"
        return .init(message: "there is no directive \(Printable.quoted(name))", hint: hint)
    }

    // MARK: Conditions

    private func applies(_ condition: Condition, inherited: Bool, never: Bool) throws(ConfigError) -> Bool {
        if never { return false }
        switch condition {
        case .inherited: return inherited
        case .host(let patterns): return patterns.match(settledBytes ?? originalBytes)
        case .match(let criteria):
            for criterion in criteria where try holds(criterion) == criterion.isNegated { return false }
            return true
        }
    }

    private func holds(_ criterion: Criterion) throws(ConfigError) -> Bool {
        switch criterion.subject {
        case .all: return true
        case .final: return settled != nil
        case .host(let patterns): return patterns.match(Array(try hostName(isTentative: true).utf8).lowercased)
        case .originalHost(let patterns): return patterns.match(originalBytes.lowercased)
        case .user(let patterns): return patterns.match(Array((text(.user) ?? config.surroundings.user).utf8))
        case .localUser(let patterns): return patterns.match(Array(config.surroundings.user.utf8))
        case .other(let name):
            throw ConfigError(
                "Baton cannot decide Match \(name), and \(Printable.quoted(original)) depends on it",
                at: criterion.place,
                hint: "put a condition that it does not meet in front, or use another file with -F"
            )
        }
    }

    /// The name to connect to, as far as it is known.
    func hostName(isTentative: Bool = false) throws(ConfigError) -> String {
        if let settled { return settled }
        var name = original
        if let statement = self[.hostName], case .text(let template) = statement.value {
            name = try Tokens.hostName(original).expand(template, at: statement.place, of: .hostName)
        }
        if isTentative { return name }
        // What has a zone is an address, and no letter of it is touched.
        return NumericAddress.canonical(name) ?? (name.utf8.contains(UInt8(ascii: "%")) ? name : name.asciiLowercased)
    }

    // MARK: What is kept

    private mutating func take(_ statement: Statement) throws(ConfigError) {
        do throws(StatementReader.Problem) {
            try keep(statement)
        } catch {
            throw ConfigError(error.message, at: statement.place, hint: error.hint)
        }
    }

    private mutating func keep(_ statement: Statement) throws(StatementReader.Problem) {
        let index = statement.setting.rawValue
        switch statement.setting {
        case .identityFile: try Resolution.append(statement, to: &identityFiles)
        case .certificateFile: try Resolution.append(statement, to: &certificateFiles)
        case .proxyJump:
            if chosen[index] == nil, self[.proxyCommand] == nil { chosen[index] = statement }
        case .proxyCommand:
            // A jump that leads somewhere settles both; `none` only that there is no jump.
            if case .jump(.some)? = self[.proxyJump]?.value { return }
            if chosen[index] == nil { chosen[index] = statement }
        default:
            if case .number(nil) = statement.value { return }
            if chosen[index] == nil { chosen[index] = statement }
        }
    }

    private static func append(_ statement: Statement, to list: inout [Statement]) throws(StatementReader.Problem) {
        if list.contains(where: { $0.text == statement.text }) { return }
        guard list.count < mostFiles else {
            throw .init(message: "\(statement.setting.name) is given more than \(mostFiles) times")
        }
        list.append(statement)
    }
}
