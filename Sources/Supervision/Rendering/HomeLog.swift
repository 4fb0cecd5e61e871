import Document

/// A log in the directory of the service's own user. Everything about it is done as that user: opening, and rotation too.
/// logrotate wants that user's group by name, and only the host knows which one it is: so each start turns the log over by
/// itself, and logrotate comes in between where the service says its group.
enum HomeLog {
    static let folder = ".baton"

    /// Where it is, as a shell and logrotate understand it: only the host knows the home.
    static func path(_ service: ServiceDefinition) -> String { "~\(service.user)/\(folder)/\(service.name).log" }

    /// The lines of a shell that runs as the user: from there on everything goes to the log.
    static func lines(_ service: ServiceDefinition) -> [String] {
        guard case .home(let rotation) = service.logs else { return [] }
        let path = path(service)
        return [
            "(umask 077 && mkdir -p ~\(service.user)/\(folder) && : >>\(path)) || exit 1", turn(path, rotation),
            "exec >>\(path) 2>&1",
        ]
    }

    // Copied and emptied, as logrotate does it here: other instances have it open. A log that cannot be turned over is no
    // reason not to start. In a shell of its own, as its variables are none of the service's.
    private static func turn(_ path: String, _ rotation: Rotation) -> String {
        let older = "[ ! -f \"$log.$older\" ] || mv -f \"$log.$older\" \"$log.$number\""
        return "(umask 077; log=\(path); number=\(rotation.keep); "
            + "if [ -f \"$log\" ] && [ \"$(wc -c <\"$log\")\" -ge \(rotation.bytes) ]; then "
            + "while [ \"$number\" -gt 1 ]; do older=$((number - 1)); \(older); number=$older; done; "
            + "cp \"$log\" \"$log.1\" && : >\"$log\"; fi) || :"
    }

    static func addRotation(to rendering: inout Rendering, _ service: ServiceDefinition) {
        guard case .home(let rotation) = service.logs, let group = service.group else { return }
        rendering.add(
            "/etc/logrotate.d/baton-\(service.name)",
            """
            # \(Rendering.mark)
            \(path(service)) {
                su \(service.user) \(group)
                size \(rotation.bytes)
                rotate \(rotation.keep)
                missingok
                notifempty
                copytruncate
            }

            """
        )
    }

    static func refuse(_ service: ServiceDefinition, _ version: SupervisorVersion) throws(DocumentError) {
        guard case .home = service.logs else { return }
        let why = "logs in a user's own directory are there for systemd and supervisord"
        throw DocumentError(Diagnostics([service.problem("logs", service.cannot("logs", version, why))]))
    }
}
