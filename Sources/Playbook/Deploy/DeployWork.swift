import Events
import Handover
import HostSide
import Supervision

/// A release of the project as it is to be on a host, and which part of its coming is due.
struct DeployWork: Work {
    let part: DeployTask.Part
    let before: ReleaseID?
    let name: String
    let root: ReleaseRoot
    let id: ReleaseID
    let artifact: FileChange.Content
    let prepare: String?
    let migrate: String?
    let services: [DeployedService]

    private var releases: ReleaseLook { ReleaseLook(root) }

    /// The new release's own check runs where its tree is there.
    private func handover(_ service: DeployedService) -> HandoverLook {
        var look = HandoverLook(service.definition)
        if part == .hand { look.trial = HandoverLook.Trial(tree: root.tree(id)) }
        return look
    }

    var looks: [Look] {
        switch part {
        case .migrate, .settle, .letGo: [releases.look]
        case .plan, .stage, .hand, .check, .takeBack:
            [releases.look] + services.flatMap { [handover($0).look] + $0.started.looks }
        }
    }

    var written: [String] { [part.rawValue, name, root.path, id.text] + services.flatMap { $0.started.written } }

    var writtenOpenly: [String] {
        [part.rawValue, name, root.path, id.text] + services.flatMap { $0.started.writtenOpenly }
    }

    // Nothing of it is left to one step's time: every part has deadlines of its own.
    var usualTimeout: Duration? { .seconds(4 * 3600) }

    func decide(_ seen: Sightings) -> Decision {
        let sighting: ReleaseSighting
        do throws(ReleaseError) {
            sighting = try releases.read(seen[releases.look])
        } catch {
            return .impossible(.init(kind: "not_seen", message: "the release \(name) could not be looked at: \(error)"))
        }
        if let doubt = sighting.doubt {
            return .refused(
                "\(root.path) is not safe to deploy into: \(doubt)",
                "give it to root, or to whoever deploys"
            )
        }
        if let holder = sighting.lease, holder.isHeld, part == .plan {
            let words = "\(holder.owner) holds \(root.path) for \(holder.secondsLeft) s more"
            return .impossible(.init(kind: HostResult.lockedKind, message: words, hint: "wait, and run again"))
        }
        var deployment = Deployment(
            part: part,
            name: name,
            root: root,
            id: id,
            artifact: artifact,
            prepare: prepare,
            migrate: migrate,
            services: [],
            seen: sighting
        )
        switch part {
        case .settle:
            if sighting[id]?.state == .good { return .none() }
            return .deploy(deployment, words: [])
        case .letGo: return .deploy(deployment, words: [])
        case .migrate:
            // Whoever switched the first host had migrated before.
            if migrate == nil || sighting.currentRelease == id { return .none(note: "nothing to migrate") }
            return .deploy(deployment, words: ["migrated"])
        case .check: return check(deployment, seen)
        case .plan, .stage, .hand, .takeBack: break
        }
        for service in services {
            switch way(of: service, seen) {
            case .success(let way): deployment.services.append(Deployment.Handing(service, way))
            case .failure(let no): return no.decision
            }
        }
        if part == .takeBack {
            guard let before, let record = sighting[before], record.hasTree else {
                return .impossible(
                    .init(
                        kind: "no_way_back",
                        message: "\(root.path) runs \(id), and there is nothing that it ran before to go back to"
                    )
                )
            }
            if sighting.currentRelease == before { return .none(note: "it runs \(before) already") }
            deployment.before = record
            return .deploy(deployment, words: ["back to \(before)"])
        }
        let staged = sighting[id]?.hasTree == true
        // One that was switched to by a run that was cut off is not known to run, unless the host has seen it run by itself.
        let isThere = sighting.currentRelease == id
        let isSeen = sighting.switching.map { $0.to == id && $0.word == .new } ?? false
        let isCut = isThere && sighting[id]?.state != .good && !isSeen
        if isCut {
            for index in deployment.services.indices {
                if case .start = deployment.services[index].way { continue }
                let why = "an earlier run was cut off before it had seen it run \(id)"
                deployment.services[index].way = .restart(because: why)
            }
        }
        if isThere, !isCut, services.allSatisfy({ isWell($0, seen) }) { return .none(note: "\(id) runs already") }
        var words: [String] = []
        if part == .plan || part == .stage {
            if sighting.needsAdoption { words.append("adopt what runs") }
            if !staged { words.append("stage \(id)") }
            if part == .stage, words.isEmpty { return .deploy(deployment, words: []) }
        }
        if part == .plan, migrate != nil { words.append("migrate, once") }
        if part == .plan || part == .hand {
            words.append("switch from \(sighting.currentRelease?.text ?? "nothing") to \(id)")
            words += deployment.services.map(\.words)
        }
        return .deploy(deployment, words: words)
    }

