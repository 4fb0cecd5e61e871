/// Where a rollback goes. Only what the hosts have written down decides.
package struct RollbackTarget: Equatable, Sendable {
    /// The newest release that was switched to: it becomes bad.
    package var abandoned: ReleaseID?
    /// The newest good one other than that, with its tree still there.
    package var target: ReleaseID?
    /// `current` names the target already: this host is left alone.
    package var isThere = false

    package init(_ sighting: ReleaseSighting) {
        let newestFirst = sighting.records.sorted { $0.serial > $1.serial }
        abandoned = newestFirst.first { $0.state == .active || $0.state == .good }?.id
        target = newestFirst.first { $0.state == .good && $0.id != abandoned && $0.hasTree }?.id
        isThere = target != nil && sighting.currentRelease == target
    }

    /// What `--to` says of a host: nil where the release cannot be gone to.
    package init?(to id: ReleaseID, _ sighting: ReleaseSighting) {
        guard let record = sighting[id], record.hasTree, record.state != .bad else { return nil }
        self.init(sighting)
        target = id
        if abandoned == id { abandoned = nil }
        isThere = sighting.currentRelease == id
    }

    /// The hosts of a release together.
    package enum Choice<Host: Hashable & Sendable>: Equatable, Sendable {
        /// All go to this one; hosts where nothing is to be done are not among them.
        case common(ReleaseID, moving: [Host])
        /// They have no target in common, or some have none: what each would go to, for people to choose by.
        case table([Row])

        package struct Row: Equatable, Sendable {
            package var host: Host
            package var target: RollbackTarget

            package init(host: Host, target: RollbackTarget) {
                (self.host, self.target) = (host, target)
            }
        }
    }

    package static func choice<Host>(_ rows: [Choice<Host>.Row]) -> Choice<Host> {
        guard let target = rows.first?.target.target, rows.allSatisfy({ $0.target.target == target }) else {
            return .table(rows)
        }
        return .common(target, moving: rows.filter { !$0.target.isSettled }.map(\.host))
    }
}
