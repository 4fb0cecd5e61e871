package import Document
import HostSide
import Supervision
import Text

/// `service`, and `restart` and `reload`, which are short for it: a service is on the host as it is defined, and as it is
/// to be.
package struct ServiceTask: TaskBody {
    /// The kinds of tasks that read services/*.yml.
    package static let kinds = ["service", "restart", "reload"]

    static let kind = TaskKind(
        "service",
        "A service of the project is defined on the host and runs as its definition says; what was born with another one "
            + "is restarted. Or a unit that Baton did not define runs, or does not.",
        short: "name",
        keys: subject + [
            TaskKey(
                "state",
                .choice(states),
                usual: "started",
                "`started` restarts what its definition has changed for; `restarted` all of it, each time; `reloaded` reloads "
                    + "what runs and starts what does not; `absent` stops it and takes its files away."
            ),
            TaskKey(
                "enabled",
                .flag,
                usual: "as `start_on` says; of a unit, as it is",
                "Whether it starts with the host."
            ),
        ],
        check: { arguments, diagnostics in
            checkSubject("service", arguments, &diagnostics)
            if arguments["state"].isConstantly("absent") {
                diagnostics.refuse(arguments["unit"], "cannot be absent: Baton did not put it there")
                diagnostics.refuse(arguments["enabled"], "says nothing where \"state\" is absent")
            }
        },
        body: { ServiceTask(arguments: $0) }
    )

    static let restart = short("restart", "restarted", "A service or a unit is restarted, each time.")
    static let reload = short(
        "reload",
        "reloaded",
        "A service or a unit loads its configuration again; what does not run is started."
    )

    private static let states = ["started", "stopped", "restarted", "reloaded", "absent"]
    private static let subject = [
        TaskKey("name", .text, "A service of the project, as `services/*.yml` names it."),
        TaskKey(
            "unit",
            .text,
            "Or what the host's supervisor knows by this name: a unit of systemd, a program of supervisord, a job of "
                + "Upstart, a directory of runit."
        ),
        TaskKey(
            "supervisor",
            .choice(Supervisor.supervising.map(\.rawValue)),
            usual: "what the host has",
            "Of a `unit`: whose it is."
        ),
    ]

    private static func short(_ name: String, _ state: String, _ help: String) -> TaskKind {
        TaskKind(
            name,
            help + " The same as `service` with `state: \(state)`.",
            short: "name",
            keys: subject,
            check: { arguments, diagnostics in checkSubject(name, arguments, &diagnostics) },
            body: { ServiceTask(arguments: $0, state: state) }
        )
    }

    private static func checkSubject(_ kind: String, _ arguments: Arguments, _ diagnostics: inout Diagnostics) {
        diagnostics.requireOne(of: ["name", "unit"], in: arguments, of: kind)
        if arguments["unit"] == nil {
            diagnostics.refuse(arguments["supervisor"], "is for \"unit\": a service says itself whose it is")
        }
        if let unit = arguments["unit"], let text = unit.constantText, let problem = UnitName.problem(with: text) {
            diagnostics.add(.unusable(unit, problem))
        }
    }

    let arguments: Arguments
    var state: String?

    package func work(for resolver: inout TaskResolver) throws(DocumentError) -> any Work {
        let chosen = try resolver.choice(arguments["state"], ServiceTask.states)
        let state = self.state ?? chosen ?? "started"
        let enabled = try resolver.reading(arguments["enabled"])?.flag()
        if let argument = arguments["unit"] {
            let name = try resolver.needed(try resolver.text(argument), argument)
            if let problem = UnitName.problem(with: name) { throw DocumentError(.unusable(argument, problem)) }
            let supervisor = try resolver.choice(
                arguments["supervisor"],
                Supervisor.supervising.map(\.rawValue)
            )
            guard let wanted = WantedState(rawValue: state) else {
                throw DocumentError(.unusable(argument, "what Baton did not put there cannot be absent"))
            }
            let subject = ServiceSubject.unit(name, supervisor.flatMap { Supervisor(rawValue: $0) })
            return UnitWork(look: ServiceLook(subject), state: wanted, isEnabled: enabled)
        }
        let argument = arguments["name"]
        let name = try resolver.needed(try resolver.text(argument), argument)
        guard let wanted = WantedState(rawValue: state) else {
            if let argument, let problem = ServiceName.problem(with: name) {
                throw DocumentError(.unusable(argument, problem))
            }
            return ServiceRemovalWork(look: ServiceLook(.service(name)))
        }
        guard let argument, let declaration = resolver.contents.catalog?.services[name] else {
            throw DocumentError(.unknownService(name, argument, resolver.contents.catalog))
        }
        var definition = try resolver.service(declaration)
        if let enabled {
            if enabled, definition.supervisor == .named(.alone) {
                let why = "without a supervisor nothing starts \(name) with the host"
                throw DocumentError(.unusable(arguments["enabled"] ?? argument, why))
            }
            definition.startsAtBoot = enabled
        }
        return try ServiceWork(definition, wanted)
    }

    package func checkFiles(_ contents: Contents, _ diagnostics: inout Diagnostics) {
        guard let argument = arguments["name"], let name = argument.constantText,
            contents.catalog?.services[name] == nil, !arguments["state"].isConstantly("absent")
        else { return }
        diagnostics.add(.unknownService(name, argument, contents.catalog))
    }
}

/// What supervisors may call something that Baton did not define: it becomes a word of their commands.
enum UnitName {
    static func problem(with name: String) -> String? {
        let isGood =
            (1...255).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: "-") && !name.contains("..")
            && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
                    || "-_.@:\\".utf8.contains(byte)
            }
        return isGood ? nil : "letters, digits, \"-\", \"_\", \".\", \"@\", \":\" and \"\\\" make the name of a unit"
    }
}

extension Diagnostic {
    fileprivate static func unusable(_ argument: Argument, _ why: String) -> Diagnostic {
        Diagnostic(
            "\(Printable.quoted(argument.key)) cannot be used",
            in: argument.origin.source,
            at: argument.origin.position,
            hint: why
        )
    }

    fileprivate static func unknownService(
        _ name: String,
        _ argument: Argument?,
        _ catalog: ServiceCatalog?
    ) -> Diagnostic {
        let names = (catalog?.services.keys).map { $0.sorted() } ?? []
        let known =
            names.isEmpty ? "services are declared in services/*.yml" : "there are " + names.joined(separator: ", ")
        let origin = argument?.origin ?? RunScope.origin
        return Diagnostic(
            "the project has no service \(Printable.quoted(name))",
            in: origin.source,
            at: origin.position,
            hint: Nearness.hint(for: name, among: names) ?? known + "; \"unit\" names what Baton did not define"
        )
    }
}
