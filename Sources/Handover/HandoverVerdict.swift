internal import Text

/// How a takeover ended, as the host wrote it; read without believing it.
package struct HandoverVerdict: Equatable, Sendable {
    package enum Outcome: String, Sendable {
        /// Wholly new.
        case committed
        /// Wholly old.
        case undone
        /// Neither: a person has to look.
        case dirty
    }

    package enum Serves: String, Sendable {
        case old, new, both
        case nobody = "none"
    }

    package let outcome: Outcome
    /// A sentence, printable.
    package let because: String
    package let serves: Serves
    /// Whether anything was changed at all.
    package let touched: Bool
    package let probes: Int
    package let badProbes: Int
    /// Commands for a person, printable.
    package let back: String?
    package let forward: String?

    private static let limit = 64 << 10

    /// Nil where this is no whole verdict of this attempt.
    package static func read(_ bytes: [UInt8], nonce: String) -> HandoverVerdict? {
        guard bytes.count <= limit, bytes.last == 10 else { return nil }
        let lines = bytes.split(separator: 10).map { $0.split(separator: 32, maxSplits: 1).map(Array.init) }
        guard let first = lines.first, first.count == 2,
            let outcome = Outcome(rawValue: String(decoding: first[0], as: UTF8.self)),
            first[1].starts(with: nonce.utf8), first[1].count == nonce.utf8.count || first[1][nonce.utf8.count] == 32
        else { return nil }
        func value(_ key: String) -> [UInt8]? {
            lines.first { $0.count == 2 && $0[0].elementsEqual(key.utf8) }?[1]
        }
        func word(_ key: String) -> String? { value(key).map { String(decoding: $0, as: UTF8.self) } }
        guard let serves = word("serves").flatMap({ Serves(rawValue: $0) }), let touched = word("touched") else {
            return nil
        }
        let counts = (word("probes") ?? "").split(separator: " ").compactMap { Int($0) }.filter { $0 >= 0 }
        return HandoverVerdict(
            outcome: outcome,
            because: Printable.sentence(value("because") ?? [], limit: 1000),
            serves: serves,
            touched: touched == "yes",
            probes: counts.first ?? 0,
            badProbes: counts.count > 1 ? counts[1] : 0,
            back: value("back").map { Printable.sentence($0, limit: 4000) },
            forward: value("forward").map { Printable.sentence($0, limit: 4000) }
        )
    }
}
