import Events
import Handover
import HostSide
import Playbook
import Reactor
import SSH
import Shell
import Supervision

/// Services that are restarted for a release. One program on the host does all of it, and goes back by itself; here it is
/// only begun, followed, called off, and asked for its verdict where the connection to it was lost.
extension HostDeployment {
    func restart(_ group: [Deployment.Handing], _ switching: Switching) async -> DeployReport {
        var (parts, seconds) = ([ReleaseSwitch.Part](), 120)
        for handing in group {
            do throws(Stop) {
                guard let (part, long) = try await part(handing, switching) else { continue }
                parts.append(part)
                seconds += long
            } catch {
                return error.report
            }
        }
        let words = group.map { "\($0.service.name) \($0.isFirst ? "started" : "restarted")" }
        if parts.isEmpty { return await flip(switching) ?? .done(words) }
        let own = ReleaseSwitch(
            parts,
            from: switching.oldTarget,
            before: switching.from,
            to: switching.to,
            under: switching.lease,
            run: run,
            nonce: Marker.random().text,
            isForward: switching.isForward
        )
        isTouched = true
        let end = await follow(own, seconds: seconds)
        if let report = end { return report }
        return .done(words)
    }

    /// What it takes on the host, and how long at most; nil where it is as it is to be.
    private func part(
        _ handing: Deployment.Handing,
        _ switching: Switching
    ) async throws(Stop) -> (ReleaseSwitch.Part, seconds: Int)? {
        let service = handing.service
        let work = handing.isFirst ? service.started : service.restarted
        let seen: Sightings
        switch await look(work.looks) {
        case .failure(let unseen): throw Stop(failed("not_seen", unseen.problem.message))
        case .success(let own): seen = own
        }
        let found: Change
        switch work.decide(seen) {
        case .none: return nil
        case .impossible(let problem): throw Stop(failed(problem.kind, "\(service.name): \(problem.message)"))
        case .change(let own): found = own
        case .unsummed, .carryOut, .deploy, .pause:
            throw Stop(failed("not_seen", "\(service.name): it cannot be told what it takes"))
        }
        guard let change = found.service else { return nil }
        if let obstacle = found.obstacles.first { throw Stop(failed("obstacle", obstacle.problem.message)) }
        let boot = max(1, Int(service.definition.handover.boot.components.seconds))
        let check = try check(service, as: switching.to)
        let part = ReleaseSwitch.Part(change, check: check, seconds: boot, isFirst: handing.isFirst)
        // There, and back.
        let long = (found.timeout ?? work.usualTimeout ?? .seconds(600)).components.seconds
        return (part, 2 * Int(long) + boot + 60)
    }

    /// Nil where the definition says nothing of health: then it is to stay up, and no more.
    func check(_ service: DeployedService, as release: ReleaseID) throws(Stop) -> Check? {
        guard let health = service.health else { return nil }
        do throws(HandoverOrderError) {
            var check = try HandoverPlan.check(health, listen: service.definition.instances[0].listen, service.name)
            if case .http(var http) = check.target {
                http.version = service.marker(of: release)
                check.target = .http(http)
            }
            return check
        } catch {
            throw Stop(failed("health", error.description))
        }
    }

    /// Once more, when they have run for a while: three tries for what answers slowly just now.
    func recheck(_ deployment: Deployment) async throws(Stop) -> DeployReport {
        for handing in deployment.services {
            let service = handing.service
            guard let check = try check(service, as: deployment.id) else { continue }
            let label = "health of \(service.name)"
            switch await step(.check(check), label, .playbook, seconds: 60, tries: 3) {
            case .failure(let error):
                throw Stop(failed("link_lost", "\(service.name): its health could not be asked: \(error.detail)"))
            case .success(let step):
                if case .done? = step.end { continue }
                // Nothing here can ask; what could has asked before.
                if case .failed(let status)? = step.end,
                    CheckProgram.foundNothing(step.stdout.bytes, status: status)
                {
                    continue
                }
                let words = said(step.stderr.bytes + step.stdout.bytes)
                throw Stop(failed("unhealthy", "\(service.name) does not answer any more as it did: \(words)"))
            }
        }
        return .done()
    }

    // MARK: The program on the host

