/// What somebody who watches a takeover wants to know.
package enum HandoverNews: Equatable, Sendable {
    /// The host has entered a state, so long after it began; how many workers it sees of each release.
    case state(HandoverEdge.State, after: Duration, old: Int?, new: Int?)
    /// Who the second master is.
    case newMaster(pid: Int32)
    /// A signal was sent, and what for.
    case sent(signal: String, pid: Int32, purpose: String)
    /// Something did not come as it was to.
    case trouble(String)
    /// The guard took over, and why.
    case guardDrives(String)
    /// A drain that takes longer, as it may.
    case waits(HandoverEdge.State)
    case linkLost(String)
    case linkBack
    /// Somebody else has the lease.
    case fenced(String)
    /// It is called off, and why.
    case callingOff(String)
    /// It was to be called off, and can be no more.
    case tooLate
}

/// Reads news out of the journal.
struct HandoverReader: Sendable {
    private var begun: Int64?
    private var boot: String?
    private var counts: (old: Int, new: Int)?

    mutating func news(_ entry: HandoverJournal.Entry) -> HandoverNews? {
        // Uptimes of two boots have nothing to do with each other.
        if boot != entry.boot { (boot, begun) = (entry.boot, entry.time) }
        let words = entry.rest.split(separator: " ").map(String.init)
        switch entry.word {
        case "facts":
            counts = Self.counts(words)
            return nil
        case "state":
            guard let state = words.first.flatMap({ HandoverEdge.State(rawValue: $0) }) else { return nil }
            let after = Duration.milliseconds(max(0, entry.time - (begun ?? entry.time)) * 10)
            return .state(state, after: after, old: counts?.old, new: counts?.new)
        case "new": return Self.pid(words.first).map { .newMaster(pid: $0) }
        case "sent":
            // WORD SIGNAL PID.START
            guard words.count == 3, let pid = Self.pid(words[2]) else { return nil }
            return .sent(signal: words[1], pid: pid, purpose: words[0])
        case "failed": return .trouble(words.dropFirst().joined(separator: " "))
        case "turn": return words.count > 2 ? .trouble(words.dropFirst(2).joined(separator: " ")) : nil
        case "guard": return .guardDrives(entry.rest)
        case "waits": return words.first.flatMap { HandoverEdge.State(rawValue: $0) }.map { .waits($0) }
        default: return nil
        }
    }

    private static func pid(_ identity: String?) -> Int32? {
        identity?.split(separator: ".").first.flatMap { Int32($0) }.flatMap { $0 > 1 ? $0 : nil }
    }

    /// SIGHT old=yes/2 new=no/0 ...
    private static func counts(_ words: [String]) -> (old: Int, new: Int)? {
        func count(_ key: String) -> Int? {
            let word = words.first { $0.hasPrefix(key) }
            return word?.split(separator: "/").last.flatMap { Int($0) }
        }
        guard let old = count("old="), let new = count("new=") else { return nil }
        return (old, new)
    }
}
