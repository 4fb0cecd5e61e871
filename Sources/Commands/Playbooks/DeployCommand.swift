import Arguments
import Events
import Fleet
import Inventory
import Report
import Run
import SSH

/// `baton deploy`: carries a playbook out.
enum DeployCommand {
    static let yes = Option.flag("-y", "--yes", help: "Do not ask.")
    static let check = Option.flag("-C", "--check", help: "Change nothing: the same as plan.")
    static let diff = Option.flag("-D", "--diff", help: "Show what changes in files.")
    static let planFile = Option.optional(
        "--plan",
        as: .path(.file, named: "FILE"),
        help: "Do what this plan says, and nothing if a host is no longer as it was then."
    )

    static let declaration = CommandDeclaration(
        name: "deploy",
        abstract: "Carry out a playbook.",
        discussion: """
            Shows the plan, asks, and does what it has shown. With -y it goes on without asking; without a terminal that \
            is needed. A failing task ends its host, the others go on. What is done is done: to go on after a failure \
            or an interruption, run it again. Ctrl-C lets running tasks end and starts nothing more; a second one ends them.
            """,
        examples: [
            .init("baton deploy playbooks/web.yml", "Look at the plan, then say yes."),
            .init("baton deploy playbooks/web.yml -y -l web1 -e version=2.4.1", "In CI, on one host."),
            .init("baton deploy playbooks/web.yml -y --plan plan.json", "What was reviewed, or nothing."),
            .init("baton deploy playbooks/web.yml -C -D", "As Ansible's hands expect it."),
        ],
        options: CommonOptions.connecting + PlaybookOptions.selecting + [yes, check, diff, planFile],
        operands: [PlaybookOptions.playbook]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        if !parsed[yes], !parsed[check], context.ask == nil {
            throw CommandError(
                "deploy asks before it changes anything, and there is no terminal to ask on",
                hint: "-y goes on without asking; baton plan shows what it would do"
            )
        }
        let interrupts = try Interrupts(context)
        let job = try await PlaybookJob(
            parsed,
            context,
            interrupts,
            toChange: !parsed[check],
            asksNobody: parsed[yes] && !parsed[check] && parsed[planFile] == nil
        )
        var expected: [String: String]?
        if let path = parsed[planFile] {
            expected = try PlanFile.digests(
                context.path(path),
                shown: path,
                of: job.file.name(below: job.chosen.project.root),
                for: job.hosts.map(\.name)
            )
        }
        let plan = try await HostRun("deploy", job.chosen, job.hosts)
        if parsed[check] {
            let detail: Progress.Detail = plan.isVerbose ? .everything : .little
            let live = try await LiveRun(plan, shows: .stream, detail: detail, interrupts)
            let options = RunOptions(changes: false, wantsDiffs: parsed[diff], expectedDigests: expected)
            let result = await live.conclude(await job.pass(options, live).results, .plan(signalsChanges: false))
            await plan.vault.close()
            live.show(result, isPlan: true, job.render(isPlan: true))
            return result.exit
        }
        return try await Deployment(job, plan, interrupts, wantsDiffs: parsed[diff])
            .run(asking: !parsed[yes], expected)
    }
}

/// A playbook on its way: looked at first where somebody is asked, then carried out.
private struct Deployment {
    let job: PlaybookJob
    var plan: HostRun
    let interrupts: Interrupts
    let wantsDiffs: Bool

    init(_ job: PlaybookJob, _ plan: HostRun, _ interrupts: Interrupts, wantsDiffs: Bool) {
        self.job = job
        self.plan = plan
        self.interrupts = interrupts
        self.wantsDiffs = wantsDiffs
    }

    func run(asking: Bool, _ expected: [String: String]?) async throws(CommandError) -> Events.ExitCode {
        guard asking else { return try await carryOut(plan, expected, besides: []) }
        let live = try await LiveRun(plan, shows: .nobody, detail: .little, interrupts)
        let options = RunOptions(changes: false, wantsDiffs: true, expectedDigests: expected)
        let results = await job.pass(options, live).results
        let result = await live.conclude(results, .plan(signalsChanges: false))
        let isWorthAsking = results.contains { $0.digest != nil && $0.hasSomethingToDo }
        if result.exit == .interrupted || result.exit == .refused || !isWorthAsking {
            await plan.vault.close()
            live.show(result, isPlan: true, job.render(isPlan: true))
            return result.exit
        }
        showPlan(results)
        let ready = Dictionary(
            results.compactMap { result in result.digest.map { (result.host, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        guard try await isAgreed(results, ready.count) else {
            await plan.vault.close()
            plan.context.stderr.write("nothing was changed\n")
            return .done
        }
        var agreed = plan
        // What could not be planned is not carried out either.
        agreed.targets = live.targets.filter { ready[$0.name] != nil }
        return try await carryOut(agreed, expected ?? ready, besides: results.filter { $0.digest == nil })
    }

    /// On stderr: stdout belongs to what comes of it.
    private func showPlan(_ results: [HostResult]) {
        let context = plan.context
        context.stderr.write(
            job.render(isPlan: true)(results, Style(isColoured: context.isColoured(context.stderr)), plan.redactor)
        )
        context.stderr.flush()
    }

    private func isAgreed(_ results: [HostResult], _ ready: Int) async throws(CommandError) -> Bool {
        let left = results.count - ready
        let without = left > 0 ? ", without the \(HostList.count(left)) that cannot be planned" : ""
        return try await plan.isAgreed("Do this on \(HostList.count(ready))\(without)")
    }

    private func carryOut(
        _ plan: HostRun,
        _ expected: [String: String]?,
        besides others: [HostResult]
    ) async throws(CommandError) -> Events.ExitCode {
        let live = try await LiveRun(plan, shows: .stream, detail: plan.isVerbose ? .everything : .hosts, interrupts)
        let options = RunOptions(changes: true, wantsDiffs: wantsDiffs, expectedDigests: expected)
        let report = await job.pass(options, live)
        return await live.finish(inOrder(report.results + others), .work, report.settled, job.render(isPlan: false))
    }

    private func inOrder(_ results: [HostResult]) -> [HostResult] {
        let byName = Dictionary(results.map { ($0.host, $0) }, uniquingKeysWith: { first, _ in first })
        return job.hosts.compactMap { byName[$0.name] }
    }
}

extension HostResult {
    fileprivate var hasSomethingToDo: Bool {
        status == .changed
            || tasks?.contains { $0.status == .changed || $0.status == .unknown || $0.isCarriedOut } == true
    }
}
