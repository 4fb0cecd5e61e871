import Document
package import Handover
package import HostSide
package import Supervision

/// A service that comes with a release.
package struct DeployedService: Sendable {
    package let definition: ServiceDefinition
    package let health: Health?
    /// What its health check has of the version, as far as that can be said of another version too.
    private let version: String
    /// It runs as it is defined.
    package let started: ServiceWork
    /// The same, each time anew.
    package let restarted: ServiceWork

    init(
        _ definition: ServiceDefinition,
        _ health: Health?,
        version: String
    ) throws(DocumentError) {
        (self.definition, self.health, self.version) = (definition, health, version)
        started = try ServiceWork(definition, .started)
        restarted = try ServiceWork(definition, .restarted)
    }

    package var name: String { definition.name }

    /// What the health check is to see of a release; nil where nobody can say.
    package func marker(of id: ReleaseID) -> String? {
        guard let marker = health?.version, let other = id.version else { return nil }
        if other == version { return marker }
        return marker.contains(version) ? marker.replacing(version, with: other) : nil
    }
}

/// A release on its way to one host: what is to be done, and what was seen before.
package struct Deployment: Sendable {
    package var part: DeployTask.Part
    package var name: String
    package var root: ReleaseRoot
    package var id: ReleaseID
    package var artifact: FileChange.Content
    package var prepare: String?
    package var migrate: String?
    package var services: [Handing]
    package var seen: ReleaseSighting
    /// Of `takeBack`: what it goes back to.
    package var before: ReleaseRecord?

    /// How one service is handed over.
    package struct Handing: Sendable {
        package enum Way: Sendable {
            /// Nothing runs yet.
            case start
            case takeover(Preflight.Decision, HandoverSighting)
            /// Why not without a gap.
            case restart(because: String)
        }

        package var service: DeployedService
        package var way: Way

        package init(_ service: DeployedService, _ way: Way) {
            (self.service, self.way) = (service, way)
        }

        package var isTakeover: Bool { if case .takeover = way { true } else { false } }

        /// Nothing runs yet.
        package var isFirst: Bool { if case .start = way { true } else { false } }

        /// For a plan.
        package var words: String {
            switch way {
            case .start: "start \(service.name)"
            case .takeover(let decision, _): "takeover of \(service.name): \(decision.because)"
            case .restart(let why): "restart \(service.name): \(why)"
            }
        }
    }
}
