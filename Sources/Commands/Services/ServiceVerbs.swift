import Arguments
import Events
import Fleet
import HostSide
import Report
import SSH
import Shell
import Supervision
import Text

/// `baton start`, `stop`, `restart` and `reload`: verbs of services that need only the inventory and SSH.
enum ServiceVerbs {
    static let service = Operand.required(as: .text("SERVICE"), help: "The service, as it is called on the hosts.")
    static let serial = Option.optional(
        "--serial",
        as: .wholeNumber(in: 1...10_000, named: "N"),
        help: "So many hosts at a time; what fails stops the rest. Default: 1, for start all."
    )

    static let declarations = [
        declaration(
            .restart,
            "Restart a service, one host after the other.",
            "baton restart web -i inventories/production.yml -b",
            "Member by member on each host; the first failure stops the rest."
        ),
        declaration(
            .reload,
            "Have a service load its configuration again.",
            "baton reload web -i inventories/production.yml -b -y --serial 5",
            "Five hosts at a time, without a question."
        ),
        declaration(.start, "Start a service.", "baton start web -l web3 -b", "On one host."),
        declaration(
            .stop,
            "Stop a service.",
            "baton stop web -l web3 -b",
            "On one host; it does not come back by itself."
        ),
    ]

    private static func declaration(
        _ verb: ServiceVerb,
        _ abstract: String,
        _ example: String,
        _ means: String
    ) -> CommandDeclaration {
        CommandDeclaration(
            name: verb.rawValue,
            abstract: abstract,
            discussion: """
                Looks which hosts have the service, asks, and goes through them. What is needed is on the hosts: the \
                project is not read. Each member is seen to have come true, with its own process, before the next one \
                is touched. A host goes on by itself if the connection breaks. Only hosts that were asked about are \
                changed. Exit code 4 says that the service does not run somewhere, or that nobody knows, 3 that \
                something failed and no service is down because of it.
                """,
            examples: [.init(example, means)],
            options: CommonOptions.connecting + [serial, DeployCommand.yes],
            operands: [service]
        )
    }

    static func checked(_ name: String) throws(CommandError) -> String {
        if let problem = ServiceName.problem(with: name) {
            throw CommandError("\(Printable.quoted(name)) cannot be the name of a service", hint: problem)
        }
        return name
    }

    static func run(
        _ verb: ServiceVerb,
        _ parsed: Parsed,
        _ context: Context
    ) async throws(CommandError) -> Events.ExitCode {
        try await run(verb, try checked(parsed[service]), of: verb.rawValue, parsed, context)
    }

    /// For whoever calls the service otherwise.
    static func run(
        _ verb: ServiceVerb,
        _ name: String,
        of command: String,
        _ parsed: Parsed,
        _ context: Context
    ) async throws(CommandError) -> Events.ExitCode {
        if !parsed[DeployCommand.yes], context.ask == nil {
            throw CommandError(
                "\(command) asks before it changes anything, and there is no terminal to ask on",
                hint: "-y goes on without asking; baton status shows what there is"
            )
        }
        let plan = try await HostRun(command, parsed, context)
        let interrupts = try Interrupts(context)
        let job = ServiceVerbJob(
            verb: verb,
            service: name,
            serial: parsed[serial] ?? (verb == .start ? Int.max : 1),
            interrupts: interrupts
        )
        if parsed[DeployCommand.yes] { return try await job.run(plan, agreed: nil) }
        guard let agreement = try await job.ask(plan) else { return .done }
        var asked = plan
        asked.targets = agreement.targets
        return try await job.run(asked, agreed: agreement.hosts)
    }
}

/// A verb on its way over the hosts.
struct ServiceVerbJob {
    let verb: ServiceVerb
    let service: String
    let serial: Int
    let interrupts: Interrupts

    /// What somebody said yes to.
    struct Agreement {
        /// Who is looked at again, so that the run can tell of all of them.
        var targets: [Target]
        /// Who may be changed: the hosts that had the service when the question was asked.
        var hosts: Set<String>
    }

