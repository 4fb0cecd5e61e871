import CCrypto
import Text

/// The keys that are known for hosts, read as OpenSSH reads its known_hosts files. libssh2's own reader knows neither
/// patterns nor revocation and gives up at the first bad line.
package struct KnownHosts: Sendable {
    package enum Verdict: Equatable, Sendable {
        case trusted
        case unknown
        case changed(known: [HostKey])
        /// Known keys there are, but none of a type that can be asked for: neither a match nor a change.
        case uncheckable(known: [HostKey])
        case revoked
    }

    /// A line that could not be used: shown once, never fatal.
    package struct BadLine: Equatable, Sendable {
        package let file: String
        package let line: Int
    }

    fileprivate struct Entry: Sendable {
        let patterns: [Pattern]
        let key: HostKey
        let revoked: Bool
    }

    fileprivate enum Pattern: Sendable {
        case plain(String)
        case glob(String, negated: Bool)
        case hashed(salt: [UInt8], hash: [UInt8])
    }

    /// Lines with one plain name, the most common kind, by name.
    private var plain: [String: [HostKey]] = [:]
    private var others: [Entry] = []
    package private(set) var badLines: [BadLine] = []

    package init() {}

    package mutating func add(file: String, _ bytes: [UInt8]) {
        for (index, raw) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let line = String(decoding: raw, as: UTF8.self).trimmingBlanks
            if line.isEmpty || line.hasPrefix("#") { continue }
            if !add(line) { badLines.append(BadLine(file: file, line: index + 1)) }
        }
    }

    /// Keys that the inventory pins for a host count like a known_hosts line of its own.
    package mutating func add(_ key: HostKey, for name: String) { plain[name.lowercased(), default: []].append(key) }

    /// False if the line is not understood.
    private mutating func add(_ line: String) -> Bool {
        var words = line.split(maxSplits: 3, whereSeparator: { $0 == " " || $0 == "\t" })
        var revoked = false
        if let marker = words.first, marker.hasPrefix("@") {
            // A certificate authority vouches for certificates, which libssh2 cannot check.
            if marker == "@cert-authority" { return true }
            guard marker == "@revoked" else { return false }
            revoked = true
            words = line.split(maxSplits: 4, whereSeparator: { $0 == " " || $0 == "\t" })
            words.removeFirst()
        }
        guard words.count >= 3, let key = HostKey(line: "\(words[1]) \(words[2])") else { return false }
        var patterns: [Pattern] = []
        for name in words[0].split(separator: ",") {
            guard let pattern = Self.pattern(String(name)) else { return false }
            patterns.append(pattern)
        }
        if !revoked, patterns.count == 1, case .plain(let name) = patterns[0] {
            plain[name, default: []].append(key)
        } else {
            others.append(Entry(patterns: patterns, key: key, revoked: revoked))
        }
        return true
    }

    private static func pattern(_ text: String) -> Pattern? {
        if text.hasPrefix("|") {
            let parts = text.split(separator: "|")
            guard parts.count == 3, parts[0] == "1", let salt = Base64.decode(parts[1].utf8),
                let hash = Base64.decode(parts[2].utf8), hash.count == 20
            else { return nil }
            return .hashed(salt: salt, hash: hash)
        }
        let lowered = text.lowercased()
        if lowered.hasPrefix("!") { return .glob(String(lowered.dropFirst()), negated: true) }
        if lowered.contains("*") || lowered.contains("?") { return .glob(lowered, negated: false) }
        return .plain(lowered)
    }

    /// Whether a file hides its names; then new lines must hide theirs.
    package static func isHashed(_ file: [UInt8]) -> Bool {
        file.split(separator: 10).contains { $0.starts(with: Array("|1|".utf8)) }
    }

    /// A line to append for a key.
    package static func line(_ name: String, _ key: HostKey, hashed: Bool) -> String {
        guard hashed else { return "\(name) \(key.line)" }
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var hash = [UInt8](repeating: 0, count: 20)
        let bytes = Array(name.utf8)
        _ = baton_hmac_sha1(salt, salt.count, bytes, bytes.count, &hash)
        return "|1|\(Base64.encode(salt))|\(Base64.encode(hash)) \(key.line)"
    }

    /// As known_hosts writes a host: the port is named unless it is 22.
    package static func name(of host: String, port: UInt16) -> String {
        let host = host.lowercased()
        return port == 22 ? host : "[\(host)]:\(port)"
    }

    /// The keys known for a host, the revoked ones apart.
    package func keys(for host: String, port: UInt16) -> (known: [HostKey], revoked: [HostKey]) {
        let found = keys(for: Self.name(of: host, port: port))
        return (found.known, found.revoked)
    }

    /// The same for a name as known_hosts has it.
    package func keys(for name: String) -> (known: [HostKey], revoked: [HostKey], authorities: [HostKey]) {
        var known = plain[name] ?? []
        var revoked: [HostKey] = []
        for entry in others where entry.matches(name) {
            if entry.revoked { revoked.append(entry.key) } else { known.append(entry.key) }
        }
        return (known, revoked, [])
    }

    /// `askable` are the key types that the library could have negotiated.
    package static func judge(
        _ offered: HostKey,
        known: [HostKey],
        revoked: [HostKey],
        askable: (String) -> Bool = { _ in true }
    ) -> Verdict {
        if revoked.contains(offered) { return .revoked }
        if known.contains(offered) { return .trusted }
        if !known.isEmpty, !known.contains(where: { askable($0.type) }) { return .uncheckable(known: known) }
        // Another key of the same type is a change; only other types known means this one was never seen, but since
        // known types are asked for first, the server does not have them any more: a change as well.
        return known.isEmpty ? .unknown : .changed(known: known)
    }
}

extension KnownHosts.Entry {
    /// OpenSSH's rule: a negated match forbids, whatever else matches.
    func matches(_ name: String) -> Bool {
        var matched = false
        for pattern in patterns {
            switch pattern {
            case .plain(let plain): if plain == name { matched = true }
            case .glob(let glob, let negated):
                if Wildcard.matches(Array(glob.utf8), Array(name.utf8)) {
                    if negated { return false }
                    matched = true
                }
            case .hashed(let salt, let hash):
                var computed = [UInt8](repeating: 0, count: 20)
                let bytes = Array(name.utf8)
                if baton_hmac_sha1(salt, salt.count, bytes, bytes.count, &computed) == 1, computed == hash {
                    matched = true
                }
            }
        }
        return matched
    }
}

extension String {
    var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
        var slice = self[...]
        while let first = slice.first, isBlank(first) { slice.removeFirst() }
        while let last = slice.last, isBlank(last) { slice.removeLast() }
        return String(slice)
    }
}
