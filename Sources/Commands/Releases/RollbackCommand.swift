import Arguments
import Events
import Fleet
import HostSide
import Report
import Run
import SSH
import Shell
import Supervision
import Text

/// `baton rollback`: a release goes back, on all hosts, with nothing at hand but the inventory.
enum RollbackCommand {
    static let release = Operand.required(
        as: .text("RELEASE"),
        help: "The release, as it is called on the hosts, or the path of its root."
    )
    static let to = Option.optional(
        "--to",
        as: .text("ID"),
        help: "Go to this release, or to the newest with this version."
    )
    static let each = Option.flag("--each", help: "Each host goes where its own records say, also where that differs.")
    static let takeOver = Option.flag(
        "--take-over",
        help: "Also where another run holds the release: it can change nothing then."
    )
    static let serial = Option.value(
        "--serial",
        as: .wholeNumber(in: 1...10_000, named: "N"),
        default: 1,
        help: "So many hosts at a time; what fails stops the rest."
    )

    static let declaration = CommandDeclaration(
        name: "rollback",
        abstract: "Take a release back to the one before, on all hosts.",
        discussion: """
            Looks at all hosts, says where each would go, asks, and goes through them. All it needs is on the hosts: neither \
            project nor version. A host goes back to its newest good release other than the one it came to last, with its \
            services as they were defined then, by a takeover without a lost request where that can be. It is asked how \
            it is before the next one begins. The release that is left becomes bad. Where hosts would go to different \
            releases, they are shown, and --each or --to says which. A host that fails stays where it ended, and no other \
            is begun.
            """,
        examples: [
            .init("baton rollback shop -i inventories/production.yml -b", "At three in the morning."),
            .init("baton rollback shop -i inventories/production.yml -b -y --take-over", "Whoever is at work there."),
            .init("baton rollback /srv/shop --to 2.4.0 -l web1 -b", "One host, to this version."),
        ],
        options: CommonOptions.connecting + [to, each, serial, takeOver, DeployCommand.yes],
        operands: [release]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        let subject = try ReleaseWord.subject(parsed[release])
        if parsed[each], parsed[to] != nil { throw CommandError("--each and --to exclude each other") }
        if !parsed[DeployCommand.yes], context.ask == nil {
            throw CommandError(
                "rollback asks before it changes anything, and there is no terminal to ask on",
                hint: "-y goes on without asking; baton status \(subject.text) shows what there is"
            )
        }
        var wish = RollbackWish()
        (wish.to, wish.isEach, wish.takesOver) = (parsed[to], parsed[each], parsed[takeOver])
        wish.serial = parsed[serial]
        let plan = try await HostRun("rollback", parsed, context)
        let scout = ReleaseScout(subject, as: .standard, plan.redactor)
        let run = RollbackRun(scout, wish, on: context.loop)
        let job = RollbackJob(subject: subject, run: run, plan: plan, interrupts: try Interrupts(context))
        if parsed[DeployCommand.yes] { return try await job.carryOut(plan, agreed: nil) }
        return try await job.askAndCarryOut()
    }
}

/// What a release is called on a command line.
enum ReleaseWord {
    static func subject(_ word: String) throws(CommandError) -> ReleaseScout.Subject {
        if word.hasPrefix("/") {
            do throws(ReleaseError) {
                return .path(try ReleaseRoot(path: word, user: "root"))
            } catch {
                throw CommandError(error.description)
            }
        }
        if let problem = ServiceName.problem(with: word) {
            throw CommandError("\(Printable.quoted(word)) cannot be the name of a release", hint: problem)
        }
        return .name(word)
    }
}

/// A rollback on its way: shown first where somebody is asked, then carried out.
private struct RollbackJob {
    let subject: ReleaseScout.Subject
    let run: RollbackRun
    let plan: HostRun
    let interrupts: Interrupts

    func askAndCarryOut() async throws(CommandError) -> Events.ExitCode {
        let live = try await LiveRun(plan, shows: .nobody, detail: .little, interrupts)
        let report = await run.plan(on: live.fleet, live.targets)
        let results = inOrder(report, live.targets)
        let result = await live.conclude(results, .plan(signalsChanges: false))
        if result.exit != .done || report.targets.isEmpty || report.table != nil {
            await plan.vault.close()
            try check(report)
            live.show(result, isPlan: true, render(isPlan: true))
            return result.exit
        }
        let style = Style(isColoured: plan.context.isColoured(plan.context.stderr))
        plan.context.stderr.write(render(isPlan: true)(results, style, plan.redactor))
        guard try await plan.isAgreed("Do this on \(HostList.count(report.targets.count))") else {
            await plan.vault.close()
            plan.context.stderr.write("nothing was changed\n")
            return .done
        }
        var agreed = plan
        agreed.targets = live.targets
        return try await carryOut(agreed, agreed: report.targets)
    }

    func carryOut(_ plan: HostRun, agreed: [String: ReleaseID]?) async throws(CommandError) -> Events.ExitCode {
        let detail: Progress.Detail = plan.isVerbose ? .everything : .hosts
        let live = try await LiveRun(plan, shows: .stream, detail: detail, interrupts)
        let report = await run.carryOut(on: live.fleet, live.targets, agreed: agreed)
        let results = inOrder(report, live.targets)
        if report.table != nil || results.isEmpty {
            _ = await live.conclude(results)
            await plan.vault.close()
            try check(report)
        }
        for result in results where !report.told.contains(result.host) {
            await live.fleet.emit(.hostFinished(result), host: result.host)
        }
        return await live.finish(results, .work, settled: report.settled, render(isPlan: false))
    }

    /// Hosts that do not have it are none of it.
    private func inOrder(_ report: RollbackReport, _ targets: [Target]) -> [HostResult] {
        targets.compactMap { target in
            if report.lacking.contains(target.name) { return nil }
            return report.results[target.name] ?? HostResult(host: target.name, status: .untouched, touched: false)
        }
    }

    /// What leaves nothing to be done.
    private func check(_ report: RollbackReport) throws(CommandError) {
        if let rows = report.table { throw CommandError(rendered: table(rows)) }
        if report.results.isEmpty {
            throw CommandError(
                "none of the hosts has a release \(Printable.quoted(subject.text))",
                hint: "-b becomes root, where root has deployed it; the path of its root leads there too",
                exit: .refused
            )
        }
    }

    private func table(_ rows: [RollbackReport.Row]) -> String {
        let width = rows.map { $0.host.count }.max() ?? 0
        let lines = rows.map { row in
            let name = row.host + String(repeating: " ", count: width - row.host.count)
            let now = row.current.map { "runs \($0) (\(row.state?.rawValue ?? "unknown"))" } ?? "runs no release"
            return "  \(name)  \(now), " + (row.target.map { "would go to \($0)" } ?? "has none to go back to")
        }
        let hint =
            rows.contains { $0.target == nil }
            ? "--to ID says where all go, and -l leaves hosts out"
            : "--each lets each go there, --to ID says where all go"
        return "baton: the hosts do not go back to the same release:\n\(lines.joined(separator: "\n"))\n  \(hint)\n"
    }

    private func render(isPlan: Bool) -> HostRun.Render {
        let isVerbose = plan.isVerbose
        return { results, style, redactor in
            PlaybookText(style, redactor, isPlan: isPlan, isVerbose: isVerbose).render(results)
        }
    }
}
