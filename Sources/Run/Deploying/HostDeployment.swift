import Events
import Handover
import HostSide
import Playbook
import Reactor
import SSH
import Shell
import Text

/// Carries out the parts of a release's coming on one host: calls, one after another, and what each of them means.
/// Confined to the loop.
final class HostDeployment: @unchecked Sendable {
    // Unchecked: made, used and interrupted on the loop's thread only.
    let remote: SSHRemote
    let account: Account
    /// Names the run in records, and in leases.
    let run: String
    let redactor: Redactor
    let emit: (String, HandoverEvent) -> Void
    var isTouched = false
    var isInterrupted = false
    /// Nobody waits any more.
    var isCancelled = false
    /// What is under way ends on the side that ran before, and is not called off.
    var isGoingBack = false
    var takeover: TakeoverDriver?
    /// Rung where something is to be called off.
    var bell: Bell?
    let sleep: Sleep
    /// What was taken and not given back.
    var held: Lease?

    let host: String
    /// Holds the lease from then on, whatever is done under it.
    let keeper: LeaseKeeper

    init(
        _ host: String,
        _ remote: SSHRemote,
        as account: Account,
        run: String,
        _ keeper: LeaseKeeper,
        _ redactor: Redactor,
        emit: @escaping (String, HandoverEvent) -> Void
    ) {
        (self.host, self.keeper) = (host, keeper)
        (self.remote, self.account, self.run, self.redactor, self.emit) = (remote, account, run, redactor, emit)
        sleep = Sleep(on: remote.loop)
    }

    var owner: String { "baton run \(run)" }

    /// Called off, or ended where it is too late for that; what goes back goes on.
    func interrupt() {
        isInterrupted = true
        if isGoingBack { return }
        bell?.ring()
        if let takeover { takeover.assumeIsolated { $0.interrupt() } }
    }

    /// Nobody waits any more for what the host ends by itself.
    func cancel() {
        isInterrupted = true
        isCancelled = true
        sleep.end()
        if let takeover { takeover.assumeIsolated { $0.leave() } }
    }

    func carryOut(_ deployment: Deployment) async -> DeployReport {
        let report = await report(deployment)
        // Who mends what was wrong need not wait until it runs out; what may still go on is left its own, until that has run
        // out.
        if let held, let problem = report.problem {
            if problem.kind == HandoverEnding.Word.unknown.rawValue {
                await keeper.drop(held.root, of: host)
            } else {
                await release(held)
            }
        }
        return report
    }

    private func report(_ deployment: Deployment) async -> DeployReport {
        do throws(Stop) {
            switch deployment.part {
            case .plan: return .done()
            case .check: return try await recheck(deployment)
            case .stage: return try await stage(deployment)
            case .migrate: return try await migrate(deployment)
            case .hand: return try await hand(deployment)
            case .takeBack: return try await takeBack(deployment)
            case .settle: return try await settle(deployment)
            case .letGo:
                // One that has run out, or was given back, is nobody's business any more.
                let lease = await keeper.lease(deployment.root, of: host)
                if let lease { await release(lease) }
                return .done()
            }
        } catch {
            return error.report
        }
    }

    /// Why it does not go on.
    struct Stop: Error {
        var report: DeployReport
        init(_ report: DeployReport) { self.report = report }

        /// What became of it on the host nobody has seen.
        var isLinkLost: Bool { report.problem?.kind == "link_lost" }
    }

    // MARK: Before anybody notices

    private func stage(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        let lease = try await lease(deployment.root)
        var words: [String] = []
        if deployment.seen.needsAdoption {
            try await change(.adopt(convertsDirectory: false), "adopt what runs", lease)
            words.append("adopted")
        }
        if deployment.seen[deployment.id]?.hasTree != true {
            try checkInterrupt()
            try await upload(deployment, lease)
            try checkInterrupt()
            let staging = ReleaseChange.Staging(
                id: deployment.id,
                sha256: deployment.artifact.sha256,
                run: run,
                prepare: deployment.prepare
            )
            try await change(.stage(staging), "stage \(deployment.id)", lease, seconds: 3700)
            words.append("staged \(deployment.id)")
        }
        try checkInterrupt()
        for handing in deployment.services { try await rehearse(handing, deployment, lease) }
        return .done(words)
    }

