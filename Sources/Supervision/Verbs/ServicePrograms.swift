package import HostSide
internal import Shell

/// What is done to services, as operations: each is one procedure on the host, which goes on by itself whatever becomes of
/// the connection. Its output is the journal's lines as they are written, and on stderr evidence of what failed. It is
/// skipped where everything is as it should be, and stale, with nothing changed, where a path is not as it was seen.
package enum ServicePrograms {
    /// `isEnabled` says whether it starts at boot from now on; nil leaves that as it is.
    package static func verb(_ verb: ServiceVerb, _ subject: ServiceSubject, isEnabled: Bool? = nil) -> Operation {
        .script(script(verb, subject, isEnabled: isEnabled))
    }

    package static func apply(_ change: ServiceChange) -> Operation { .script(change.script()) }

    /// The status of a procedure that another one kept from beginning.
    package static let busyStatus: Int32 = 77

    /// `text` is read on the host right before the call: tests put other places and supervisors there.
    package static func script(
        _ verb: ServiceVerb,
        _ subject: ServiceSubject,
        isEnabled: Bool? = nil,
        text: String = ""
    ) -> HostScript {
        if verb == .status {
            var script = ServiceLook(subject).script
            script.text += text
            return script
        }
        let boot = isEnabled.map { $0 ? "yes" : "no" } ?? ""
        let call = ["baton_service_verb", verb.rawValue, subject.name, subject.kind, subject.supervisor, boot]
        return Procedure.script(subject.name, title: verb.rawValue, text: text, call: call)
    }
}

extension ServiceSubject {
    var kind: String { if case .service = self { "service" } else { "unit" } }

    var supervisor: String {
        switch self {
        case .service: ""
        case .unit(_, let supervisor): supervisor?.rawValue ?? ""
        }
    }
}
