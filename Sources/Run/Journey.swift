import Events
import Fleet
import HostSide
import Playbook
import SSH
import Shell

/// One host on its way through all plays: what it knows, and what became of its tasks.
struct Journey {
    let host: String
    private(set) var scope: HostScope?
    private var tasks: [TaskResult] = []
    private var sums: [String] = []
    private var programs: [SentProgram] = []
    private var isTouched = false
    private var isDown = false
    /// What later plays of a plan may find made.
    private(set) var prospects = Prospects()
    private var hasBegun = false
    private var isInterrupted = false
    private var failure: HostDriver.Progress.Failure?
    private var unreachable: HostResult?

    // On its way through a rollout.
    private var deployWord: DeployReport.Word?
    /// Releases that were switched to in this play and not taken back since, in this order, with what ran before.
    private(set) var handed: [(number: Int, before: ReleaseID?)] = []
    var hasSwitched: Bool { !handed.isEmpty }
    private(set) var holdsLease = false
    /// The host runs what it ran before, after something had been switched.
    private var isBack = false
    private var isLeft = false
    /// What made it go back.
    private var before: HostDriver.Progress.Failure?

    /// Of what is written down for all hosts: the playbook and its files.
    private let written: String

    init(_ host: String, _ scope: HostScope?, written: String) {
        self.host = host
        self.scope = scope
        self.written = written
    }

    /// The same way again, with nothing learnt yet.
    mutating func restart(_ scope: HostScope?) {
        let unreachable = unreachable
        self = Journey(host, scope, written: written)
        // It was not there a moment ago: what all others start from was seen without it.
        self.unreachable = unreachable
    }

    /// It takes no part in what is still to come.
    var isOver: Bool { isLeft || failure != nil || unreachable != nil || isInterrupted }

    /// What a plan comes to over all its plays. Nil where there is none.
    var digest: String? {
        if unreachable != nil || !hasBegun { return nil }
        let failure = failure.map { ["failed", $0.problem.kind] } ?? []
        return Checksum.sha256(Array(([written] + sums + failure).joined(separator: "\n").utf8))
    }

    /// What only tidies up makes nothing complete that was not, and nothing wrong where it could not be done.
    mutating func note(_ outcome: Fleet.Outcome<Void>, _ driver: HostDriver?, tidies: Bool = false) {
        let wasInterrupted = isInterrupted
        defer { if tidies { isInterrupted = wasInterrupted } }
        switch outcome {
        case .untouched: isInterrupted = true
        case .unreachable(let error, let attempts):
            if tidies { return }
            unreachable = HostResult(host: host, unreachable: error, attempts: attempts)
        case .done:
            guard let driver else { return }
            hasBegun = true
            scope = driver.progress.source.host
            tasks += driver.progress.results
            sums.append(driver.progress.planDigest.sum)
            programs += driver.programs
            prospects = driver.progress.prospects
            isTouched = isTouched || driver.isTouched
            isDown = isDown || driver.isDown
            failure = driver.progress.failure
            deployWord = driver.progress.deployWord ?? deployWord
            handed += driver.progress.handed
            if driver.progress.holdsLease { holdsLease = true }
            isInterrupted = driver.isStopped && failure == nil && !driver.progress.isComplete
        }
    }

    // MARK: In a rollout

    var isUnreachable: Bool { unreachable != nil }
    /// Its turn has come to its end.
    var isWhole: Bool { !isOver }
    /// There may be something to give back, whoever has interrupted it.
    var canBeTidied: Bool { failure == nil && unreachable == nil && scope != nil }
    var isHurt: Bool { isDown || deployWord == .dirty }
    var failed: HostResult.Problem? { failure?.problem }
    /// There is something to say of it.
    var hasNews: Bool { hasBegun || isOver }

    /// It failed after it had been switched, and goes on to what it ran before.
    mutating func beginTakingBack() {
        before = failure
        (failure, deployWord, isInterrupted) = (nil, nil, false)
    }

    /// Whether it did.
    mutating func endTakingBack() -> Bool {
        // Where the run was stopped before it began, it did not.
        let isWell = failure == nil && unreachable == nil && !isHurt && !isInterrupted
        if isWell { (handed, isBack) = ([], true) } else { isDown = true }
        failure = isWell ? before : failure ?? before
        return isWell
    }

    /// A play begins in which it is switched.
    mutating func beginRollout() { (handed, deployWord, holdsLease) = ([], nil, false) }

    /// Somebody has to see to it.
    mutating func markHurt() { isDown = true }

    /// It was staged, and nothing that anybody notices was done.
    mutating func leaveStaged() { isLeft = true }

    func report(isPlan: Bool) -> HostReport {
        if var unreachable {
            // It was there in an earlier play.
            if hasBegun {
                unreachable.tasks = tasks
                unreachable.touched = isTouched
            }
            return HostReport(result: unreachable, programs: programs)
        }
        guard hasBegun else {
            return HostReport(result: HostResult(host: host, status: .untouched, touched: false), programs: [])
        }
        let hasChanged = tasks.contains { $0.status == .changed }
        var result = HostResult(host: host, status: hasChanged ? .changed : .ok, touched: isTouched)
        result.tasks = tasks
        if isPlan { result.digest = digest }
        if isLeft, failure == nil, !isTouched {
            result.status = .untouched
            result.problem = HostResult.Problem(
                kind: "not_begun",
                message: "staged, and not switched: the run had ended before its turn",
                hint: "run again: what is staged is not staged twice"
            )
            return HostReport(result: result, programs: programs)
        }
        if let failure {
            result.status = isBack || deployWord == .undone ? .rolledBack : .failed
            result.isDown = isHurt
            result.problem = Self.problem(failure)
        } else if isInterrupted {
            if !isTouched { result.status = .untouched }
            result.problem = HostResult.Problem(
                kind: "interrupted",
                message: "interrupted: the tasks after this were not begun",
                hint: "run again: what is done is done, and is not done twice"
            )
        }
        return HostReport(result: result, programs: programs)
    }

    private static func problem(_ failure: HostDriver.Progress.Failure) -> HostResult.Problem {
        guard let number = failure.number, let name = failure.name else { return failure.problem }
        return HostResult.Problem(
            kind: failure.problem.kind,
            message: "task \(number), \(name): \(failure.problem.message)",
            hint: failure.problem.hint
        )
    }
}
