import Events
import Playbook
import Reactor
import Rollout
import SSH

/// Carries out what a rollout decides: it holds no rule of its own.
extension PlaybookPass {
    /// False where it did not end well: nothing more is begun then. Leases are renewed as long as it lasts.
    func roll(_ part: Part, _ targets: [Target]) async -> Bool {
        let keeper = common.keeper
        await keeper.begin()
        async let keeping: Void = keeper.keep()
        let outcome = await rollOut(part, targets)
        self.outcome = outcome
        await keeper.end()
        await keeping
        return outcome.word == .ok
    }

    private func rollOut(_ part: Part, _ targets: [Target]) async -> RolloutOutcome {
        let legs = DeployLegs(part.scope.tasks)
        let members = targets.filter { part.hosts.contains($0.name) && journeys[$0.name]?.isOver == false }.map(\.name)
        for host in members { journeys[host]?.beginRollout() }
        var outcome = RolloutOutcome(.ok)
        var rollout = Rollout(members, RolloutPolicy(part.scope.play.rollout))
        let began = loop.now
        var (staged, changed, unchanged): (Set<String>, Set<String>, Set<String>) = ([], [], [])
        while !rollout.isFinished {
            rollout.tick(loop.now - began)
            if isStopped { rollout.interrupt() }
            var turn: [String] = []
            for action in rollout.next() {
                switch action {
                case .stage(let hosts):
                    await run(leg(legs.staged, hosts, part, isFirst: true), targets)
                    for host in hosts {
                        let report = journeys[host].standing.staging
                        if report == .staged { staged.insert(host) }
                        rollout.report(host, report)
                    }
                case .migrate(let host):
                    await run(leg(legs.deploys(.migrate), [host], part), targets)
                    let report = journeys[host].standing.migration
                    if report == .unknown { journeys[host]?.markHurt() }
                    rollout.report(host, report)
                case .switch(let host): turn.append(host)
                case .wait(let until): await wait(until - (loop.now - began))
                case .check(let hosts):
                    await run(leg(legs.deploys(.check), hosts, part), targets)
                    for host in hosts { rollout.report(host, journeys[host].standing.health) }
                case .takeBack(let host):
                    journeys[host]?.beginTakingBack()
                    let tasks = legs.takingBack(journeys[host]?.handed ?? [])
                    await run(leg(tasks, [host], part, tidying: .back), targets)
                    rollout.report(host, journeys[host]?.endTakingBack() == true ? .back : .failed)
                    changed.remove(host)
                case .finish(let own): outcome = own
                }
            }
            if turn.isEmpty { continue }
            await run(leg(legs.turn, turn, part), targets)
            for host in turn {
                staged.remove(host)
                let report = journeys[host].standing.switching
                if report == .changed { changed.insert(host) }
                if report == .unchanged { unchanged.insert(host) }
                rollout.report(host, report)
            }
        }
        // Also where an earlier run had switched and was cut off before it said that all is well. One whose turn did not come to
        // its end is not good.
        let well = changed.union(unchanged).filter { journeys[$0]?.isWhole == true }
        await run(leg(legs.deploys(.settle), Array(well), part, tidying: .end), targets)
        let settled = changed.intersection(well)
        let held = members.filter { journeys[$0]?.holdsLease == true && !settled.contains($0) }
        await run(leg(legs.deploys(.letGo), held, part, tidying: .end), targets)
        for host in staged { journeys[host]?.leaveStaged() }
        return outcome
    }

    private func leg(
        _ tasks: [TaskDefinition],
        _ hosts: [String],
        _ part: Part,
        isFirst: Bool = false,
        tidying: Leg.Tidying? = nil
    ) -> Leg {
        Leg(
            scope: part.scope,
            tasks: tasks,
            hosts: Set(hosts),
            isFirstOfPlay: isFirst,
            isTold: true,
            tidying: tidying
        )
    }
}

extension RolloutPolicy {
    /// As a play says.
    fileprivate init(_ wish: PlayRollout) {
        self.init(migrates: true)
        if let time = wish.minHealthyTime { minHealthyTime = time }
        if wish.serial.isEmpty { return }
        serial = wish.serial.map { batch in
            switch batch {
            case .count(let count): .count(count)
            case .percent(let share): .percent(share)
            }
        }
    }
}
