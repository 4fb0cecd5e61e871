import Events
import Handover
import HostSide
import Playbook
import Supervision

/// From one release to another: all services of a release together, and back together.
extension HostDeployment {
    func hand(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        if isInterrupted { throw Stop(DeployReport(.failed, "interrupted", "it was not begun")) }
        var deployment = deployment
        let lease = try await lease(deployment.root)
        let old = deployment.seen.currentRelease
        var oldTarget = old.flatMap { deployment.seen[$0]?.target } ?? old.map { deployment.root.target($0) }
        if deployment.seen.current == .directory {
            isTouched = true
            let answers = try await change(.adopt(convertsDirectory: true), "make current a link", lease)
            for case .adopted(_, let target) in answers { oldTarget = target }
            // Where the processes began is called otherwise now: what was seen of them does not hold.
            for index in deployment.services.indices {
                guard case .takeover = deployment.services[index].way else { continue }
                deployment.services[index].way = .restart(because: "\(deployment.root.current) was a directory")
            }
        }
        let before = try await keep(deployment, lease)
        // A flip does it by itself, and a takeover flips on its own.
        if deployment.services.first?.isTakeover == true {
            try await change(.mark(deployment.id, .active), "mark \(deployment.id)", lease)
        }
        var switching = Switching(
            root: deployment.root,
            lease: lease,
            from: old,
            oldTarget: oldTarget,
            to: deployment.id,
            newTarget: deployment.root.target(deployment.id),
            services: deployment.services
        )
        switching.former = Dictionary(try deployed(before).map { ($0.name, $0) }) { first, _ in first }
        var report = await hand(switching)
        report.before = old
        if report.word == .undone || report.word == .refused || report.word == .failed {
            // What it is worth is known now; whether that could be written down changes nothing about it. One that ran before
            // too is as good as it was, and as it was defined.
            let mark = old == deployment.id ? ReleaseChange.Mark.good : .bad
            _ = try? await change(.mark(deployment.id, mark), "mark \(deployment.id)", lease)
            if old == deployment.id, let before {
                _ = try? await change(.keep(deployment.id, before.files), "keep \(deployment.id)", lease)
            }
        }
        return report
    }

    struct Switching {
        var root: ReleaseRoot
        var lease: Lease
        var from: ReleaseID?
        /// What `current` says before; nil where there is none.
        var oldTarget: String?
        var to: ReleaseID
        var newTarget: String
        var lost = HandoverOrder.Lost.back
        /// To what it ran before.
        var isBack = false
        /// In their order.
        var services: [Deployment.Handing]
        /// The services as they are with `from`, by name, as far as that is known.
        var former: [String: DeployedService] = [:]

        /// Where nothing ran before, and everything came with this release.
        var isFirst: Bool { from == nil && oldTarget == nil && services.allSatisfy(\.isNew) }

        /// It ends on its side whatever becomes of the controller.
        var isForward: Bool { lost == .forward }

        /// How the service is defined where it goes back to.
        func before(_ service: DeployedService) -> DeployedService { former[service.name] ?? service }

        var reversed: Switching? {
            guard let from, let oldTarget else { return nil }
            var other = self
            (other.from, other.oldTarget, other.to, other.newTarget) = (to, newTarget, from, oldTarget)
            (other.lost, other.isBack) = (.forward, true)
            other.former = Dictionary(services.map { ($0.service.name, $0.service) }) { first, _ in first }
            return other
        }
    }

    /// Service after service; those that are restarted one behind another are one program on the host. Where one fails, those
    /// before it go back with it.
    func hand(_ switching: Switching) async -> DeployReport {
        var words: [String] = []
        var done: [Deployment.Handing] = []
        var rest = switching.services[...]
        while let first = rest.first {
            let group = first.isRestarted ? rest.prefix { $0.isRestarted } : rest.prefix(1)
            rest = rest.dropFirst(group.count)
            let report = await hand(Array(group), switching)
            words += report.words
            if report.word == .done {
                done += group
                continue
            }
            if report.word == .dirty, switching.isFirst, report.problem?.kind == "start_failed" {
                // Nothing ran before: it goes again, and nothing is left.
                let names = (done + group).map(\.service.name)
                return await withdraw(names, switching) ?? report.undone
            }
            if report.word == .dirty || done.isEmpty { return report }
            if switching.isForward {
                // A way back is the last way there is: where it ends it ends.
                let message = "\(report.problem?.message ?? ""); other services run \(switching.to)"
                return DeployReport(.dirty, "take_back", message, hint: report.problem?.hint)
            }
            // The release is one: what was handed over goes back too.
            return await undo(done, switching) ?? report.undone
        }
        if switching.services.isEmpty {
            if let problem = await flip(switching) { return problem }
            words.append("current is \(switching.to)")
        }
        return .done(words)
    }

    /// What was handed over goes back, the last one first, defined as it was.
    private func undo(_ done: [Deployment.Handing], _ switching: Switching) async -> DeployReport? {
        guard let reversed = switching.reversed else {
            if switching.isFirst { return await withdraw(done.map(\.service.name), switching) }
            return DeployReport(.dirty, "no_way_back", "some services run \(switching.to), and nothing ran before")
        }
        for handing in done.reversed() {
            var problem: DeployReport?
            if handing.isNew {
                problem = await remove(handing.service.name)
            } else if handing.isFirst {
                problem = await stop(switching.before(handing.service))
            } else {
                let report = await again(switching.before(handing.service), reversed)
                if report.word != .done { problem = report }
            }
            if let problem {
                return DeployReport(
                    .dirty,
                    "take_back",
                    "\(handing.service.name) could not be taken back: \(problem.problem?.message ?? "")",
                    hint: problem.problem?.hint
                )
            }
        }
        return nil
    }

    /// One that is taken over or stays, or some that are restarted.
    private func hand(_ group: [Deployment.Handing], _ switching: Switching) async -> DeployReport {
        if isInterrupted, !switching.isBack { return DeployReport(.failed, "interrupted", "it was not begun") }
        guard let first = group.first else { return .done() }
        switch first.way {
        case .takeover(let decision, let sighting): return await takeOver(first, decision, sighting, switching)
        case .stay: return await stay(first.service, switching)
        case .start, .restart: return await restart(group, switching)
        }
    }

    /// A service that was just handed over, once more: what was seen of it is not true any more.
    private func again(_ service: DeployedService, _ switching: Switching) async -> DeployReport {
        do throws(Stop) {
            return await hand(try await ways([service], switching.root), switching)
        } catch {
            return error.report
        }
    }

    /// How these services would be handed over now.
    func ways(_ services: [DeployedService], _ root: ReleaseRoot) async throws(Stop) -> [Deployment.Handing] {
        if services.isEmpty { return [] }
        let (ways, releases) = (ServiceWays(services, root), ReleaseLook(root))
        let seen: Sightings
        switch await look([releases.look] + ways.looks) {
        case .failure(let unseen): throw Stop(failed("not_seen", unseen.problem.message))
        case .success(let own): seen = own
        }
        let sighting: ReleaseSighting
        do throws(ReleaseError) {
            sighting = try releases.read(seen[releases.look])
        } catch {
            throw Stop(failed("not_seen", error.description))
        }
        do throws(ServiceWays.Refusal) {
            return try ways.decide(seen, sighting)
        } catch {
            var report = DeployReport(word: error.problem.kind == HostResult.refusedKind ? .refused : .failed)
            report.problem = error.problem
            throw Stop(report)
        }
    }
}
