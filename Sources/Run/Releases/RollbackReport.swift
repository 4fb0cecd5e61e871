package import Events
package import HostSide

/// What the command line says of a rollback.
package struct RollbackWish: Sendable {
    /// A release, or the version of one.
    package var to: String?
    /// Each host goes where its own records say.
    package var isEach = false
    /// Also where somebody living holds it.
    package var takesOver = false
    package var serial = 1

    package init() {}

    /// The release that is meant on a host: by its whole name, else the newest with this version.
    package static func release(_ word: String, in sighting: ReleaseSighting) -> ReleaseID? {
        if let id = ReleaseID(word), sighting[id] != nil { return id }
        return sighting.records.filter { $0.id.version == word }.max { $0.serial < $1.serial }?.id
    }
}

/// What became of a rollback, or would.
package struct RollbackReport: Sendable {
    package var results: [String: HostResult] = [:]
    /// Hosts without this release: they are not meant.
    package var lacking: Set<String> = []
    /// They have no target in common: somebody has to say where to.
    package var table: [Row]?
    /// How the rollout ended, by its own rule; nil where it never began.
    package var settled: RunResult.Settled?
    /// Of these the end has been told.
    package var told: Set<String> = []
    var isRefused = false
    var goals: [String: HostDeployment.Goal] = [:]

    /// Where each host is to go, of those that are to go anywhere.
    package var targets: [String: ReleaseID] { goals.mapValues(\.target) }

    package struct Row: Sendable {
        package var host: String
        package var current: ReleaseID?
        package var state: ReleaseRecord.State?
        package var target: ReleaseID?

        init(host: String, target: RollbackTarget, _ found: ReleaseScout.Found?) {
            (self.host, self.target) = (host, target.target)
            current = found?.sighting.currentRelease
            state = current.flatMap { found?.sighting[$0]?.state }
        }
    }

    mutating func fail(_ host: String, _ problem: HostResult.Problem) {
        var result = HostResult(host: host, status: .failed, touched: false)
        // Nothing has been changed, whatever the reason.
        let kind = HostResult.refusedKind
        result.problem = HostResult.Problem(kind: kind, message: problem.message, hint: problem.hint)
        results[host] = result
        isRefused = true
    }
}