    /// Nil where it ended on the new side.
    private func follow(_ wanted: ReleaseSwitch, seconds: Int) async -> DeployReport? {
        let bell = Bell()
        if !wanted.isForward { self.bell = bell }
        async let callingOff: Void = callOff(wanted, when: bell)
        let end = loop.now + .seconds(seconds)
        let outcome = await step(
            .script(wanted.script()),
            "switch to \(wanted.to)",
            wanted.lease.authority,
            seconds: seconds
        )
        var report: DeployReport?
        switch outcome {
        case .failure(let error): report = await verdict(on: wanted, until: end, error)
        case .success(let step):
            switch step.end {
            case .done, .skipped: report = nil
            case .stale: report = failed("changing", "somebody else switched it: \(said(step.stderr.bytes))")
            case .failed(ReleaseStatus.undone): report = Self.undone(said(step.stderr.bytes))
            case .failed(ReleaseStatus.neither): report = Self.neither(said(step.stderr.bytes))
            case .failed(ReleaseStatus.busy), .failed(ReleaseStatus.fenced):
                report = DeployReport(.locked, "locked", "switch to \(wanted.to): \(said(step.stderr.bytes))")
            case .failed: report = await verdict(on: wanted, until: end, nil, said(step.stderr.bytes))
            case nil: report = await verdict(on: wanted, until: end, nil)
            }
        }
        bell.end()
        await callingOff
        self.bell = nil
        return report
    }

    /// The first Ctrl-C: the member that is being restarted comes to its end, and then all of it goes back. Nobody holding
    /// the lease is what tells it so.
    private func callOff(_ wanted: ReleaseSwitch, when bell: Bell) async {
        guard await bell.wait() else { return }
        held = nil
        await keeper.drop(wanted.lease.root, of: host)
        do throws(RemoteError) {
            _ = try await remote.runBeside(
                LeaseRequest.release(wanted.lease).changingProgram("call it off"),
                as: account,
                under: wanted.lease.authority,
                Limits(timeout: .seconds(30))
            )
        } catch {}
    }

    private static func undone(_ why: String) -> DeployReport { DeployReport(.undone, "start_failed", why) }

    private static func neither(_ why: String) -> DeployReport {
        DeployReport(.dirty, "start_failed", why, hint: "mend what it says on the host, and run again")
    }

    // MARK: The verdict

    /// The host goes on by itself, and has written down how it ended: nothing is called failed because a connection was.
    private func verdict(
        on wanted: ReleaseSwitch,
        until end: Instant,
        _ error: RemoteError?,
        _ words: String = ""
    ) async -> DeployReport? {
        if error != nil, !(await reconnect()) { return unknown(wanted, error?.detail ?? words) }
        var isFenced = false
        while !isCancelled {
            let record: SwitchRecord?
            do throws(Stop) {
                record = try await sighting(of: wanted.lease.root).switching
            } catch {
                if await reconnect() { continue }
                return unknown(wanted, error.report.problem?.message ?? "")
            }
            guard let record, record.nonce == wanted.nonce else {
                // Where it was never begun it cannot be begun any more once the lease is another one.
                if isFenced { return failed("switch", "it was not begun: \(error?.detail ?? words)") }
                isFenced = true
                do throws(Stop) { _ = try await lease(wanted.lease.root) } catch { return error.report }
                continue
            }
            switch record.word {
            case .new: return nil
            case .old: return Self.undone(record.why ?? "it did not say why")
            case .neither: return Self.neither(record.why ?? "it did not say why")
            case .untouched: return failed("switch", record.why ?? "it did not say why")
            case .begun, .restarting, .checking, .back:
                let place = [record.word.rawValue, record.service].compactMap { $0 }.joined(separator: " ")
                if !record.isAlive { return unknown(wanted, "its program was ended on the host at \"\(place)\"") }
                if loop.now >= end { return unknown(wanted, "it is still at \"\(place)\"") }
            }
            await sleep.wait(.seconds(1))
        }
        return unknown(wanted, "nobody waits for it any more")
    }

    private func unknown(_ wanted: ReleaseSwitch, _ why: String) -> DeployReport {
        let root = wanted.lease.root
        return DeployReport(
            .dirty,
            "unknown",
            redactor.clean("how the switch to \(wanted.to) ended is not known: \(why)"),
            hint: "the host goes on by itself; \(root.path)/.baton/switch says how it ended. Then run again"
        )
    }

    private func sighting(of root: ReleaseRoot) async throws(Stop) -> ReleaseSighting {
        let look = ReleaseLook(root)
        switch await self.look([look.look]) {
        case .failure(let unseen): throw Stop(failed("not_seen", unseen.problem.message))
        case .success(let seen):
            do throws(ReleaseError) {
                return try look.read(seen[look.look])
            } catch {
                throw Stop(failed("not_seen", error.description))
            }
        }
    }
}
