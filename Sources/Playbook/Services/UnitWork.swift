import Events
import HostSide
import Supervision

/// Work on a service about which one look says all.
protocol ServiceLookWork: Work {
    var look: ServiceLook { get }

    func decide(_ found: ServiceSighting) -> Decision
}

extension ServiceLookWork {
    var looks: [Look] { [look.look] }

    func decide(_ seen: Sightings) -> Decision {
        do throws(ServiceLookError) {
            return decide(try look.read(seen[look.look]))
        } catch {
            return .unlooked(look.subject.name, error.description)
        }
    }
}

/// Something that a supervisor knows and Baton did not define.
struct UnitWork: ServiceLookWork {
    let look: ServiceLook
    let state: WantedState
    let isEnabled: Bool?

    var aftermath: Look? { state == .stopped ? nil : look.look }

    func isDown(_ seen: Sighting?) -> Bool { look.isDown(seen) }

    func decide(_ found: ServiceSighting) -> Decision {
        let name = look.subject.name
        if let who = found.busy {
            let message = "\(name) is being changed: \(who)"
            return .impossible(HostResult.Problem(kind: "locked", message: message, hint: "wait, and run again"))
        }
        let members = found.members.filter { $0.state != .absent }
        if members.isEmpty {
            // What is not there neither runs nor starts with the host.
            var isKnowable = !found.supervisors.isEmpty && found.isSupervised
            if case .unit(_, let supervisor?) = look.subject {
                isKnowable = found.supervisors.contains { $0.supervisor == supervisor }
            }
            if state == .stopped, isEnabled != true, isKnowable { return .none(note: "not there") }
            if !found.isSupervised { return .unsupervised(name, found) }
            let there = found.supervisors.map(\.text).joined(separator: ", ")
            let words = there.isEmpty ? "no supervisor that Baton knows runs there" : "\(there) knows no \(name)"
            return .impossible(HostResult.Problem(kind: "no_unit", message: words))
        }
        if !found.isSupervised { return .unsupervised(name, found) }
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
        return .change(.verb(operation, words, found))
    }
}

extension Change {
    fileprivate static func verb(_ operation: Operation, _ words: [String], _ found: ServiceSighting) -> Change {
        var change = Change(operation, words: words, paths: [])
        change.timeout = found.timeout
        return change
    }
}

extension Decision {
    /// What its supervisor would do, or has left running, nobody can say.
    fileprivate static func unsupervised(_ name: String, _ found: ServiceSighting) -> Decision {
        let supervisor = found.manifest?.supervisor.title ?? "its supervisor"
        return .impossible(
            HostResult.Problem(
                kind: "supervisor",
                message: "nobody can say what \(name) does: \(supervisor) does not run there",
                hint: "start \(supervisor), and run again"
            )
        )
    }
}

/// A service is taken away from a host.
struct ServiceRemovalWork: ServiceLookWork {
    let look: ServiceLook

    func decide(_ found: ServiceSighting) -> Decision {
        if let who = found.busy {
            let message = "the service \(look.subject.name) is being changed: \(who)"
            return .impossible(HostResult.Problem(kind: "locked", message: message, hint: "wait, and run again"))
        }
        // Only what Baton put there is its own to take away.
        guard found.manifest != nil else { return .none(note: found.foreign.first.map { "not Baton's: \($0)" }) }
        // Whether it has stopped only its supervisor could say, and what is left of it would start with that again.
        if !found.isSupervised { return .unsupervised(look.subject.name, found) }
        let stopped = found.members.filter { $0.state.isUp || $0.state == .stopping }.map { "stop \($0.name)" }
        let operation = ServicePrograms.verb(.remove, look.subject)
        return .change(.verb(operation, stopped + ["removed"], found))
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
