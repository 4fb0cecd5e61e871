import Shell

/// Everything that a process of an instance is born with and keeps until it ends: what needs a restart to take effect. The
/// sum lies on the host in `born-N` and is written only when it changes, so that a process older than that file is due for
/// a restart, whoever was interrupted in between.
enum Birth {
    /// Fields cannot run into each other.
    static func sum(_ fields: [String]) -> String {
        Checksum.sha256(fields.flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) })
    }
}

extension ServiceDefinition {
    /// What it reads when it starts.
    var birthOfFiles: [String] {
        files.flatMap { ["file \($0.path)", $0.content] }
    }

    /// What an instance is born with wherever it runs. Not how it is stopped, restarted and described: supervisors take
    /// that up while it runs, but for those that say otherwise.
    func birth(of instance: ServiceInstance) -> [String] {
        func list(_ name: String, _ items: [String]) -> [String] { [name, String(items.count)] + items }
        func variables(_ name: String, _ variables: [EnvironmentVariable]) -> [String] {
            list(name, variables.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" })
        }
        var fields = list("command", instance.words) + ["directory", instance.directory]
        fields += ["user", user, "group", group ?? ""]
        fields += list("environment files", environmentFiles)
        fields += variables("environment", instance.environment) + variables("secrets", instance.secrets)
        fields += list("limits", limits.map { "\($0.resource.rawValue) \($0.value.map(String.init) ?? "unlimited")" })
        fields += list("runtime directories", runtimeDirectories)
        switch logs {
        case .usual: fields.append("logs")
        case .journal: fields.append("journal")
        case .syslog: fields.append("syslog")
        case .file: fields.append("log \(instance.logFile ?? "")")
        }
        return fields
    }
}
