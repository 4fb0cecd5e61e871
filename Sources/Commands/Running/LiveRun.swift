import CSystem
import Events
import Fleet
import Reactor
import Report
import SSH

/// A run that has begun: the fleet is there, hosts are trusted or not, interrupts are heard.
final class LiveRun {
    /// Who is told what happens, besides people.
    enum Audience {
        /// Whoever reads stdout, in the form that was asked for.
        case stream
        /// Nobody: what comes of it is looked at before the run that counts.
        case nobody
    }

    let fleet: Fleet
    /// As the run was given them, with the keys that were accepted.
    let targets: [Target]
    let name: String
    private let plan: HostRun
    private let began: Instant
    private let interrupts: Interrupts

    var isInterrupted: Bool { interrupts.count > 0 }

    /// Asks about host keys where that can be answered, and says that the run has started.
    init(
        _ plan: HostRun,
        shows audience: Audience,
        detail: Progress.Detail,
        _ interrupts: Interrupts
    ) async throws(CommandError) {
        let library: Library
        do throws(SSHError) {
            library = try Library()
        } catch {
            throw CommandError(error.description)
        }
        let context = plan.context
        self.plan = plan
        began = context.loop.now
        name = RunName.make(Self.now(), random: .random(in: 0...UInt32.max))
        let stream = Self.stream(plan, name, audience, detail)
        let fleet = Fleet(library, forks: plan.forks, events: stream, on: context.loop)
        self.fleet = fleet
        self.interrupts = interrupts
        interrupts.guide(fleet)
        for warning in plan.warnings { await fleet.emit(.warning(warning)) }
        switch await TrustQuestion(fleet: fleet, context: context).settle(plan.targets) {
        case .settled(let settled, let accepted):
            targets = settled
            if let problem = KnownHostsBook().remember(accepted) { await fleet.emit(.warning(problem)) }
        case .refused:
            interrupts.guide(nil)
            await fleet.close()
            await plan.vault.close()
            throw CommandError("nothing was done: the host keys are not trusted", exit: .unreachable)
        case .interrupted:
            interrupts.guide(nil)
            await fleet.close()
            await plan.vault.close()
            throw CommandError("interrupted: nothing was done", exit: .interrupted)
        }
        await fleet.emit(.runStarted(command: plan.name, hosts: targets.count))
    }

    static func now() -> Timestamp { Timestamp(nanosecondsSince1970: baton_wall_nanoseconds()) }

    private static func stream(
        _ plan: HostRun,
        _ run: String,
        _ audience: Audience,
        _ detail: Progress.Detail
    ) -> EventStream {
        let (stdout, stderr) = (plan.context.stdout, plan.context.stderr)
        let progress = Progress(
            plan.redactor,
            Style(isColoured: plan.context.isColoured(stderr)),
            isLive: stderr.isTerminal,
            detail: detail,
            columns: stderr.columns,
            stderr.write
        )
        var observers: [any EventObserver] = [progress]
        if audience == .stream, plan.output == .jsonl { observers.append(JSONLines(plan.redactor, stdout.write)) }
        return EventStream(run: run, clock: Self.now, observers: observers)
    }

    // MARK: Hosts

    /// A body on each of these hosts, and what became of each, told as it ends. `isTold` says which results are told.
    func results(
        _ targets: [Target],
        keeping: Bool = false,
        where isTold: @escaping @Sendable (HostResult) -> Bool = { _ in true },
        _ body: @escaping @Sendable (Target, SSHRemote) async -> HostResult
    ) async -> [HostResult] {
        let fleet = fleet
        let outcomes = await fleet.run(targets, keeping: keeping) { target, remote in
            let result = await body(target, remote)
            if isTold(result) { await fleet.emit(.hostFinished(result), host: target.name) }
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

    // MARK: The end

    /// What the run comes to, and the last event. The fleet is closed; the keys are not: another run may follow.
    func conclude(
        _ results: [HostResult],
        _ purpose: RunResult.Purpose = .work,
        _ settled: RunResult.Settled? = nil
    ) async -> RunResult {
        if let problem = KnownHostsBook().remember(await fleet.newHostKeys) { await fleet.emit(.warning(problem)) }
        let result = RunResult(
            run: name,
            command: plan.name,
            hosts: results,
            interrupted: isInterrupted,
            purpose: purpose,
            settled: settled
        )
        await fleet.emit(.runFinished(result))
        interrupts.guide(nil)
        await fleet.close()
        return result
    }

    /// Concludes, and shows everything in the form that was asked for.
    func finish(
        _ results: [HostResult],
        _ purpose: RunResult.Purpose = .work,
        _ settled: RunResult.Settled? = nil,
        _ render: HostRun.Render
    ) async -> Events.ExitCode {
        let result = await conclude(results, purpose, settled)
        await plan.vault.close()
        show(result, isPlan: false, render)
        return result.exit
    }

    func show(_ result: RunResult, isPlan: Bool, _ render: HostRun.Render) {
        let context = plan.context
        switch plan.output {
        case .jsonl: break
        case .json: context.stdout.write(result.json(plan.redactor).line + "\n")
        case .text:
            // The two streams are written side by side; people read them as one.
            context.stderr.flush()
            let style = Style(isColoured: context.isColoured(context.stdout))
            context.stdout.write(render(result.hosts, style, plan.redactor))
            context.stdout.flush()
        }
        let style = Style(isColoured: context.isColoured(context.stderr))
        let seconds = (context.loop.now - began).inSeconds
        context.stderr.write(Summary.text(result, style, seconds: seconds, isPlan: isPlan))
    }
}

extension HostResult {
    /// A host that a body has run on, or why none has.
    init(_ host: String, _ outcome: Fleet.Outcome<HostResult>) {
        switch outcome {
        case .done(let result): self = result
        case .untouched: self.init(host: host, status: .untouched, touched: false)
        case .unreachable(let error, let attempts):
            self.init(host: host, status: .unreachable, touched: false)
            let tries = attempts > 1 ? " (\(attempts) attempts)" : ""
            problem = .init(kind: error.kind.word, message: error.message + tries, hint: error.hint)
        }
    }
}
