import Text

/// What two sides of SSH must have in common, in the order in which they settle it (RFC 4253, 7.1).
package enum AlgorithmCategory: Int, CaseIterable, Sendable {
    case keyExchange
    case hostKey
    case cipherOut
    case cipherIn
    case macOut
    case macIn

    /// The same in the other direction.
    var counterpart: AlgorithmCategory? {
        switch self {
        case .keyExchange, .hostKey: nil
        case .cipherOut: .cipherIn
        case .cipherIn: .cipherOut
        case .macOut: .macIn
        case .macIn: .macOut
        }
    }
}

/// What a server offers at the start of a key exchange, read from the first bytes that it sent. libssh2 says only that
/// there was nothing in common; this says what there was.
package struct KeyExchangeOffer: Equatable, Sendable {
    /// The server's version line without its end, such as `SSH-2.0-OpenSSH_9.2p1`; not made printable.
    package let version: String
    package let names: [AlgorithmCategory: [String]]

    /// As many of a server's first bytes as are worth keeping: twice what OpenSSH 9.2 sends.
    package static let usefulBytes = 4096

    /// No more than this is looked at, nor is a packet longer in any implementation.
    private static let limit = 64 * 1024
    private static let longestPacket: UInt32 = 35_000

    /// Nil if the bytes are not the beginning of SSH, or do not reach to the end of the lists.
    package init?(_ bytes: [UInt8]) {
        var rest = bytes.prefix(Self.limit)
        guard let version = Self.takeVersion(&rest) else { return nil }
        // Whoever has nothing to say may send what is to be ignored; a few of those are enough.
        for _ in 0..<4 {
            guard let payload = Self.takePacket(&rest) else { return nil }
            switch payload.first {
            case 2, 4: continue
            case 20:
                guard let names = Self.lists(payload) else { return nil }
                self.version = version
                self.names = names
                return
            default: return nil
            }
        }
        return nil
    }

    /// A server may say other lines before its version.
    private static func takeVersion(_ rest: inout ArraySlice<UInt8>) -> String? {
        while let end = rest.firstIndex(of: 10) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.starts(with: Array("SSH-".utf8)) {
                return String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            }
        }
        return nil
    }

    /// The payload of a packet that is neither encrypted nor signed yet.
    private static func takePacket(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        var reader = WireReader(Array(rest.prefix(5)))
        guard let count = reader.number(), let padding = reader.byte(), count <= longestPacket,
            UInt32(padding) + 2 <= count, rest.count >= 4 + Int(count)
        else { return nil }
        let start = rest.startIndex
        defer { rest = rest[(start + 4 + Int(count))...] }
        return Array(rest[(start + 5)..<(start + 4 + Int(count) - Int(padding))])
    }

    private static func lists(_ payload: [UInt8]) -> [AlgorithmCategory: [String]]? {
        // The message's number and sixteen random bytes.
        var reader = WireReader(Array(payload.dropFirst(17)))
        var names: [AlgorithmCategory: [String]] = [:]
        for category in AlgorithmCategory.allCases {
            guard let text = reader.text() else { return nil }
            names[category] = text.split(separator: ",").map(String.init)
        }
        return names
    }
}

/// Why two sides cannot agree.
package enum Mismatch {
    /// The first thing that they do not have in common, as a sentence; nil if there is none. `library` is who we are.
    package static func explain(
        server: KeyExchangeOffer,
        ours: [AlgorithmCategory: [String]],
        library: String
    ) -> String? {
        for category in AlgorithmCategory.allCases {
            let theirs = algorithms(server.names[category])
            let mine = algorithms(ours[category])
            if !Set(theirs).isDisjoint(with: mine) { continue }
            if isSettledByCipher(category, server, ours) { continue }
            let isAlikeBothWays =
                category.counterpart.map {
                    theirs == algorithms(server.names[$0]) && mine == algorithms(ours[$0])
                } ?? true
            return "no common \(words(category, withDirection: !isAlikeBothWays)): the server offers \(list(theirs)); "
                + "\(library) can \(list(mine))"
        }
        return nil
    }

    /// Some names in the list of key exchange methods are only signs of what else a side understands.
    private static func algorithms(_ names: [String]?) -> [String] {
        (names ?? []).filter { !$0.hasPrefix("ext-info-") && !$0.hasPrefix("kex-strict-") }
    }

    /// A cipher that proves its messages itself needs no MAC. The client's first that the server has is taken.
    private static func isSettledByCipher(
        _ category: AlgorithmCategory,
        _ server: KeyExchangeOffer,
        _ ours: [AlgorithmCategory: [String]]
    ) -> Bool {
        let cipher: AlgorithmCategory
        switch category {
        case .macOut: cipher = .cipherOut
        case .macIn: cipher = .cipherIn
        default: return false
        }
        let theirs = Set(algorithms(server.names[cipher]))
        guard let chosen = algorithms(ours[cipher]).first(where: theirs.contains) else { return false }
        return chosen.contains("-gcm@") || chosen.hasPrefix("chacha20-poly1305")
    }

    static func words(_ category: AlgorithmCategory, withDirection: Bool) -> String {
        let towards = withDirection ? " for what is sent to the server" : ""
        let back = withDirection ? " for what the server sends" : ""
        switch category {
        case .keyExchange: return "key exchange method"
        case .hostKey: return "type of host key"
        case .cipherOut: return "cipher" + towards
        case .cipherIn: return "cipher" + back
        case .macOut: return "MAC" + towards
        case .macIn: return "MAC" + back
        }
    }

    private static func list(_ names: [String]) -> String {
        if names.isEmpty { return "none" }
        let shown = names.prefix(6).map { Printable.line($0, limit: 64) }.joined(separator: ", ")
        return names.count > 6 ? "\(shown) and \(names.count - 6) more" : shown
    }
}
