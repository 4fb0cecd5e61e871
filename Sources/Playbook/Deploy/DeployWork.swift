import Events
import HostSide
import Supervision

/// A release of the project as it is to be on a host, and which part of its coming is due.
struct DeployWork: Work {
    let part: DeployTask.Part
    let before: ReleaseID?
    let name: String
    let version: String
    let root: ReleaseRoot
    let id: ReleaseID
    let artifact: FileChange.Content
    let prepare: String?
    let migrate: String?
    let services: [DeployedService]
    let isWhole: Bool

    private var releases: ReleaseLook { ReleaseLook(root) }

    /// The new release's own check runs where its tree is there.
    private var ways: ServiceWays { ServiceWays(services, root, trial: part == .hand ? id : nil) }

    var looks: [Look] {
        switch part {
        // What it goes back to is told by the host, which has kept it.
        case .migrate, .settle, .letGo, .takeBack: [releases.look]
        case .plan, .stage, .hand, .check: [releases.look] + ways.looks
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
            version: version,
            root: root,
            id: id,
            artifact: artifact,
            prepare: prepare,
            migrate: migrate,
            services: [],
            isWhole: isWhole,
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
        case .takeBack: return takeBack(deployment)
        case .plan, .stage, .hand: break
        }
        do throws(ServiceWays.Refusal) {
            deployment.services = try ways.decide(seen, sighting)
        } catch {
            return .impossible(error.problem)
        }
        if let problem = deployment.kept.problem {
            return .refused("\(name): \(problem)", "put large files into the artifact")
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

    /// How each service goes back shows only when it is its turn.
    private func takeBack(_ deployment: Deployment) -> Decision {
        var deployment = deployment
        deployment.services = services.map { Deployment.Handing($0, .stay) }
        guard let before else { return .deploy(deployment, words: ["back to nothing"]) }
        guard let record = deployment.seen[before], record.hasTree else {
            return .impossible(
                .init(
                    kind: "no_way_back",
                    message: "\(root.path) runs \(id), and there is nothing that it ran before to go back to"
                )
            )
        }
        if deployment.seen.currentRelease == before { return .none(note: "it runs \(before) already") }
        deployment.before = record
        return .deploy(deployment, words: ["back to \(before)"])
    }
}

extension Decision {
    /// Before anything was changed.
    static func refused(_ message: String, _ hint: String?) -> Decision {
        .impossible(.refused(message, hint))
    }
}