    /// That they run is seen here; whoever carries it out asks them.
    private func check(_ deployment: Deployment, _ seen: Sightings) -> Decision {
        if let service = services.first(where: { !isWell($0, seen) }) {
            return .impossible(
                .init(kind: "unhealthy", message: "\(service.name) does not run any more as it did after the switch")
            )
        }
        let asked = services.filter { $0.health != nil }
        if asked.isEmpty { return .none(note: "healthy") }
        var deployment = deployment
        deployment.services = asked.map { Deployment.Handing($0, .restart(because: "")) }
        return .deploy(deployment, words: [])
    }

    private func isWell(_ service: DeployedService, _ seen: Sightings) -> Bool {
        if case .none = service.started.decide(seen) { true } else { false }
    }

    private struct No: Error { let decision: Decision }

    /// How this service would be handed over, by what was seen of it.
    private func way(of service: DeployedService, _ seen: Sightings) -> Result<Deployment.Handing.Way, No> {
        var changes: [String] = []
        let found: ServiceSighting
        do throws(ServiceLookError) {
            found = try service.started.look.read(seen[service.started.look.look])
        } catch {
            return .failure(No(decision: .unlooked(service.name, error.description)))
        }
        switch service.started.decide(seen) {
        case .impossible(let problem): return .failure(No(decision: .impossible(problem)))
        // A change of what it is born with: a second master would be born as the first was.
        case .change(let change): changes = change.words
        case .none, .unsummed, .carryOut, .pause, .deploy: break
        }
        if !found.members.contains(where: { $0.state.isUp }) { return .success(.start) }
        if service.definition.handover.strategy == .restart {
            return .success(.restart(because: "its definition says so"))
        }
        let look = handover(service)
        let sighting: HandoverSighting
        do throws(HandoverLookError) {
            sighting = try look.read(seen[look.look])
        } catch {
            return .failure(
                No(decision: .impossible(.init(kind: "not_seen", message: "\(service.name): \(error)")))
            )
        }
        var wish = Preflight.Wish(service.definition, health: service.health)
        wish.changes = changes
        let decision = Preflight.judge(sighting, wish)
        switch decision.strategy {
        case .takeover?: return .success(.takeover(decision, sighting))
        case .restart?, .auto?: return .success(.restart(because: decision.because))
        case nil:
            let remedy = decision.refusals.first?.remedy
            return .failure(No(decision: .refused("\(service.name): \(decision.because)", remedy)))
        case .some(let strategy):
            // `auto` falls back to what is there.
            if service.definition.handover.strategy == .auto {
                return .success(.restart(because: decision.because))
            }
            return .failure(
                No(
                    decision: .refused(
                        "\(service.name): the strategy \(strategy.rawValue) is not there yet",
                        "`takeover` and `restart` are"
                    )
                )
            )
        }
    }
}

extension Decision {
    /// Before anything was changed.
    static func refused(_ message: String, _ hint: String?) -> Decision {
        .impossible(HostResult.Problem(kind: HostResult.refusedKind, message: message, hint: hint))
    }
}
