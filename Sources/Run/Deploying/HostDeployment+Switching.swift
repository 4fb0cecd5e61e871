import Events
import Handover
import HostSide
import Playbook

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
        // A flip does it by itself, and a takeover flips on its own.
        if deployment.services.first?.isTakeover == true {
            try await change(.mark(deployment.id, .active), "mark \(deployment.id)", lease)
        }
        let switching = Switching(
            deployment: deployment,
            lease: lease,
            from: old,
            oldTarget: oldTarget,
            to: deployment.id,
            newTarget: deployment.root.target(deployment.id),
            lost: .back,
            isBack: false
        )
        var report = await hand(switching)
        report.before = old
        if report.word == .undone || report.word == .refused || report.word == .failed {
            // What it is worth is known now; whether that could be written down changes nothing about it. One that ran before
            // too is as good as it was.
            let mark = old == deployment.id ? ReleaseChange.Mark.good : .bad
            _ = try? await change(.mark(deployment.id, mark), "mark \(deployment.id)", lease)
        }
        return report
    }

    /// Back to what this run found here.
    func takeBack(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        guard let record = deployment.before else {
            throw Stop(DeployReport(.dirty, "no_way_back", "there is nothing to go back to on this host"))
        }
        let target = record.id
        let lease = try await lease(deployment.root)
        let switching = Switching(
            deployment: deployment,
            lease: lease,
            from: deployment.id,
            oldTarget: deployment.root.target(deployment.id),
            to: target,
            newTarget: record.target,
            lost: .forward,
            isBack: true
        )
        let report = await hand(switching)
        guard report.word == .done else {
            return DeployReport(
                .dirty,
                "take_back",
                "it could not be taken back to \(target): \(report.problem?.message ?? "")",
                hint: report.problem?.hint
            )
        }
        _ = try? await change(.mark(deployment.id, .bad), "mark \(deployment.id)", lease)
        await release(lease)
        return .done(["back to \(target)"])
    }

    struct Switching {
        var deployment: Deployment
        var lease: Lease
        var from: ReleaseID?
        /// What `current` says before; nil where there is none.
        var oldTarget: String?
        var to: ReleaseID
        var newTarget: String
        var lost: HandoverOrder.Lost
        /// To what it ran before.
        var isBack: Bool

        var root: ReleaseRoot { deployment.root }
        /// It ends on its side whatever becomes of the controller.
        var isForward: Bool { lost == .forward }

        var reversed: Switching? {
            guard let from, let oldTarget else { return nil }
            var other = self
            (other.from, other.oldTarget, other.to, other.newTarget) = (to, newTarget, from, oldTarget)
            other.lost = .forward
            other.isBack = true
            return other
        }
    }

    /// Service after service; those that are restarted one behind another are one program on the host. Where one fails, those
    /// before it go back with it.
    func hand(_ switching: Switching) async -> DeployReport {
        var words: [String] = []
        var done: [Deployment.Handing] = []
        var rest = switching.deployment.services[...]
        while let first = rest.first {
            let group = first.isTakeover ? rest.prefix(1) : rest.prefix { !$0.isTakeover }
            rest = rest.dropFirst(group.count)
            let report = await hand(Array(group), switching)
            words += report.words
            if report.word == .done {
                done += group
                continue
            }
            if report.word == .dirty || done.isEmpty { return report }
            // The release is one: what was handed over goes back too.
            if let stuck = await goBack(done, switching) { return stuck }
            var undone = report
            undone.word = .undone
            return undone
        }
        if switching.deployment.services.isEmpty {
            if let problem = await flip(switching) { return problem }
            words.append("current is \(switching.to)")
        }
        return .done(words)
    }

    func goBack(_ done: [Deployment.Handing], _ switching: Switching) async -> DeployReport? {
        guard let reversed = switching.reversed else {
            return DeployReport(.dirty, "no_way_back", "some services run \(switching.to), and nothing ran before")
        }
        for handing in done.reversed() {
            let report = await again(handing, reversed)
            if report.word != .done {
                return DeployReport(
                    .dirty,
                    "take_back",
                    "\(handing.service.name) could not be taken back: \(report.problem?.message ?? "")",
                    hint: report.problem?.hint
                )
            }
        }
        return nil
    }

    /// One that is taken over, or some that are restarted.
    private func hand(_ group: [Deployment.Handing], _ switching: Switching) async -> DeployReport {
        if isInterrupted, !switching.isBack { return DeployReport(.failed, "interrupted", "it was not begun") }
        if case .takeover(let decision, let sighting)? = group.first?.way, let service = group.first?.service {
            return await takeOver(service, decision, sighting, switching)
        }
        return await restart(group, switching)
    }

    /// A service that was just handed over, once more: what was seen of it is not true any more.
    func again(_ handing: Deployment.Handing, _ switching: Switching) async -> DeployReport {
        guard case .takeover = handing.way else { return await restart([handing], switching) }
        do throws(Stop) {
            let (decision, sighting) = try await judge(handing.service)
            guard decision.isTakeover else { return await restart([handing], switching) }
            return await takeOver(handing.service, decision, sighting, switching)
        } catch {
            return error.report
        }
    }
}
