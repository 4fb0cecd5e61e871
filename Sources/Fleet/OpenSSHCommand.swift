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
        if let connection = way.connection {
            if let port = connection.port { set("Port", "\(port)") }
            if let jump = connection.jump { set("ProxyJump", jump) }
        }
        if defaults.isUserGiven || way.connection?.user != nil { set("User", target.user) }
        for key in way.namedKeys {
            set("IdentityFile", key.hasPrefix("~/") ? defaults.home + key.dropFirst() : key)
        }
        if case .only(let file) = defaults.configFiles { options += ["-F", file] }
        return options + (way.connection?.sshArguments.flatMap(\.words) ?? [])
    }
}
