import CCrypto
import Text

/// Lines for keys that were accepted.
extension KnownHosts {
    /// Whether a file hides its names; then new lines must hide theirs.
    package static func isHashed(_ file: [UInt8]) -> Bool {
        file.split(separator: 10).contains { $0.starts(with: Array("|1|".utf8)) }
    }

    /// A line to append for a key.
    package static func line(_ name: String, _ key: HostKey, hashed: Bool) -> String {
        guard hashed else { return "\(name) \(key.line)" }
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let text = KnownHostsLine.lowered(name.utf8)
        var state = baton_hashed_name()
        var hash = [UInt8](repeating: 0, count: 20)
        baton_hashed_name_begin(&state, salt)
        baton_hashed_name_of(&state, text, text.count, &hash)
        return "|1|\(Base64.encode(salt))|\(Base64.encode(hash)) \(key.line)"
    }

    /// What to append to a file so that it knows these keys; empty if it does already. Each line ends as lines end here,
    /// and the first is kept from sticking to one that somebody left open. `hashed` is what the client's configuration
    /// says; without it the file's own habit counts.
    package static func newLines(
        for keys: [(name: String, key: HostKey)],
        existing: [UInt8],
        hashed: Bool? = nil
    ) -> [UInt8] {
        var known = KnownHosts()
        known.add(file: "", existing)
        let hides = isHashed(existing) || hashed == true
        var text = ""
        for (name, key) in keys where isWritable(name) && !known.find(name: name).known.contains(key) {
            known.add(key, for: name)
            text += line(name, key, hashed: hides) + "\n"
        }
        let isOpen = existing.last.map { $0 != 10 } ?? false
        return text.isEmpty ? [] : Array(((isOpen ? "\n" : "") + text).utf8)
    }

    /// Whether the file would take the name for that name and nothing else.
    private static func isWritable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !"|@#".utf8.contains(first) else { return false }
        return name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"*?!,".utf8.contains($0) }
    }
}
