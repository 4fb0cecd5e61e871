/// OpenSSH's configuration of clients: read once, then asked for the settings of each host.
///
/// Nothing here reads a file, resolves a name or looks at the environment; all of that is brought in.
package struct ClientConfig: Sendable {
    /// The largest file that is read.
    package static let largestFile = 1 << 20

    let tree: ConfigTree
    let surroundings: ConfigSurroundings
    let defaults: Defaults

    /// Throws everything that is wrong with the files. As for ssh, a mistake in a block that is not for a host counts for it
    /// all the same.
    package init(
        _ files: ConfigFiles,
        surroundings: ConfigSurroundings,
        reader: ConfigReader
    ) throws(ConfigError) {
        var parser = ConfigParser(reader: reader, surroundings: surroundings)
        switch files {
        case .usual(let user, let system):
            parser.addRoot(user, isUsers: true, mustExist: false, mustBePrivate: true)
            parser.addRoot(system, isUsers: false, mustExist: false, mustBePrivate: false)
        case .only(let path): parser.addRoot(path, isUsers: true, mustExist: true, mustBePrivate: false)
        case .none: break
        }
        tree = try parser.finish()
        self.surroundings = surroundings
        defaults = Defaults(surroundings)
    }

    /// What counts for a host: what was given, then the files, the first word on each matter being the last.
    package func settings(for host: String, given: Given = Given()) throws(ConfigError) -> HostSettings {
        var resolution = Resolution(self, host: host)
        try resolution.take(given)
        try resolution.readFiles()
        let name = try resolution.hostName()
        if tree.asksForFinal {
            resolution.settle(name)
            try resolution.readFiles()
        }
        return try SettingsBuilder(resolution, hostName: name, surroundings, defaults).build()
    }
}

/// What holds where nothing is said.
struct Defaults: Sendable {
    let identityFiles: [String]
    let userKnownHostsFiles: [String]
    let globalKnownHostsFiles = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]

    init(_ surroundings: ConfigSurroundings) {
        let folder = surroundings.expandingTilde("~/.ssh/") ?? ""
        identityFiles = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"].map { folder + $0 }
        userKnownHostsFiles = ["known_hosts", "known_hosts2"].map { folder + $0 }
    }
}
