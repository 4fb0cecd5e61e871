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
        _ handing: Deployment.Handing,
        _ decision: Preflight.Decision,
        _ sighting: HandoverSighting,
        _ switching: Switching
    ) async -> DeployReport {
        let service = handing.service
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
        // Where a run was cut off, what runs need not be what `current` names.
        options.oldVersion = (handing.runs ?? switching.from).flatMap { switching.before(service).marker(of: $0) }
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
        // A way back has no other behind it.
        if switching.lost == .forward { return DeployReport(.dirty, "start_failed", "\(name): \(failure)") }
        guard let reversed = switching.reversed else {
            if switching.isFirst {
                if let stuck = await withdraw([name], switching) { return stuck }
                return DeployReport(.undone, "start_failed", "\(name): \(failure)")
            }
            return DeployReport(.dirty, "start_failed", "\(name): \(failure); there is nothing to go back to")
        }
        if await flip(reversed) != nil {
            let words = "\(name): \(failure); nor could \(switching.root.current) be switched back"
            return DeployReport(.dirty, "start_failed", words)
        }
        if let stuck = await restore(handing, switching) {
            let why = stuck.problem?.message ?? ""
            return DeployReport(.dirty, "take_back", "\(name): \(failure); nor does the old release start: \(why)")
        }
        return DeployReport(.undone, "start_failed", "\(name): \(failure)")
    }

    /// As it was before, behind `current`.
    private func restore(_ handing: Deployment.Handing, _ switching: Switching) async -> DeployReport? {
        if handing.isNew { return await remove(handing.service.name) }
        let former = switching.before(handing.service)
        if case .start = handing.way { return await stop(former) }
        if let stuck = await bring(former, isFirst: false) { return failed("start_failed", stuck) }
        return nil
    }

    /// It runs the release already: `current` comes to say so too, and it must answer so.
    func stay(_ service: DeployedService, _ switching: Switching) async -> DeployReport {
        if let problem = await flip(switching) { return problem }
        if let failure = await unhealthy(service, switching.to) {
            return DeployReport(.dirty, "unhealthy", "\(service.name): \(failure)")
        }
        return .done(["\(service.name) runs \(switching.to)"])
    }

    // MARK: Taken away

    /// What came with a release that nothing ran before: it goes, and `current` with it.
    func withdraw(_ services: [String], _ switching: Switching) async -> DeployReport? {
        for service in services.reversed() {
            if let problem = await remove(service) { return problem }
        }
        let current = switching.root.current
        let look = Look.path(current, hashing: .never)
        guard case .success(let seen) = await self.look([look]), case .path(let state)? = seen[look] else {
            return DeployReport(.dirty, "flip", "\(current) could not be looked at")
        }
        guard case .link(let target) = state.kind, target == switching.newTarget else { return nil }
        let removal = Removal(expected: Expectation(path: current, fingerprint: state.fingerprint))
        switch await step(.remove(removal), "remove \(current)", switching.lease.authority, seconds: 60) {
        case .failure(let error):
            return DeployReport(.dirty, "link_lost", redactor.clean("\(current): \(error.detail)"))
        case .success(let step):
            if case .done? = step.end { return nil }
            return DeployReport(.dirty, "flip", "\(current) could not be removed: \(said(step.stderr.bytes))")
        }
    }

    /// It is stopped, forgotten by its supervisor, and its files are taken away.
    func remove(_ service: String) async -> DeployReport? {
        await carryOut(ServicePrograms.verb(.remove, .service(service)), "remove \(service)")
    }

    /// Defined as it is to be, and not running.
    func stop(_ service: DeployedService) async -> DeployReport? {
        switch await look(service.stopped.looks) {
        case .failure(let unseen): return failed("not_seen", unseen.problem.message)
        case .success(let seen):
            switch service.stopped.decide(seen) {
            case .change(let change): return await carryOut(change.operation, "stop \(service.name)")
            case .impossible(let problem): return failed(problem.kind, problem.message)
            case .none, .unsummed, .carryOut, .deploy, .pause: return nil
            }
        }
    }

    private func carryOut(_ operation: Operation, _ label: String) async -> DeployReport? {
        isTouched = true
        switch await step(operation, label, .playbook, seconds: nil) {
        case .failure(let error): return failed("link_lost", "\(label): \(error.detail)")
        case .success(let step):
            switch step.end {
            case .done, .skipped: return nil
            case .stale, .failed, nil: return failed("take_back", "\(label): \(said(step.stderr.bytes))")
            }
        }
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
