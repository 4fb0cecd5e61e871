internal import Text

/// The journal of a takeover, read without believing it.
package struct HandoverJournal: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        /// Hundredths of a second since the host booted.
        package let time: Int64
        package let boot: String
        package let word: String
        /// Printable.
        package let rest: String
    }

    package let entries: [Entry]
    /// Lines that are none: a crash may cut the last one.
    package let broken: Int

    private static let limits = (lines: 5000, line: 4096)

    package static func read(_ bytes: [UInt8]) -> HandoverJournal {
        var entries: [Entry] = []
        var broken = 0
        for line in bytes.split(separator: 10).prefix(limits.lines) {
            let parts = line.prefix(limits.line).split(separator: 32, maxSplits: 3)
            guard parts.count >= 3, parts[0].count <= 15, let time = Int64(String(decoding: parts[0], as: UTF8.self)),
                time >= 0, isWord(parts[2])
            else {
                broken += 1
                continue
            }
            entries.append(
                Entry(
                    time: time,
                    boot: Printable.sentence(parts[1], limit: 100),
                    word: String(decoding: parts[2], as: UTF8.self),
                    rest: parts.count > 3 ? Printable.sentence(parts[3], limit: 1000) : ""
                )
            )
        }
        return HandoverJournal(entries: entries, broken: broken)
    }

    private static func isWord(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count <= 40 && bytes.allSatisfy { (97...122).contains($0) || $0 == 95 }
    }

    /// The states in the order in which they were entered.
    package var states: [String] {
        entries.filter { $0.word == "state" }.map { String($0.rest.prefix { $0 != " " }) }
    }

    /// `WORD SIGNAL PID.START` of the signals that were sent.
    package var sent: [String] { entries.filter { $0.word == "sent" }.map(\.rest) }

    package func has(_ word: String, _ beginning: String = "") -> Bool {
        entries.contains { $0.word == word && $0.rest.hasPrefix(beginning) }
    }
}
