import ClientConfig
import Inventory
import Text

/// What the inventory, the command line and ssh's configuration say together about reaching one host, before any key or
/// known host is looked up.
struct Way {
    /// What people call the host.
    var name: String
    /// What was asked of ssh's configuration: the address as the inventory has it.
    var asked: String
    var settings: HostSettings
    /// The inventory's word, for hosts that are in it.
    var connection: Connection?
    var user: String
    /// Key files that somebody named for this host.
    var namedKeys: [String]
    /// The host that the connection is made by: none or one, which has a way of its own.
    var jump: [Way]
    var isJump: Bool
    /// What was said of it before any file, in ssh's words.
    var options: [ConfigOption]
    /// The configuration files that count, where `-F` names others than the usual ones.
    var files: ConfigFiles?
}

extension Way {
    /// The way and those on it.
    var all: [Way] { jump.flatMap(\.all) + [self] }

    var usesOpenSSH: Bool { isForOthers && connection?.transport != .local }

    /// No session of Baton's own will be made for it, so none of its keys is needed.
    var isForOthers: Bool {
        switch connection?.transport {
        case .local, .openssh: true
        case .libssh2: false
        case nil: !settings.needsOpenSSH.isEmpty
        }
    }
}

/// A host that cannot even be tried, and why.
package struct Unusable: Error, Equatable, Sendable {
    package let host: String
    package let reason: String
    package let hint: String?

    package init(_ host: String, _ reason: String, hint: String? = nil) {
        self.host = host
        self.reason = reason
        self.hint = hint
    }
}

/// Finds the ways. Configuration files are read once for all hosts.
struct WayFinder {
    private let defaults: Access.Defaults
    /// The connection of a host of the inventory: a jump may name one.
    private let inventory: Access.InventoryLookUp
    private var configs: [String: ClientConfig] = [:]

    /// A chain of jumps that is longer than this goes in circles.
    private static let depthLimit = 8

    init(_ defaults: Access.Defaults, inventory: @escaping Access.InventoryLookUp) {
        self.defaults = defaults
        self.inventory = inventory
    }

    mutating func way(to name: String, _ connection: Connection) throws(Unusable) -> Way {
        do throws(ConfigError) {
            return try way(to: name, connection, isJump: false, user: nil, port: nil, before: nil, files: nil, depth: 0)
        } catch {
            throw Unusable(name, error.description)
        }
    }

    private mutating func way(
        to name: String,
        _ connection: Connection?,
        isJump: Bool,
        user: String?,
        port: Int?,
        before: [JumpHop]?,
        files inherited: ConfigFiles?,
        depth: Int
    ) throws(ConfigError) -> Way {
        if depth > Self.depthLimit {
            let text = "more than \(Self.depthLimit) jump hosts follow each other on the way to \(name)"
            throw ConfigError(ConfigProblem(text, at: Place("ProxyJump"), hint: "does one of them go back to itself?"))
        }
        let asked = connection?.address ?? name
        if connection?.transport == .local {
            // Nobody is reached: what ssh's configuration says of the name does not matter.
            return Way(
                name: name,
                asked: asked,
                settings: HostSettings(hostName: asked),
                connection: connection,
                user: defaults.localUser,
                namedKeys: [],
                jump: [],
                isJump: isJump,
                options: [],
                files: nil
            )
        }
        var files = inherited
        var options: [ConfigOption] = []
        if let before {
            options.append(ConfigOption("ProxyJump", Self.text(before), from: Place("ProxyJump")))
        } else if let jump = connection?.jump {
            options.append(ConfigOption("ProxyJump", jump, from: Place("\(name): jump")))
        }
        for words in connection?.sshArguments ?? [] {
            let arguments = try SSHArguments(words.words, from: Place(words.place))
            options += arguments.options
            files = arguments.files ?? files
        }
        let typed = !isJump && defaults.isUserGiven ? defaults.user : nil
        let given = Given(
            user: typed ?? user ?? connection?.user,
            port: port ?? connection?.port,
            options: options
        )
        let settings = try config(files).settings(for: asked, given: given)
        // The last one is logged in to through those before it, as ssh does.
        var jump: [Way] = []
        if let hops = settings.proxyJump, let last = hops.last {
            let known: Connection?
            switch inventory(last.host) {
            case .absent: known = nil
            case .known(let connection): known = connection
            case .broken(let reason):
                throw ConfigError(
                    ConfigProblem("the jump host \(last.host) cannot be used: \(reason)", at: Place(name))
                )
            }
            jump = [
                try way(
                    to: last.host,
                    known,
                    isJump: true,
                    user: last.user,
                    port: last.port,
                    before: hops.count > 1 ? hops.dropLast() : nil,
                    files: files,
                    depth: depth + 1
                )
            ]
        }
        let key = (isJump ? nil : defaults.privateKey) ?? connection?.privateKeyFile
        return Way(
            name: name,
            asked: asked,
            settings: settings,
            connection: connection,
            user: settings.user ?? defaults.localUser,
            namedKeys: key.map { [$0] } ?? [],
            jump: jump,
            isJump: isJump,
            options: options,
            files: files
        )
    }

    /// As ProxyJump writes it.
    static func text(_ hops: [JumpHop]) -> String {
        hops.map { hop in
            let host = hop.host.contains(":") ? "[\(hop.host)]" : hop.host
            return (hop.user.map { "\($0)@" } ?? "") + host + (hop.port.map { ":\($0)" } ?? "")
        }.joined(separator: ",")
    }

    private mutating func config(_ files: ConfigFiles?) throws(ConfigError) -> ClientConfig {
        let files = files ?? defaults.configFiles
        let key = "\(files)"
        if let config = configs[key] { return config }
        let config = try ClientConfig(files, surroundings: defaults.surroundings, reader: .disk)
        configs[key] = config
        return config
    }
}
