import Events
import Handover
import HostSide
import Playbook
import Reactor
import SSH
import Shell
import Supervision

/// One service from one release to another: by a takeover, or by a restart.
extension HostDeployment {
    // MARK: A takeover

    func takeOver(
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
    func restart(_ handing: Deployment.Handing, _ switching: Switching) async -> DeployReport {
        if let problem = await flip(switching) { return problem }
        let name = handing.service.name
        var isFirst = false
        if case .start = handing.way { isFirst = true }
        var failure = await bring(handing.service, isFirst: isFirst)
        if failure == nil { failure = await unhealthy(handing.service, switching.to) }
        guard let failure else { return .done([isFirst ? "\(name) started" : "\(name) restarted"]) }
        guard let reversed = switching.reversed else {
            return DeployReport(.dirty, "start_failed", "\(name): \(failure); there is nothing to go back to")
        }
        if await flip(reversed) != nil {
            let words = "\(name): \(failure); nor could \(switching.root.current) be switched back"
            return DeployReport(.dirty, "start_failed", words)
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

    /// Why it does not answer as this release within the time it has to begin; nil where it does, or where its definition
    /// says nothing of health.
    private func unhealthy(_ service: DeployedService, _ release: ReleaseID) async -> String? {
        guard let health = service.health else { return nil }
        var check: Check
        do throws(HandoverOrderError) {
            check = try HandoverPlan.check(health, listen: service.definition.instances[0].listen, service.name)
        } catch {
            return error.description
        }
        if case .http(var http) = check.target {
            http.version = service.marker(of: release)
            check.target = .http(http)
        }
        let seconds = max(1, Int(service.definition.handover.boot.components.seconds))
        let operation = Operation.check(check)
        switch await step(operation, "health of \(service.name)", .playbook, seconds: seconds * 2 + 60, tries: seconds)
        {
        case .failure(let error): return "its health could not be asked: \(error.detail)"
        case .success(let step):
            switch step.end {
            case .done, .skipped: return nil
            case .stale, .failed, nil:
                return
                    "it does not answer as it is to within \(seconds) s: \(said(step.stderr.bytes + step.stdout.bytes))"
            }
        }
    }

    /// `current` by a rename. Nil where it says so.
    func flip(_ switching: Switching) async -> DeployReport? {
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
        case .failure(let error):
            // Whether it was done nobody has seen; `current` alone restarts nothing.
            return DeployReport(
                .dirty,
                "link_lost",
                redactor.clean("whether \(switching.root.current) names \(switching.to) is not known: \(error.detail)"),
                hint: "readlink \(switching.root.current) on the host says it; run again"
            )
        case .success(let step):
            if case .done? = step.end { return nil }
            return failed("flip", "\(switching.root.current) could not be switched: \(said(step.stderr.bytes))")
        }
    }
}

/// What is used on the loop's thread alone, whatever its type says.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
