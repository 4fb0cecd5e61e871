internal import Shell
internal import Text

/// A look at the releases of a host. It takes no lease, and sees also what another run is changing at the moment.
package struct ReleaseLook: Hashable, Sendable {
    package let root: ReleaseRoot
    /// Of these, what is kept for a rollback comes along.
    package var kept: [ReleaseID]

    package init(_ root: ReleaseRoot, kept: [ReleaseID] = []) {
        (self.root, self.kept) = (root, kept)
    }

    package var look: Look { .script(script) }

    package var script: HostScript {
        ReleaseLibrary.script(ReleaseLibrary.looking, ["baton_release_look", root.path] + kept.map(\.text))
    }

    package func read(_ sighting: Sighting?) throws(ReleaseError) -> ReleaseSighting {
        switch sighting {
        case .script(0, let stdout, _)?: return try Self.read(stdout)
        case .script(let status, _, let stderr)?:
            let said = Printable.sentence(stderr, limit: 500)
            throw ReleaseError(said.isEmpty ? "the look at \(root.path) ended with \(status)" : said)
        case .failed(let why)?: throw ReleaseError(why)
        default: throw ReleaseError("\(root.path) was not looked at")
        }
    }

    package static func read(_ answer: [UInt8]) throws(ReleaseError) -> ReleaseSighting {
        var reader = ReleaseReader()
        for line in try ReleaseLine.read(answer) where !reader.take(line) {
            throw ReleaseLine.strange(Array("\(line.key) \(line.value)".utf8))
        }
        // The last line says that all of it is there.
        guard reader.isWhole else { throw ReleaseError("the answer ends in the middle") }
        return reader.sighting
    }
}

/// Lines of `baton_release_look`, one after another.
private struct ReleaseReader {
    var sighting = ReleaseSighting()
    var isWhole = false

    /// False for a line that no host of good will would say.
    mutating func take(_ line: ReleaseLine) -> Bool {
        if isWhole { return false }
        let words = line.words
        switch (line.key, words.count) {
        case ("root", 1) where line.value == "there": sighting.exists = true
        case ("root", 1) where line.value == "missing": sighting.exists = false
        case ("doubt", _): sighting.doubt = line.value
        case ("current", _): return current(line.value)
        case ("release", 7): return release(words)
        case ("sha256", 1):
            guard let last = sighting.records.indices.last, Sum.isOne(line.value) else { return false }
            sighting.records[last].sha256 = line.value
        case ("target", _):
            guard let last = sighting.records.indices.last, !line.value.isEmpty else { return false }
            sighting.records[last].target = line.value
        case ("half", _): sighting.halfStaged.append(line.value)
        case ("stranger", _): sighting.strangers.append(line.value)
        case ("incoming", _):
            guard let size = Int(words[0]), size >= 0, words.count > 1 else { return false }
            let name = words[1...].joined(separator: " ")
            sighting.incoming.append(ReleaseSighting.Incoming(name: name, size: size))
        case ("use", _):
            guard words.count >= 3, let pid = Int(words[0]), pid > 0,
                let how = ReleaseSighting.Use.How(rawValue: String(words[1]))
            else { return false }
            let name = words[2...].joined(separator: " ")
            sighting.uses.append(ReleaseSighting.Use(name: name, pid: pid, how: how))
        case ("migrated", 2):
            guard words[1] == "unknown" || Int(words[1]) != nil else { return false }
            sighting.migrations.append(ReleaseSighting.Migrated(run: String(words[0]), status: Int(words[1])))
        case ("free", 1):
            guard let kibibytes = Int(line.value), (0...1 << 50).contains(kibibytes) else { return false }
            sighting.freeBytes = kibibytes << 10
        case ("lease", _):
            guard let holder = LeaseHolder(line.value) else { return false }
            sighting.lease = holder
        case ("switch", _):
            guard sighting.switching == nil, let record = SwitchRecord(words) else { return false }
            sighting.switching = record
        case ("because", _):
            guard sighting.switching != nil, sighting.switching?.why == nil else { return false }
            sighting.switching?.why = line.value
        case ("kept", 4): return kept(words)
        case ("end", 1) where line.value.isEmpty: isWhole = true
        default: return false
        }
        return true
    }

    private mutating func current(_ value: String) -> Bool {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count > 1 ? String(parts[1]) : ""
        switch (parts[0], rest.isEmpty) {
        case ("missing", true): sighting.current = .missing
        case ("interrupted", true): sighting.current = .interrupted
        case ("directory", true): sighting.current = .directory
        case ("other", true): sighting.current = .other
        case ("release", false):
            guard let id = ReleaseID(rest) else { return false }
            sighting.current = .release(id)
        case ("elsewhere", false): sighting.current = .elsewhere(rest)
        case ("dangling", false): sighting.current = .dangling(rest)
        default: return false
        }
        return true
    }

    // ID STATE SERIAL AT RUN yes|no KEPT; its sum and its target have lines of their own.
    private mutating func release(_ words: [Substring]) -> Bool {
        guard let id = ReleaseID(String(words[0])), sighting[id] == nil,
            let state = ReleaseRecord.State(rawValue: String(words[1])), let serial = Int(words[2]), serial >= 0,
            let at = Int(words[3]), words[5] == "yes" || words[5] == "no", let kept = Int(words[6]), kept >= 0
        else { return false }
        var record = ReleaseRecord(id: id, state: state, serial: serial, target: "releases/\(id.text)")
        (record.at, record.run, record.hasTree, record.keptFiles) = (at, String(words[4]), words[5] == "yes", kept)
        sighting.records.append(record)
        return true
    }

    // ID NAME SHA256 BASE64, a dash for no bytes.
    private mutating func kept(_ words: [Substring]) -> Bool {
        guard let id = ReleaseID(String(words[0])), KeptFile.isName(String(words[1])) else { return false }
        guard let bytes = words[3] == "-" ? [] : Base64.decode(words[3].utf8), bytes.count <= KeptFile.mostBytes,
            Checksum.sha256(bytes) == words[2]
        else { return false }
        sighting.kept[id, default: []].append(KeptFile(String(words[1]), bytes))
        return true
    }
}
