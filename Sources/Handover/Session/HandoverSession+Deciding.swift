/// What is to be done now.
extension HandoverSession {
    /// Looks in a row in which nobody drove, after which something is done about it.
    private static let idlePatience = 3

    mutating func decide(_ now: Duration) -> [HandoverAction] {
        if isOver { return [] }
        if let verdict { return finish(ending(verdict)) }
        var wake: [Duration] = []
        if let endBy {
            if now >= endBy { return finish(unknown("no word of its end came", at: now)) }
            wake.append(endBy)
        }
        if let deadline = terms.deadline, callOff == nil {
            if now >= deadline {
                callingOff("it took more than \(deadline.roundedUp) s")
            } else {
                wake.append(deadline)
            }
        }
        var actions: [HandoverAction] = []
        for kind in [HandoverCall.arm, .proof] where attempts[kind] ?? 0 > Self.mostAttempts {
            callingOff("no second connection to the host lasts long enough")
        }
        if let ending = calledOff(now, &actions) { return finish(ending) }
        if connection == .up {
            renew(now, &actions, &wake)
            proceed(now, &actions, &wake)
            if step == .watching, idleLooks >= Self.idlePatience, let ending = undriven(now, &actions) {
                return finish(ending)
            }
        } else if let ending = reconnect(now, &actions, &wake) {
            return finish(ending)
        }
        wakeAt = wake.min()
        let news = told
        told = []
        return news.map { .tell($0) } + actions
    }

    private mutating func call(_ call: HandoverCall, _ way: HandoverWay, _ actions: inout [HandoverAction]) {
        open.insert(call)
        attempts[call, default: 0] += 1
        actions.append(.call(call, way))
    }

    // MARK: One step after another

    private mutating func proceed(_ now: Duration, _ actions: inout [HandoverAction], _ wake: inout [Duration]) {
        if step == .watching || isInDoubt { look(now, &actions, &wake) }
        if isInDoubt || callOff != nil && step != .watching { return }
        switch step {
        case .putting: if !open.contains(.put) { call(.put, .main, &actions) }
        case .leasing: break
        case .arming: fresh(.arm, now, &actions, &wake)
        case .proving: fresh(.proof, now, &actions, &wake)
        case .beginning:
            if open.contains(.go) { return }
            hasBegun = true
            call(.go, .main, &actions)
        case .watching: confirm(now, &actions, &wake)
        }
    }

    private mutating func fresh(
        _ kind: HandoverCall,
        _ now: Duration,
        _ actions: inout [HandoverAction],
        _ wake: inout [Duration]
    ) {
        if open.contains(kind) { return }
        if now < freshAt { return wake.append(freshAt) }
        call(kind, .fresh, &actions)
    }

    private mutating func look(_ now: Duration, _ actions: inout [HandoverAction], _ wake: inout [Duration]) {
        if open.contains(.look) { return }
        if now < lookAt { return wake.append(lookAt) }
        call(.look, .main, &actions)
    }

    /// Each third of the lease, and only as long as anything hangs on it.
    private mutating func renew(_ now: Duration, _ actions: inout [HandoverAction], _ wake: inout [Duration]) {
        guard step != .putting, fence == nil, !isPastReturn, !isAborted, !open.contains(.renew),
            !open.contains(.release)
        else { return }
        let due = renewAt ?? now
        if now < due { return wake.append(due) }
        renewAt = now + terms.lease / 3
        renewSent = now
        call(.renew, .beside, &actions)
    }

    // MARK: The word that it may go on

    private mutating func confirm(_ now: Duration, _ actions: inout [HandoverAction], _ wake: inout [Duration]) {
        guard callOff == nil, fence == nil, !isPastReturn, !mayBeConfirmed else { return }
        switch state {
        case .alone, .mixed, .proven: break
        default: return
        }
        if spare == .none, !open.contains(.confirm) {
            if now < spareAt { return wake.append(spareAt) }
            spare = .opening
            actions.append(.openSpare)
        }
        guard state == .proven, spare == .open, !open.contains(.confirm) else { return }
        call(.confirm, .spare, &actions)
    }

    // MARK: Calling it off

    private mutating func calledOff(_ now: Duration, _ actions: inout [HandoverAction]) -> HandoverEnding? {
        guard let callOff, !isAborted else { return nil }
        // Whatever was put there is of no consequence.
        if !hasArmed || step == .arming && !isInDoubt && !open.contains(.arm) { return refusal(callOff) }
        if isPastReturn {
            if !hasSaidTooLate {
                hasSaidTooLate = true
                told.append(.tooLate)
            }
            return nil
        }
        // What is under way may still begin something, or answer that it has not.
        guard connection == .up, !isInDoubt, open.isDisjoint(with: [.arm, .go, .abort, .release]) else { return nil }
        if hasBegun {
            call(.abort, .beside, &actions)
        } else {
            isReleased = true
            begun(now)
            call(.release, .beside, &actions)
        }
        return nil
    }

    // MARK: Nobody drives

    /// After a boot the token says which way; in the same boot a new guard goes on where the last one ended.
    private mutating func undriven(_ now: Duration, _ actions: inout [HandoverAction]) -> HandoverEnding? {
        guard open.isDisjoint(with: [.heal, .rearm]) else { return nil }
        idleLooks = 0
        for kind in [HandoverCall.heal, .rearm] where attempts[kind] == nil {
            call(kind, .beside, &actions)
            return nil
        }
        return unknown("neither conductor nor guard lives, and no verdict was written", at: now)
    }

    // MARK: The connection

    private mutating func reconnect(
        _ now: Duration,
        _ actions: inout [HandoverAction],
        _ wake: inout [Duration]
    ) -> HandoverEnding? {
        let since: Duration
        switch connection {
        case .up: return nil
        case .connecting(let began, _): since = began
        case .down(let began, let attempts, let next):
            since = began
            if now < next {
                wake.append(next)
            } else if now < since + patience {
                connection = .connecting(since: since, attempts: attempts + 1)
                actions.append(.connect)
            }
        }
        if now < since + patience {
            wake.append(since + patience)
            return nil
        }
        let reason = "no connection came back within \(patience.roundedUp) s"
        return hasArmed ? unknown(reason, at: now) : refusal(reason)
    }

    /// Before anything was armed nobody needs to be waited for.
    private var patience: Duration { hasArmed ? terms.patience : terms.lease }
}
