internal import CPrograms
package import HostSide
internal import Shell
package import Supervision
internal import Text

/// One look at what a service is before it is handed over: what runs, who supervises it, what would start itself again,
/// and, where the new release lies on the host already, what that release's own check says.
package struct HandoverLook: Hashable, Sendable {
    /// The new release's check of its configuration: its code, its interpreter, as the service's user.
    package struct Trial: Hashable, Sendable {
        /// Where the new release lies: `ROOT/releases/ID`, before `current` names it.
        package var tree: String
        /// How long the check may take; it loads the application. Nil: nothing is run.
        package var seconds: Int?

        package init(tree: String, seconds: Int? = 60) {
            self.tree = tree
            self.seconds = seconds
        }
    }

    package var service: String
    package var pidFile: String?
    package var user: String
    /// ROOT of its release.
    package var root: String?
    /// Its unit of systemd, for where nothing runs.
    package var unit: String?
    /// As its definition has it, through ROOT/current.
    package var command: [String]
    package var environment: [EnvironmentVariable]
    /// Whom its supervisor takes for its main processes.
    package var mains: [Int] = []
    package var trial: Trial?

    package init(_ service: ServiceDefinition, instance: Int = 0) {
        let instance = service.instances[min(instance, service.instances.count - 1)]
        self.service = service.name
        pidFile = service.handover.pidfile
        user = service.user
        root = service.root
        command = instance.command
        environment = instance.environment + instance.secrets
    }

    /// For a service that Baton does not define.
    package init(_ service: String, user: String, command: [String]) {
        self.service = service
        self.user = user
        self.command = command
        environment = []
    }

    package var look: Look { .script(script) }

    /// The words of the command with ROOT/current replaced by the new release.
    package var newCommand: [String] {
        guard let root, let trial else { return command }
        return command.map { word in
            word == "\(root)/current" || word.hasPrefix("\(root)/current/")
                ? trial.tree + word.dropFirst(root.count + "/current".count) : word
        }
    }

    package var script: HostScript {
        let variables = environment.map { "\"$1\" \(Quoting.word($0.name)) \(Quoting.word($0.value))\n" }.joined()
        let text = """
            b_pf_words() { "$@" \(Quoting.line(command)); }
            b_pf_try() { "$@" \(Quoting.line(newCommand)); }
            b_pf_variables() {
            \(variables):
            }

            """
        var call = ["baton_preflight", pidFile ?? "", user, root ?? "", trial?.tree ?? "", unit ?? ""]
        call.append(trial?.seconds.map(String.init) ?? "")
        return HostScript(
            libraries: Self.libraries,
            parts: [.state, .age, .limit],
            text: text,
            call: call + mains.map(String.init)
        )
    }

    private static var libraries: [ScriptLibrary] {
        [
            ("seams", baton_handover_seams_sh()), ("process", baton_handover_process_sh()),
            ("preflight", baton_handover_preflight_sh()), ("preflight process", baton_handover_preflight_process_sh()),
            ("preflight around", baton_handover_preflight_around_sh()),
            ("preflight server", baton_handover_preflight_server_sh()),
            ("preflight trial", baton_handover_preflight_trial_sh()),
        ].map { name, file in
            let bytes = UnsafeRawBufferPointer(start: file.bytes, count: file.count)
            return ScriptLibrary("handover \(name)", source: String(decoding: bytes, as: UTF8.self))
        }
    }

    /// What the host answered, read without believing it.
    package func read(_ sighting: Sighting?) throws(HandoverLookError) -> HandoverSighting {
        guard case .script(let status, let stdout, let stderr)? = sighting else {
            if case .failed(let why)? = sighting { throw HandoverLookError(description: why) }
            throw HandoverLookError(description: "\(Printable.quoted(service)) was not looked at before its handover")
        }
        guard status == 0 else {
            let said = Printable.sentence(stderr, limit: 500)
            throw HandoverLookError(
                description: said.isEmpty
                    ? "the look at \(Printable.quoted(service)) before its handover ended with \(status)" : said
            )
        }
        return try HandoverSighting.read(stdout)
    }
}

package struct HandoverLookError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}
