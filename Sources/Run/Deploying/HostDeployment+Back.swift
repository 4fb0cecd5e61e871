import Events
import Handover
import HostSide
import Playbook
import Supervision

/// Back to a release that was here before, as it was then.
extension HostDeployment {
    /// What there is to go back to, and from what.
    struct WayBack {
        var root: ReleaseRoot
        var from: ReleaseRecord?
        var to: ReleaseRecord
        /// As they were with the release gone back to, in their order; those of which nothing was kept as they are now.
        var services: [DeployedService]
        /// As they are now.
        var former: [DeployedService]
        /// What the release that is left had brought, and the other does not have.
        var removed: [String]
        /// Of the release gone back to; nil where nothing was kept.
        var kept: KeptRelease?
    }

    /// `present` is what is known of the services as they are now, where the host has not kept that.
    func wayBack(
        _ root: ReleaseRoot,
        from: ReleaseRecord?,
        to: ReleaseRecord,
        present: [DeployedService] = []
    ) async throws(Stop) -> WayBack {
        let asked = [to, from].compactMap { $0 }.filter { $0.keptFiles > 0 }.map(\.id)
        let found = asked.isEmpty ? [:] : try await kept(asked, root)
        let (own, left) = (found[to.id], from.flatMap { found[$0.id] })
        let former = left == nil ? present : try deployed(left)
        var services = try deployed(own)
        let brought = left?.brought ?? []
        // Nothing says that these were not there before.
        services += former.filter { service in
            !services.contains { $0.name == service.name } && (own == nil || !brought.contains(service.name))
        }
        let removed = brought.filter { name in !services.contains { $0.name == name } }
        return WayBack(
            root: root,
            from: from,
            to: to,
            services: services,
            former: former,
            removed: removed.sorted(),
            kept: own
        )
    }

    /// Every service, and what the release that is left had brought goes. Where one fails, that is where it ends: there is no
    /// way back from a way back.
    func goBack(_ way: WayBack, _ handings: [Deployment.Handing], _ lease: Lease) async -> DeployReport {
        var report = await hand(switching(way, handings, lease))
        guard report.word == .done else { return report }
        for name in way.removed {
            if let problem = await remove(name) {
                let why = problem.problem?.message ?? ""
                let message = "\(name), which \(way.to.id) does not have, could not be removed: \(why)"
                return DeployReport(.dirty, "take_back", message)
            }
            report.words.append("\(name) removed")
        }
        return report
    }

    func switching(_ way: WayBack, _ handings: [Deployment.Handing], _ lease: Lease) -> Switching {
        var switching = Switching(
            root: way.root,
            lease: lease,
            from: way.from?.id,
            oldTarget: way.from?.target,
            to: way.to.id,
            newTarget: way.to.target,
            lost: .forward,
            isBack: true,
            services: handings
        )
        switching.former = Dictionary(way.former.map { ($0.name, $0) }) { first, _ in first }
        return switching
    }

    // MARK: In a deploy

    /// Back to what this run found here.
    func takeBack(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        let lease = try await lease(deployment.root)
        let (id, root) = (deployment.id, deployment.root)
        guard let from = deployment.seen[id] else {
            throw Stop(DeployReport(.dirty, "no_way_back", "there is no release \(id) on this host any more"))
        }
        let present = deployment.services.map(\.service)
        let report: DeployReport
        if let to = deployment.before {
            let way = try await wayBack(root, from: from, to: to, present: present)
            report = await goBack(way, try await ways(way.services, root), lease)
        } else {
            report = try await takeBackToNothing(from, root, present, lease)
        }
        let target = deployment.before?.id.text ?? "nothing"
        guard report.word == .done else {
            return DeployReport(
                .dirty,
                "take_back",
                "it could not be taken back to \(target): \(report.problem?.message ?? "")",
                hint: report.problem?.hint
            )
        }
        _ = try? await change(.mark(id, .bad), "mark \(id)", lease)
        await release(lease)
        return .done(["back to \(target)"])
    }

    /// Only where everything came with the release.
    private func takeBackToNothing(
        _ from: ReleaseRecord,
        _ root: ReleaseRoot,
        _ present: [DeployedService],
        _ lease: Lease
    ) async throws(Stop) -> DeployReport {
        let brought = try await kept([from.id], root)[from.id]?.brought ?? []
        guard present.allSatisfy({ brought.contains($0.name) }) else {
            throw Stop(DeployReport(.dirty, "no_way_back", "there is nothing to go back to on this host"))
        }
        let switching = Switching(
            root: root,
            lease: lease,
            to: from.id,
            newTarget: from.target,
            services: []
        )
        return await withdraw(present.map(\.name), switching) ?? .done()
    }
}
