import Events
import Fleet
import Playbook
import Reactor
import Rollout
import SSH

/// One way through the plays, as a plan or for real: play after play, and in each what is staged before the rest. Each is
/// finished on all hosts before the next begins.
///
/// Pinned to the loop of the fleet that it runs on.
actor PlaybookPass {
    nonisolated let loop: Loop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// A play with the hosts that it is for.
    struct Part {
        let scope: PlayScope
        let hosts: Set<String>
    }

    private let parts: [Part]
    private let options: RunOptions
    let common: HostDriver.Common
    private let contents: Contents
    private let vocabulary: Vocabulary
    private var drivers: [String: HostDriver] = [:]
    var journeys: [String: Journey] = [:]
    private var told: Set<String> = []
    /// A wait between batches.
    private var rest: Sleep?
    private(set) var isStopped = false
    /// Of the last play that was rolled out.
    var outcome: RolloutOutcome?

    init(
        _ parts: [Part],
        _ options: RunOptions,
        _ common: HostDriver.Common,
        _ contents: Contents,
        _ vocabulary: Vocabulary,
        on loop: Loop
    ) {
        self.parts = parts
        self.options = options
        self.common = common
        self.contents = contents
        self.vocabulary = vocabulary
        self.loop = loop
    }

    /// What became of the hosts, in addition to what they bring along.
    func run(_ targets: [Target], _ journeys: [String: Journey]) async -> [String: Journey] {
        self.journeys = journeys
        for (index, part) in parts.enumerated() {
            if await common.fleet.isStopped { break }
            let later = Set(parts[(index + 1)...].flatMap(\.hosts))
            if options.changes, !DeployLegs(part.scope.tasks).isEmpty {
                if await !roll(part, targets) { break }
            } else {
                for leg in Leg.all(of: part, isPlan: !options.changes) {
                    if await common.fleet.isStopped { break }
                    await run(leg, targets)
                }
            }
            await tellFinished(part.hosts.subtracting(later), targets)
        }
        await tellFinished(Set(targets.map(\.name)), targets)
        return self.journeys
    }

    /// Each of these hosts that can still go on does these tasks; returns when all have. What tidies up is done although
    /// nothing more is to begin.
    func run(_ leg: Leg, _ targets: [Target]) async {
        let members = targets.filter { target in
            guard leg.hosts.contains(target.name), let journey = journeys[target.name] else { return false }
            return leg.tidying == nil ? !journey.isOver : journey.canBeTidied
        }
        if members.isEmpty || leg.tasks.isEmpty { return }
        var progress: [String: HostDriver.Progress] = [:]
        for target in members {
            guard var scope = journeys[target.name]?.scope else { continue }
            if leg.isFirstOfPlay { scope.enter(leg.scope) }
            let source = PlaySource(leg.tasks, scope, contents, vocabulary)
            let mode = options.changes ? HostDriver.Progress.Mode.change : .plan
            progress[target.name] = HostDriver.Progress(
                source,
                mode,
                wantsDiffs: options.wantsDiffs,
                FileTools.standard,
                knowsFacts: scope.facts != nil,
                options.changes ? Prospects() : journeys[target.name]?.prospects ?? Prospects()
            )
        }
        let starts = Starts(progress)
        let outcomes: [Fleet.Outcome<Void>]
        if let tidying = leg.tidying, isStopped {
            outcomes = await common.fleet.tidy(members, within: tidying.limit) { target, remote in
                await self.drive(target.name, remote, starts)
            }
        } else {
            outcomes = await common.fleet.run(members, keeping: true) { target, remote in
                await self.drive(target.name, remote, starts)
            }
        }
        for (target, outcome) in zip(members, outcomes) {
            let driver = drivers.removeValue(forKey: target.name)
            journeys[target.name]?.note(outcome, driver, tidies: leg.tidying == .end)
            if journeys[target.name]?.isOver == true, !leg.isTold { await tellFinished([target.name], targets) }
        }
    }

    /// Says of hosts that nothing more comes for them, once each.
    private func tellFinished(_ hosts: Set<String>, _ targets: [Target]) async {
        if common.isQuiet { return }
        for target in targets where hosts.contains(target.name) && !told.contains(target.name) {
            guard let journey = journeys[target.name], journey.hasNews else { continue }
            told.insert(target.name)
            await common.fleet.emit(
                .hostFinished(journey.report(isPlan: !options.changes).result),
                host: target.name
            )
        }
    }

    private func drive(_ host: String, _ remote: SSHRemote, _ starts: Starts) async {
        guard let progress = starts.take(host) else { return }
        let driver = HostDriver(host, remote, progress, common, on: loop)
        drivers[host] = driver
        await driver.drive()
    }

    /// Nothing more is begun on any host.
    func stop() {
        common.rendezvous.stop()
        for driver in drivers.values { driver.stop() }
        isStopped = true
        rest?.end()
    }

    /// Nobody waits any more for what hosts end by themselves.
    func cancel() {
        for driver in drivers.values { driver.cancel() }
    }

    /// Waits, unless somebody wants the run to end.
    func wait(_ duration: Duration) async {
        if isStopped { return }
        let sleep = Sleep(on: loop)
        rest = sleep
        await sleep.wait(duration)
        rest = nil
    }
}

/// What is finished on all its hosts before anything else begins.
struct Leg {
    let scope: PlayScope
    let tasks: [TaskDefinition]
    let hosts: Set<String>
    let isFirstOfPlay: Bool
    /// A host that fails here may still have to come to something: it is told of later.
    var isTold = false
    /// It is done also where nothing more is to begin.
    var tidying: Tidying?

    enum Tidying {
        /// A host goes back to what it ran: however long that takes.
        case back
        /// Marks and leases: whoever wants the run to end waits so long for them.
        case end

        var limit: Duration? { self == .end ? .seconds(30) : nil }
    }

    static func all(of part: PlaybookPass.Part, isPlan: Bool) -> [Leg] {
        let tasks = part.scope.tasks
        let staged = tasks.filter { $0.phase == .stage }
        let rest = tasks.filter { $0.phase == .run }
        // A plan changes nothing that a later task could wait for.
        let groups = isPlan ? [tasks] : [staged, rest]
        return groups.filter { !$0.isEmpty }.enumerated().map { index, tasks in
            Leg(scope: part.scope, tasks: tasks, hosts: part.hosts, isFirstOfPlay: index == 0)
        }
    }
}

/// Where hosts begin a leg. Confined to the loop.
private final class Starts: @unchecked Sendable {
    // Unchecked: filled before the hosts start, and emptied by them on the loop.
    private var progress: [String: HostDriver.Progress]

    init(_ progress: [String: HostDriver.Progress]) { self.progress = progress }

    func take(_ host: String) -> HostDriver.Progress? { progress.removeValue(forKey: host) }
}
