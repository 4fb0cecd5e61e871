/// One look at a takeover: what is new in its journal, and where it stands; read without believing it.
package struct HandoverReport: Equatable, Sendable {
    package let entries: [HandoverJournal.Entry]
    /// Lines of the journal, also those that were none.
    package let lines: Int
    package let status: HandoverStatus

    /// As many as the host hands out at once.
    package static let most = 200

    /// Nil where the answer is none.
    package static func read(_ bytes: [UInt8], nonce: String) -> HandoverReport? {
        let mark = Array("said ".utf8)
        var journal: [UInt8] = []
        var count = 0
        var rest = bytes[...]
        while rest.starts(with: mark), let end = rest.firstIndex(of: 10) {
            journal += rest[(rest.startIndex + mark.count)...end]
            count += 1
            rest = rest[(end + 1)...]
        }
        guard count <= most, let status = HandoverStatus.read(Array(rest), nonce: nonce) else { return nil }
        return HandoverReport(entries: HandoverJournal.read(journal).entries, lines: count, status: status)
    }
}
