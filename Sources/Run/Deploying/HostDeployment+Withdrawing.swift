import Events
import Handover
import HostSide
import Playbook
import SSH
import Shell
import Supervision

/// What is left where it is, what is stopped, and what goes again.
extension HostDeployment {
    /// It runs the release already: `current` comes to say so too, and it must answer so.
    func stay(_ service: DeployedService, _ switching: Switching) async -> DeployReport {
        if let problem = await flip(switching) { return problem }
        let done = DeployReport.done(["\(service.name) runs \(switching.to)"])
        let check: Check
        do throws(Stop) {
            guard let own = try self.check(service, as: switching.to) else { return done }
            check = own
        } catch {
            return error.report
        }
        let seconds = max(1, Int(service.definition.handover.boot.components.seconds))
        let label = "health of \(service.name)"
        switch await step(.check(check), label, .playbook, seconds: seconds * 2 + 60, tries: seconds) {
        case .failure(let error): return DeployReport(.dirty, "unhealthy", "\(label): \(error.detail)")
        case .success(let step):
            switch step.end {
            case .done, .skipped: return done
            case .stale, .failed, nil:
                let why = said(step.stderr.bytes + step.stdout.bytes)
                let message = "\(service.name): it does not answer as it is to within \(seconds) s: \(why)"
                return DeployReport(.dirty, "unhealthy", message)
            }
        }
    }

    /// What came with a release that nothing ran before: it goes, and `current` with it.
    func withdraw(_ services: [String], _ switching: Switching) async -> DeployReport? {
        for service in services.reversed() {
            if let problem = await remove(service) {
                return DeployReport(.dirty, "take_back", problem.problem?.message ?? "", hint: problem.problem?.hint)
            }
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

    /// It is stopped, forgotten by its supervisor, and its files are taken away; one that is not there is gone already.
    func remove(_ service: String) async -> DeployReport? {
        let look = ServiceLook(.service(service))
        if case .success(let seen) = await self.look([look.look]), let found = try? look.read(seen[look.look]),
            found.manifest == nil
        {
            return nil
        }
        return await carryOut(ServicePrograms.verb(.remove, .service(service)), "remove \(service)")
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
}
