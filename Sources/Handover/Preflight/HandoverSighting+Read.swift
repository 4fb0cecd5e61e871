internal import Supervision
internal import Text

extension HandoverSighting {
    package static func read(_ answer: [UInt8]) throws(HandoverLookError) -> HandoverSighting {
        var reader = SightingLines()
        for line in answer.split(separator: 10).prefix(SightingLines.most) {
            let parts = line.split(separator: 32, maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? Printable.sentence(parts[1], limit: 2000) : ""
            guard reader.take(String(decoding: parts[0].prefix(40), as: UTF8.self), value) else {
                let shown = Printable.sentence(line, limit: 80)
                throw HandoverLookError(description: "the host answered something that was not asked: \(shown)")
            }
        }
        guard !reader.sighting.boot.isEmpty else {
            throw HandoverLookError(description: "the host did not say which boot it is in")
        }
        return reader.sighting
    }
}

/// Lines of `baton_preflight`, one after another. Each is false where no host of good will would say it.
private struct SightingLines {
    static let most = 4000
    var sighting = HandoverSighting()
    private var counts: [String: Int] = [:]

    mutating func take(_ key: String, _ value: String) -> Bool {
        counts[key, default: 0] += 1
        guard counts[key, default: 0] <= 400 else { return false }
        switch key {
        case "boot": return once(key, value) { $0.boot = value }
        case "root": return once(key, value) { $0.root = value }
        case "current": return once(key, value) { $0.current = value }
        case "current_real": return once(key, value) { $0.currentReal = value }
        case "tree": return once(key, value) { $0.hasTree = value == "yes" }
        case "account": return account(value)
        case "pid_file": return pidFile(value)
        case "process": return process(value)
        case "argument": return ofMaster { $0.arguments.append(value) }
        case "directory": return ofMaster { $0.directory = value }
        case "executable": return ofMaster { $0.executable = value }
        case "starts": return ofMaster { $0.canStart = value == "yes" }
        case "mapped": return ofMaster { $0.mapped.append(value) }
        case "memory":
            guard let kilobytes = Self.number(value) else { return false }
            return ofMaster { $0.memory = kilobytes }
        case "limit": return limit(value)
        case "environment": return once(key, value) { $0.isEnvironmentKnown = value == "known" }
        case "pwd": return once(key, value) { $0.workingPath = value }
        case "pwd_real": return once(key, value) { $0.workingReal = value }
        case "options": return once(key, value) { $0.options = value }
        case "differs": sighting.differentVariables.append(value)
        case "lacks": sighting.missingVariables.append(value)
        case "child": return child(value)
        case "other", "ancestor": return other(key, value)
        case "listen": return listen(value)
        case "systemd": return once(key, value) { $0.systemd = Self.number(value) }
        case "unit": return once(key, value) { $0.unit = value }
        case "user_unit": return once(key, value) { $0.userUnit = value }
        case "scope": return once(key, value) { $0.scope = value }
        case "property": return property(value)
        case "memory_left":
            guard let kilobytes = Self.number(value) else { return false }
            sighting.memoryLeft = kilobytes
        case "memory_group": return group(value)
        default: return server(key, value)
        }
        return true
    }

    private mutating func server(_ key: String, _ value: String) -> Bool {
        switch key {
        case "server":
            guard let server = HandoverServer(rawValue: value) else { return false }
            return once(key, value) { $0.server = server }
        case "version": return version(value) { $0.version = $1 }
        case "new_version": return version(value) { $0.newVersion = $1 }
        case "version_by": return once(key, value) { $0.version?.interpreter = value }
        case "new_version_by": return once(key, value) { $0.newVersion?.interpreter = value }
        case "version_changed": return once(key, value) { $0.isVersionChanged = value == "yes" }
        case "configuration", "setting": return configuration(key, value)
        case "unread": return once(key, value) { $0.unread = value }
        case "trial": return trial(value)
        case "trial_said":
            guard case .ran(let status, let command, let said) = sighting.trial else { return false }
            sighting.trial = .ran(status: status, command: command, said: said + [value])
        case "trial_setting":
            let parts = value.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { return false }
            sighting.trialSettings[Self.trimmed(parts[0])] = Self.trimmed(parts[1])
        default: return false
        }
        return true
    }

    // MARK: Lines with several words

    private mutating func once(_ key: String, _ value: String, _ set: (inout HandoverSighting) -> Void) -> Bool {
        guard counts[key] == 1 else { return false }
        set(&sighting)
        return true
    }

    private mutating func ofMaster(_ set: (inout HandoverSighting.Process) -> Void) -> Bool {
        guard var master = sighting.master else { return false }
        set(&master)
        sighting.master = master
        return true
    }

    private mutating func account(_ value: String) -> Bool {
        let numbers = value.split(separator: " ").compactMap { UInt32($0) }
        guard numbers.count == 2 else { return false }
        sighting.account = (numbers[0], numbers[1])
        return true
    }

    // SUFFIX WORD, or SUFFIX PID LIFE.
    private mutating func pidFile(_ value: String) -> Bool {
        let words = value.split(separator: " ")
        let file: HandoverSighting.PidFile
        switch words.count > 1 ? String(words[1]) : "" {
        case "missing": file = .missing
        case "empty": file = .empty
        case "strange": file = .strange
        case "link": file = .link
        case let word:
            guard words.count == 3, let pid = Int32(word), pid > 0,
                let life = HandoverSighting.PidFile.Life(rawValue: String(words[2]))
            else { return false }
            file = .names(pid, life)
        }
        switch words[0] {
        case "-": sighting.pidFile = file
        case ".2", ".oldbin": sighting.sides[String(words[0])] = file
        default: return false
        }
        return true
    }

