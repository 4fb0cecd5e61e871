import Events
import HostSide
import Supervision

/// Something that a supervisor knows and Baton did not define.
struct UnitWork: Work {
    let look: ServiceLook
    let state: WantedState
    let isEnabled: Bool?

    var looks: [Look] { [look.look] }

    func decide(_ seen: Sightings) -> Decision {
        let found: ServiceSighting
        do throws(ServiceLookError) {
            found = try look.read(seen[look.look])
        } catch {
            return .unlooked(look.subject.name, error.description)
        }
        return decide(found)
    }

    func decide(_ found: ServiceSighting) -> Decision {
        let name = look.subject.name
        if let who = found.busy {
            let message = "\(name) is being changed: \(who)"
            return .impossible(HostResult.Problem(kind: "locked", message: message, hint: "wait, and run again"))
        }
        let members = found.members.filter { $0.state != .absent }
        if members.isEmpty {
            // What is not there neither runs nor starts with the host.
            if state == .stopped, isEnabled != true { return .none(note: "not there") }
            let there = found.supervisors.map(\.text).joined(separator: ", ")
            let words = there.isEmpty ? "no supervisor that Baton knows runs there" : "\(there) knows no \(name)"
            return .impossible(HostResult.Problem(kind: "no_unit", message: words))
        }
        var words = members.compactMap { member in
            state.word(for: member, isDue: false).map { "\($0) \(member.name)" }
        }
        var changesBoot: Bool?
        if let isEnabled, found.isEnabled != isEnabled {
            changesBoot = isEnabled
            words.append(isEnabled ? "enable" : "disable")
        }
        if words.isEmpty { return .none(note: found.summary) }
        let operation = ServicePrograms.verb(state.verb, look.subject, isEnabled: changesBoot)
        return .change(Change(operation, words: words, paths: []))
    }
}

/// A service is taken away from a host.
struct ServiceRemovalWork: Work {
    let look: ServiceLook

    var looks: [Look] { [look.look] }

    func decide(_ seen: Sightings) -> Decision {
        let found: ServiceSighting
        do throws(ServiceLookError) {
            found = try look.read(seen[look.look])
        } catch {
            return .unlooked(look.subject.name, error.description)
        }
        return decide(found)
    }

    func decide(_ found: ServiceSighting) -> Decision {
        if let who = found.busy {
            let message = "the service \(look.subject.name) is being changed: \(who)"
            return .impossible(HostResult.Problem(kind: "locked", message: message, hint: "wait, and run again"))
        }
        // Only what Baton put there is its own to take away.
        guard found.manifest != nil else { return .none(note: found.foreign.first.map { "not Baton's: \($0)" }) }
        let stopped = found.members.filter { $0.state.isUp || $0.state == .stopping }.map { "stop \($0.name)" }
        let operation = ServicePrograms.verb(.remove, look.subject)
        return .change(Change(operation, words: stopped + ["removed"], paths: []))
    }
}

extension WantedState {
    fileprivate var verb: ServiceVerb {
        switch self {
        case .started: .start
        case .stopped: .stop
        case .restarted: .restart
        case .reloaded: .reload
        }
    }
}
