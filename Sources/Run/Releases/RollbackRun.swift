import Events
package import Fleet
package import HostSide
import Playbook
package import Reactor
import Rollout
package import SSH
import Shell

/// A release on its way back on many hosts: all are looked at, where they go is chosen for all of them together, all leases
/// are taken, and then one batch after the other goes back. `Rollout` decides in which order, and when it stops.
///
/// Pinned to the loop of the fleet that it runs on.
package actor RollbackRun {
    package nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let scout: ReleaseScout
    private let wish: RollbackWish
    private var keeper: LeaseKeeper
    private var rollout: Rollout<String>?

    package init(_ scout: ReleaseScout, _ wish: RollbackWish, on loop: Loop) {
        (self.scout, self.wish, self.loop) = (scout, wish, loop)
        keeper = LeaseKeeper(seconds: LeaseKeeper.usualSeconds, on: loop)
    }

    /// Looks, chooses, and says what each host would do.
    package func plan(on fleet: Fleet, _ targets: [Target]) async -> RollbackReport {
        await survey(fleet, targets)
    }

    /// The same, and then does it. Of hosts that somebody was asked about only those are changed, and only to where they were
    /// said to go.
    package func carryOut(
        on fleet: Fleet,
        _ targets: [Target],
        agreed: [String: ReleaseID]?
    ) async -> RollbackReport {
        await fleet.onStop { [weak self] in self?.assumeIsolated { $0.rollout?.interrupt() } }
        var report = await survey(fleet, targets)
        if report.table != nil || report.isRefused || report.goals.isEmpty { return report }
        if let agreed, agreed != report.goals.mapValues(\.target) {
            for host in report.goals.keys { report.results[host] = .drifted(host) }
            report.goals = [:]
            return report
        }
        let moving = targets.filter { report.goals[$0.name] != nil }
        // Where connections do not stay open, nothing can be renewed.
        if await !fleet.keepsConnections(to: targets.count) {
            keeper = LeaseKeeper(seconds: LeaseKeeper.longSeconds, on: loop)
        }
        let keeper = keeper
        await keeper.begin()
        async let keeping: Void = keeper.keep()
        await roll(fleet, moving, &report)
        await keeper.end()
        await keeping
        return report
    }

    // MARK: Before

    private enum Seen: Sendable {
        case found(ReleaseScout.Found)
        case lacking
        case blind(HostResult.Problem)
    }

    private func survey(_ fleet: Fleet, _ targets: [Target]) async -> RollbackReport {
        let scout = scout
        let outcomes = await fleet.run(targets, keeping: true) { _, remote -> Seen in
            do throws(ReleaseScout.Blind) {
                return try await scout.find(on: remote).map { .found($0) } ?? .lacking
            } catch {
                return .blind(error.problem)
            }
        }
        var report = RollbackReport()
        var found: [(host: String, own: ReleaseScout.Found)] = []
        for (target, outcome) in zip(targets, outcomes) {
            let host = target.name
            switch outcome {
            case .done(.found(let own)): found.append((host, own))
            case .done(.lacking): report.lacking.insert(host)
            case .done(.blind(let problem)): report.fail(host, problem)
            case .unreachable(let error, let attempts):
                report.results[host] = HostResult(host: host, unreachable: error, attempts: attempts)
            case .untouched: report.results[host] = HostResult(host: host, status: .untouched, touched: false)
            }
        }
        choose(found, &report)
        if report.table == nil, !report.isRefused { await preview(fleet, targets, &report) }
        // None is begun where one cannot.
        if report.isRefused {
            for (host, _) in found where report.results[host]?.problem == nil {
                report.results[host] = HostResult(host: host, status: .untouched, touched: false)
            }
        }
        return report
    }

    private func choose(_ found: [(host: String, own: ReleaseScout.Found)], _ report: inout RollbackReport) {
        typealias Row = RollbackTarget.Choice<String>.Row
        var rows: [Row] = []
        if let word = wish.to {
            for (host, own) in found {
                if let id = RollbackWish.release(word, in: own.sighting),
                    let target = RollbackTarget(to: id, own.sighting)
                {
                    rows.append(Row(host: host, target: target))
                    continue
                }
                report.fail(
                    host,
                    HostResult.Problem(
                        kind: HostResult.refusedKind,
                        message: "there is no release \(word) that it could go to",
                        hint: "baton status \(scout.subject.text) shows what there is; a bad one is deployed anew"
                    )
                )
            }
        } else {
            rows = RollbackTarget.rows(found.map { ($0.host, $0.own.sighting) })
        }
        var moving: Set<String> = []
        if wish.isEach, rows.allSatisfy({ $0.target.target != nil }) {
            moving = Set(rows.filter { !$0.target.isSettled }.map(\.host))
        } else {
            switch RollbackTarget.choice(rows) {
            case .common(_, let hosts): moving = Set(hosts)
            case .table where !rows.isEmpty:
                let seen = Dictionary(found.map { ($0.host, $0.own) }) { first, _ in first }
                report.table = rows.map { RollbackReport.Row(host: $0.host, target: $0.target, seen[$0.host]) }
                return
            case .table: break
            }
        }
        let seen = Dictionary(found.map { ($0.host, $0.own) }) { first, _ in first }
        for row in rows {
            guard let id = row.target.target, let own = seen[row.host] else { continue }
            if moving.contains(row.host) {
                let abandoned = row.target.abandoned
                report.goals[row.host] = HostDeployment.Goal(found: own, target: id, abandoned: abandoned)
            } else {
                report.results[row.host] = result(row.host, id, .ok, ["it runs \(id) already"])
            }
        }
    }

    private func preview(_ fleet: Fleet, _ targets: [Target], _ report: inout RollbackReport) async {
        let goals = report.goals
        let moving = targets.filter { goals[$0.name] != nil }
        let outcomes = await each(fleet, moving) { own, host in
            guard let goal = goals[host] else { return .done() }
            do throws(HostDeployment.Stop) {
                return .done(try await own.preview(goal))
            } catch {
                return error.report
            }
        }
        for (host, made) in outcomes {
            guard let goal = goals[host] else { continue }
            if let problem = made.report?.problem {
                report.fail(host, problem)
            } else if let done = made.report {
                var planned = result(host, goal.target, .changed, done.words)
                planned.tasks?[0].isPlanned = true
                report.results[host] = planned
            } else {
                report.results[host] = made.absent
                report.goals[host] = nil
            }
        }
    }

    // MARK: Doing it

    private func roll(_ fleet: Fleet, _ targets: [Target], _ report: inout RollbackReport) async {
        let (goals, takesOver) = (report.goals, wish.takesOver)
        var rollout = Rollout(
            targets.map(\.name),
            RolloutPolicy(serial: [.count(wish.serial)], minHealthyTime: .zero, onFailure: .stop)
        )
        self.rollout = rollout
        var leased: Set<String> = []
        while !rollout.isFinished {
            // Interrupts come to the one that is kept here.
            if self.rollout?.isInterrupted == true { rollout.interrupt() }
            var turn: [String] = []
            for action in rollout.next() {
                switch action {
                case .stage(let hosts):
                    let outcomes = await each(fleet, targets.filter { hosts.contains($0.name) }) { own, host in
                        guard let goal = goals[host] else { return .done() }
                        do throws(HostDeployment.Stop) {
                            return try await own.begin(goal, takingOver: takesOver)
                        } catch {
                            return error.report
                        }
                    }
                    for (host, made) in outcomes {
                        rollout.report(host, made.staging)
                        if made.staging == .staged { leased.insert(host) }
                        guard let goal = goals[host], made.staging != .staged else { continue }
                        report.results[host] = made.absent ?? ended(host, goal.target, made)
                    }
                case .switch(let host): turn.append(host)
                case .finish(let outcome): report.settled = outcome.settled
                // None of these is in its policy.
                case .migrate, .wait, .check, .takeBack: break
                }
            }
            if turn.isEmpty { continue }
            let outcomes = await each(fleet, targets.filter { turn.contains($0.name) }) { own, host in
                guard let goal = goals[host] else { return .done() }
                do throws(HostDeployment.Stop) {
                    return try await own.rollBack(goal)
                } catch {
                    return error.report
                }
            }
            for (host, made) in outcomes {
                guard let goal = goals[host] else { continue }
                leased.remove(host)
                rollout.report(host, made.switching)
                let result = made.absent ?? ended(host, goal.target, made)
                report.results[host] = result
                await fleet.emit(.hostFinished(result), host: host)
                report.told.insert(host)
            }
        }
        self.rollout = nil
        await letGo(fleet, targets.filter { leased.contains($0.name) }, &report)
    }

    /// Hosts that were not begun: nobody holds them any more.
    private func letGo(_ fleet: Fleet, _ targets: [Target], _ report: inout RollbackReport) async {
        let goals = report.goals
        _ = await each(fleet, targets) { own, host in
            guard let goal = goals[host] else { return .done() }
            // One that has run out is nobody's business any more.
            if let lease = await own.keeper.lease(goal.found.root, of: host) { await own.release(lease) }
            return .done()
        }
        for target in targets {
            var result = HostResult(host: target.name, status: .untouched, touched: false)
            result.problem = HostResult.Problem(
                kind: "not_begun",
                message: "not begun: the run had ended before its turn",
                hint: "run again"
            )
            report.results[target.name] = result
        }
    }

    /// What one part came to on one host.
    fileprivate struct Made: Sendable {
        var report: DeployReport?
        var isTouched = false
        /// Why nothing was made there.
        var absent: HostResult?
    }

    private func each(
        _ fleet: Fleet,
        _ targets: [Target],
        _ body: @escaping @Sendable (HostDeployment, String) async -> DeployReport
    ) async -> [(host: String, made: Made)] {
        let (redactor, account, keeper) = (scout.redactor, scout.account, keeper)
        let outcomes = await fleet.run(targets, keeping: true) { target, remote -> Made in
            let own = HostDeployment(target.name, remote, as: account, run: fleet.runName, keeper, redactor) {
                let event = Event.Kind.handover(service: $0, $1)
                fleet.assumeIsolated { $0.emit(event, host: target.name) }
            }
            let report = await body(own, target.name)
            if report.word != .done, let held = own.held {
                // What may still go on is left its own until that has run out.
                if report.problem?.kind == "unknown" {
                    await keeper.drop(held.root, of: target.name)
                } else {
                    await own.release(held)
                }
            }
            return Made(report: report, isTouched: own.isTouched)
        }
        return zip(targets, outcomes).map { target, outcome in
            switch outcome {
            case .done(let made): return (target.name, made)
            case .unreachable(let error, let attempts):
                let result = HostResult(host: target.name, unreachable: error, attempts: attempts)
                return (target.name, Made(absent: result))
            case .untouched:
                return (target.name, Made(absent: HostResult(host: target.name, status: .untouched, touched: false)))
            }
        }
    }

    private func ended(_ host: String, _ target: ReleaseID, _ made: Made) -> HostResult {
        let word = made.report?.word
        let status: HostResult.Status = word == .done ? .changed : word == .undone ? .rolledBack : .failed
        var result = result(host, target, status, made.report?.words ?? [], made.report?.problem)
        result.touched = made.isTouched
        result.isDown = word == .dirty
        return result
    }

    private func result(
        _ host: String,
        _ target: ReleaseID,
        _ status: HostResult.Status,
        _ words: [String],
        _ problem: HostResult.Problem? = nil
    ) -> HostResult {
        var result = HostResult(host: host, status: status, touched: false)
        let name = "rollback \(scout.subject.text) to \(target)"
        var task = TaskResult(number: 1, name: name, kind: "rollback", phase: "run", status: .ok)
        switch status {
        case .changed: (task.status, task.changes) = (.changed, words)
        case .ok: task.note = words.first
        default: (task.status, task.changes, task.problem) = (.failed, words, problem)
        }
        result.tasks = [task]
        result.problem = problem
        return result
    }
}

extension RollbackRun.Made {
    fileprivate var staging: StagingReport {
        switch report?.word {
        case .done: .staged
        case .refused: .refused
        case .locked: .locked
        case nil: .unreachable
        case .failed, .undone, .dirty: .failed
        }
    }

    fileprivate var switching: SwitchReport {
        switch report?.word {
        case .done: .changed
        case .undone: .undone
        case .refused, .locked: .refused
        case nil: .unreachable
        case .failed: isTouched ? .undone : .refused
        case .dirty: .dirty
        }
    }
}
