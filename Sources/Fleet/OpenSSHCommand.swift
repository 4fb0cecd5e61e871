import ClientConfig
import Inventory
import SSH

/// The command line for OpenSSH's own client: what the inventory and the command line say; the configuration files it reads
/// itself.
struct OpenSSHCommand {
    private let way: Way
    private let defaults: Access.Defaults
    private let target: Target

    init(_ way: Way, _ defaults: Access.Defaults, _ target: Target) {
        self.way = way
        self.defaults = defaults
        self.target = target
    }

    var program: LocalProgram { LocalProgram(["ssh"] + options, environment: defaults.environment) }

    private var options: [String] {
        var options: [String] = []
        func set(_ name: String, _ value: String) { options += ["-o", "\(name)=\(value)"] }
        // Of several words on a matter ssh takes the first: what must hold stands before what others say.
        set("BatchMode", "yes")
        set("StrictHostKeyChecking", target.acceptsNewHostKey ? "accept-new" : "yes")
        set("ConnectTimeout", "\(max(1, Int(target.timeouts.connect.components.seconds)))")
        set("ServerAliveInterval", "\(max(1, Int(target.timeouts.heartbeat.components.seconds)))")
        set("ServerAliveCountMax", "\(target.timeouts.missedHeartbeats)")
        set("ControlPersist", "no")
        set("ForwardAgent", "no")
        set("ClearAllForwardings", "yes")
        // ssh resolves all of this again; said here it is what Baton found and showed.
        let settings = way.settings
        set("HostName", settings.hostName)
        set("Port", "\(settings.port)")
        set("User", way.user)
        if let alias = settings.hostKeyAlias { set("HostKeyAlias", alias) }
        set("UserKnownHostsFile", Self.quoted(settings.userKnownHostsFiles))
        for key in way.namedKeys {
            set("IdentityFile", Self.quoted([key.hasPrefix("~/") ? defaults.home + key.dropFirst() : key]))
        }
        if !settings.identityFilesAreDefaults {
            for key in settings.identityFiles { set("IdentityFile", Self.quoted([key])) }
        }
        for file in settings.certificateFiles { set("CertificateFile", Self.quoted([file])) }
        if let hops = settings.proxyJump { set("ProxyJump", WayFinder.text(hops)) }
        if case .only(let file) = defaults.configFiles { options += ["-F", file] }
        return options + (way.connection?.sshArguments.flatMap(\.words) ?? [])
    }

    /// Paths as ssh's own words: in quotes, and with its tokens taken literally.
    private static func quoted(_ paths: [String]) -> String {
        paths.map { path in
            let escaped = path.flatMap { character -> [Character] in
                switch character {
                case "%": ["%", "%"]
                case "\"", "\\": ["\\", character]
                default: [character]
                }
            }
            return "\"\(String(escaped))\""
        }.joined(separator: " ")
    }
}
