/// How a takeover ended, for whoever controlled it.
package struct HandoverEnding: Equatable, Sendable {
    package enum Word: String, Sendable, CaseIterable {
        /// Wholly new.
        case committed
        /// Wholly old again.
        case undone
        /// Neither: a person has to look. The commands are in the hint.
        case dirty
        /// It never began: nothing was changed.
        case refused
        /// The host ends it by itself; which way was not seen.
        case unknown
    }

    package let word: Word
    /// The host's own.
    package let verdict: HandoverVerdict?
    /// A sentence, printable.
    package let message: String
    package let hint: String?
    /// Whether anything of the service was changed, as far as is known.
    package let isTouched: Bool

    package init(_ word: Word, _ message: String, hint: String? = nil, verdict: HandoverVerdict? = nil, isTouched: Bool)
    {
        self.word = word
        self.message = message
        self.hint = hint
        self.verdict = verdict
        self.isTouched = isTouched
    }
}

extension HandoverSession {
    /// What the host has concluded, with what this side knows of why.
    func ending(_ verdict: HandoverVerdict) -> HandoverEnding {
        let why = verdict.because
        switch verdict.outcome {
        case .committed:
            let late = callOff == nil ? "" : "; it was too late to call it off"
            return HandoverEnding(.committed, "handed over" + late, verdict: verdict, isTouched: true)
        case .undone:
            let back = verdict.touched ? "the host is back on what it ran before" : "nothing was changed"
            let reason: String
            if let fence {
                reason = "somebody else took over (\(fence))"
            } else if let callOff, why.isEmpty || why == "it was called off" || isReleased {
                reason = callOff
            } else if why.hasPrefix("the lease ran out") {
                reason =
                    "the host had not heard of this controller for longer than its lease of \(terms.leaseSeconds) s"
            } else {
                reason = why
            }
            let said = reason == why ? verdict.said.map { " (its log: \($0))" } ?? "" : ""
            return HandoverEnding(.undone, "\(reason)\(said): \(back)", verdict: verdict, isTouched: verdict.touched)
        case .dirty:
            let hands = [("to go back", verdict.back), ("to go on", verdict.forward)].compactMap { name, command in
                command.map { "\(name): \($0)" }
            }
            let serves = verdict.serves == .nobody ? "nobody serves" : "\(verdict.serves.rawValue) serves"
            return HandoverEnding(
                .dirty,
                "\(why.isEmpty ? "it could not be ended" : why): \(serves)",
                hint: hands.isEmpty ? "look with: \(lookCommand)" : hands.joined(separator: "\n"),
                verdict: verdict,
                isTouched: true
            )
        }
    }

    /// Before anything was armed, or where nothing came of it.
    func refusal(_ reason: String, hint: String? = nil) -> HandoverEnding {
        HandoverEnding(.refused, "\(reason): nothing was changed", hint: hint, isTouched: false)
    }

    /// Nobody waits any more, or nobody can.
    func unknown(_ reason: String, at now: Duration) -> HandoverEnding {
        let seen = state.map { ", last seen \($0.rawValue)" } ?? ""
        let left = terms.settling.map { max(heldUntil ?? now, heardAt) + $0 - now }
        let end: String
        switch left {
        case nil: end = "the host ends it by itself, once long requests have ended"
        case .some(let left) where left <= .zero: end = "the host has ended it by itself by now"
        case .some(let left): end = "the host ends it by itself within \(left.roundedUp) s"
        }
        return HandoverEnding(
            .unknown,
            "\(reason)\(seen): \(end)",
            hint: "on the host: \(lookCommand)",
            isTouched: hasBegun
        )
    }
}

extension Duration {
    /// Whole seconds.
    var roundedUp: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
