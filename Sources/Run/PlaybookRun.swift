package import Document
import Events
package import Fleet
package import Inventory
package import Playbook
package import Reactor
package import SSH
import Shell
import Supervision

/// A playbook over hosts. First `prepare`, which contacts nobody and finds every error that can be known; then `run`, as
/// often as wanted: a plan, and after somebody has agreed to it the same for real.
///
/// Pinned to the loop of the fleet that it runs on.
package actor PlaybookRun {
    package nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// A play with the hosts that it is for.
    struct Part {
        let scope: PlayScope
        let hosts: Set<String>
    }

    private let playbook: Playbook
    private let inventory: Inventory
    private let limit: [Host]
    private let tags: TagSelection
    private let surroundings: RunSurroundings
    private let secrets: SecretStore
    private let contents: Contents
    private let vocabulary: Vocabulary
    private let runScope: RunScope
    private var parts: [Part] = []
    private var scopes: [String: HostScope] = [:]
    private var drivers: [String: HostDriver] = [:]
    private var rendezvous = Rendezvous()

    /// `limit` are the hosts that the command line leaves; a play takes those of them that its pattern names. `variables`
    /// are those of the command line, the strongest.
    package init(
        _ playbook: Playbook,
        _ inventory: Inventory,
        limit: [Host],
        tags: TagSelection = TagSelection(),
        variables: [String: Value] = [:],
        _ surroundings: RunSurroundings,
        on loop: Loop
    ) {
        self.playbook = playbook
        self.inventory = inventory
        self.limit = limit
        self.tags = tags
        self.surroundings = surroundings
        self.loop = loop
        let secrets = SecretStore(surroundings.fetch, surroundings.redactor)
        self.secrets = secrets
        contents = Contents(
            root: surroundings.root,
            folder: surroundings.playbookFolder,
            catalog: surroundings.catalog,
            measure: surroundings.measure,
            read: surroundings.read
        )
        vocabulary = Vocabulary(surroundings.redactor)
        runScope = RunScope(
            inventory,
            extra: variables,
            playbookFolder: surroundings.playbookFolder,
            inventoryFolder: surroundings.inventoryFolder
        ) { (reference) throws(SecretProblem) in try secrets.value(reference) }
    }

    /// The hosts that any play is for, in the order of the inventory. Known after `prepare`.
    package private(set) var hosts: [Host] = []

    // MARK: Before anything is contacted

    /// Resolves every task of every host as far as it can be known before a host is contacted, and fetches the secrets
    /// that takes. All errors of all hosts are thrown together. A question that nobody can answer is one, unless it is for
    /// a plan.
    package func prepare(toChange: Bool = true) async throws(DocumentError) {
        parts = try plays()
        hosts = limit.filter { host in parts.contains { $0.hosts.contains(host.name) } }
        for host in hosts {
            let typed = surroundings.becomeUser
            let user = typed == nil ? try host.connection().becomeUser : typed
            scopes[host.name] = HostScope(host, runScope, becomeUser: user ?? "root")
        }
        // Each round needs the secrets of the one before it; a secret may be named by another's place at most so often.
        for _ in 0..<Self.mostRounds {
            let wanted = try resolveAll(toChange: toChange)
            if wanted.isEmpty { return }
            await secrets.fetch(wanted)
        }
    }

    private static let mostRounds = 100

    private func plays() throws(DocumentError) -> [Part] {
        var diagnostics = Diagnostics()
        var parts: [Part] = []
        let chosen = Set(limit.map(\.name))
        for play in playbook.plays {
            do throws(DocumentError) {
                let all = try inventory.hosts(matching: play.hosts, from: "hosts")
                let names = all.map(\.name).filter { chosen.contains($0) }
                parts.append(Part(scope: PlayScope(play, tasks: tags.tasks(of: play), hosts: names), hosts: Set(names)))
            } catch {
                for item in error.diagnostics.items {
                    let origin = play.hostsOrigin
                    diagnostics.add(
                        Diagnostic(item.message, in: origin.source, at: origin.position, hint: item.hint)
                    )
                }
            }
        }
        try diagnostics.throwIfErrors()
        return parts
    }

    private func resolveAll(toChange: Bool) throws(DocumentError) -> Set<SecretReference> {
        var problems = HostProblems()
        var wanted: Set<SecretReference> = []
        for host in hosts {
            guard var scope = scopes[host.name] else { continue }
            for part in parts where part.hosts.contains(host.name) {
                scope.enter(part.scope)
                for task in part.scope.tasks {
                    do throws(DocumentError) {
                        switch try scope.resolve(task, contents) {
                        case .needs(let reference): wanted.insert(reference)
                        case .ready(let ready): if toChange { try checkQuestion(ready, task) }
                        case .skipped, .waits: break
                        }
                    } catch {
                        problems.add(error, host: host.name)
                    }
                }
            }
        }
        vocabulary.learn(contents.secrets)
        // What is wrong without the secrets is wrong with them.
        if !problems.isEmpty { throw DocumentError(problems.diagnostics) }
        return wanted
    }

    private func checkQuestion(_ ready: ResolvedTask, _ task: TaskDefinition) throws(DocumentError) {
        guard surroundings.confirm == nil, task.kind == "pause", case .pause(let pause) = ready.work.decide([:]),
            pause.prompt != nil
        else { return }
        throw DocumentError(
            Diagnostic(
                "this asks a question, and there is no terminal to ask on",
                in: task.origin.source,
                at: task.origin.position,
                hint: "leave it out with --skip-tags, or give \"pause\" a time without a prompt"
            )
        )
    }

    // MARK: Running

    /// Runs the plays. `targets` are those of `hosts` that can be tried. Emits the events of tasks and hosts through the
    /// fleet.
    package func run(_ options: RunOptions, on fleet: Fleet, _ targets: [Target]) async -> RunReport {
        await fleet.onStop { [weak self] in self?.assumeIsolated { $0.stop() } }
        let written = written
        var journeys: [String: Journey] = [:]
        for target in targets {
            journeys[target.name] = Journey(target.name, scopes[target.name], written: written)
        }
        if options.changes, let expected = options.expectedDigests {
            var plan = options
            plan.changes = false
            plan.wantsDiffs = false
            await pass(plan, on: fleet, targets, &journeys, isQuiet: true)
            let drifted = journeys.values.filter { $0.digest != nil && $0.digest != expected[$0.host] }.map(\.host)
            if !drifted.isEmpty {
                await fleet.closeKept()
                return await refused(Set(drifted), targets, fleet)
            }
            for name in journeys.keys { journeys[name]?.restart(scopes[name]) }
        }
        await pass(options, on: fleet, targets, &journeys)
        await fleet.closeKept()
        var reports = targets.compactMap { journeys[$0.name]?.report(isPlan: !options.changes) }
        var isRefused = false
        if !options.changes, let expected = options.expectedDigests {
            for (index, report) in reports.enumerated() {
                guard let digest = report.result.digest, digest != expected[report.result.host] else { continue }
                reports[index].result = .drifted(report.result.host)
                isRefused = true
            }
        }
        return RunReport(hosts: reports, isRefused: isRefused)
    }

    /// A sum of the playbook and of all files that it names: a task may be understood only after the plan.
    private var written: String {
        let files = Contents(
            root: surroundings.root,
            folder: surroundings.playbookFolder,
            catalog: surroundings.catalog,
            read: surroundings.read
        )
        var problems = playbook.checkFiles(files)
        var texts = [Checksum.sha256(Array(playbook.source.bytes))]
        if let catalog = surroundings.catalog, playbook.tasks.contains(where: { ServiceTask.kinds.contains($0.kind) }) {
            files.checkServiceFiles(&problems)
            texts.append(catalog.sum)
        }
        return (texts + files.sums).joined(separator: " ")
    }

    /// Some hosts are not as their plan had found them: nothing is done on any.
    private func refused(_ drifted: Set<String>, _ targets: [Target], _ fleet: Fleet) async -> RunReport {
        var reports: [HostReport] = []
        for target in targets {
            let result =
                drifted.contains(target.name)
                ? HostResult.drifted(target.name)
                : HostResult(host: target.name, status: .untouched, touched: false)
            await fleet.emit(.hostFinished(result), host: target.name)
            reports.append(HostReport(result: result, programs: []))
        }
        return RunReport(hosts: reports, isRefused: true)
    }

    /// Play after play, and in each what is staged before the rest: each is finished on all hosts before the next begins.
    private func pass(
        _ options: RunOptions,
        on fleet: Fleet,
        _ targets: [Target],
        _ journeys: inout [String: Journey],
        isQuiet: Bool = false
    ) async {
        rendezvous = Rendezvous()
        let legs = parts.flatMap { part in Self.legs(of: part, isPlan: !options.changes) }
        let common = HostDriver.Common(
            fleet: fleet,
            secrets: secrets,
            rendezvous: rendezvous,
            surroundings: surroundings,
            keepsPrograms: options.keepsPrograms,
            keptOutput: max(8 << 10, min(1 << 20, (64 << 20) / max(1, 4 * targets.count))),
            isQuiet: isQuiet
        )
        for (index, leg) in legs.enumerated() {
            if await fleet.isStopped { break }
            let members = targets.filter { leg.hosts.contains($0.name) && journeys[$0.name]?.isOver == false }
            if members.isEmpty { continue }
            let isLast = { (host: String) in !legs[(index + 1)...].contains { $0.hosts.contains(host) } }
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
                    knowsFacts: scope.facts != nil
                )
            }
            let starts = Starts(progress)
            let outcomes = await fleet.run(members, keeping: true) { target, remote in
                await self.drive(target.name, remote, starts, common)
            }
            for (target, outcome) in zip(members, outcomes) {
                journeys[target.name]?.note(outcome, drivers.removeValue(forKey: target.name))
                guard !isQuiet, let journey = journeys[target.name], journey.isOver || isLast(target.name) else {
                    continue
                }
                await fleet.emit(.hostFinished(journey.report(isPlan: !options.changes).result), host: target.name)
            }
        }
    }

    private func drive(_ host: String, _ remote: SSHRemote, _ starts: Starts, _ common: HostDriver.Common) async {
        guard let progress = starts.take(host) else { return }
        let driver = HostDriver(host, remote, progress, common, on: loop)
        drivers[host] = driver
        await driver.drive()
    }

    private func stop() {
        rendezvous.stop()
        for driver in drivers.values { driver.stop() }
    }

    /// What is finished on all hosts before anything else begins.
    struct Leg {
        let scope: PlayScope
        let tasks: [TaskDefinition]
        let hosts: Set<String>
        let isFirstOfPlay: Bool
    }

    private static func legs(of part: Part, isPlan: Bool) -> [Leg] {
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
