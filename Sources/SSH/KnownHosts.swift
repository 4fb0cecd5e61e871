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
        /// Nothing is known but who may vouch for the host, with certificates that libssh2 cannot check.
        case onlyAuthorities([HostKey])
        case revoked
    }

    /// A line that could not be used: shown once, never fatal.
    package struct BadLine: Equatable, Sendable {
        package let file: String
        package let line: Int
    }

    /// What the files say of one host.
    package struct Found: Equatable, Sendable {
        package var known: [HostKey] = []
        package var revoked: [HostKey] = []
        /// Authorities whose certificates would be believed. libssh2 cannot check certificates, so that where only these
        /// match, nothing is known.
        package var authorities: [HostKey] = []

        fileprivate mutating func add(_ entry: Entry) {
            switch entry.marker {
            case .none: Self.add(entry.key, to: &known)
            case .revoked: Self.add(entry.key, to: &revoked)
            case .authority: Self.add(entry.key, to: &authorities)
            }
        }

        private static func add(_ key: HostKey, to keys: inout [HostKey]) {
            if !keys.contains(key) { keys.append(key) }
        }
    }

    fileprivate struct Entry: Sendable {
        /// In the order of the files.
        let number: Int
        let marker: KnownHostsLine.Marker
        let key: HostKey
    }

    /// Lines that name their hosts in full, by name: nearly all are of this kind.
    private var exact: [[UInt8]: [Entry]] = [:]
    private var patterns: [(names: [KnownHostsLine.Pattern], entry: Entry)] = []
    /// Hashed lines have to be tried one by one; what that takes is kept together.
    private var hashed: [baton_hashed_name] = []
    private var hashedEntries: [Entry] = []
    private var count = 0
    package private(set) var badLines: [BadLine] = []
    /// A file of something else has nothing but bad lines; nobody reads more of them.
    private static let badLineLimit = 100

    package init() {}

    package mutating func add(file: String, _ bytes: [UInt8]) {
        for (index, raw) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            switch KnownHostsLine.parse(raw) {
            case .nothing: break
            case .bad where badLines.count >= Self.badLineLimit: break
            case .bad: badLines.append(BadLine(file: file, line: index + 1))
            case .line(let line): add(line)
            }
        }
    }

    /// Keys that the inventory pins for a host count like a known_hosts line of its own.
    package mutating func add(_ key: HostKey, for name: String) {
        exact[KnownHostsLine.lowered(name.utf8), default: []].append(entry(.none, key))
    }

    private mutating func entry(_ marker: KnownHostsLine.Marker, _ key: HostKey) -> Entry {
        count += 1
        return Entry(number: count, marker: marker, key: key)
    }

    private mutating func add(_ line: KnownHostsLine) {
        let entry = entry(line.marker, line.key)
        switch line.names {
        case .hashed(let salt, let hash):
            var name = baton_hashed_name()
            baton_hashed_name_begin(&name, salt)
            withUnsafeMutableBytes(of: &name.hash) { $0.copyBytes(from: hash) }
            hashed.append(name)
            hashedEntries.append(entry)
        case .patterns(let names):
            if names.contains(where: { $0.isNegated || $0.isGlob }) {
                patterns.append((names, entry))
            } else {
                for name in names { exact[name.bytes, default: []].append(entry) }
            }
        }
    }

    /// As known_hosts writes a host: the port is named unless it is 22.
    package static func name(of host: String, port: UInt16) -> String {
        let host = host.lowercased()
        return port == 22 ? host : "[\(host)]:\(port)"
    }

    /// All that the files say of a host.
    package func find(_ host: String, port: UInt16) -> Found { find(name: Self.name(of: host, port: port)) }

    /// The same for a name as the files write it, such as `[host]:2222`.
    package func find(name: String) -> Found {
        let name = KnownHostsLine.lowered(name.utf8)
        var entries = exact[name] ?? []
        for (names, entry) in patterns where KnownHostsLine.matches(names, name) { entries.append(entry) }
        var index = baton_hashed_name_find(hashed, hashed.count, 0, name, name.count)
        while index < hashed.count {
            entries.append(hashedEntries[index])
            index = baton_hashed_name_find(hashed, hashed.count, index + 1, name, name.count)
        }
        var found = Found()
        for entry in entries.sorted(by: { $0.number < $1.number }) { found.add(entry) }
        return found
    }

    /// The keys known for a host, the revoked ones apart.
    package func keys(for host: String, port: UInt16) -> (known: [HostKey], revoked: [HostKey]) {
        let found = find(host, port: port)
        return (found.known, found.revoked)
    }

    /// `askable` are the key types that the library could have negotiated.
    package static func judge(
        _ offered: HostKey,
        known: [HostKey],
        revoked: [HostKey],
        authorities: [HostKey] = [],
        askable: (String) -> Bool = { _ in true }
    ) -> Verdict {
        if revoked.contains(offered) { return .revoked }
        if known.contains(offered) { return .trusted }
        if !known.isEmpty, !known.contains(where: { askable($0.type) }) { return .uncheckable(known: known) }
        // Another key of the same type is a change; only other types known means this one was never seen, but since
        // known types are asked for first, the server does not have them any more: a change as well.
        if !known.isEmpty { return .changed(known: known) }
        return authorities.isEmpty ? .unknown : .onlyAuthorities(authorities)
    }
}
