import ClientConfig
import Inventory
import SSH
import Shell

/// The command line for OpenSSH's own client: what the inventory and the command line say, in front of what its
/// configuration files say, which it reads itself.
struct OpenSSHCommand {
    private let way: Way
    private let defaults: Access.Defaults
    private let acceptsNewKeys: (Way) -> Bool
    private let timeouts: Target.Timeouts

    init(_ way: Way, _ defaults: Access.Defaults, acceptsNewKeys: @escaping (Way) -> Bool, timeouts: Target.Timeouts) {
        self.way = way
        self.defaults = defaults
        self.acceptsNewKeys = acceptsNewKeys
        self.timeouts = timeouts
    }

    var program: LocalProgram { LocalProgram(["ssh"] + options(for: way), environment: defaults.environment) }

    /// What must hold whatever the configuration says. Of several words on a matter ssh takes the first.
    private func firmly(_ way: Way) -> [(String, String)] {
        [
            ("BatchMode", "yes"), ("StrictHostKeyChecking", acceptsNewKeys(way) ? "accept-new" : "yes"),
            ("NoHostAuthenticationForLocalhost", "no"), ("VerifyHostKeyDNS", "no"), ("PermitLocalCommand", "no"),
            ("RemoteCommand", "none"), ("RequestTTY", "no"), ("Tunnel", "no"), ("ForwardAgent", "no"),
            ("ForwardX11", "no"), ("ClearAllForwardings", "yes"), ("ControlPersist", "no"), ("LogLevel", "INFO"),
            ("ConnectTimeout", "\(max(1, Int(timeouts.connect.components.seconds)))"),
            ("ServerAliveInterval", "\(max(1, Int(timeouts.heartbeat.components.seconds)))"),
            ("ServerAliveCountMax", "\(timeouts.missedHeartbeats)"),
        ]
            + (defaults.newerOpenSSH
                ? [("SessionType", "default"), ("StdinNull", "no"), ("ForkAfterAuthentication", "no")] : [])
    }

    private func options(for way: Way) -> [String] {
        var options: [String] = []
        func set(_ name: String, _ value: String) { options += ["-o", "\(name)=\(value)"] }
        for (name, value) in firmly(way) { set(name, value) }
        // ssh resolves all of this again; said here it is what Baton found and showed.
        let settings = way.settings
        set("HostName", settings.hostName)
        set("Port", "\(settings.port)")
        set("User", way.user)
        if way.connection?.hostKeys.isEmpty == false {
            // A name that nobody else uses, in a file that only this connection has.
            set("HostKeyAlias", OpenSSHPins.alias(way.jumpCount))
            set("UserKnownHostsFile", OpenSSHPins.file)
            set("GlobalKnownHostsFile", "/dev/null")
        } else {
            if let alias = settings.hostKeyAlias { set("HostKeyAlias", alias) }
            set("UserKnownHostsFile", Self.quoted(settings.userKnownHostsFiles))
        }
        for key in way.namedKeys {
            set("IdentityFile", Self.quoted([key.hasPrefix("~/") ? defaults.home + key.dropFirst() : key]))
        }
        if !settings.identityFilesAreDefaults {
            for key in settings.identityFiles { set("IdentityFile", Self.quoted([key])) }
        }
        for file in settings.certificateFiles { set("CertificateFile", Self.quoted([file])) }
        if let jump = way.jump.first {
            // Not ProxyJump: the jump host may be one of the inventory, whose address, key and pin ssh does not know.
            let line = ["ssh"] + self.options(for: jump) + ["-W", "[%h]:%p", "--", jump.asked]
            set(
                "ProxyCommand",
                line.map { $0 == "[%h]:%p" ? $0 : Self.literal(Quoting.word($0)) }.joined(separator: " ")
            )
        } else if settings.proxyCommand == nil {
            set("ProxyCommand", "none")
        }
        if let file = configFile(way) { options += ["-F", file] }
        // What libssh2 would be told too; arguments that mean nothing to Baton are not handed on.
        for option in way.options { options += ["-o", option.argument] }
        return options
    }

    /// The configuration file to name: one that was asked for, or the one that HOME names where ssh would read another.
    private func configFile(_ way: Way) -> String? {
        switch way.files ?? defaults.configFiles {
        case .only(let file): return file
        case .none: return "none"
        case .usual(let user, _):
            if let home = defaults.accountHome, home != defaults.home { return defaults.hasUserConfig ? user : "none" }
            return nil
        }
    }

    /// Paths as ssh's own words: in quotes, and with its tokens taken literally.
    private static func quoted(_ paths: [String]) -> String {
        paths.map { path in
            let escaped = literal(path).flatMap { character -> [Character] in
                character == "\"" || character == "\\" ? ["\\", character] : [character]
            }
            return "\"\(String(escaped))\""
        }.joined(separator: " ")
    }

    /// Without tokens.
    private static func literal(_ text: String) -> String {
        text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
    }
}

extension Way {
    /// How many hosts are on the way.
    var jumpCount: Int { jump.first.map { $0.jumpCount + 1 } ?? 0 }
}
