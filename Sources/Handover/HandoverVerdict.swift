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
    /// Those that decided, and those beside them that only counted.
    package let probes: Int
    package let badProbes: Int
    /// The slowest, in milliseconds; nil where a host of an older Baton did not say.
    package let worst: Int?
    /// Questions over connections that were kept from the one before.
    package let kept: Kept?
    /// The line of the logs that tells most of what went wrong, printable.
    package let said: String?
    /// Commands for a person, printable.
    package let back: String?
    package let forward: String?

    package struct Kept: Equatable, Sendable {
        package let probes: Int
        package let bad: Int
        /// Connections that were cut between two questions: whoever keeps one asks again, so that they are no failures.
        package let resets: Int
        package let worst: Int
    }

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
        func counts(_ key: String) -> [Int] {
            (word(key) ?? "").split(separator: " ").prefix(8).compactMap { Int($0) }.filter {
                (0...1 << 40).contains($0)
            }
        }
        let (decided, asked, kept) = (counts("probes"), counts("asked"), counts("kept"))
        let worst = counts("latency") + (asked.count == 3 ? [asked[2]] : [])
        return HandoverVerdict(
            outcome: outcome,
            because: Printable.sentence(value("because") ?? [], limit: 1000),
            serves: serves,
            touched: touched == "yes",
            probes: (decided.first ?? 0) + (asked.count == 3 ? asked[0] : 0),
            badProbes: (decided.count > 1 ? decided[1] : 0) + (asked.count == 3 ? asked[1] : 0),
            worst: worst.max(),
            kept: kept.count == 4 && kept[0] > 0
                ? Kept(probes: kept[0], bad: kept[1], resets: kept[2], worst: kept[3]) : nil,
            said: value("said").map { Printable.sentence($0, limit: 400) },
            back: value("back").map { Printable.sentence($0, limit: 4000) },
            forward: value("forward").map { Printable.sentence($0, limit: 4000) }
        )
    }

    /// `0 of 1,940 probes failed, worst 41 ms`.
    package var probing: String {
        var text = "\(Self.grouped(badProbes)) of \(Self.grouped(probes)) probes failed"
        if let worst { text += ", worst \(Self.grouped(worst)) ms" }
        if let kept {
            text += "; \(Self.grouped(kept.bad)) of \(Self.grouped(kept.probes)) on kept connections"
            text += ", worst \(Self.grouped(kept.worst)) ms"
            if kept.resets > 0 { text += ", \(Self.grouped(kept.resets)) cut while idle" }
        }
        return text
    }

    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
