package import Events
import Handover
package import HostSide
import Supervision

/// How the services of a release would be handed over to it, by what is seen of them. Going forward and going back are judged
/// by the same rules.
package struct ServiceWays: Sendable {
    package let services: [DeployedService]
    private let root: ReleaseRoot
    /// The release whose own check is run, with its code: its tree is there.
    private let trial: ReleaseID?

    package init(_ services: [DeployedService], _ root: ReleaseRoot, trial: ReleaseID? = nil) {
        (self.services, self.root, self.trial) = (services, root, trial)
    }

    private func handover(_ service: DeployedService) -> HandoverLook {
        var look = HandoverLook(service.definition)
        look.trial = trial.map { HandoverLook.Trial(tree: root.tree($0)) }
        return look
    }

    package var looks: [Look] { services.flatMap { [handover($0).look] + $0.started.looks } }

    /// Why nothing is handed over.
    package struct Refusal: Error {
        package let problem: HostResult.Problem
    }

    package func decide(
        _ seen: Sightings,
        _ releases: ReleaseSighting
    ) throws(Refusal) -> [Deployment.Handing] {
        var handings: [Deployment.Handing] = []
        for service in services { handings.append(try handing(of: service, seen, releases)) }
        return handings
    }

    private func handing(
        of service: DeployedService,
        _ seen: Sightings,
        _ releases: ReleaseSighting
    ) throws(Refusal) -> Deployment.Handing {
        let found: ServiceSighting
        do throws(ServiceLookError) {
            found = try service.started.look.read(seen[service.started.look.look])
        } catch {
            throw Refusal(problem: .unlooked(service.name, error.description))
        }
        var changes: [String] = []
        switch service.started.decide(seen) {
        case .impossible(let problem): throw Refusal(problem: problem)
        // A change of what it is born with: a second master would be born as the first was.
        case .change(let change): changes = change.words
        case .none, .unsummed, .carryOut, .pause, .deploy: break
        }
        var handing = Deployment.Handing(service, .start)
        handing.isNew = found.manifest == nil
        handing.isRedefined = !handing.isNew && !changes.isEmpty
        if !found.members.contains(where: { $0.state.isUp }) { return handing }
        handing.runs = releases.release(of: found.members.compactMap(\.pid))
        if service.definition.handover.strategy == .restart {
            handing.way = .restart(because: "its definition says so")
            return handing
        }
        let look = handover(service)
        let sighting: HandoverSighting
        do throws(HandoverLookError) {
            sighting = try look.read(seen[look.look])
        } catch {
            throw Refusal(problem: .init(kind: "not_seen", message: "\(service.name): \(error)"))
        }
        if let master = sighting.master { handing.runs = releases.release(of: [Int(master.pid)]) ?? handing.runs }
        var wish = Preflight.Wish(service.definition, health: service.health)
        wish.changes = changes
        handing.way = try way(Preflight.judge(sighting, wish), sighting, service)
        return handing
    }

    private func way(
        _ decision: Preflight.Decision,
        _ sighting: HandoverSighting,
        _ service: DeployedService
    ) throws(Refusal) -> Deployment.Handing.Way {
        switch decision.strategy {
        case .takeover?: return .takeover(decision, sighting)
        case .restart?, .auto?: return .restart(because: decision.because)
        case nil:
            let remedy = decision.refusals.first?.remedy
            throw Refusal(problem: .refused("\(service.name): \(decision.because)", remedy))
        case .some(let strategy):
            // `auto` falls back to what is there.
            if service.definition.handover.strategy == .auto { return .restart(because: decision.because) }
            throw Refusal(
                problem: .refused(
                    "\(service.name): the strategy \(strategy.rawValue) is not there yet",
                    "`takeover` and `restart` are"
                )
            )
        }
    }
}

extension ReleaseSighting {
    /// The one release in whose tree all of these processes have their directory.
    package func release(of pids: [Int]) -> ReleaseID? {
        var found: Set<String> = []
        for pid in pids {
            guard let use = uses.first(where: { $0.pid == pid && $0.how == .directory }) else { return nil }
            found.insert(use.name)
        }
        return found.count == 1 ? found.first.flatMap { ReleaseID($0) } : nil
    }
}

extension HostResult.Problem {
    /// Before anything was changed.
    static func refused(_ message: String, _ hint: String?) -> HostResult.Problem {
        HostResult.Problem(kind: HostResult.refusedKind, message: message, hint: hint)
    }

    static func unlooked(_ name: String, _ why: String) -> HostResult.Problem {
        HostResult.Problem(kind: "not_seen", message: "the service \(name) could not be looked at: \(why)")
    }
}
