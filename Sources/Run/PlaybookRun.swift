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

    private let playbook: Playbook
    private let inventory: Inventory
    private let limit: [Host]
    private let tags: TagSelection
    private let surroundings: RunSurroundings
    private let secrets: SecretStore
    private let contents: Contents
    private let vocabulary: Vocabulary
    private let runScope: RunScope
    private let measuring: Measuring
    private var parts: [PlaybookPass.Part] = []
    private var scopes: [String: HostScope] = [:]
    private var current: PlaybookPass?
    private var settled: RunResult.Settled?

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
            large: surroundings.large,
            read: surroundings.read
        )
        measuring = Measuring(contents, surroundings.obtain, on: loop)
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
    ///
    /// With `asksNobody`, everything will be changed without a plan that somebody has to agree to: then large files need no
    /// sum in advance.
    package func prepare(toChange: Bool = true, asksNobody: Bool = false) async throws(DocumentError) {
        if asksNobody { contents.takeSumsLate() }
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
            if wanted.isEmpty, !contents.isWaiting { return }
            await secrets.fetch(wanted)
            await measuring.all()
        }
    }

    private static let mostRounds = 100

    private func plays() throws(DocumentError) -> [PlaybookPass.Part] {
        var diagnostics = Diagnostics()
        var parts: [PlaybookPass.Part] = []
        let chosen = Set(limit.map(\.name))
        for play in playbook.plays {
            do throws(DocumentError) {
                let all = try inventory.hosts(matching: play.hosts, from: "hosts")
                let names = all.map(\.name).filter { chosen.contains($0) }
                parts.append(
                    PlaybookPass.Part(
                        scope: PlayScope(play, tasks: tags.tasks(of: play), hosts: names),
                        hosts: Set(names)
                    )
                )
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
                        case .skipped, .waits, .needsFiles: break
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
        await fleet.onCancel { [weak self] in self?.assumeIsolated { $0.cancel() } }
        // Only plans and what is held against them need it.
        let written = options.changes && options.expectedDigests == nil ? "" : await written()
        var journeys: [String: Journey] = [:]
        for target in targets {
            journeys[target.name] = Journey(target.name, scopes[target.name], written: written)
        }
        if options.changes, let expected = options.expectedDigests {
            var plan = options
            plan.changes = false
            plan.wantsDiffs = false
            journeys = await pass(plan, on: fleet, targets, journeys, isQuiet: true)
            let drifted = journeys.values.filter { $0.digest != nil && $0.digest != expected[$0.host] }.map(\.host)
            if !drifted.isEmpty {
                await fleet.closeKept()
                return await refused(Set(drifted), targets, fleet)
            }
            for name in journeys.keys { journeys[name]?.restart(scopes[name]) }
        }
        journeys = await pass(options, on: fleet, targets, journeys)
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
        return RunReport(hosts: reports, isRefused: isRefused, settled: settled)
    }

    /// A sum of the playbook and of all files that it names: a task may be understood only after the plan.
    private func written() async -> String {
        let catalog =
            playbook.tasks.contains { ServiceTask.kinds.contains($0.kind) || $0.kind == "deploy" }
            ? surroundings.catalog : nil
        var files = Contents(of: contents)
        check(files, catalog)
        while contents.isWaiting {
            await measuring.all()
            files = Contents(of: contents)
            check(files, catalog)
        }
        var texts = [Checksum.sha256(Array(playbook.source.bytes))]
        if let catalog { texts.append(catalog.sum) }
        return (texts + files.sums).joined(separator: " ")
    }

    /// Asks for all files that are named; what is wrong with them has been said.
    private func check(_ files: Contents, _ catalog: ServiceCatalog?) {
        var problems = playbook.checkFiles(files)
        if catalog != nil { files.checkServiceFiles(&problems) }
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
        return RunReport(hosts: reports, isRefused: true, settled: nil)
    }

    private func pass(
        _ options: RunOptions,
        on fleet: Fleet,
        _ targets: [Target],
        _ journeys: [String: Journey],
        isQuiet: Bool = false
    ) async -> [String: Journey] {
        let common = HostDriver.Common(
            fleet: fleet,
            secrets: secrets,
            measuring: measuring,
            rendezvous: Rendezvous(),
            surroundings: surroundings,
            keepsPrograms: options.keepsPrograms,
            keeper: LeaseKeeper(
                seconds: await fleet.keepsConnections(to: targets.count)
                    ? LeaseKeeper.usualSeconds : LeaseKeeper.longSeconds,
                on: loop
            ),
            keptOutput: max(8 << 10, min(1 << 20, (64 << 20) / max(1, 4 * targets.count))),
            isQuiet: isQuiet
        )
        let pass = PlaybookPass(parts, options, common, contents, vocabulary, on: loop)
        current = pass
        defer { current = nil }
        let journeys = await pass.run(targets, journeys)
        settled = await pass.outcome?.settled
        return journeys
    }

    private func stop() { current?.assumeIsolated { $0.stop() } }

    private func cancel() { current?.assumeIsolated { $0.cancel() } }
}
