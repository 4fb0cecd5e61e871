package import HostSide
internal import Shell

/// From one release to another with services that are restarted for it, as one program on the host: `current`, then service
/// after service, each seen to stay up and to answer, and all of it back where one does not. It goes on by itself whatever
/// becomes of the connection, and writes down how far it is: `ReleaseSighting.switching`.
package struct ReleaseSwitch: Sendable {
    /// One of the services, in their order.
    package struct Part: Sendable {
        package var change: ServiceChange
        /// What it is to answer as the new release.
        package var check: Check?
        /// So long it has for that.
        package var seconds: Int
        /// It did not run before: going back stops it.
        package var isFirst: Bool

        package init(_ change: ServiceChange, check: Check?, seconds: Int, isFirst: Bool) {
            (self.change, self.check, self.seconds, self.isFirst) = (change, check, seconds, isFirst)
        }
    }

    package var lease: Lease
    /// What `current` says before, to the letter, and what that is.
    package var from: String?
    package var before: ReleaseID?
    package var to: ReleaseID
    package var run: String
    /// By which what it writes down is known again: letters and digits.
    package var nonce: String
    /// It does not go back, whatever happens.
    package var isForward: Bool
    /// At least one.
    package var parts: [Part]

    package init(
        _ parts: [Part],
        from: String?,
        before: ReleaseID?,
        to: ReleaseID,
        under lease: Lease,
        run: String,
        nonce: String,
        isForward: Bool
    ) {
        (self.parts, self.from, self.before, self.to) = (parts, from, before, to)
        (self.lease, self.run, self.nonce, self.isForward) = (lease, run, nonce, isForward)
    }

    /// `text` is read behind the definitions: tests put other places and supervisors there.
    package func script(_ text: String = "") -> HostScript {
        var program = CarriedProgram()
        program.carryProcedures()
        program.carry(.switch)
        for library in ReleaseShell.flipping {
            program.carry(
                library.name.split(separator: " ").joined(separator: "_"),
                HostLibrary.code(of: library.source)
            )
        }
        program.carry("checks", HostLibrary.code(of: CheckProgram.library))
        var own = text
        for (number, part) in parts.enumerated() { own += Self.functions(part, number + 1) }
        let words = [
            lease.root.path, String(lease.epoch), lease.owner, from ?? "", before?.text ?? "", to.text, run, nonce,
            isForward ? "forward" : "back",
        ]
        return program.script(
            parts.first?.change.service ?? "",
            title: "switch",
            place: parts.first?.change.rendering.place,
            text: own,
            words: words + parts.flatMap { [$0.change.service, String($0.seconds)] },
            by: "baton_switching"
        )
    }

    /// In functions, as each service has a definition of its own.
    private static func functions(_ part: Part, _ number: Int) -> String {
        let name = part.change.service
        func procedure(_ title: String, _ call: [String]) -> String {
            "baton_procedure \"$b_run\" \(Quoting.line([name, title] + call))"
        }
        let place = Procedure.at(part.change.rendering.place)
        var text = "b_forth_\(number)() {\n\(place)\(part.change.definition)\(procedure("apply", part.change.call))\n}\n"
        text += "b_back_\(number)() {\n\(place)"
        if part.isFirst {
            // Where its definition was refused there is nothing to stop.
            text += "[ -e \"$b_etc\"/\(Quoting.word(name))/service ] || return 0\n"
            text += procedure("stop", ["baton_service_verb", "stop", name, "service", "", ""])
        } else {
            text += procedure("restart", ["baton_service_verb", "restart", name, "service", "", ""])
        }
        text += "\n}\nb_check_\(number)() {\n"
        return text + (part.check.map { CheckProgram.call(for: $0) } ?? ":\n") + "}\n"
    }
}
