package import HostSide

/// A definition that is to be on a host, with what the service is to be then.
package struct ServiceChange: Equatable, Sendable {
    package var service: String
    package var rendering: Rendering
    /// How every path of the rendering was seen, and those of the old one that go away.
    package var expected: [Expectation]
    package var state: WantedState
    /// Whether it starts at boot; nil leaves it as it is.
    package var isEnabled: Bool?
    /// A definition that Baton did not write may be replaced.
    package var adopts: Bool

    package init(
        service: String,
        rendering: Rendering,
        expected: [Expectation],
        state: WantedState = .started,
        isEnabled: Bool? = nil,
        adopts: Bool = false
    ) {
        self.service = service
        self.rendering = rendering
        self.expected = expected
        self.state = state
        self.isEnabled = isEnabled
        self.adopts = adopts
    }
}

/// What is done to services, as operations: each is one procedure on the host, which goes on by itself whatever becomes of
/// the connection. Its output is the journal's lines as they are written, and on stderr evidence of what failed.
package enum ServicePrograms {
    package static func verb(_ verb: ServiceVerb, _ subject: ServiceSubject, isEnabled: Bool? = nil) -> Operation {
        .script(HostScript(call: ["baton_services_verb", verb.rawValue, subject.name]))
    }

    package static func apply(_ change: ServiceChange) -> Operation {
        .script(HostScript(call: ["baton_services_apply", change.service, change.state.rawValue]))
    }
}
