/// Which releases may go. The host looks once more at each before it removes it.
package enum Retention {
    /// Oldest first. Never: what `current` names, the good one before it, where a rollback would go, what was found, what a live process uses, and the
    /// newest bad one, which somebody may want to look at. `keep` counts good ones. What was staged, or went bad, since the
    /// current one was switched to stays as well.
    package static func prunable(_ sighting: ReleaseSighting, keep: Int) -> [ReleaseID] {
        let newestFirst = sighting.records.sorted { $0.serial > $1.serial }
        let current = sighting.currentRelease
        var stays = Set(sighting.records.filter(\.isFound).map(\.id))
        if let current { stays.insert(current) }
        stays.formUnion(sighting.uses.compactMap { ReleaseID($0.name) })
        let good = newestFirst.filter { $0.state == .good }
        stays.formUnion(good.prefix(max(keep, 1)).map(\.id))
        if let previous = good.first(where: { $0.id != current }) { stays.insert(previous.id) }
        if let target = RollbackTarget(sighting).target { stays.insert(target) }
        if let bad = newestFirst.first(where: { $0.state == .bad }) { stays.insert(bad.id) }
        // Without a current one nobody can say what has been overtaken.
        let reached = current.flatMap { sighting[$0]?.serial } ?? 0
        return newestFirst.reversed().filter { record in
            if stays.contains(record.id) || record.state == .active { return false }
            return record.state == .good || record.serial < reached
        }.map(\.id)
    }
}
