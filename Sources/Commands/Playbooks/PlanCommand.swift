import Arguments
import Events
import Fleet
import Inventory
import Reactor
import Report
import Run
import Text

/// `baton plan`: what a playbook would do. Reads the hosts and changes nothing.
enum PlanCommand {
    static let out = Option.optional(
        "--out",
        as: .path(.file, named: "FILE"),
        help: "Write the plan to this file, for `baton deploy --plan FILE`."
    )
    static let exitCode = Option.flag("--exit-code", help: "End with 9 if there are changes.")
    static let showScript = Option.optional(
        "--show-script",
        as: .text("HOST"),
        help: "Print the shell that would go to this host, and contact no other."
    )
    static let diff = Option.flag("-D", "--diff", help: "Show what would change in files; a plan does so anyway.")

    static let declaration = CommandDeclaration(
        name: "plan",
        abstract: "Show what a playbook would change.",
        discussion: """
            Looks at the hosts and changes nothing. Hosts on which the same would be done are shown once, with diffs of \
            files. Tasks whose part is known only when others have run are unknown. Secrets are shown nowhere.
            """,
        examples: [
            .init("baton plan playbooks/web.yml", "What there is to do."),
            .init("baton plan playbooks/web.yml -l web1 --show-script web1", "How exactly it is done."),
            .init("baton plan playbooks/web.yml --out plan.json", "For review; then: deploy --plan plan.json."),
        ],
        options: CommonOptions.connecting + PlaybookOptions.selecting + [diff, out, exitCode, showScript],
        operands: [PlaybookOptions.playbook]
    )

    static func run(_ parsed: Parsed, _ context: Context) async throws(CommandError) -> Events.ExitCode {
        if let path = parsed[out] {
            // Known before all hosts have been looked at for nothing.
            let full = context.path(path)
            let folder = full.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(full[..<$0]) } ?? "."
            if !Files.isDirectory(folder.isEmpty ? "/" : folder) {
                throw CommandError("the plan cannot be written: there is no directory \(Printable.quoted(folder))")
            }
        }
        let interrupts = try Interrupts(context)
        let job = try await PlaybookJob(parsed, context, interrupts, toChange: false)
        var hosts = job.hosts
        if let name = parsed[showScript] {
            if job.chosen.output != .text { throw CommandError("--show-script is text") }
            hosts = hosts.filter { $0.name == name }
            if hosts.isEmpty {
                throw CommandError("the playbook has nothing for a host named \(name.debugDescription)")
            }
        }
        let plan = try await HostRun("plan", job.chosen, hosts)
        let detail: Progress.Detail = plan.isVerbose ? .everything : .little
        let live = try await LiveRun(plan, shows: .stream, detail: detail, interrupts)
        let options = RunOptions(changes: false, wantsDiffs: true, keepsPrograms: parsed[showScript] != nil)
        let report = await job.pass(options, live)
        let result = await live.conclude(report.results, .plan(signalsChanges: parsed[exitCode]))
        await plan.vault.close()
        let render = parsed[showScript] == nil ? job.render(isPlan: true) : script(report)
        live.show(result, isPlan: true, render)
        if let path = parsed[out], result.exit != .interrupted {
            try PlanFile.write(
                result,
                playbook: job.file.name(below: job.chosen.project.root),
                at: LiveRun.now(),
                plan.redactor,
                to: context.path(path)
            )
        }
        return result.exit
    }

    /// The programs, each as it would be sent; they are read as shell, and not made safe for a terminal's sake.
    private static func script(_ report: RunReport) -> HostRun.Render {
        { results, style, redactor in
            let programs = report.hosts.flatMap(\.programs)
            if programs.isEmpty { return PlaybookText(style, redactor, isPlan: true, isVerbose: false).render(results) }
            return programs.map { program in
                let text = redactor.clean(program.text)
                return "### \(program.label)\n\(Screen.block(text))"
            }.joined(separator: "\n")
        }
    }
}
