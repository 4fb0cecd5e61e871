/// A change over a fleet, as a value: all hosts are staged, something is done once, then one batch after another is
/// switched, and it stops where more goes wrong than may. It knows neither clock nor host; whoever drives it does what
/// `next` says, and reports.
///
/// What holds whatever is reported, and in whatever order: no host is switched before all are staged; never more than a
/// batch at once; after a failure beyond what is allowed no other host is begun; it comes to an end.
package struct Rollout<Host: Hashable & Sendable>: Sendable {
    package typealias Action = RolloutAction<Host>

    /// What is known of a host.
    enum Fate: Equatable, Sendable {
        case waiting, staging, staged
        /// Not staged, or not begun: nothing was changed there.
        case failed, refused, locked, unreachable
        case switching
        case changed, unchanged, undone, broken
        case takingBack, takenBack
        case dirty
    }

    private enum Phase: Equatable {
        case begun, staging, migrating
        case switching
        /// The batch is well, and must stay so until then.
        case resting(until: Duration)
        case checking
        case takingBack
        case finished
    }

    package let hosts: [Host]
    package let policy: RolloutPolicy
    private(set) var fates: [Host: Fate] = [:]
    private(set) var migration: MigrationReport?
    package private(set) var isInterrupted = false
    private var phase = Phase.begun
    private var now = Duration.zero
    /// Those of the batch that is being switched.
    private var batch: [Host] = []
    private var batches = 0
    /// What may be done at once when hosts are taken back: as many as were ever switched at once.
    private var width = 1
    /// Switched by this run, in that order.
    private var switched: [Host] = []
    private var unchecked: Set<Host> = []
    private var isTaken: Set<Host> = []
    /// The batch has had its time to stay healthy, or needs none.
    private var hasRested = false
    /// A healthy host that could not be reached later.
    private var lostLater = 0

    /// Each host once; their order is the order of the batches.
    package init(_ hosts: [Host], _ policy: RolloutPolicy) {
        var seen: Set<Host> = []
        self.hosts = hosts.filter { seen.insert($0).inserted }
        self.policy = policy
        for host in self.hosts { fates[host] = .waiting }
    }

    package var isFinished: Bool { phase == .finished }

    /// Hosts that are being worked on.
    package var running: [Host] {
        hosts.filter { fates[$0] == .staging || fates[$0] == .switching || fates[$0] == .takingBack }
    }

    // MARK: What comes from outside

    /// What time it is, from any beginning. It never goes back.
    package mutating func tick(_ now: Duration) { self.now = max(self.now, now) }

    /// Nothing more is begun; what runs is reported as it ends. What is being taken back goes on.
    package mutating func interrupt() {
        if phase != .finished { isInterrupted = true }
    }

    package mutating func report(_ host: Host, _ report: StagingReport) {
        guard fates[host] == .staging else { return }
        switch report {
        case .staged: fates[host] = .staged
        case .failed: fates[host] = .failed
        case .refused: fates[host] = .refused
        case .locked: fates[host] = .locked
        case .unreachable: fates[host] = .unreachable
        }
    }

    package mutating func report(_ host: Host, _ report: MigrationReport) {
        guard phase == .migrating, migration == nil, host == ready.first else { return }
        migration = report
    }

    package mutating func report(_ host: Host, _ report: SwitchReport) {
        guard fates[host] == .switching else { return }
        switch report {
        case .changed: fates[host] = .changed
        case .unchanged: fates[host] = .unchanged
        case .undone: fates[host] = .undone
        case .broken: fates[host] = .broken
        case .refused: fates[host] = .refused
        case .unreachable: fates[host] = .unreachable
        case .dirty: fates[host] = .dirty
        }
        if report == .changed || report == .broken { switched.append(host) }
    }

    package mutating func report(_ host: Host, _ report: HealthReport) {
        guard phase == .checking, unchecked.remove(host) != nil else { return }
        switch report {
        case .healthy: break
        // What was unchanged is not this run's to take back.
        case .unhealthy: fates[host] = fates[host] == .changed ? .broken : .dirty
        case .unreachable: lostLater += 1
        }
    }

    package mutating func report(_ host: Host, _ report: TakingBackReport) {
        guard fates[host] == .takingBack else { return }
        fates[host] = report == .back ? .takenBack : .dirty
    }

    // MARK: What is next

    /// What is to be begun now. Nothing: it waits for reports, or for the time that it has named.
    package mutating func next() -> [Action] {
        switch phase {
        case .finished: return []
        case .begun:
            if hosts.isEmpty || isInterrupted { return finish() }
            phase = .staging
            for host in hosts { fates[host] = .staging }
            return [.stage(hosts)]
        case .staging:
            if fates.values.contains(.staging) { return [] }
            guard let first = ready.first, !mustStop else { return finish() }
            if !policy.migrates { return nextBatch() }
            phase = .migrating
            return [.migrate(first)]
        case .migrating:
            guard let migration else { return [] }
            return migration == .migrated && !isInterrupted ? nextBatch() : finish()
        case .switching:
            if batch.contains(where: { fates[$0] == .switching }) { return [] }
            return mustStop || !owed.isEmpty || ready.isEmpty ? takeBack() : rest()
        case .resting(let until):
            if isInterrupted { return takeBack() }
            if now < until { return [] }
            phase = .checking
            unchecked = Set(healthy)
            return [.check(healthy)]
        case .checking:
            if !unchecked.isEmpty { return [] }
            return mustStop || !owed.isEmpty ? takeBack() : nextBatch()
        case .takingBack: return takeBack()
        }
    }

    /// Staged, and not begun.
    private var ready: [Host] { hosts.filter { fates[$0] == .staged } }

    /// Nothing more is begun: more has gone wrong than may, or somebody said so.
    private var mustStop: Bool {
        if isInterrupted || fates.values.contains(.dirty) { return true }
        let failed = fates.values.count { [.failed, .refused, .locked, .undone, .broken, .takenBack].contains($0) }
        let unreachable = fates.values.count { $0 == .unreachable } + lostLater
        return failed > policy.maxFail.number(of: hosts.count)
            || unreachable > policy.maxUnreachable.number(of: hosts.count)
    }

    private mutating func nextBatch() -> [Action] {
        let size = policy.size(ofBatch: batches, of: hosts.count)
        batches += 1
        batch = Array(ready.prefix(size))
        hasRested = false
        if batch.isEmpty { return takeBack() }
        width = max(width, batch.count)
        for host in batch { fates[host] = .switching }
        phase = .switching
        return batch.map { .switch($0) }
    }

    /// Those of the batch that are as they are to be.
    private var healthy: [Host] { batch.filter { fates[$0] == .changed || fates[$0] == .unchanged } }

    /// Time for the batch to show that it stays healthy.
    private mutating func rest() -> [Action] {
        if hasRested || policy.minHealthyTime <= .zero || healthy.isEmpty { return nextBatch() }
        hasRested = true
        phase = .resting(until: now + policy.minHealthyTime)
        return [.wait(until: now + policy.minHealthyTime)]
    }

    // MARK: Taking back

    /// Hosts that are to go back and do not yet, the last one first.
    private var owed: [Host] {
        let isFailure = mustStop && !isInterrupted
        return switched.reversed().filter { host in
            guard let fate = fates[host], !isTaken.contains(host), fate == .changed || fate == .broken else {
                return false
            }
            switch policy.onFailure {
            case .stop: return false
            case .rollbackHost: return fate == .broken
            case .rollbackBatch: return fate == .broken || isFailure && batch.contains(host)
            case .rollbackAll: return fate == .broken || isFailure
            }
        }
    }

    /// As many at once as were switched at once; then on, or the end.
    private mutating func takeBack() -> [Action] {
        phase = .takingBack
        let room = width - fates.values.count { $0 == .takingBack }
        let next = Array(owed.prefix(max(0, room)))
        for host in next {
            isTaken.insert(host)
            fates[host] = .takingBack
        }
        if !next.isEmpty { return next.map { .takeBack($0) } }
        if fates.values.contains(.takingBack) { return [] }
        return mustStop || ready.isEmpty ? finish() : rest()
    }

    private mutating func finish() -> [Action] {
        phase = .finished
        return [.finish(outcome)]
    }
}
