import Events
import HostSide
import Supervision

// What is told of a service on a host, and what it takes to bring its members to what they are to be.

extension ServiceLook {
    /// Whether somebody who asked for it to run has to see to it: it does not run, dies again and again, or nobody knows.
    func isDown(_ seen: Sighting?) -> Bool {
        guard let found = try? read(seen) else { return true }
        if found.busy != nil { return true }
        return found.members.isEmpty || found.members.contains { $0.state != .running || $0.isYoung }
    }
}

extension WantedState {
    /// What it takes to bring a member there; nil where it is there.
    func word(for member: ServiceSighting.Member, isDue: Bool) -> String? {
        switch self {
        case .started:
            if !member.state.isUp { return "start" }
            return isDue ? "restart" : nil
        // Of what nobody knows, nobody may say that it has stopped.
        case .stopped: return member.state.isUp || [.stopping, .unknown].contains(member.state) ? "stop" : nil
        case .restarted: return member.state.isUp ? "restart" : "start"
        case .reloaded:
            if !member.state.isUp { return "start" }
            return isDue ? "restart" : "reload"
        }
    }
}

extension ServiceSighting {
    /// `2 running`, for a note.
    var summary: String {
        State.allCases.compactMap { state in
            let count = members.count { $0.state == state }
            return count == 0 ? nil : "\(count) \(state.rawValue)"
        }.joined(separator: ", ") + (members.contains { $0.isDue == nil } ? "; unknown whether a restart is due" : "")
    }
}

extension Decision {
    static func unlooked(_ name: String, _ why: String) -> Decision {
        .impossible(
            HostResult.Problem(kind: "not_seen", message: "the service \(name) could not be looked at: \(why)")
        )
    }
}
