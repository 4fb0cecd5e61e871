import Events
import Handover
import HostSide
import Playbook
import Reactor
import SSH
import Shell

/// One host's part in a rollback. Everything that it needs is there.
extension HostDeployment {
    /// Where a host is to go.
    struct Goal: Sendable {
        var found: ReleaseScout.Found
        var target: ReleaseID
        var abandoned: ReleaseID?
    }

    // MARK: Before

    /// What it would do, in words; it changes nothing.
    func preview(_ goal: Goal) async throws(Stop) -> [String] {
        let way = try await wayBack(goal)
        var words = ["from \(way.from?.id.text ?? "nothing") to \(way.to.id)"]
        if way.kept == nil { words.append("nothing was kept of \(way.to.id): defined as now") }
        if goal.found.pending.isEmpty {
            words += try await handings(of: way).map(\.words)
        } else {
            // What runs shows only when that is over.
            words.append("wait for the end of a takeover that is under way")
        }
        return words + way.removed.map { "remove \($0)" }
    }

    /// What there is to go back to. What `current` names is what is left, unless an earlier rollback came so far.
    private func wayBack(_ goal: Goal) async throws(Stop) -> WayBack {
        let sighting = goal.found.sighting
        if let doubt = sighting.doubt {
            throw Stop(DeployReport(.refused, "refused", "\(goal.found.root.path) is not safe to change: \(doubt)"))
        }
        guard let to = sighting[goal.target], to.hasTree else {
            throw Stop(DeployReport(.refused, "refused", "the tree of \(goal.target) is not there any more"))
        }
        let current = sighting.currentRelease
        let from = (current == goal.target ? goal.abandoned : current ?? goal.abandoned).flatMap { sighting[$0] }
        let way = try await wayBack(goal.found.root, from: from, to: to)
        if way.services.isEmpty {
            throw Stop(
                DeployReport(
                    .refused,
                    "refused",
                    "the host has kept nothing of \(to.id), nor of what runs: nobody knows which services to hand over",
                    hint: "baton deploy with the version of \(to.id) brings it back from the project"
                )
            )
        }
        return way
    }

    private func handings(of way: WayBack) async throws(Stop) -> [Deployment.Handing] {
        try await ways(way.services, way.root).map { handing in
            var handing = handing
            switch handing.way {
            case .start, .stay, .restart: break
            case .takeover(let decision, _):
                // Where a worker that is replaced loads what `current` names, nobody can say what each of them runs.
                if handing.runs == way.to.id, !decision.findings.contains(where: { $0.trap == .notPinned }) {
                    handing.way = .stay
                } else if handing.runs == nil, way.from?.state != .good {
                    // A takeover must know what it could go back to.
                    handing.way = .restart(because: "a run was cut off, and nobody can say which release it runs")
                }
            }
            return handing
        }
    }

    // MARK: The right to do it

    /// Takes the lease, and sees to the end of what another run has left under way there.
    func begin(_ goal: Goal, takingOver: Bool) async throws(Stop) -> DeployReport {
        let root = goal.found.root
        let lease = try await lease(root, takingOver: takingOver)
        let state = "\(root.path)/.baton"
        let look = HandoverPending.look(in: state)
        guard case .success(let seen) = await self.look([look]), let pending = HandoverPending.read(seen[look]) else {
            throw Stop(failed("not_seen", "takeovers under \(root.path) could not be looked at"))
        }
        try await endSwitch(root)
        for one in pending { try await end(one, in: HandoverProgram.directory(in: state, nonce: one.nonce), lease) }
        return .done()
    }

    /// So long another's takeover may take to its end.
    private static let patience = Duration.seconds(900)

    /// Services that are being restarted: their program goes back once it hears of the new lease, and says how it ended.
    private func endSwitch(_ root: ReleaseRoot) async throws(Stop) {
        let deadline = remote.loop.now + Self.patience
        while let record = try await sighting(of: root).switching, record.isAlive, !record.isOver {
            if remote.loop.now >= deadline {
                throw Stop(failed("busy", "the switch of run \(record.run) does not come to its end"))
            }
            await sleep.wait(.milliseconds(500))
        }
    }

    /// On the way to the new release it is called off: the guard would do so once it has heard of nobody for long enough. On
    /// the way back it goes on.
    private func end(_ pending: HandoverPending, in directory: String, _ lease: Lease) async throws(Stop) {
        var calls: [ChangingProgram] = []
        if pending.lost == .back, pending.token == .armed {
            calls.append(HandoverProgram.abort(in: directory, nonce: pending.nonce))
        }
        if !pending.isDriven { calls.append(HandoverProgram.arm(in: directory)) }
        for call in calls {
            do throws(RemoteError) {
                let limits = Limits(timeout: .seconds(40), output: 128 << 10)
                _ = try await remote.run(call, as: account, under: .takeover(epoch: lease.epoch), limits, nil)
            } catch {
                throw Stop(failed("link_lost", "\(call.label): \(error.detail)"))
            }
        }
        isTouched = isTouched || !calls.isEmpty
        let deadline = remote.loop.now + Self.patience
        while remote.loop.now < deadline {
            let reply: Reply
            do throws(RemoteError) {
                let limits = Limits(timeout: .seconds(15), output: 128 << 10)
                reply = try await remote.run(HandoverProgram.status(in: directory), as: account, limits, nil)
            } catch {
                throw Stop(failed("link_lost", "look at \(directory): \(error.detail)"))
            }
            guard let status = HandoverStatus.read(reply.stdout.bytes, nonce: pending.nonce) else {
                throw Stop(failed("not_seen", "\(directory) does not say what becomes of it"))
            }
            if let verdict = status.verdict {
                guard verdict.outcome == .dirty else { return }
                throw Stop(DeployReport(.dirty, "dirty", "\(directory) ended dirty: \(verdict.because)"))
            }
            await sleep.wait(.milliseconds(500))
        }
        throw Stop(failed("busy", "the takeover in \(directory) does not come to its end"))
    }

    // MARK: Going back

    func rollBack(_ goal: Goal) async throws(Stop) -> DeployReport {
        let lease = try await lease(goal.found.root)
        let way = try await wayBack(goal)
        var handings = try await handings(of: way)
        if goal.found.sighting.currentRelease != way.to.id, handings.contains(where: { $0.runs == way.to.id }) {
            // A deploy was cut off behind its flip: what runs began where `current` led before, and can be taken over once
            // that leads there again.
            if let problem = await flip(switching(way, handings, lease)) { return problem }
            handings = try await self.handings(of: way)
        }
        var report = await goBack(way, handings, lease)
        guard report.word == .done else { return report }
        do throws(Stop) {
            try await writeDown(goal, lease)
        } catch {
            // It is done all the same, and well.
            report.words.append("that could not be written down: \(error.report.problem?.message ?? "")")
        }
        await release(lease)
        report.words.insert("back to \(goal.target)", at: 0)
        return report
    }

    private func writeDown(_ goal: Goal, _ lease: Lease) async throws(Stop) {
        if let abandoned = goal.abandoned {
            try await change(.abandon(expected: abandoned), "give up \(abandoned)", lease)
        }
        let newest = goal.found.sighting.records.filter {
            ($0.state == .good || $0.state == .active) && $0.id != goal.abandoned
        }.max { $0.serial < $1.serial }
        if newest?.id == goal.target, newest?.state == .good { return }
        // From here on it is what this host came to last.
        try await change(.mark(goal.target, .active), "mark \(goal.target)", lease)
        try await change(.mark(goal.target, .good), "mark \(goal.target)", lease)
    }
}
