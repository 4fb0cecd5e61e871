import Events

/// What follows when all programs of a decision have run: going on, looking again, or the end.
extension HostProgress {
    /// All programs of what was decided have run, or one of them stopped the others.
    mutating func settle() {
        isApplying = false
        roles = [:]
        inquiries = []
        let isAsExpected = staleAt == nil && again == nil
        if failure != nil {
            isOver = true
        } else if let index = staleAt {
            staleAt = nil
            entries[index].stale += 1
            if entries[index].stale >= Self.mostStale {
                let problem = HostResult.Problem(
                    kind: "changing",
                    message:
                        "what it works on was changed by something else \(Self.mostStale) times, right after Baton had looked",
                    hint: "find out what else works on it: a cron job, an agent, another run"
                )
                fail(index, problem)
                isOver = true
            } else {
                rewind(to: index)
            }
        } else if let index = again {
            rewind(to: index)
        }
        prospects = Prospects()
        if isAsExpected { forgetTouched() } else { forgetSightings() }
    }

    /// A task cannot be done as the host is, and nothing before it would change that: nothing of what was decided begins.
    mutating func refuse(_ index: Int, _ problem: HostResult.Problem) {
        batches = []
        roles = [:]
        for earlier in entries.indices where earlier < index && !entries[earlier].isFinal {
            entries[earlier].result = nil
        }
        fail(index, problem)
        isOver = true
    }

    mutating func rewind(to index: Int) {
        cursor = index
        let isNamed = outlines[index...].contains { $0.register != nil }
        for later in index..<entries.count {
            if entries[later].isRegistered { source.forget(later) }
            entries[later].result = nil
            entries[later].outcome = nil
            entries[later].isFinal = false
            entries[later].isRegistered = false
            entries[later].isChange = false
            // What was understood with results that no longer hold is understood anew.
            if later > index, isNamed { entries[later].understanding = nil }
            differences[later] = nil
        }
    }

    /// What may have changed must be looked at again; the rest holds.
    private mutating func forgetTouched() {
        if touched.everything {
            sightings = [:]
        } else {
            sightings = sightings.mapValues { $0.filter { !touched.covers([$0.key]) } }
        }
        touched = Touched()
    }

    mutating func forgetSightings() {
        sightings = [:]
        touched = Touched()
    }
}
