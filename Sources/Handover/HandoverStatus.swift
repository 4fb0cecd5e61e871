internal import Text

/// Where a takeover stands, as the host answers each of the controller's calls; read without believing it.
package struct HandoverStatus: Equatable, Sendable {
    package enum Token: String, Sendable {
        /// Nothing was armed yet.
        case absent = "none"
        case armed, firing, retiring, committed
    }

    package let token: Token
    package let hasGuard: Bool
    package let hasConductor: Bool
    /// Nil before the conductor has begun, and where it is none of the table's.
    package let state: HandoverEdge.State?
    /// Whose lease it is by now.
    package let leaseEpoch: UInt32?
    package let leaseOwner: String?
    package internal(set) var verdict: HandoverVerdict?

    private static let limit = 128 << 10

    /// Nil where the answer is none.
    package static func read(_ bytes: [UInt8], nonce: String) -> HandoverStatus? {
        guard bytes.count <= limit else { return nil }
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        // What follows the word `verdict` is the file, of several lines; it is the last.
        let mark = Array("verdict ".utf8)
        let verdictAt = lines.firstIndex { $0.starts(with: mark) }
        let head = lines.prefix(verdictAt ?? lines.count)
        func word(_ key: String) -> String? {
            let key = Array((key + " ").utf8)
            guard let line = head.first(where: { $0.starts(with: key) }) else { return nil }
            return String(decoding: line.dropFirst(key.count).prefix { $0 != 32 }.prefix(100), as: UTF8.self)
        }
        guard let token = word("token").flatMap({ Token(rawValue: $0) }), let guardWord = word("guard"),
            let conductor = word("conductor")
        else { return nil }
        let verdict = verdictAt.flatMap { index in
            HandoverVerdict.read(Array(bytes[(lines[index].startIndex + mark.count)...]), nonce: nonce)
        }
        // DEADLINE BOOT EPOCH OWNER
        let lease = head.first { $0.starts(with: "lease ".utf8) }?.split(separator: 32, maxSplits: 4) ?? []
        return HandoverStatus(
            token: token,
            hasGuard: guardWord != "none",
            hasConductor: conductor != "none",
            state: word("state").flatMap { HandoverEdge.State(rawValue: $0) },
            leaseEpoch: lease.count > 3 ? UInt32(String(decoding: lease[3].prefix(11), as: UTF8.self)) : nil,
            leaseOwner: lease.count > 4 ? Printable.sentence(lease[4], limit: 200) : nil,
            verdict: verdict
        )
    }
}