    /// Looks which hosts have the service, and asks about those: nil where somebody says no. Where none has it, or none
    /// could be looked at, nothing is agreed upon, and the run says so.
    func ask(_ plan: HostRun) async throws(CommandError) -> Agreement? {
        let live = try await LiveRun(plan, shows: .nobody, detail: .little, interrupts)
        let (having, others) = await look(live, plan)
        let result = await live.conclude(others)
        if having.isEmpty || result.exit == .interrupted { return Agreement(targets: live.targets, hosts: []) }
        let without = others.count { $0.problem?.kind == "no_service" }
        if try await isAgreed(plan, having, without: without) {
            // What could not be looked at is told by the run.
            let targets = live.targets.filter { target in
                !others.contains { $0.host == target.name && $0.problem?.kind == "no_service" }
            }
            return Agreement(targets: targets, hosts: Set(having.map(\.name)))
        }
        await plan.vault.close()
        plan.context.stderr.write("nothing was changed\n")
        return nil
    }

    /// With nil for `agreed` all that have it are changed: nobody wanted to be asked.
    func run(_ plan: HostRun, agreed: Set<String>?) async throws(CommandError) -> Events.ExitCode {
        let live = try await LiveRun(plan, shows: .stream, detail: plan.isVerbose ? .everything : .hosts, interrupts)
        let (found, others) = await look(live, plan)
        let having = found.filter { agreed?.contains($0.name) ?? true }
        var results = others + found.filter { agreed?.contains($0.name) == false }.map { HostResult.notAsked($0.name) }
        // A host of the inventory that never had it is no failure; that none has it is one.
        if !having.isEmpty { results.removeAll { $0.problem?.kind == "no_service" } }
        for result in results { await live.fleet.emit(.hostFinished(result), host: result.host) }
        var begun = 0
        while begun < having.count, !live.isInterrupted {
            let some = having[begun..<min(having.count, begun + min(serial, having.count))]
            begun += some.count
            let done = await carryOut(Array(some), live, plan)
            results += done
            if done.contains(where: { $0.status != .ok && $0.status != .changed || $0.isDown }) { break }
        }
        for target in having[begun...] {
            let result = HostResult(host: target.name, status: .untouched, touched: false)
            await live.fleet.emit(.hostFinished(result), host: target.name)
            results.append(result)
        }
        return await finish(results, live)
    }

    private func finish(_ results: [HostResult], _ live: LiveRun) async -> Events.ExitCode {
        let byName = Dictionary(results.map { ($0.host, $0) }, uniquingKeysWith: { first, _ in first })
        let ordered = live.targets.compactMap { byName[$0.name] }
        return await live.finish(ordered, .services) { ServiceText($1, $2).render($0) }
    }

    /// Which hosts have it, and what is to be said of the others.
    private func look(_ live: LiveRun, _ plan: HostRun) async -> (having: [Target], others: [HostResult]) {
        let (service, redactor) = (service, plan.redactor)
        let outcomes = await live.fleet.run(live.targets, keeping: true) { target, remote -> HostResult? in
            do throws(ServiceView.Blind) {
                let view = ServiceView(host: target.name, remote: remote, redactor: redactor)
                return try await view.sighting(service) == nil ? .lacking(service, target.name) : nil
            } catch {
                return error.result
            }
        }
        var having: [Target] = []
        var others: [HostResult] = []
        for (target, outcome) in zip(live.targets, outcomes) {
            switch outcome {
            case .done(nil): having.append(target)
            case .done(let result?): others.append(result)
            case .unreachable(let error, let attempts):
                others.append(HostResult(target.name, .unreachable(error, attempts: attempts)))
            case .untouched: others.append(HostResult(target.name, .untouched))
            }
        }
        return (having, others)
    }

    private func isAgreed(
        _ plan: HostRun,
        _ having: [Target],
        without: Int
    ) async throws(CommandError) -> Bool {
        let names = HostList.short(having.map(\.name))
        let pace =
            having.count == 1 || serial >= having.count
            ? "" : serial == 1 ? ", one after the other" : ", \(serial) at a time"
        let rest = without == 0 ? "" : " (\(HostList.count(without)) without it)"
        let title = verb.rawValue.prefix(1).uppercased() + verb.rawValue.dropFirst()
        return try await plan.isAgreed("\(title) \(service) on \(names)\(pace)\(rest)")
    }

    private func carryOut(_ targets: [Target], _ live: LiveRun, _ plan: HostRun) async -> [HostResult] {
        let (verb, service, redactor) = (verb, service, plan.redactor)
        return await live.results(targets, keeping: true) { target, remote in
            let view = ServiceView(host: target.name, remote: remote, redactor: redactor)
            return await ServiceVerbHost(verb: verb, service: service, view: view).run()
        }
    }
}