    // master PID START PARENT UID GID
    private mutating func process(_ value: String) -> Bool {
        let words = value.split(separator: " ")
        guard words.count == 6, words[0] == "master", sighting.master == nil, let pid = Int32(words[1]), pid > 1,
            let start = UInt64(words[2]), let parent = Int32(words[3]), let uid = UInt32(words[4]),
            let gid = UInt32(words[5])
        else { return false }
        sighting.master = HandoverSighting.Process(pid: pid, start: start, parent: parent, uid: uid, gid: gid)
        return true
    }

    private mutating func limit(_ value: String) -> Bool {
        let words = value.split(separator: " ").map(String.init)
        guard words.count == 3 else { return false }
        sighting.limits[words[0]] = HandoverSighting.Limit(soft: words[1], hard: words[2])
        return true
    }

    private mutating func child(_ value: String) -> Bool {
        let words = value.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count >= 3, let pid = Int32(words[0]), pid > 1, let start = UInt64(words[1]),
            let memory = Self.number(words[2])
        else { return false }
        let title = words.count > 3 ? String(words[3]) : ""
        sighting.children.append(HandoverSighting.Child(pid: pid, start: start, memory: memory, title: title))
        return true
    }

    // PID TITLE, or PID START TITLE.
    private mutating func other(_ key: String, _ value: String) -> Bool {
        let isChild = key == "other"
        let words = value.split(separator: " ", maxSplits: isChild ? 2 : 1, omittingEmptySubsequences: false)
        guard let pid = Int32(words[0]), pid > 0 else { return false }
        let title = words.count > (isChild ? 2 : 1) ? String(words[words.count - 1]) : ""
        let other = HandoverSighting.Other(pid: pid, title: title)
        if isChild { sighting.others.append(other) } else { sighting.ancestors.append(other) }
        return true
    }

    private mutating func property(_ value: String) -> Bool {
        let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        sighting.properties[String(parts[0])] = String(parts[1])
        return true
    }

    private mutating func group(_ value: String) -> Bool {
        let words = value.split(separator: " ", maxSplits: 3)
        guard words.count == 4, let limit = Self.number(words[0]), let used = Self.number(words[1]),
            let idle = Self.number(words[2])
        else { return false }
        let group = HandoverSighting.Group(path: String(words[3]), limit: limit, used: used, idle: idle)
        sighting.groups.append(group)
        return true
    }

    private mutating func version(
        _ value: String,
        _ set: (inout HandoverSighting, HandoverSighting.Version) -> Void
    ) -> Bool {
        let words = value.split(separator: " ", maxSplits: 2).map(String.init)
        guard let text = words.first else { return false }
        let isKnown = words.count == 3 && words[1] != "-"
        set(
            &sighting,
            HandoverSighting.Version(
                text: text,
                language: isKnown ? words[1] : nil,
                file: isKnown ? words[2] : nil
            )
        )
        return true
    }

    // old|new PATH, old|new TEXT
    private mutating func configuration(_ key: String, _ value: String) -> Bool {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "old" || parts[0] == "new" else { return false }
        let isOld = parts[0] == "old"
        if key == "configuration" {
            let configuration = HandoverSighting.Configuration(path: String(parts[1]))
            if isOld { sighting.configuration = configuration } else { sighting.newConfiguration = configuration }
        } else if isOld {
            sighting.configuration?.lines.append(String(parts[1]))
        } else {
            sighting.newConfiguration?.lines.append(String(parts[1]))
        }
        return true
    }

    private mutating func trial(_ value: String) -> Bool {
        guard counts["trial"] == 1 else { return false }
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count > 1 ? Self.trimmed(parts[1]) : ""
        if parts[0] == "none" {
            sighting.trial = .none(why: rest)
        } else {
            guard let status = Int32(parts[0]), (0...255).contains(status) else { return false }
            sighting.trial = .ran(status: status, command: rest, said: [])
        }
        return true
    }

    // MARK: Addresses as the kernel writes them

    private mutating func listen(_ value: String) -> Bool {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return false }
        switch parts[0] {
        case "unix": sighting.listening.append(.socket(String(parts[1])))
        case "tcp", "tcp6":
            let halves = parts[1].split(separator: ":")
            guard halves.count == 2, let port = Int(halves[1], radix: 16), let host = Self.host(halves[0]) else {
                return false
            }
            sighting.listening.append(.port(host: host, port: port))
        default: return false
        }
        return true
    }

    // In words of the host's own order, which is the other way round here.
    private static func host(_ digits: Substring) -> String? {
        guard digits.utf8.count == 8 || digits.utf8.count == 32 else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(digits.utf8)[...]
        while !rest.isEmpty {
            guard let word = UInt32(String(decoding: rest.prefix(8), as: UTF8.self), radix: 16) else { return nil }
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
            rest = rest.dropFirst(8)
        }
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        // One that begins with zeroes and FFFF is of the older kind.
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 255, bytes[11] == 255 {
            return bytes.suffix(4).map(String.init).joined(separator: ".")
        }
        if bytes.allSatisfy({ $0 == 0 }) { return "::" }
        let groups = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        if groups.dropLast().allSatisfy({ $0 == 0 }), let last = groups.last { return "::" + String(last, radix: 16) }
        return groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    // MARK: Words

    private static func number(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed().map { $0 })
    }
}
