internal import Shell
internal import Text

/// What a host answered to looks is not an answer to them. Its sentence says what is wrong with it.
package struct LookingError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

extension Looking {
    /// Reads the answer of `program(looks)`. Every look has a sighting afterwards; what the host adds, leaves out or garbles
    /// is an error.
    package static func read(_ output: [UInt8], _ looks: [Look]) throws(LookingError) -> Sightings {
        let paths = paths(of: looks)
        var states: [Sighting?] = Array(repeating: nil, count: paths.count)
        var seen: Sightings = [:]
        var printed: [Int: [UInt8]] = [:]
        for bytes in output.split(separator: 0, omittingEmptySubsequences: false).dropLast() {
            var record = Record(bytes)
            let kind = record.word()
            guard let number = Int(record.word()) else { throw record.strange }
            if kind == "path" {
                guard states.indices.contains(number), states[number] == nil else { throw record.strange }
                states[number] = try record.path(wanted: paths[number].want)
                continue
            }
            guard looks.indices.contains(number) else { throw record.strange }
            if kind == "script" {
                guard case .script = looks[number], printed[number] == nil else { throw record.strange }
                printed[number] = try record.printed()
                continue
            }
            if case .script = looks[number] {
                guard let stdout = printed[number] else { throw record.strange }
                seen[looks[number]] = try record.script(kind, stdout)
                continue
            }
            seen[looks[number]] = try record.sighting(kind, of: looks[number])
        }
        guard output.last == 0 || looks.isEmpty else {
            throw LookingError(description: "the answer ends in the middle")
        }
        var places: [String: Int] = [:]
        for (place, wanted) in paths.enumerated() { places[wanted.path] = place }
        for look in looks {
            if case .path(let path, _) = look { seen[look] = places[HostPath.normal(path)].flatMap { states[$0] } }
            guard seen[look] != nil else {
                throw LookingError(description: "the answer leaves out what was asked: \(look.subject)")
            }
        }
        return seen
    }
}

/// One record of an answer: words with a space behind each, and free bytes at its end.
private struct Record {
    private let whole: ArraySlice<UInt8>
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        whole = bytes
        rest = bytes
    }

    var strange: LookingError {
        LookingError(
            description: "the host answered something that was not asked: \(Printable.sentence(whole, limit: 80))"
        )
    }

    mutating func word(_ end: Character = " ") -> String {
        let end = end.asciiValue ?? 32
        let word = rest.prefix { $0 != end }
        rest = rest[word.endIndex...].dropFirst()
        return String(decoding: word, as: UTF8.self)
    }

    /// Index, sum, names and fingerprint, with tabs between them.
    mutating func path(wanted: String) throws(LookingError) -> Sighting {
        let sum = word("\t")
        let user = word("\t")
        let group = word("\t")
        let line = String(decoding: rest, as: UTF8.self)
        guard let print = Fingerprint(line), user.utf8.count <= 256, group.utf8.count <= 256 else { throw strange }
        if let trouble = print.trouble { return .failed(trouble) }
        if print.kind == .missing, let place = PathState.Place(sum) {
            return .path(PathState(.missing, place: place, fingerprint: line))
        }
        guard sum == "-" || Sum.isOne(sum) else {
            if sum == "unreadable" { return .failed("it may not be read") }
            if sum == "none" { return .failed(Sum.noTool) }
            throw strange
        }
        if case .link = print.kind, String(validating: rest, as: UTF8.self) == nil {
            return .failed("it is a link to a name that is no UTF-8")
        }
        return .path(
            PathState(
                print.kind,
                mode: print.mode,
                user: print.user,
                group: print.group,
                userName: user == "UNKNOWN" ? "" : user,
                groupName: group == "UNKNOWN" ? "" : group,
                size: print.size,
                sha256: sum == "-" ? nil : sum,
                fingerprint: line
            )
        )
    }

    mutating func sighting(_ kind: String, of look: Look) throws(LookingError) -> Sighting {
        switch (kind, look) {
        case ("failed", .content):
            return .failed(Printable.sentence(rest, limit: 200))
        case ("base64", .content(_, let limit)):
            guard let bytes = Base64.decode(rest) else { throw strange }
            return try content(bytes, limit)
        case ("hex", .content(_, let limit)):
            var bytes: [UInt8] = []
            for pair in rest.split(whereSeparator: { $0 == 32 || $0 == 10 }) {
                guard pair.count == 2, let byte = UInt8(String(decoding: pair, as: UTF8.self), radix: 16) else {
                    throw strange
                }
                bytes.append(byte)
            }
            return try content(bytes, limit)
        case ("command", .command):
            guard let status = Int32(word()), (0...255).contains(status) else { throw strange }
            return .command(status: status, stderr: Array(rest.prefix(2000)))
        case ("name", .name):
            switch word() {
            case "yes": return .name(isKnown: true)
            case "no": return .name(isKnown: false)
            case "unknown": return .name(isKnown: nil)
            default: throw strange
            }
        case ("age", .age(let age)):
            return try self.age(word(), age)
        default:
            throw strange
        }
    }

    func printed() throws(LookingError) -> [UInt8] {
        guard rest.count <= HostScript.lookLimit else { throw strange }
        return Array(rest)
    }

    /// What a script printed stands in a record before this one.
    mutating func script(_ kind: String, _ stdout: [UInt8]) throws(LookingError) -> Sighting {
        guard kind == "scripted", let status = Int32(word()), (0...255).contains(status) else { throw strange }
        return .script(status: status, stdout: stdout, stderr: Array(rest.prefix(2000)))
    }

    /// One byte more than wanted says that there is more.
    private func content(_ bytes: [UInt8], _ limit: Int) throws(LookingError) -> Sighting {
        guard bytes.count <= limit + 1 else { throw strange }
        return .content(Array(bytes.prefix(limit)), isWhole: bytes.count <= limit)
    }

    private mutating func age(_ word: String, _ age: ProcessAge) throws(LookingError) -> Sighting {
        switch word {
        case "younger": return .age(.younger)
        case "gone": return .age(.notRunning)
        case "failed": return .failed(Printable.sentence(rest, limit: 200))
        case "older", "ahead":
            guard let number = Int(self.word()), age.files.indices.contains(number - 1) else { throw strange }
            let file = age.files[number - 1]
            return .age(word == "older" ? .older(than: file) : .unknown(for: file))
        default: throw strange
        }
    }
}

extension PathState.Place {
    fileprivate init?(_ word: String) {
        switch word {
        case "lost": self = .missing
        case "blocked": self = .blocked
        default: return nil
        }
    }
}

extension Look {
    /// A few words for a message.
    fileprivate var subject: String {
        switch self {
        case .path(let path, _): Printable.quoted(path)
        case .content(let path, _): "the content of \(Printable.quoted(path))"
        case .command: "a command"
        case .age: "the age of a process"
        case .script(let script): Printable.quoted(script.call.prefix(2).joined(separator: " "))
        case .name(_, let name): "the name \(Printable.quoted(name))"
        }
    }
}
