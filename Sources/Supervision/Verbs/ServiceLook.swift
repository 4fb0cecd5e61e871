package import HostSide
internal import Text

/// One look at everything that a service is on a host.
package struct ServiceLook: Hashable, Sendable {
    package let subject: ServiceSubject
    /// Paths that a definition of this name may have, to tell whether it is Baton's.
    package var paths: [String]
    package var look: Look { .script(HostScript(call: ["baton_services_look", subject.name])) }

    package init(_ subject: ServiceSubject, paths: [String] = []) {
        self.subject = subject
        self.paths = paths
    }

    /// What the host answered; a sentence where it could not be looked at.
    package func read(_ sighting: Sighting?) throws(ServiceLookError) -> ServiceSighting {
        throw ServiceLookError(description: "it was not looked at")
    }
}

package struct ServiceLookError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}
