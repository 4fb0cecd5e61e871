internal import Shell
internal import Text

/// One takeover on one host as its controller sees it. A value: it is told what came and what time it is, and says what
/// to do; it knows neither clock nor connection.
///
/// What it goes by: facts decide, so whatever was lost on its way is looked for on the host and not assumed. The host
/// needs nobody from `go` on, so nothing here can leave it half way; what can be lost is only the word about it.
package struct HandoverSession: Sendable {
    /// How far the controller has come.
    enum Step: Equatable, Sendable {
        case putting, leasing, arming, proving, beginning, watching
    }

    enum Connection: Equatable, Sendable {
        case up
        /// Tried again at `next`.
        case down(since: Duration, attempts: Int, next: Duration)
        case connecting(since: Duration, attempts: Int)
    }

    enum Spare: Equatable, Sendable {
        case none, opening, open
    }

    package let terms: HandoverTerms
    /// For people: how to look at it by hand.
    package let lookCommand: String
    /// The first line of the journal that is not known yet.
    package internal(set) var line = 1
    /// When to call `woke`, if nothing else comes before.
    package internal(set) var wakeAt: Duration?

    var step = Step.putting
    var connection = Connection.up
    var spare = Spare.none
    /// Calls that have not been answered.
    var open: Set<HandoverCall> = []
    var attempts: [HandoverCall: Int] = [:]
    /// The answer to what was asked last is lost: it is looked first.
    var isInDoubt = false
    /// The word to go on was said: what the host is at is looked at before it is said again.
    var mayBeConfirmed = false
    /// Looks since, which have not found it done.
    var doubtfulLooks = 0
    /// An answer to `arm` came, or was lost.
    var mayBeArmed = false
    /// It may have begun.
    var hasBegun = false
    /// The lease was given back before anything began.
    var isReleased = false

    // What the host has said.
    var state: HandoverEdge.State?
    var token = HandoverStatus.Token.absent
    var verdict: HandoverVerdict?
    var reader = HandoverReader()
    /// Looks in a row that brought nothing, and in which nobody drove.
    var blindLooks = 0
    var idleLooks = 0

    // Times.
    /// When the host was heard of.
    var heardAt = Duration.zero
    var renewAt: Duration?
    var renewSent = Duration.zero
    /// By this side's clock; the host's own is what counts.
    var heldUntil: Duration?
    var lookAt = Duration.zero
    var freshAt = Duration.zero
    var spareAt = Duration.zero
    /// The host must have ended by then.
    var endBy: Duration?

    // What somebody wants.
    var interrupts = 0
    var callOff: String?
    var isAborted = false
    var hasSaidTooLate = false
    var fence: String?

    var told: [HandoverNews] = []
    var isOver = false

    /// `directory` is that of this takeover on the host.
    package init(_ terms: HandoverTerms, directory: String) {
        self.terms = terms
        lookCommand = Quoting.line(["sh", directory + "/program", directory, "status"])
    }

    // MARK: What comes

    package mutating func begin(at now: Duration) -> [HandoverAction] { decide(now) }

    package mutating func woke(at now: Duration) -> [HandoverAction] { decide(now) }

    /// The first calls it off, or lets it be finished where that is the only way; at the second nobody waits any more.
    package mutating func interrupt(at now: Duration) -> [HandoverAction] {
        interrupts += 1
        if interrupts > 1 { return leave(at: now) }
        callingOff("it was called off")
        return decide(now)
    }

    /// Nobody waits any more: the host goes on by itself.
    package mutating func leave(at now: Duration) -> [HandoverAction] {
        isOver ? [] : finish(unknown("nobody waits for it any more", at: now))
    }

    package mutating func answered(
        _ call: HandoverCall,
        _ answer: HandoverAnswer,
        at now: Duration
    ) -> [HandoverAction] {
        open.remove(call)
        if isOver { return [] }
        switch answer {
        case .replied(let status, let stdout, let stderr):
            if let ending = replied(call, status, stdout, Self.sentence(stdout, stderr), now) { return finish(ending) }
        case .lost(let reason): lost(call, reason, now)
        case .unreachable(let reason, let passes):
            if let ending = unreachable(call, reason, passes, now) { return finish(ending) }
        case .impossible(let reason): return finish(hasArmed ? unknown(reason, at: now) : refusal(reason))
        }
        return decide(now)
    }

    /// What became of `connect`; `problem` is nil where it is there again.
    package mutating func connected(_ problem: String?, passes: Bool, at now: Duration) -> [HandoverAction] {
        guard case .connecting(let since, let attempts) = connection, !isOver else { return [] }
        guard let problem else {
            connection = .up
            told.append(.linkBack)
            lookAt = now
            return decide(now)
        }
        if !passes {
            return finish(hasArmed ? unknown(problem, at: now) : refusal(problem))
        }
        connection = .down(since: since, attempts: attempts, next: now + Self.pause(after: attempts))
        return decide(now)
    }

    /// What became of `openSpare`.
    package mutating func spareOpened(_ isOpen: Bool, at now: Duration) -> [HandoverAction] {
        guard spare == .opening, !isOver else { return [] }
        spare = isOpen ? .open : .none
        spareAt = now + .seconds(1)
        return decide(now)
    }

    // MARK: Little things

    mutating func finish(_ ending: HandoverEnding) -> [HandoverAction] {
        isOver = true
        wakeAt = nil
        let news = told
        told = []
        return news.map { .tell($0) } + [.finish(ending)]
    }

    mutating func callingOff(_ reason: String) {
        guard callOff == nil, !isOver else { return }
        callOff = reason
        if !isPastReturn { told.append(.callingOff(reason)) }
    }

    /// Something of it may stand on the host.
    var hasArmed: Bool { mayBeArmed || open.contains(.arm) }

    /// The old master was told to stop, or is about to be.
    var isPastReturn: Bool { token == .retiring || token == .committed }

    /// Until a connection is tried again: half a second, twice as long each time, five at most.
    static func pause(after attempts: Int) -> Duration {
        .milliseconds(min(5000, 500 << min(attempts, 4)))
    }

    /// What a host said when it refused.
    private static func sentence(_ stdout: [UInt8], _ stderr: [UInt8]) -> String {
        let said = stderr.isEmpty ? stdout : stderr
        return Printable.sentence(said.suffix(400), limit: 400)
    }
}
