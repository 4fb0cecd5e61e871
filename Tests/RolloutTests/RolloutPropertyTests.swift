import TestSupport
import Testing

@testable import Rollout

/// Whatever is reported, in whatever order, with whatever policy: what holds always.
@Suite struct RolloutPropertyTests {
    private typealias Policy = RolloutPolicy

    private static func policy(_ generator: inout Seeded) -> Policy {
        func share(_ most: Int) -> Policy.Share {
            generator.one(of: [true, false])
                ? .count(generator.number(0...most)) : .percent(generator.number(0...100))
        }
        return Policy(
            serial: (0..<generator.number(0...3)).map { _ in share(4) },
            maxFail: share(3),
            maxUnreachable: share(3),
            minHealthyTime: .seconds(generator.number(0...2)),
            onFailure: generator.one(of: Policy.OnFailure.allCases),
            migrates: generator.one(of: [true, false])
        )
    }

    @Test(arguments: 0..<20) func `what must hold holds`(seed: Int) {
        for round in 0..<250 {
            var generator = Seeded(UInt64(seed * 1000 + round))
            let policy = Self.policy(&generator)
            let hosts = Array(0..<generator.number(0...8))
            var walk = Walk(hosts, policy, generator)
            walk.go()
            #expect(walk.complaints.isEmpty, "seed \(seed) round \(round) \(policy): \(walk.complaints)")
        }
    }
}

/// One rollout with everything that is reported left to chance.
private struct Walk {
    var rollout: Rollout<Int>
    let policy: RolloutPolicy
    var generator: Seeded
    var complaints: [String] = []
    private var open: [Rollout<Int>.Action] = []
    private var staged: Set<Int> = []
    private var isAllStaged = false
    private var migrations = 0
    private var begun: Set<Int> = []
    private var switching: Set<Int> = []
    private var taking: Set<Int> = []
    private var taken: Set<Int> = []
    private var failures = 0
    private var isOver = false
    private var batches = 0
    private var widest = 1
    private var now = Duration.zero

    init(_ hosts: [Int], _ policy: RolloutPolicy, _ generator: Seeded) {
        rollout = Rollout(hosts, policy)
        self.policy = policy
        self.generator = generator
    }

    mutating func go() {
        for _ in 0..<1000 {
            let actions = rollout.next()
            check(actions)
            if rollout.isFinished {
                if case .finish = actions.last {} else { complaints.append("ended without saying so") }
                if !switching.isEmpty || !taking.isEmpty { complaints.append("ended while hosts were worked on") }
                return
            }
            if actions.isEmpty, open.isEmpty { return complaints.append("it waits for nothing") }
            open += actions
            if generator.number(0...40) == 0 {
                rollout.interrupt()
                isOver = true
            }
            step()
        }
        complaints.append("it does not end")
    }

    private mutating func check(_ actions: [Rollout<Int>.Action]) {
        var beginning = 0
        for action in actions {
            switch action {
            case .switch(let host):
                beginning += 1
                if !isAllStaged { complaints.append("\(host) is switched before all are staged") }
                if !staged.contains(host) { complaints.append("\(host) is switched and was not staged") }
                if isOver { complaints.append("\(host) is begun after the end") }
                if policy.migrates, migrations != 1 { complaints.append("\(host) is switched before the migration") }
                if !begun.insert(host).inserted { complaints.append("\(host) is begun twice") }
                switching.insert(host)
            case .migrate:
                migrations += 1
                if isOver || !isAllStaged || !begun.isEmpty { complaints.append("migrated at another time") }
                if migrations > 1 { complaints.append("migrated twice") }
            case .takeBack(let host):
                taking.insert(host)
                if !begun.contains(host) { complaints.append("\(host) is taken back and was never begun") }
                if !taken.insert(host).inserted { complaints.append("\(host) is taken back twice") }
                if policy.onFailure == .stop { complaints.append("\(host) is taken back") }
                if taking.count > widest { complaints.append("\(taking.count) are taken back at once") }
            default: break
            }
        }
        if beginning > 0 {
            let size = policy.size(ofBatch: batches, of: rollout.hosts.count)
            batches += 1
            widest = max(widest, beginning)
            if switching.count > size { complaints.append("\(switching.count) at once, a batch is \(size)") }
            if !taking.isEmpty { complaints.append("begun while others are taken back") }
        }
    }

    /// One of what is open is answered.
    private mutating func step() {
        guard !open.isEmpty else { return }
        let index = generator.number(0...(open.count - 1))
        switch open[index] {
        case .stage(let hosts):
            for host in hosts where generator.number(0...6) > 0 || hosts.count == 1 {
                stage(host, generator.number(0...9) > 0 ? .staged : generator.one(of: StagingReport.allCases))
            }
            // The rest, so that it can go on.
            for host in hosts where rollout.fates[host] == .staging { stage(host, .staged) }
            isAllStaged = true
            open.remove(at: index)
        case .migrate(let host):
            let report = generator.number(0...3) > 0 ? .migrated : generator.one(of: MigrationReport.allCases)
            if report != .migrated { isOver = true }
            rollout.report(host, report)
            open.remove(at: index)
        case .switch(let host):
            let report = generator.number(0...3) > 0 ? .changed : generator.one(of: SwitchReport.allCases)
            rollout.report(host, report)
            switching.remove(host)
            note(report == .dirty, [.undone, .broken, .refused].contains(report))
            open.remove(at: index)
        case .check(let hosts):
            for host in hosts {
                let report = generator.number(0...5) > 0 ? .healthy : generator.one(of: HealthReport.allCases)
                rollout.report(host, report)
                note(rollout.fates[host] == .dirty, rollout.fates[host] == .broken)
            }
            open.remove(at: index)
        case .takeBack(let host):
            let report = generator.number(0...5) > 0 ? .back : generator.one(of: TakingBackReport.allCases)
            rollout.report(host, report)
            taking.remove(host)
            note(report == .failed, false)
            open.remove(at: index)
        case .wait(let until):
            now += .milliseconds(500)
            rollout.tick(now)
            if now >= until { open.remove(at: index) }
        case .finish: open.remove(at: index)
        }
    }

    private mutating func stage(_ host: Int, _ report: StagingReport) {
        rollout.report(host, report)
        if report == .staged { staged.insert(host) }
        note(false, [.failed, .refused, .locked].contains(report))
    }

    private mutating func note(_ isDirty: Bool, _ hasFailed: Bool) {
        if hasFailed { failures += 1 }
        if isDirty || failures > policy.maxFail.number(of: rollout.hosts.count) { isOver = true }
    }
}

extension Seeded {
    fileprivate mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    fileprivate mutating func one<Element>(of elements: [Element]) -> Element {
        elements[number(0...(elements.count - 1))]
    }
}