    private func checkInterrupt() throws(Stop) {
        if isInterrupted { throw Stop(DeployReport(.failed, "interrupted", "it was not staged to its end")) }
    }

    /// Where the new release has a check of its own, it fails here, on every host, before any is switched.
    private func rehearse(_ handing: Deployment.Handing, _ deployment: Deployment, _ lease: Lease) async throws(Stop) {
        guard case .takeover = handing.way else { return }
        let trial = HandoverLook.Trial(tree: deployment.root.tree(deployment.id))
        let (decision, _) = try await judge(handing.service, trial)
        guard decision.strategy == nil, let refusal = decision.refusals.first else { return }
        if deployment.seen.currentRelease != deployment.id {
            _ = try? await change(.mark(deployment.id, .bad), "mark \(deployment.id)", lease)
        }
        throw Stop(
            DeployReport(.refused, "refused", "\(handing.service.name): \(refusal.text)", hint: refusal.remedy)
        )
    }

    /// What is so of a service now, and what that means for a takeover.
    func judge(
        _ service: DeployedService,
        _ trial: HandoverLook.Trial? = nil
    ) async throws(Stop) -> (Preflight.Decision, HandoverSighting) {
        var look = HandoverLook(service.definition)
        look.trial = trial
        let seen: Sightings
        switch await self.look([look.look]) {
        case .failure(let unseen): throw Stop(failed("not_seen", unseen.problem.message))
        case .success(let own): seen = own
        }
        do throws(HandoverLookError) {
            let sighting = try look.read(seen[look.look])
            let wish = Preflight.Wish(service.definition, health: service.health)
            return (Preflight.judge(sighting, wish), sighting)
        } catch {
            throw Stop(failed("not_seen", error.description))
        }
    }

    private func upload(_ deployment: Deployment, _ lease: Lease) async throws(Stop) {
        let content = deployment.artifact
        let path = deployment.root.incoming(deployment.id)
        let upload = Upload(destination: path, mode: 0o600, sha256: content.sha256, size: content.size)
        var outcome = await put(content, upload, lease)
        if case .failure(let error) = outcome, await isBack(after: error) {
            outcome = await put(content, upload, lease)
        }
        switch outcome {
        case .failure(let error): throw Stop(failed("upload", "the artifact did not arrive: \(error.detail)"))
        case .success(let reply):
            if reply.status != 0 {
                throw Stop(failed("upload", "the artifact did not arrive: \(said(reply.stderr.bytes))"))
            }
        }
    }

    private func put(
        _ content: FileChange.Content,
        _ upload: Upload,
        _ lease: Lease
    ) async -> Result<Reply, RemoteError> {
        do throws(RemoteError) {
            return .success(
                try await remote.put(
                    content.file.map { LargeFiles.upload($0, content.size) } ?? .bytes(content.bytes),
                    upload,
                    as: account,
                    under: lease.authority,
                    Limits(timeout: .seconds(3600))
                )
            )
        } catch {
            return .failure(error)
        }
    }

    private func migrate(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        guard let command = deployment.migrate else { return .done() }
        let lease = try await lease(deployment.root)
        isTouched = true
        let migration = ReleaseChange.Migration(id: deployment.id, run: run, command: command)
        try await change(.migrate(migration), "migrate \(deployment.id)", lease, seconds: 3700)
        return .done(["migrated"])
    }

    // MARK: The end

    private func settle(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        let lease = try await lease(deployment.root)
        try await change(.mark(deployment.id, .good), "mark \(deployment.id)", lease)
        var words = ["\(deployment.id) is good"]
        var sighting = deployment.seen
        if let index = sighting.records.firstIndex(where: { $0.id == deployment.id }) {
            sighting.records[index].state = .good
        }
        let old = Retention.prunable(sighting, keep: deployment.root.keep)
        if !old.isEmpty, (try? await change(.prune(old), "prune", lease, seconds: 600)) != nil {
            words.append("pruned \(old.count)")
        }
        await release(lease)
        return .done(words)
    }
}
