package import Document
import Events
package import Handover
package import HostSide
package import Supervision

/// A service that comes with a release.
package struct DeployedService: Sendable {
    package let definition: ServiceDefinition
    package let health: Health?
    /// What its health check has of the version, as far as that can be said of another version too.
    package let version: String
    /// It runs as it is defined.
    package let started: ServiceWork
    /// The same, each time anew.
    package let restarted: ServiceWork
    /// As it is defined, and not running.
    package let stopped: ServiceWork

    init(
        _ definition: ServiceDefinition,
        _ health: Health?,
        version: String
    ) throws(DocumentError) {
        (self.definition, self.health, self.version) = (definition, health, version)
        started = try ServiceWork(definition, .started)
        restarted = try ServiceWork(definition, .restarted)
        stopped = try ServiceWork(definition, .stopped)
    }

    package var name: String { definition.name }

    /// What the health check is to see of a release; nil where nobody can say.
    package func marker(of id: ReleaseID) -> String? {
        guard let marker = health?.version, let other = id.version else { return nil }
        if other == version { return marker }
        return marker.contains(version) ? marker.replacing(version, with: other) : nil
    }

    /// For the host to keep.
    package var kept: KeptService { KeptService(definition, health) }
}

extension KeptRelease {
    /// As they are to be handed over.
    package func deployed() throws(DocumentError) -> [DeployedService] {
        var services: [DeployedService] = []
        for service in self.services {
            services.append(
                try DeployedService(service.definition, service.health, version: version)
            )
        }
        return services
    }
}

/// A release on its way to one host: what is to be done, and what was seen before.
package struct Deployment: Sendable {
    package var part: DeployTask.Part
    package var name: String
    package var version: String
    package var root: ReleaseRoot
    package var id: ReleaseID
    package var artifact: FileChange.Content
    package var prepare: String?
    package var migrate: String?
    package var services: [Handing]
    /// All that the project says of this release; off where only some were asked for.
    package var isWhole: Bool
    package var seen: ReleaseSighting
    /// Of `takeBack`: what it goes back to.
    package var before: ReleaseRecord?

    /// What the host is to keep of it.
    package var kept: KeptRelease {
        var kept = KeptRelease(
            name: name,
            version: version,
            user: root.user,
            keep: root.keep,
            services: services.map(\.service.kept)
        )
        kept.brought = Set(services.filter(\.isNew).map(\.service.name))
        return kept
    }

    /// How one service is handed over.
    package struct Handing: Sendable {
        package enum Way: Sendable {
            /// Nothing runs yet.
            case start
            case takeover(Preflight.Decision, HandoverSighting)
            /// Why not without a gap.
            case restart(because: String)
            /// It runs the release already, whatever `current` names.
            case stay
        }

        package var service: DeployedService
        package var way: Way
        /// The host has no such service yet.
        package var isNew = false
        /// The host has it with another definition.
        package var isRedefined = false
        /// The release that its processes run, where their directory says so.
        package var runs: ReleaseID?

        package init(_ service: DeployedService, _ way: Way) {
            (self.service, self.way) = (service, way)
        }

        package var isTakeover: Bool { if case .takeover = way { true } else { false } }

        package var isRestarted: Bool {
            switch way {
            case .start, .restart: true
            case .takeover, .stay: false
            }
        }

        /// Nothing runs yet.
        package var isFirst: Bool { if case .start = way { true } else { false } }

        /// For a plan.
        package var words: String {
            switch way {
            case .start: "start \(service.name)"
            case .takeover(let decision, _): "takeover of \(service.name): \(decision.because)"
            case .restart(let why): "restart \(service.name): \(why)"
            case .stay: "\(service.name) runs it already"
            }
        }
    }
}
