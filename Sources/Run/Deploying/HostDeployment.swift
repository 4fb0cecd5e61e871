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
    private(set) var isTouched = false
    private var isInterrupted = false
    private var takeover: TakeoverDriver?

    /// A deploy may stage for long, and wait for its turn: the lease holds so long after each step.
    private static let leaseSeconds = 900

    init(
        _ remote: SSHRemote,
        as account: Account,
        run: String,
        _ redactor: Redactor,
        emit: @escaping (String, HandoverEvent) -> Void
    ) {
        (self.remote, self.account, self.run, self.redactor, self.emit) = (remote, account, run, redactor, emit)
    }

    var owner: String { "baton run \(run)" }

    func interrupt() {
        isInterrupted = true
        if let takeover { takeover.assumeIsolated { $0.interrupt() } }
    }

    func carryOut(_ deployment: Deployment) async -> DeployReport {
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
            try await upload(deployment, lease)
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
        var look = HandoverLook(handing.service.definition)
        look.trial = HandoverLook.Trial(tree: deployment.root.tree(deployment.id))
        let seen: Sightings
        switch await self.look([look.look]) {
        case .failure(let unseen): throw Stop(failed("not_seen", unseen.problem.message))
        case .success(let own): seen = own
        }
        let sighting: HandoverSighting
        do throws(HandoverLookError) {
            sighting = try look.read(seen[look.look])
        } catch {
            throw Stop(failed("not_seen", error.description))
        }
        let wish = Preflight.Wish(handing.service.definition, health: handing.service.health)
        let decision = Preflight.judge(sighting, wish)
        guard decision.strategy == nil, let refusal = decision.refusals.first else { return }
        _ = try? await change(.mark(deployment.id, .bad), "mark \(deployment.id)", lease)
        await release(lease)
        throw Stop(
            DeployReport(.refused, "refused", "\(handing.service.name): \(refusal.text)", hint: refusal.remedy)
        )
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
        let lease = try await lease(deployment.root)
        let migration = ReleaseChange.Migration(id: deployment.id, run: run, command: command)
        try await change(.migrate(migration), "migrate \(deployment.id)", lease, seconds: 3700)
        return .done(["migrated"])
    }

    // MARK: The switch

    private func hand(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        if isInterrupted { throw Stop(DeployReport(.failed, "interrupted", "it was not begun")) }
        let lease = try await lease(deployment.root)
        if deployment.seen.current == .directory {
            try await change(.adopt(convertsDirectory: true), "make current a link", lease)
        }
        try await change(.mark(deployment.id, .active), "mark \(deployment.id)", lease)
        let old = deployment.seen.currentRelease
        let switching = Switching(
            deployment: deployment,
            lease: lease,
            from: old,
            oldTarget: old.flatMap { deployment.seen[$0]?.target } ?? old.map { deployment.root.target($0) },
            to: deployment.id,
            newTarget: deployment.root.target(deployment.id),
            lost: .back
        )
        let report = await hand(switching)
        if report.word == .undone || report.word == .refused || report.word == .failed {
            // What it is worth is known now; whether that could be written down changes nothing about it.
            _ = try? await change(.mark(deployment.id, .bad), "mark \(deployment.id)", lease)
            await release(lease)
        }
        return report
    }

    /// Back to what the host's records say was good before.
    private func takeBack(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        let lease = try await lease(deployment.root)
        guard let target = RollbackTarget(deployment.seen).target, let record = deployment.seen[target] else {
            throw Stop(DeployReport(.dirty, "no_target", "there is no good release to go back to on this host"))
        }
        let switching = Switching(
            deployment: deployment,
            lease: lease,
            from: deployment.id,
            oldTarget: deployment.root.target(deployment.id),
            to: target,
            newTarget: record.target,
            lost: .forward
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

        var root: ReleaseRoot { deployment.root }

        var reversed: Switching? {
            guard let from, let oldTarget else { return nil }
            var other = self
            (other.from, other.oldTarget, other.to, other.newTarget) = (to, newTarget, from, oldTarget)
            other.lost = .forward
            return other
        }
    }

    /// Service after service. Where one fails, those before it go back with it.
    private func hand(_ switching: Switching) async -> DeployReport {
        var words: [String] = []
        var done: [Deployment.Handing] = []
        for handing in switching.deployment.services {
            let report = await hand(handing, switching)
            words += report.words
            if report.word == .done {
                done.append(handing)
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

    private func goBack(_ done: [Deployment.Handing], _ switching: Switching) async -> DeployReport? {
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

    private func hand(_ handing: Deployment.Handing, _ switching: Switching) async -> DeployReport {
        switch handing.way {
        case .takeover(let decision, let sighting):
            return await takeOver(handing.service, decision, sighting, switching)
        case .start, .restart: return await restart(handing, switching)
        }
    }

    /// A service that was just handed over, once more: what was seen of it is not true any more.
    private func again(_ handing: Deployment.Handing, _ switching: Switching) async -> DeployReport {
        guard case .takeover = handing.way else { return await restart(handing, switching) }
        let look = HandoverLook(handing.service.definition)
        switch await self.look([look.look]) {
        case .failure(let unseen): return failed("not_seen", unseen.problem.message)
        case .success(let seen):
            do throws(HandoverLookError) {
                let sighting = try look.read(seen[look.look])
                let wish = Preflight.Wish(handing.service.definition, health: handing.service.health)
                let decision = Preflight.judge(sighting, wish)
                guard decision.isTakeover else { return await restart(handing, switching) }
                return await takeOver(handing.service, decision, sighting, switching)
            } catch {
                return failed("not_seen", error.description)
            }
        }
    }

    // MARK: A takeover

    private func takeOver(
        _ service: DeployedService,
        _ decision: Preflight.Decision,
        _ sighting: HandoverSighting,
        _ switching: Switching
    ) async -> DeployReport {
        guard let old = switching.oldTarget else {
            return DeployReport(
                .refused,
                "refused",
                "\(service.name) runs, and \(switching.root.current) names nothing that it could go back to",
                hint: "make current a link to what runs, and run again"
            )
        }
        var options = HandoverPlan.Options(nonce: Marker.random().text, epoch: switching.lease.epoch)
        options.lost = switching.lost
        options.newVersion = service.marker(of: switching.to)
        options.oldVersion = switching.from.flatMap { service.marker(of: $0) }
        let order: HandoverOrder
        do throws(HandoverOrderError) {
            order = try HandoverPlan.order(
                sighting,
                decision,
                service: service.definition,
                health: service.health,
                flips: [HandoverOrder.Flip(.link, switching.root.current, new: switching.newTarget, old: old)],
                options
            )
        } catch {
            return DeployReport(.refused, "refused", "\(service.name): \(error)")
        }
        let job = TakeoverJob(order, owner: owner, state: "\(switching.root.path)/.baton", as: account)
        let began = remote.loop.now
        let (name, emit) = (service.name, Unchecked(emit))
        let driver = TakeoverDriver(job, over: remote) { news in emit.value(name, HandoverEvent(news)) }
        takeover = driver
        let ending = await driver.run()
        takeover = nil
        isTouched = isTouched || ending.isTouched
        self.emit(service.name, HandoverEvent(ending, after: remote.loop.now - began))
        let message = "\(service.name): \(ending.message)"
        switch ending.word {
        case .committed: return .done(["\(service.name) handed over" + Self.probes(ending)])
        case .undone: return DeployReport(.undone, "undone", message, hint: ending.hint)
        case .refused: return DeployReport(.refused, "refused", message, hint: ending.hint)
        case .dirty, .unknown: return DeployReport(.dirty, ending.word.rawValue, message, hint: ending.hint)
        }
    }

    private static func probes(_ ending: HandoverEnding) -> String {
        guard let verdict = ending.verdict else { return "" }
        return ": \(verdict.badProbes) of \(verdict.probes) probes failed"
    }

    // MARK: A restart

    /// The link first, then its services anew, seen to stay up; both back where they do not.
    private func restart(_ handing: Deployment.Handing, _ switching: Switching) async -> DeployReport {
        if let problem = await flip(switching) { return problem }
        let name = handing.service.name
        var isFirst = false
        if case .start = handing.way { isFirst = true }
        guard let failure = await bring(handing.service, isFirst: isFirst) else {
            return .done([isFirst ? "\(name) started" : "\(name) restarted"])
        }
        guard let reversed = switching.reversed, await flip(reversed) == nil else {
            return DeployReport(.dirty, "start_failed", "\(name): \(failure); there is nothing to go back to")
        }
        if !isFirst, let stuck = await bring(handing.service, isFirst: false) {
            return DeployReport(.dirty, "take_back", "\(name): \(failure); nor does the old release start: \(stuck)")
        }
        return DeployReport(.undone, "start_failed", "\(name): \(failure)")
    }

    /// Nil where the service runs; why it does not otherwise.
    private func bring(_ service: DeployedService, isFirst: Bool) async -> String? {
        let work = isFirst ? service.started : service.restarted
        switch await look(work.looks) {
        case .failure(let unseen): return unseen.problem.message
        case .success(let seen):
            switch work.decide(seen) {
            case .none: return nil
            case .impossible(let problem): return problem.message
            case .change(let change):
                isTouched = true
                let label = "\(isFirst ? "start" : "restart") \(service.name)"
                switch await step(change.operation, label, .playbook, seconds: nil) {
                case .failure(let error): return error.detail
                case .success(let step):
                    switch step.end {
                    case .done, .skipped: return nil
                    case .stale: return "somebody else changed it at the same time"
                    case .failed, nil: return said(step.stderr.bytes)
                    }
                }
            case .unsummed, .carryOut, .deploy, .pause: return "it cannot be told what it takes"
            }
        }
    }

    /// `current` by a rename. Nil where it says so.
    private func flip(_ switching: Switching) async -> DeployReport? {
        let look = Look.path(switching.root.current, hashing: .never)
        guard case .success(let seen) = await self.look([look]), case .path(let state)? = seen[look] else {
            return failed("flip", "\(switching.root.current) could not be looked at")
        }
        if case .link(let target) = state.kind, target == switching.newTarget { return nil }
        let change = LinkChange(
            expected: Expectation(path: switching.root.current, fingerprint: state.fingerprint),
            target: switching.newTarget
        )
        isTouched = true
        switch await step(.link(change), "switch to \(switching.to)", switching.lease.authority, seconds: 60) {
        case .failure(let error): return failed("flip", error.detail)
        case .success(let step):
            if case .done? = step.end { return nil }
            return failed("flip", "\(switching.root.current) could not be switched: \(said(step.stderr.bytes))")
        }
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

/// What is used on the loop's thread alone, whatever its type says.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
