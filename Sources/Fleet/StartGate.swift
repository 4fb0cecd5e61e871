import Reactor

/// Which host may connect when. A value without clock, socket or task: `Fleet` tells it what happened and starts whom
/// it names.
///
/// Two bounds hold at once: how many hosts are worked on (`forks`), and how many logins are under way. sshd forks for
/// every login and drops strangers from ten waiting ones on, so logins to one destination are few; over all
/// destinations their number grows with success and halves when somebody hangs up.
///
/// Hosts that have the same many keys to try, of which none has proved itself, are a cohort: one of them goes first, and
/// the others offer what opened its door instead of each trying all of them against MaxAuthTries.
struct StartGate {
    typealias ID = Int
    typealias Cohort = String

    private struct Waiting {
        let id: ID
        let destination: String
        let cohort: Cohort?
        let notBefore: Instant
    }

    /// sshd's default MaxStartups drops at random from the tenth unauthenticated connection on.
    static let perDestination = 8
    static let firstLogins = 16
    static let mostLogins = 64

    private let forks: Int
    private var waiting: [Waiting] = []
    private var loggingIn: [ID: String] = [:]
    private var atWork: Set<ID> = []
    private var perDestination: [String: Int] = [:]
    /// Who went first of a cohort, and until when the others wait for it: it may be a host that does not answer.
    private var scouts: [Cohort: (id: ID, until: Instant)] = [:]
    private var cohorts: [ID: Cohort] = [:]
    private var taught: Set<Cohort> = []
    static let scoutPatience = Duration.seconds(2)
    private(set) var loginLimit = StartGate.firstLogins
    private(set) var isStopped = false

    init(forks: Int) { self.forks = max(1, forks) }

    /// A host wants to connect, at once or not before a moment (a retry).
    mutating func ask(_ id: ID, _ destination: String, cohort: Cohort? = nil, notBefore: Instant) {
        waiting.append(Waiting(id: id, destination: destination, cohort: cohort, notBefore: notBefore))
    }

    /// The hosts that may start now, in the order they asked, and when to look again if nothing else happens.
    mutating func take(at now: Instant) -> (start: [ID], wake: Instant?) {
        // The usual case with many hosts: nobody can start, and nobody needs to be looked at.
        if isStopped || atWork.count >= forks || loggingIn.count >= loginLimit { return ([], nil) }
        var start: [ID] = []
        var wake: Instant?
        var kept: [Waiting] = []
        // A scout that does not answer has taught that there may be more of them: nobody waits any longer.
        for (cohort, scout) in scouts where scout.until <= now { taught.insert(cohort) }
        for entry in waiting {
            if atWork.count >= forks || loggingIn.count >= loginLimit
                || perDestination[entry.destination, default: 0] >= Self.perDestination
            {
                kept.append(entry)
            } else if let scout = scout(before: entry), scout.until > now {
                wake = min(wake ?? scout.until, scout.until)
                kept.append(entry)
            } else if entry.notBefore > now {
                wake = min(wake ?? entry.notBefore, entry.notBefore)
                kept.append(entry)
            } else {
                if let cohort = entry.cohort, !taught.contains(cohort) {
                    scouts[cohort] = (entry.id, now + Self.scoutPatience)
                    cohorts[entry.id] = cohort
                }
                loggingIn[entry.id] = entry.destination
                perDestination[entry.destination, default: 0] += 1
                atWork.insert(entry.id)
                start.append(entry.id)
            }
        }
        waiting = kept
        return (start, wake)
    }

    private func scout(before entry: Waiting) -> (id: ID, until: Instant)? {
        entry.cohort.flatMap { taught.contains($0) ? nil : scouts[$0] }
    }

    /// Logged in, and at work until `finished`.
    mutating func opened(_ id: ID) {
        endScouting(id, isTaught: true)
        endLogin(id)
        loginLimit = min(Self.mostLogins, loginLimit + 1)
    }

    /// Not logged in. `crowded` when the server hung up as it does under load; `refused` when it took none of the keys,
    /// which another host of the cohort may do all the same: nobody waits any longer.
    mutating func failed(_ id: ID, crowded: Bool, refused: Bool = false) {
        endScouting(id, isTaught: refused)
        endLogin(id)
        atWork.remove(id)
        if crowded { loginLimit = max(1, loginLimit / 2) }
    }

    mutating func finished(_ id: ID) { atWork.remove(id) }

    /// Nothing more starts. Returns the hosts that were still waiting.
    mutating func stop() -> [ID] {
        isStopped = true
        defer { waiting = [] }
        return waiting.map(\.id)
    }

    private mutating func endScouting(_ id: ID, isTaught: Bool) {
        guard let cohort = cohorts.removeValue(forKey: id) else { return }
        if isTaught { taught.insert(cohort) }
        if scouts[cohort]?.id == id { scouts[cohort] = nil }
    }

    private mutating func endLogin(_ id: ID) {
        guard let destination = loggingIn.removeValue(forKey: id) else { return }
        perDestination[destination, default: 1] -= 1
        if perDestination[destination] == 0 { perDestination[destination] = nil }
    }
}

/// How often and after which pause a connection is tried again. Only what passes by itself is worth it.
struct RetryPolicy {
    var attempts = 4
    var first = Duration.milliseconds(500)

    /// The pause before attempt `next` (the second is 2), or nil if that is one too many. `chance` is from 0 to 1: hosts
    /// that were dropped together must not come back together.
    func pause(before next: Int, chance: Double) -> Duration? {
        guard next <= attempts else { return nil }
        let factor = Double(1 << (next - 2)) * (0.5 + chance)
        return first * factor
    }
}
