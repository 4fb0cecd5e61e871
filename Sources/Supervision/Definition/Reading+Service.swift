import Document
import Text

/// Kinds of values that only services have.
extension Reading {
    func signal() throws(DocumentError) -> Signal {
        let text = try text(expected: "a signal like TERM")
        if let signal = Signal(text) { return signal }
        let names = Signal.allCases.map(\.name)
        throw failure(
            "\(label) must be a signal, not \(value.summary)",
            hint: Nearness.hint(for: text, among: names) ?? "one of \(names.joined(separator: ", "))"
        )
    }

    /// What is added to a file's name, such as `.2`.
    func fileSuffix() throws(DocumentError) -> String {
        let text = try text(expected: "what is added to the pid file's name, like .2")
        let isGood =
            (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte | 32) || [45, 46, 95].contains(byte)
            }
        if isGood { return text }
        throw wrong("what is added to the pid file's name, like .2")
    }

    func exits() throws(DocumentError) -> [Exit] {
        var exits: [Exit] = []
        for item in items() {
            let text = try item.text(expected: "an exit status or a signal")
            if let status = Int(text) {
                guard (0...255).contains(status) else { throw item.wrong("an exit status from 0 to 255, or a signal") }
                exits.append(.status(status))
            } else {
                exits.append(.signal(try item.signal()))
            }
        }
        return exits
    }

    /// `50MB`, `50M`, `1g`, or bytes.
    func size() throws(DocumentError) -> Int {
        let expected = "a size like 50MB"
        let text = try text(expected: expected)
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        let factors = [
            "": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "g": 1 << 30, "gb": 1 << 30,
        ]
        guard digits.utf8.count <= 9, let number = Int(digits),
            let factor = factors[text.dropFirst(digits.count).lowercased()], number > 0
        else { throw wrong(expected) }
        return number * factor
    }

    /// A number, or nothing for `unlimited`.
    func limit() throws(DocumentError) -> Int? {
        if case .string("unlimited") = value.content { return nil }
        do throws(DocumentError) {
            return try count(in: 0...1_000_000_000)
        } catch {
            throw wrong("a whole number, or unlimited")
        }
    }

    /// A name of an account: numbers have no home that a launcher could find.
    func accountName() throws(DocumentError) -> String {
        let text = try text(expected: "the name of a user or a group")
        if Reading.isAccountName(text) { return text }
        throw wrong("the name of a user or a group", hint: "letters, digits, \"-\", \"_\" and \".\"")
    }

    static func isAccountName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.first.map(Reading.isLetter) == true
            && text.utf8.allSatisfy { Reading.isLetter($0) || Reading.isDigit($0) || "-_.".utf8.contains($0) }
    }

    /// A path that needs no quotes in any file of any supervisor.
    func plainPath() throws(DocumentError) -> String {
        let path = try path()
        if path.utf8.allSatisfy(Reading.isPlainPathByte) { return path }
        throw failure(
            "\(label) has characters that not every supervisor can take in a path",
            hint: "letters, digits and / _ - . + @ : , ="
        )
    }

    /// An absolute path, or one below a directory.
    func directory(in root: String?) throws(DocumentError) -> String {
        let text = try word()
        if text == "/" { return text }
        if text.hasPrefix("/") { return try plainPath() }
        guard let root else {
            throw failure(
                "\(label) must be an absolute path",
                hint: "without a release there is nothing else it could be"
            )
        }
        let parts = text.split(separator: "/").filter { $0 != "." }
        guard !parts.contains(".."), text.utf8.allSatisfy(Reading.isPlainPathByte), text.utf8.count <= 1000 else {
            throw failure("\(label) must be a path within the release, of plain characters")
        }
        return ([root] + parts.map(String.init)).joined(separator: "/")
    }

    /// The name of a directory right below `/run`.
    func runtimeDirectory() throws(DocumentError) -> String {
        let path = try plainPath()
        let parts = path.split(separator: "/")
        guard parts.count == 2, parts[0] == "run", parts[1].utf8.allSatisfy(Reading.isNameByte),
            !parts[1].hasPrefix("-")
        else {
            throw failure(
                "\(label) must be right below /run",
                hint: "as in /run/shop: what lies deeper, the service can make itself"
            )
        }
        // It is given to the service's user: no directory of the system may be.
        if Reading.systemDirectories.contains(String(parts[1])) {
            throw failure("\(label) names a directory of the system")
        }
        return String(parts[1])
    }

    private static let systemDirectories: Set<String> = [
        "baton", "systemd", "dbus", "lock", "user", "udev", "sshd", "utmp", "log", "mount", "shm", "runit", "network",
        "sudo", "initctl", "init", "credentials", "NetworkManager", "resolvconf", "tmpfiles.d",
    ]

    func title() throws(DocumentError) -> String {
        let text = try text()
        let isGood =
            text.utf8.count <= 200 && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        if isGood, !text.isEmpty, !text.hasSuffix("\\"), !text.hasPrefix(" "), !text.hasSuffix(" ") { return text }
        throw failure("\(label) must be one line of at most 200 characters, without spaces or a backslash at its ends")
    }

    func address() throws(DocumentError) -> Address {
        let expected = "host:port, or unix:/path"
        let text = try text(expected: expected)
        if text.hasPrefix("unix:") {
            let path = part(Value(.string(String(text.dropFirst(5))), origin: value.origin), key)
            return .socket(try path.plainPath())
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port), colon > text.startIndex
        else { throw wrong(expected) }
        let host = text[..<colon]
        let isHost = host.utf8.allSatisfy { Reading.isNameByte($0) || "[]:%*".utf8.contains($0) }
        guard isHost, host.utf8.count <= 255, !host.hasPrefix("-") else { throw wrong(expected) }
        return .port(host: String(host), port: port)
    }

    func url() throws(DocumentError) -> String {
        let text = try text(expected: "an address like http://127.0.0.1:8000/healthz")
        let isGood =
            (text.hasPrefix("http://") || text.hasPrefix("https://")) && text.utf8.count <= 4000
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        if isGood { return text }
        throw wrong("an address like http://127.0.0.1:8000/healthz")
    }

    func words() throws(DocumentError) -> [String] {
        let words: [String]
        if case .list = value.content {
            var items: [String] = []
            for item in try list() { items.append(try item.word()) }
            words = items
        } else {
            words = try split(try word(expected: "a command"))
        }
        return try checked(words)
    }

    func split(_ line: String) throws(DocumentError) -> [String] {
        do throws(CommandWords.Problem) {
            return try CommandWords.split(line)
        } catch {
            throw failure("\(label) \(error.message)", hint: error.hint)
        }
    }

    func checked(_ words: [String]) throws(DocumentError) -> [String] {
        guard let program = words.first, !program.isEmpty else { throw failure("\(label) names no program") }
        guard program.utf8.allSatisfy(Reading.isPlainPathByte), !program.hasPrefix("-") else {
            throw failure("\(label) begins with \(Printable.quoted(program)), which is no program of plain characters")
        }
        if program.contains("="), !program.contains("/") {
            throw failure("\(label) sets a variable", hint: "variables belong to \"environment\"")
        }
        if program.split(separator: "/").contains("..") { throw failure("the program of \(label) contains \"..\"") }
        return words
    }

    func line() throws(DocumentError) -> String {
        let text = try word(expected: "a command")
        if text.utf8.allSatisfy({ $0 <= 0x20 }) { throw failure("\(label) is empty") }
        return text
    }

    // MARK: Bytes

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x5F }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "-.".utf8.contains(byte)
    }
    static func isPlainPathByte(_ byte: UInt8) -> Bool { isNameByte(byte) || "/+@:,=".utf8.contains(byte) }

    static func isVariableName(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first), name.utf8.count <= 255 else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }
}
