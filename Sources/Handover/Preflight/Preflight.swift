package import Supervision
internal import Text

/// How a service is handed over, decided from what was seen; pure.
package enum Preflight {
    /// What the definition wants, as far as it decides here.
    package struct Wish: Equatable, Sendable {
        package var handover: HandoverWish
        package var root: String?
        package var command: [String]
        package var limits: [Limit] = []
        package var listen: Address?
        package var instances = 1
        package var hasHealth = false
        /// The health check says which release has answered.
        package var hasMarker = false
        /// What else the caller knows to be different from what the processes were born with, such as configuration
        /// that only a start reads.
        package var changes: [String] = []

        package init(_ service: ServiceDefinition, instance: Int = 0, health: Health?) {
            let own = service.instances[min(instance, service.instances.count - 1)]
            handover = service.handover
            root = service.root
            command = own.command
            limits = service.limits
            listen = own.listen
            instances = service.count
            hasHealth = health != nil
            hasMarker = health?.version != nil || { if case .command? = health?.question { true } else { false } }()
        }
    }

    package struct Finding: Equatable, Sendable {
        package var trap: PreflightTrap
        package var weight: PreflightTrap.Weight
        /// A sentence with what was seen; printable.
        package var text: String
        package var remedy: String

        init(_ trap: PreflightTrap, _ text: String, weight: PreflightTrap.Weight? = nil, remedy: String? = nil) {
            self.trap = trap
            self.weight = weight ?? trap.weight
            self.text = text
            self.remedy = remedy ?? trap.remedy
        }
    }

    package struct Decision: Equatable, Sendable {
        /// Nil: refused.
        package var strategy: HandoverWish.Strategy?
        /// Why this one, in a sentence.
        package var because: String
        /// What would do where a takeover does not, the best first.
        package var instead: [HandoverWish.Strategy]
        /// Stops and refusals first.
        package var findings: [Finding]
        package var profile: HandoverProfile?

        package var isTakeover: Bool { strategy == .takeover }
        package var refusals: [Finding] {
            let weights: Set<PreflightTrap.Weight> = strategy == nil ? [.stops, .forbids] : []
            return findings.filter { weights.contains($0.weight) }
        }
        package var warnings: [Finding] { findings.filter { $0.weight == .warns } }
    }

    package static func judge(_ sighting: HandoverSighting, _ wish: Wish) -> Decision {
        let judge = PreflightJudge(sighting, wish)
        let findings =
            judge.findings.filter { $0.weight == .stops } + judge.findings.filter { $0.weight == .forbids }
            + judge.findings.filter { $0.weight == .warns }
        var decision = Decision(
            strategy: nil,
            because: "",
            instead: judge.instead,
            findings: findings,
            profile: judge.profile
        )
        if let stop = findings.first(where: { $0.weight == .stops }) {
            decision.because = stop.text
            return decision
        }
        let obstacle = findings.first { $0.weight == .forbids }
        switch wish.handover.strategy {
        case .takeover:
            decision.strategy = obstacle == nil ? .takeover : nil
            decision.because = obstacle?.text ?? "the definition says so, and nothing speaks against it"
        case .auto:
            if let obstacle {
                decision.strategy = decision.instead.first
                decision.because = "no takeover: \(obstacle.text)"
            } else {
                decision.strategy = .takeover
                decision.because = judge.praise
            }
        case .reload, .reexec, .phased:
            // They carry what they were born with too.
            let change = findings.first { $0.trap == .definitionChanged || $0.trap == .listenChanged }
            decision.strategy = change == nil ? wish.handover.strategy : nil
            decision.because = change?.text ?? "the definition says so"
        case .paired, .restart, .socket, .drain, .quiet:
            decision.strategy = wish.handover.strategy
            decision.because = "the definition says so"
        }
        return decision
    }
}
