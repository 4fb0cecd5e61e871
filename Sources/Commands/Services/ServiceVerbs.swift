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
                is touched. A host goes on by itself if the connection breaks. Exit code 4 says that the service \
                is down somewhere, 3 that something failed and it runs all the same.
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
        let name = try checked(parsed[service])
        if !parsed[DeployCommand.yes], context.ask == nil {
            throw CommandError(
                "\(verb.rawValue) asks before it changes anything, and there is no terminal to ask on",
                hint: "-y goes on without asking; baton status shows what there is"
            )
        }
        let plan = try await HostRun(verb.rawValue, parsed, context)
        let interrupts = try Interrupts(context)
        let live = try await LiveRun(plan, shows: .stream, detail: plan.isVerbose ? .everything : .hosts, interrupts)
        let job = ServiceVerbJob(
            verb: verb,
            service: name,
            serial: parsed[serial] ?? (verb == .start ? Int.max : 1),
            plan: plan,
            live: live
        )
        return try await job.run(asking: !parsed[DeployCommand.yes])
    }
}

/// A verb on its way over the hosts.
struct ServiceVerbJob {
    let verb: ServiceVerb
    let service: String
    let serial: Int
    let plan: HostRun
    let live: LiveRun

    func run(asking: Bool) async throws(CommandError) -> Events.ExitCode {
        let (having, lacking) = await look()
        var results = lacking
        // A host of the inventory that never had it is no failure; that none has it is one.
        let others = lacking.filter { $0.problem?.kind == "no_service" }
        if !having.isEmpty { results.removeAll { $0.problem?.kind == "no_service" } }
        for result in results { await live.fleet.emit(.hostFinished(result), host: result.host) }
        if having.isEmpty || live.isInterrupted { return await finish(results) }
        if asking, !(try await isAgreed(having, without: others.count)) {
            _ = await live.conclude([])
            await plan.vault.close()
            plan.context.stderr.write("nothing was changed\n")
            return .done
        }
        var begun = 0
        while begun < having.count {
            let some = having[begun..<min(having.count, begun + min(serial, having.count))]
            begun += some.count
            let done = await carryOut(Array(some))
            results += done
            if done.contains(where: { $0.status != .ok && $0.status != .changed }) { break }
        }
        for target in having[begun...] {
            let result = HostResult(host: target.name, status: .untouched, touched: false)
            await live.fleet.emit(.hostFinished(result), host: target.name)
            results.append(result)
        }
        return await finish(results)
    }

    private func finish(_ results: [HostResult]) async -> Events.ExitCode {
        let byName = Dictionary(results.map { ($0.host, $0) }, uniquingKeysWith: { first, _ in first })
        let ordered = live.targets.compactMap { byName[$0.name] }
        return await live.finish(ordered, .services) { ServiceText($1, $2).render($0) }
    }

    /// Which hosts have it, and what is to be said of the others.
    private func look() async -> (having: [Target], others: [HostResult]) {
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

    private func isAgreed(_ having: [Target], without: Int) async throws(CommandError) -> Bool {
        guard let ask = plan.context.ask else { return false }
        let names = HostList.short(having.map(\.name))
        let pace =
            having.count == 1 || serial >= having.count
            ? "" : serial == 1 ? ", one after the other" : ", \(serial) at a time"
        let rest = without == 0 ? "" : " (\(HostList.count(without)) without it)"
        let title = verb.rawValue.prefix(1).uppercased() + verb.rawValue.dropFirst()
        plan.context.stderr.flush()
        switch ask("\(title) \(service) on \(names)\(pace)\(rest)? Type yes or no: ") {
        case .answer(let word): return ["y", "yes"].contains(word.lowercased())
        case .nothing: return false
        case .interrupted:
            await live.fleet.close()
            await plan.vault.close()
            throw CommandError("interrupted: nothing was changed", exit: .interrupted)
        }
    }

    private func carryOut(_ targets: [Target]) async -> [HostResult] {
        let (verb, service, redactor, fleet) = (verb, service, plan.redactor, live.fleet)
        let outcomes = await fleet.run(targets, keeping: true) { target, remote in
            let host = ServiceVerbHost(
                verb: verb,
                service: service,
                view: ServiceView(host: target.name, remote: remote, redactor: redactor)
            )
            let result = await host.run()
            await fleet.emit(.hostFinished(result), host: target.name)
            return result
        }
        var results: [HostResult] = []
        for (target, outcome) in zip(targets, outcomes) {
            let result = HostResult(target.name, outcome)
            if case .done = outcome {} else { await fleet.emit(.hostFinished(result), host: target.name) }
            results.append(result)
        }
        return results
    }
}
