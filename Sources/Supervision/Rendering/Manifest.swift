/// What a host keeps about a service, so that it can be started, stopped and taken away without the project: `service`, a
/// line for each thing that the verbs need.
extension ServiceDefinition {
    /// Adds the manifest, and for each instance the sum of what its process is born with. Where there is one already it is
    /// replaced last: until then the old one names what is there. That of a new service comes first.
    func addManifest(to rendering: inout Rendering, births: [[String]]) {
        let supervisor = rendering.supervisor.supervisor
        let own = postStop.flatMap { supervisor.runsPostStop ? postStopLine($0, &rendering) : nil }
        for (instance, birth) in zip(instances, births) {
            rendering.files.append(
                Rendering.File(
                    path: "\(folder)/born-\(instance.number)",
                    mode: 0o600,
                    owner: .root,
                    content: Birth.sum(birth) + "\n",
                    isSecret: true,
                    isBirth: true
                )
            )
        }
        rendering.manifest = "\(folder)/service"
        rendering.add(rendering.manifest, manifest(rendering, postStop: own))
    }

    private func manifest(_ rendering: Rendering, postStop: String?) -> String {
        let supervisor = rendering.supervisor.supervisor
        var lines = [
            "service \(name)", "supervisor \(supervisor.rawValue)", "whole \(rendering.whole)",
            "user \(user)", "start_seconds \(startSeconds)", "stop_seconds \(stopSeconds)",
            "reload_signal \(reloadSignal.name)", "boot \(startsAtBoot ? "yes" : "no")",
        ]
        if supervisor == .alone { lines += Alone.manifest(self) }
        if let postStop { lines += ["post_stop \(postStop)", "post_stop_in \(commonDirectory ?? "/")"] }
        for (member, instance) in zip(rendering.members, instances) {
            lines.append("member \(member)")
            // Only its user reads that one: the way to it is not root's.
            if case .home = logs { lines.append("log_of_user \(HomeLog.path(self))") }
            if let file = instance.logFile { lines.append("log \(file)") }
        }
        // Logs that the service writes stay when it goes, and so do directories that others may use.
        let files = rendering.files.filter { !$0.isKept }.map(\.path)
        lines += files.map { "file \($0)" } + rendering.links.map { "link \($0.path)" }
        lines += rendering.directories.map(\.path).filter { directory in
            directory != folder && !Self.shared.contains(directory) && place?.hasPrefix(directory) != true
                && files.contains { $0.hasPrefix(directory + "/") }
        }.map { "directory \($0)" }
        return "# \(Rendering.mark)\n" + lines.map { $0 + "\n" }.joined()
    }

    private static let shared: Set<String> = ["/etc/baton", "/etc/baton/services"]

    // A line of the manifest has no room for a line end; what has one is a file that the line reads.
    private func postStopLine(_ line: String, _ rendering: inout Rendering) -> String {
        if line.utf8.count <= 2000, line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { return line }
        let path = "\(folder)/post-stop"
        rendering.add(path, "# \(Rendering.mark)\n\(line)\n")
        return ". \(path)"
    }
}

extension Supervisor {
    /// Has no way of its own to run something once all instances have stopped.
    fileprivate var runsPostStop: Bool { self == .supervisord || self == .runit || self == .alone }
}
