package import ClientConfig
package import Inventory
import Reactor
package import SSH

/// From files and options to what connections need. Files, agents and passphrases are asked once for all hosts, before the
/// first connection.
package struct Access {
    /// What the command line and the surroundings say, for all hosts.
    package struct Defaults: Sendable {
        package var user: String
        package var isUserGiven = false
        /// Who runs Baton: the user of a host of which nothing says another.
        package var localUser: String
        package var home: String
        package var privateKey: String?
        /// What -k asked for.
        package var password: String?
        package var become = false
        package var becomeUser: String?
        package var becomePassword: String?
        package var acceptsNewHostKeys = false
        package var connectTimeout: Duration?
        package var configFiles: ConfigFiles
        package var surroundings: ConfigSurroundings
        /// The home that the account has, which is where OpenSSH's client looks for its configuration; nil if unknown.
        package var accountHome: String?
        /// OpenSSH's client is 8.7 or newer, and knows words that change what a command is.
        package var newerOpenSSH = false
        /// For programs that are spawned: ssh, proxy commands, local shells.
        package var environment: [String: String] = [:]
        /// Asks for a secret, once for all hosts; nil where nobody can answer.
        package var askSecret: (@Sendable (String) -> Asked)?

        package init(user: String, home: String) {
            self.user = user
            localUser = user
            self.home = home
            surroundings = ConfigSurroundings(user: user, home: home, userID: 0, hostName: "localhost")
            configFiles = .usual(user: "\(home)/.ssh/config", system: "/etc/ssh/ssh_config")
        }

        var hasUserConfig: Bool {
            if case .usual(let user, _) = configFiles { Files.exists(user) } else { false }
        }
    }

    package typealias InventoryLookUp = (String) -> InHouse

    /// A name on the way to a host, as far as it is one of the inventory.
    package enum InHouse {
        case absent
        case known(Connection)
        /// Its variables have mistakes: taking it for a stranger would lose its address and its pinned key.
        case broken(String)
    }

    /// What became of a question.
    package enum Asked: Sendable, Equatable {
        case answer(String)
        /// Nobody wants to answer this one.
        case nothing
        /// Somebody wants everything to end.
        case interrupted
    }

    /// What became of all hosts: those that can be tried, and what is wrong with the others.
    package struct Result: Sendable {
        package var targets: [Target] = []
        package var unusable: [Unusable] = []
        package var warnings: [String] = []
        /// Passwords of jump hosts.
        package var secrets: [String] = []
        /// Somebody wanted out when asked for a passphrase.
        package var isInterrupted = false
    }

    let defaults: Defaults
    var knownHosts: KnownHostsFiles
    private var keyring: Keyring

    private init(_ defaults: Defaults) {
        self.defaults = defaults
        knownHosts = KnownHostsFiles()
        keyring = Keyring(defaults)
    }

    /// `inventory` gives the connection of a host that a jump may name.
    package static func targets(
        for hosts: [(name: String, connection: Connection)],
        _ defaults: Defaults,
        inventory: @escaping InventoryLookUp = { _ in .absent },
        _ vault: KeyVault
    ) async -> Result {
        var result = Result()
        var finder = WayFinder(defaults, inventory: inventory)
        var ways: [Way] = []
        for host in hosts {
            do throws(Unusable) {
                ways.append(try finder.way(to: host.name, host.connection))
            } catch {
                result.unusable.append(error)
            }
        }
        var defaults = defaults
        if ways.contains(where: { $0.usesOpenSSH }) { defaults.newerOpenSSH = await vault.opensshIsNewer() }
        var access = Access(defaults)
        await access.keyring.load(ways.filter { !$0.isForOthers }.flatMap(\.all), vault)
        result.secrets = ways.flatMap(\.all).filter(\.isJump).compactMap { $0.connection?.password?.reveal() }
        result.isInterrupted = access.keyring.isInterrupted
        for way in ways where !result.isInterrupted {
            do throws(Unusable) {
                result.targets.append(try access.target(way, of: way.name, &result))
            } catch {
                result.unusable.append(error)
            }
        }
        result.warnings = access.keyring.warnings + access.knownHosts.warnings + result.warnings
        return result
    }

    // MARK: One host

    private mutating func target(_ way: Way, of host: String, _ result: inout Result) throws(Unusable) -> Target {
        let settings = way.settings
        let connection = way.connection
        var target = Target(
            name: way.name,
            address: settings.hostName,
            port: UInt16(clamping: settings.port),
            user: way.user,
            acceptsNewHostKey: acceptsNewKeys(way),
            become: host == way.name ? try become(way) : nil,
            timeouts: timeouts(way)
        )
        if host == way.name {
            target.becomePassword = becomePassword(way)
            target.cannotBecome = unusableMethod(way)
        }
        if way.isJump, way.isForOthers {
            throw Unusable(
                host,
                "its jump host \(way.name) needs OpenSSH's own client",
                hint: "`transport: openssh` for \(host) leaves the jump to it as well"
            )
        }
        switch connection?.transport {
        case .local:
            let shell = LocalProgram(["sh", "-c"], environment: defaults.environment, directory: defaults.home)
            target.transport = .local(shell)
            return target
        case .openssh: return try openSSH(way, target)
        case .libssh2: break
        case nil:
            if let reason = settings.needsOpenSSH.first {
                result.noteOpenSSH(way.name, "\(reason.directive) (\(reason.place))")
                return try openSSH(way, target)
            }
        }
        if let reason = settings.needsOpenSSH.first {
            throw Unusable(
                host,
                "\(reason.place): \(reason.directive) needs OpenSSH's own client",
                hint: "`transport: openssh` uses it; \(way.name) asks for libssh2"
            )
        }
        target.addressFamily = family(settings.addressFamily)
        (target.keys, target.loginRemarks) = try keyring.keys(for: way, host: host)
        target.password = password(way)
        target.loginMethods = settings.methods.compactMap { LoginMethod(rawValue: $0) }
        target.algorithms = Algorithms(settings)
        try trust(way, &target)
        if let command = settings.proxyCommand {
            let shell = ["sh", "-c", "exec \(command)"]
            target.route = .command(LocalProgram(shell, environment: defaults.environment))
        } else if let jump = way.jump.first {
            target.route = .jump(try self.target(jump, of: host, &result))
        }
        return target
    }

    private mutating func openSSH(_ way: Way, _ plain: Target) throws(Unusable) -> Target {
        if password(way) != nil {
            throw Unusable(way.name, "OpenSSH's own client cannot be given a password", hint: "use a key or an agent")
        }
        var target = plain
        // Its client reads the configuration itself, and what we say must hold comes before that.
        target.address = way.asked
        var pins: [[HostKey]] = []
        for way in way.all {
            // A key that known_hosts revokes is no better for being pinned.
            let keys = try pinned(way) ?? []
            let files = way.settings.userKnownHostsFiles + way.settings.globalKnownHostsFiles
            let name = way.settings.hostKeyAlias ?? way.settings.hostName
            let port = way.settings.hostKeyAlias == nil ? UInt16(clamping: way.settings.port) : 22
            let revoked =
                knownHosts.find(KnownHosts.name(of: name, port: port), files).revoked
                + knownHosts.find(KnownHosts.name(of: name, port: 22), files).revoked
            pins.append(keys.filter { !revoked.contains($0) })
            if !keys.isEmpty, pins[pins.count - 1].isEmpty {
                throw Unusable(way.name, "its host_key is revoked in known_hosts", hint: "give the host a new key")
            }
        }
        let command = OpenSSHCommand(way, defaults, acceptsNewKeys: acceptsNewKeys, timeouts: target.timeouts)
        target.transport = .openssh(command.program, pins: pins)
        return target
    }

    private func timeouts(_ way: Way) -> Target.Timeouts {
        var timeouts = Target.Timeouts()
        let limit = defaults.connectTimeout ?? way.connection?.connectTimeout ?? way.settings.connectTimeout
        if let limit { timeouts.connect = limit }
        if way.settings.serverAliveInterval > .zero {
            timeouts.heartbeat = way.settings.serverAliveInterval
            timeouts.missedHeartbeats = max(1, way.settings.serverAliveCountMax)
        }
        return timeouts
    }

    private func family(_ family: HostSettings.AddressFamily) -> AddressFamily {
        switch family {
        case .any: .any
        case .inet: .inet
        case .inet6: .inet6
        }
    }

    /// A jump host gets a password only from the inventory: what was typed is for the hosts of the run.
    private func password(_ way: Way) -> String? {
        way.isJump ? way.connection?.password?.reveal() : defaults.password ?? way.connection?.password?.reveal()
    }

    private func become(_ way: Way) throws(Unusable) -> Target.BecomeSettings? {
        guard let connection = way.connection, defaults.become || connection.become else { return nil }
        if let reason = unusableMethod(way) {
            throw Unusable(way.name, reason, hint: "Baton becomes through sudo")
        }
        return Target.BecomeSettings(
            user: defaults.becomeUser ?? connection.becomeUser ?? "root",
            password: becomePassword(way)
        )
    }

    private func becomePassword(_ way: Way) -> String? {
        defaults.becomePassword ?? way.connection?.becomePassword?.reveal()
    }

    private func unusableMethod(_ way: Way) -> String? {
        guard let method = way.connection?.becomeMethod, method != "sudo" else { return nil }
        return "ansible_become_method \(method) is not supported"
    }
}

extension Access.Result {
    fileprivate mutating func noteOpenSSH(_ host: String, _ reason: String) {
        let text = "needs OpenSSH's own client, which is used for it: \(reason)"
        // One line, however many hosts a configuration block is for.
        if !warnings.contains(where: { $0.hasSuffix(text) }) { warnings.append("\(host), and perhaps others, \(text)") }
    }
}
