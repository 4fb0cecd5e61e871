import Events
import Fleet
import Report
import SSH
import Text

/// Asks about host keys that nobody knows yet: all of a run in one table, before anything runs anywhere.
struct TrustQuestion {
    let fleet: Fleet
    let context: Context

    /// Behind each jump host that was unknown there may be more of them.
    private static let roundLimit = 9

    enum Outcome {
        case settled([Target], accepted: [(target: Target, key: HostKey)])
        case refused
        case interrupted
    }

    /// Only where somebody can answer; elsewhere the run itself says what is not known.
    func settle(_ targets: [Target]) async -> Outcome {
        guard let ask = context.ask else { return .settled(targets, accepted: []) }
        var targets = targets
        var accepted: [(target: Target, key: HostKey)] = []
        var asked: Set<String> = []
        for _ in 0..<Self.roundLimit {
            var strangers: [Target] = []
            for stranger in targets.compactMap(\.stranger) where asked.insert(stranger.knownAs).inserted {
                strangers.append(stranger)
            }
            if strangers.isEmpty { break }
            let shown = await fleet.introduce(strangers)
            if await fleet.isStopped { return .interrupted }
            // Nobody is asked about a key that is revoked, or believed as it is: the run itself knows both.
            for stranger in shown where stranger.isBelieved { believe(stranger, &targets) }
            let found = shown.filter { !$0.isBelieved && !$0.isRevoked }
            if found.isEmpty { continue }
            context.stderr.write(Self.table(found))
            let them = found.count == 1 ? "this key" : "these \(found.count) keys"
            context.stderr.flush()
            let answer = ask("Trust \(them) from now on? Compare the fingerprints, then type yes or no: ")
            if answer == .interrupted { return .interrupted }
            guard case .answer(let word) = answer, word.lowercased() == "yes" else { return .refused }
            for stranger in found {
                accepted.append((stranger.target, stranger.key))
                believe(stranger, &targets)
            }
        }
        return .settled(targets, accepted: accepted)
    }

    private func believe(_ stranger: Fleet.Stranger, _ targets: inout [Target]) {
        for index in targets.indices { targets[index].trust(stranger.key, of: stranger.target.knownAs) }
    }

    /// Host, address, type and fingerprint, in columns.
    static func table(_ strangers: [Fleet.Stranger]) -> String {
        let rows = strangers.map { stranger in
            [
                Printable.line(stranger.target.name, limit: 60), Printable.line(stranger.target.place, limit: 80),
                Printable.line(stranger.key.shortType, limit: 30), stranger.key.fingerprint,
            ]
        }
        var widths = [0, 0, 0, 0]
        for row in rows { for (column, text) in row.enumerated() { widths[column] = max(widths[column], text.count) } }
        let lines = rows.map { row in
            row.enumerated().map { column, text in
                column == row.count - 1 ? text : text + String(repeating: " ", count: widths[column] - text.count)
            }.joined(separator: "  ")
        }
        let what =
            rows.count == 1 ? "a host key that is not known yet" : "\(rows.count) host keys that are not known yet"
        return "\(what):\n" + lines.map { "  \($0)\n" }.joined()
    }
}
