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

    /// A deploy may stage for long, and wait for its turn: the lease holds so long after each step.
    static let leaseSeconds = 900
    /// Around what may take as long as this.
    static let longSeconds = 3600

    init(
        _ remote: SSHRemote,
        as account: Account,
        run: String,
        _ redactor: Redactor,
        emit: @escaping (String, HandoverEvent) -> Void
    ) {
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
        // Who mends what was wrong need not wait until it runs out; what may still go on is left its own.
        if let held, let problem = report.problem, problem.kind != HandoverEnding.Word.unknown.rawValue {
            await release(held)
        }
        return report
    }

    private func report(_ deployment: Deployment) async -> DeployReport {
        do throws(Stop) {
            switch deployment.part {
            case .plan, .check: return .done()
            case .stage: return try await stage(deployment)
            case .migrate: return try await migrate(deployment)
            case .hand: return try await hand(deployment)
            case .takeBack: return try await takeBack(deployment)
            case .settle: return try await settle(deployment)
            case .letGo:
                await release(try await lease(deployment.root))
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
        var lease = try await lease(deployment.root, seconds: Self.longSeconds)
        var words: [String] = []
        if deployment.seen.needsAdoption {
            try await change(.adopt(convertsDirectory: false), "adopt what runs", lease)
            words.append("adopted")
        }
        if deployment.seen[deployment.id]?.hasTree != true {
            try await upload(deployment, lease)
            // Sending may have taken long, and so may this.
            lease = try await self.lease(deployment.root, seconds: Self.longSeconds)
            let staging = ReleaseChange.Staging(
                id: deployment.id,
                sha256: deployment.artifact.sha256,
                run: run,
                prepare: deployment.prepare
            )
            try await change(.stage(staging), "stage \(deployment.id)", lease, seconds: 3700)
            words.append("staged \(deployment.id)")
        }
        for handing in deployment.services { try await rehearse(handing, deployment, lease) }
        return .done(words)
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
        let reply: Reply
        do throws(RemoteError) {
            reply = try await remote.put(
                content.file.map { LargeFiles.upload($0, content.size) } ?? .bytes(content.bytes),
                upload,
                as: account,
                under: lease.authority,
                Limits(timeout: .seconds(3600))
            )
        } catch {
            throw Stop(failed("upload", "the artifact did not arrive: \(error.detail)"))
        }
        if reply.status != 0 {
            throw Stop(failed("upload", "the artifact did not arrive: \(said(reply.stderr.bytes))"))
        }
    }

    private func migrate(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        guard let command = deployment.migrate else { return .done() }
        let lease = try await lease(deployment.root, seconds: Self.longSeconds)
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
