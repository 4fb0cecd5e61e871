/// What the hosts of a release together give up, and where that leads each of them.
extension RollbackTarget {
    /// Of each host. A run that was cut off, or a rollback that was, has left some hosts on one release and some on another:
    /// what is given up is the one that is unproven, or bad already, somewhere, if only one of them is. Where that does not
    /// tell, each host gives up its own newest.
    package static func rows<Host>(_ hosts: [(host: Host, sighting: ReleaseSighting)]) -> [Choice<Host>.Row] {
        guard let suspect = suspect(hosts.map(\.sighting)) else {
            return hosts.map { Choice<Host>.Row(host: $0.host, target: RollbackTarget($0.sighting)) }
        }
        return hosts.map {
            Choice<Host>.Row(host: $0.host, target: RollbackTarget(abandoning: suspect, $0.sighting))
        }
    }

    static func suspect(_ sightings: [ReleaseSighting]) -> ReleaseID? {
        let heads = Set(sightings.compactMap { RollbackTarget($0).abandoned })
        if heads.count <= 1 { return heads.first }
        let suspects = heads.filter { id in
            sightings.contains { $0[id]?.state == .active || $0[id]?.state == .bad }
        }
        guard suspects.count == 1, let suspect = suspects.first else { return nil }
        // Somewhere it was good before something newer: then it is not what all of them have just come to.
        let isNewest = sightings.allSatisfy { sighting in
            guard let state = sighting[suspect]?.state, state == .active || state == .good else { return true }
            return RollbackTarget(sighting).abandoned == suspect
        }
        return isNewest ? suspect : nil
    }

    /// A host that never switched to it, or has been taken back already, stays where it is.
    init(abandoning suspect: ReleaseID, _ sighting: ReleaseSighting) {
        self.init(sighting)
        if abandoned == suspect { return }
        abandoned = nil
        let newestFirst = sighting.records.sorted { $0.serial > $1.serial }
        target = newestFirst.first { $0.state == .good && $0.id != suspect && $0.hasTree }?.id
        isThere = target != nil && sighting.currentRelease == target
    }

    /// Nothing is to be done there. Where something is still to be given up, processes may run it, whatever `current` names.
    package var isSettled: Bool { isThere && abandoned == nil }
}
