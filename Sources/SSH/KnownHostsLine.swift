import Text

/// One line of a known_hosts file, as OpenSSH reads it (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
struct KnownHostsLine: Equatable {
    enum Marker: Equatable {
        case none
        case authority
        case revoked
    }

    struct Pattern: Equatable {
        /// In lower case, without the exclamation mark.
        let bytes: [UInt8]
        let isNegated: Bool
        let isGlob: Bool
    }

    enum Names: Equatable {
        case patterns([Pattern])
        case hashed(salt: [UInt8], hash: [UInt8])
    }

    enum Parsed: Equatable {
        /// Blank, or a comment.
        case nothing
        /// Not understood: passed over, and said once.
        case bad
        case line(KnownHostsLine)
    }

    let marker: Marker
    let names: Names
    let key: HostKey

    /// OpenSSH lets no list with a longer name match anything.
    private static let longestName = 1023

    static func parse(_ line: ArraySlice<UInt8>) -> Parsed {
        var rest = line.drop(while: isBlank)
        guard let first = rest.first, first != UInt8(ascii: "#") else { return .nothing }
        var marker = Marker.none
        if first == UInt8(ascii: "@") {
            switch String(decoding: takeWord(&rest), as: UTF8.self) {
            case "@cert-authority": marker = .authority
            case "@revoked": marker = .revoked
            default: return .bad
            }
        }
        let list = takeWord(&rest)
        let type = takeWord(&rest)
        guard let key = HostKey(type: type, base64: takeWord(&rest)), let names = names(list) else { return .bad }
        return .line(KnownHostsLine(marker: marker, names: names, key: key))
    }

    /// A carriage return counts as blank: files come from other systems too.
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

    private static func takeWord(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let word = rest.prefix { !isBlank($0) }
        rest = rest[word.endIndex...].drop(while: isBlank)
        return word
    }

    private static func names(_ list: ArraySlice<UInt8>) -> Names? {
        // A hashed name stands alone.
        if list.first == UInt8(ascii: "|") { return hashed(list) }
        var patterns: [Pattern] = []
        for word in list.split(separator: UInt8(ascii: ",")) {
            guard word.count <= longestName else { return nil }
            let isNegated = word.first == UInt8(ascii: "!")
            let bytes = lowered(isNegated ? word.dropFirst() : word)
            let isGlob = bytes.contains(UInt8(ascii: "*")) || bytes.contains(UInt8(ascii: "?"))
            patterns.append(Pattern(bytes: bytes, isNegated: isNegated, isGlob: isGlob))
        }
        return patterns.isEmpty ? nil : .patterns(patterns)
    }

    private static func hashed(_ word: ArraySlice<UInt8>) -> Names? {
        let parts = word.dropFirst().split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual([UInt8(ascii: "1")]), let salt = Base64.decode(parts[1]),
            salt.count == 20, let hash = Base64.decode(parts[2]), hash.count == 20
        else { return nil }
        return .hashed(salt: salt, hash: hash)
    }

    /// Letters of ASCII only, as OpenSSH does.
    static func lowered(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { (65...90).contains($0) ? $0 | 32 : $0 }
    }

    /// OpenSSH's rule: a negated match forbids, whatever else matches.
    static func matches(_ patterns: [Pattern], _ name: [UInt8]) -> Bool {
        var matched = false
        for pattern in patterns where pattern.isGlob ? Wildcard.matches(pattern.bytes, name) : pattern.bytes == name {
            if pattern.isNegated { return false }
            matched = true
        }
        return matched
    }
}
