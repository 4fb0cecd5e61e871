import Document

/// A log in the directory of the service's own user. Everything about it is done as that user: opening, and rotation too.
enum HomeLog {
    static let folder = ".baton"

    /// Where it is, as a shell and logrotate understand it: only the host knows the home.
    static func path(_ service: ServiceDefinition) -> String { "~\(service.user)/\(folder)/\(service.name).log" }

    /// The lines of a shell that runs as the user: from there on everything goes to the log.
    static func lines(_ service: ServiceDefinition) -> [String] {
        guard case .home = service.logs else { return [] }
        let path = path(service)
        return [
            "(umask 077 && mkdir -p ~\(service.user)/\(folder) && : >>\(path)) || exit 1", "exec >>\(path) 2>&1",
        ]
    }

    static func addRotation(to rendering: inout Rendering, _ service: ServiceDefinition) {
        guard case .home(let rotation) = service.logs else { return }
        rendering.add(
            "/etc/logrotate.d/baton-\(service.name)",
            """
            # \(Rendering.mark)
            \(path(service)) {
                su \(service.user) \(service.group ?? service.user)
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
