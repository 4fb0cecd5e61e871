/// What answers mean.
extension HandoverSession {
    /// How often the host may answer what nobody understands, and how often a fresh connection is tried.
    private static let mostBlindLooks = 5
    static let mostAttempts = 4
    private static let doubtfulLooks = 3

    mutating func replied(
        _ call: HandoverCall,
        _ status: Int32,
        _ stdout: [UInt8],
        _ said: String,
        _ now: Duration
    ) -> HandoverEnding? {
        let isDone = status == 0
        if call == .arm { mayBeArmed = true }
        // What was called off meanwhile goes another way.
        if [.arm, .proof].contains(call), step == .watching { return nil }
        switch call {
        case .put:
            guard isDone else {
                return refusal(said.isEmpty ? "the files of the takeover could not be put there" : said)
            }
            step = .leasing
        case .renew:
            guard isDone else { return refusedLease(said, now) }
            heldUntil = max(heldUntil ?? .zero, renewSent + terms.lease)
            if step == .leasing { step = .arming }
            note(stdout, now)
        case .arm:
            guard isDone else { return refusal(said.isEmpty ? "the guard does not stand" : said) }
            step = .proving
        case .proof:
            guard isDone else {
                return refusal(
                    "the guard has not outlived the connection that started it",
                    hint: "become root, or have logind leave what a login started (KillUserProcesses=no)"
                )
            }
            step = .beginning
        case .go:
            guard isDone else { return refusal(said.isEmpty ? "the takeover did not begin" : said) }
            begun(now)
            note(stdout, now)
        case .look: return looked(isDone ? stdout : [], said, now)
        case .confirm:
            // The host is looked at, and has a moment to go on, before anything is opened to say it again.
            (spare, spareAt, mayBeConfirmed) = (.none, now + .seconds(2), true)
            if isDone { note(stdout, now) } else { fenced(said, now) }
        case .abort:
            isAborted = true
            endBy = min(endBy ?? now + terms.patience, now + terms.patience)
            if isDone { note(stdout, now) }
        case .release:
            isAborted = true
            endBy = now + terms.patience
            if isDone { note(stdout, now) }
        case .heal, .rearm: idleLooks = 0
        }
        return nil
    }

    private mutating func refusedLease(_ said: String, _ now: Duration) -> HandoverEnding? {
        if !hasArmed { return refusal(said.isEmpty ? "the lease was refused" : said) }
        fenced(said, now)
        return nil
    }

    mutating func fenced(_ said: String, _ now: Duration) {
        guard fence == nil, verdict == nil else { return }
        fence = said.isEmpty ? "the lease was refused" : said
        told.append(.fenced(fence ?? ""))
        endBy = min(endBy ?? now + terms.patience, now + terms.patience)
    }

    mutating func begun(_ now: Duration) {
        step = .watching
        isInDoubt = false
        lookAt = now
        idleLooks = 0
    }

    // MARK: Looks

    private mutating func looked(_ bytes: [UInt8], _ said: String, _ now: Duration) -> HandoverEnding? {
        guard let look = HandoverReport.read(bytes, nonce: terms.nonce) else {
            blindLooks += 1
            lookAt = now + terms.pace
            if blindLooks < Self.mostBlindLooks { return nil }
            return unknown("the host does not say where it stands\(said.isEmpty ? "" : ": \(said)")", at: now)
        }
        blindLooks = 0
        line += look.lines
        // More is waiting.
        lookAt = look.lines == HandoverReport.most ? now : now + terms.pace
        for entry in look.entries {
            if let news = reader.news(entry) { told.append(news) }
        }
        take(look.status, now)
        mayBeConfirmed = false
        if isInDoubt { settleDoubt(look.status, now) }
        return nil
    }

    /// The answers to other calls say as much, but the journal comes with looks only: the end waits for one.
    private mutating func note(_ bytes: [UInt8], _ now: Duration) {
        guard let status = HandoverStatus.read(bytes, nonce: terms.nonce) else { return }
        if status.verdict != nil { lookAt = now }
        var known = status
        known.verdict = nil
        take(known, now)
    }

    private mutating func take(_ status: HandoverStatus, _ now: Duration) {
        heardAt = now
        token = status.token
        state = status.state ?? state
        verdict = status.verdict ?? verdict
        if let epoch = status.leaseEpoch, epoch > terms.epoch {
            fenced("epoch \(terms.epoch) is over, \(status.leaseOwner ?? "somebody") holds \(epoch)", now)
        }
        let isIdle = !status.hasGuard && !status.hasConductor && status.verdict == nil && step == .watching
        idleLooks = isIdle ? idleLooks + 1 : 0
    }

    /// Whether what was lost on its way has been done. It may still be under way.
    private mutating func settleDoubt(_ status: HandoverStatus, _ now: Duration) {
        switch step {
        case .arming where status.hasGuard:
            (step, isInDoubt, freshAt) = (.proving, false, now)
        case .beginning where status.hasConductor || status.state != nil || status.verdict != nil:
            begun(now)
            lookAt = now + terms.pace
        default:
            doubtfulLooks += 1
            if doubtfulLooks >= Self.doubtfulLooks { isInDoubt = false }
        }
    }

    // MARK: What was lost

    mutating func lost(_ call: HandoverCall, _ reason: String, _ now: Duration) {
        switch call {
        case .arm:
            mayBeArmed = true
            (isInDoubt, doubtfulLooks, lookAt) = (true, 0, now)
        case .proof, .confirm: break
        case .go:
            (isInDoubt, doubtfulLooks) = (true, 0)
            linkLost(reason, now)
        case .renew:
            renewAt = nil
            linkLost(reason, now)
        default: linkLost(reason, now)
        }
        if call == .arm || call == .proof { freshAt = now + Self.pause(after: attempts[call] ?? 0) }
        if call == .confirm { (spare, spareAt, mayBeConfirmed) = (.none, now + .milliseconds(500), true) }
    }

    private mutating func linkLost(_ reason: String, _ now: Duration) {
        guard connection == .up else { return }
        connection = .down(since: now, attempts: 0, next: now)
        told.append(.linkLost(reason))
    }

    mutating func unreachable(
        _ call: HandoverCall,
        _ reason: String,
        _ passes: Bool,
        _ now: Duration
    ) -> HandoverEnding? {
        switch call {
        case .confirm:
            // The one that there is still works: the host goes back when nobody confirms, and says so.
            (spare, spareAt) = (.none, now + .seconds(1))
            return nil
        case .arm, .proof:
            freshAt = now + Self.pause(after: attempts[call] ?? 0)
            if passes, attempts[call] ?? 0 < Self.mostAttempts { return nil }
            callingOff("no second connection to the host could be made: \(reason)")
            return nil
        default:
            linkLost(reason, now)
            return nil
        }
    }
}
