import Document
import Events
import Handover
import HostSide
import Playbook
import Run
import SSH
import Shell
import Supervision

/// What a release is on one host, with the services that came with it.
struct ReleaseStatus: Sendable {
    let scout: ReleaseScout
    let view: ServiceView

    struct Seen {
        var state: ReleaseState
        /// The services of the release that runs, by name, as far as the host has kept them.
        var services: [KeptService] = []
    }

    /// Nil where the host does not have it.
    func read() async throws(ServiceView.Blind) -> Seen? {
        do throws(ReleaseScout.Blind) {
            guard let found = try await scout.find(on: view.remote) else { return nil }
            let sighting = found.sighting
            var name = scout.subject.text
            var seen = Seen(state: ReleaseState(name, root: found.root.path))
            if let current = sighting.currentRelease, (sighting[current]?.keptFiles ?? 0) > 0 {
                do throws(ReleaseScout.Blind) {
                    let kept = try await scout.kept([current], found.root, on: view.remote)[current]
                    seen.services = kept?.services ?? []
                    name = kept?.name ?? name
                } catch {
                    seen.state.notes.append(error.problem.message)
                }
            }
            seen.state = Self.state(name, found, seen.state.notes)
            seen.state.notes += try await drift(seen.services)
            return seen
        } catch {
            var result = HostResult(host: view.host, status: .failed, touched: false)
            result.problem = error.problem
            throw ServiceView.Blind(result: result)
        }
    }

    private static func state(_ name: String, _ found: ReleaseScout.Found, _ notes: [String]) -> ReleaseState {
        let sighting = found.sighting
        var state = ReleaseState(name, root: found.root.path)
        (state.current, state.notes) = (sighting.currentRelease?.text, notes)
        state.previous = RollbackTarget(sighting).target?.text
        state.releases = sighting.records.sorted { $0.serial > $1.serial }.map {
            ReleaseState.Row($0.id.text, $0.state.rawValue, at: $0.at, run: $0.run)
        }
        if let holder = sighting.lease, holder.isHeld {
            state.lease = ReleaseState.Lease(
                owner: holder.owner,
                epoch: Int(holder.epoch),
                secondsLeft: holder.secondsLeft
            )
        }
        state.takeovers = found.pending.map(\.token.rawValue)
        if let doubt = sighting.doubt { state.notes.append(doubt) }
        if sighting.currentRelease == nil { state.notes.append("current \(words(sighting.current))") }
        for half in sighting.halfStaged { state.notes.append("half staged: \(half)") }
        for pending in found.pending where !pending.isDriven {
            let way = lost(pending.lost)
            state.notes.append("a takeover was cut off \(way), and nobody drives it: a rollback brings it to its end")
        }
        return state
    }

    private static func lost(_ lost: HandoverOrder.Lost) -> String {
        lost == .back ? "on its way to a release" : "on its way back"
    }

    private static func words(_ current: ReleaseSighting.Current) -> String {
        switch current {
        case .missing: "is not there"
        case .release(let id): "names \(id)"
        case .elsewhere(let path): "names \(path)"
        case .dangling(let path): "names \(path), which is not there"
        case .directory: "is a directory"
        case .interrupted: "was being made a link when the host went down"
        case .other: "is neither a link nor a directory"
        }
    }

    /// Where the host is not as it was defined with the release that `current` names.
    private func drift(_ services: [KeptService]) async throws(ReleaseScout.Blind) -> [String] {
        var works: [ServiceWork] = []
        for service in services {
            if let work = try? ServiceWork(service.definition) { works.append(work) }
        }
        let looks = works.flatMap { [$0.look.look] + $0.pathLooks }
        if looks.isEmpty { return [] }
        let seen = try await scout.see(looks, on: view.remote)
        return works.compactMap { work in
            guard let found = try? work.look.read(seen[work.look.look]), found.manifest != nil else {
                return "\(work.look.subject.name) is not there any more"
            }
            let words = work.drift(found, seen)
            return words.isEmpty
                ? nil : "\(work.look.subject.name) is not as it was deployed: " + words.joined(separator: ", ")
        }
    }

    /// For each service that has one: its main process and how many workers it has.
    func masters(_ services: [KeptService]) async throws(ServiceView.Blind) -> [String: String] {
        let asked = services.filter { $0.definition.handover.pidfile != nil }
        let looks = asked.map { HandoverLook($0.definition) }
        if looks.isEmpty { return [:] }
        let seen = try await view.see(looks.map(\.look))
        var notes: [String: String] = [:]
        for look in looks {
            guard let sighting = try? look.read(seen[look.look]) else { continue }
            guard let master = sighting.master else {
                notes[look.service] = "no main process"
                continue
            }
            let count = sighting.children.count
            var note = "main process \(master.pid), \(count) worker\(count == 1 ? "" : "s")"
            let others = sighting.others.map { String($0.pid) }.joined(separator: " ")
            if !others.isEmpty { note += ", and another one: \(others)" }
            notes[look.service] = note
        }
        return notes
    }
}
