import Events
import Handover
import HostSide
import Playbook
import Reactor
import SSH
import Shell
import Supervision

/// One service from one release to another by a takeover, and `current` alone.
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
        isGoingBack = switching.isBack
        let ending = await driver.run()
        takeover = nil
        isGoingBack = false
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

    // MARK: The link alone

    /// `current` by a rename, under the epoch of the lease. Nil where it says so.
    func flip(_ switching: Switching) async -> DeployReport? {
        let flip = ReleaseChange.Flip(from: switching.oldTarget, to: switching.to, isBack: switching.isBack)
        isTouched = true
        do throws(Stop) {
            try await change(.flip(flip), "switch to \(switching.to)", switching.lease)
            return nil
        } catch {
            guard error.isLinkLost else { return error.report }
            // Whether it was done nobody has seen; `current` alone restarts nothing.
            let hint = "readlink \(switching.root.current) on the host says it; run again"
            return DeployReport(.dirty, "link_lost", error.report.problem?.message ?? "", hint: hint)
        }
    }
}

/// What is used on the loop's thread alone, whatever its type says.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
