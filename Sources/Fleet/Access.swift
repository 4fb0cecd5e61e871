package import Inventory
import Reactor
package import SSH

/// From what files and options say to what a connection needs. Key files are read and parsed once for all hosts.
package struct Access {
    /// What the command line and the surroundings say, for all hosts.
    package struct Defaults: Sendable {
        package var user: String
        package var home: String
        package var isUserGiven = false
        package var privateKey: String?
        package var become = false
        package var becomeUser: String?
        package var becomePassword: String?
        package var acceptsNewHostKeys = false
        package var connectTimeout: Duration?
        package var systemKnownHosts = "/etc/ssh/ssh_known_hosts"

        package init(user: String, home: String) {
            self.user = user
            self.home = home
        }

        package var knownHostsFile: String { "\(home)/.ssh/known_hosts" }
    }

    /// A host that cannot even be tried, and why.
    package struct Unusable: Error, Equatable, Sendable {
        package let host: String
        package let reason: String
        package let hint: String?
    }

    private let defaults: Defaults
    private let known: KnownHosts
    private var keys: [String: PrivateKey] = [:]
    private var defaultKeys: [PrivateKey]?
    package private(set) var warnings: [String] = []

    package init(_ defaults: Defaults) {
        self.defaults = defaults
        var known = KnownHosts()
        for file in [defaults.knownHostsFile, defaults.knownHostsFile + "2", defaults.systemKnownHosts] {
            if let bytes = try? Files.read(file) { known.add(file: file, bytes) }
        }
        warnings = known.badLines.prefix(3).map { "\($0.file):\($0.line): this line is not understood" }
        self.known = known
    }

    package mutating func target(_ name: String, _ connection: Connection) throws(Unusable) -> Target {
        let address = connection.address
        let port = UInt16(clamping: connection.port ?? 22)
        var (knownKeys, revoked) = known.keys(for: address, port: port)
        if !connection.hostKeys.isEmpty {
            // Pinned keys are the inventory's word on this host: what known_hosts says beside them does not count.
            knownKeys = []
            for line in connection.hostKeys {
                guard let key = HostKey(line: line) else {
                    throw Unusable(
                        host: name,
                        reason: "its host_key is not of the form \"TYPE BASE64\"",
                        hint: "copy the line from the host's /etc/ssh/ssh_host_ed25519_key.pub"
                    )
                }
                knownKeys.append(key)
            }
        }
        var timeouts = Target.Timeouts()
        if let limit = defaults.connectTimeout ?? connection.connectTimeout { timeouts.connect = limit }
        return Target(
            name: name,
            address: address,
            port: port,
            user: defaults.isUserGiven ? defaults.user : connection.user ?? defaults.user,
            keys: try keys(name, connection.privateKeyFile),
            known: knownKeys,
            revoked: revoked,
            acceptsNewHostKey: defaults.acceptsNewHostKeys || connection.acceptsNewHostKeys,
            become: try become(name, connection),
            timeouts: timeouts
        )
    }

    private func become(_ name: String, _ connection: Connection) throws(Unusable) -> Target.BecomeSettings? {
        guard defaults.become || connection.become else { return nil }
        if let method = connection.becomeMethod, method != "sudo" {
            throw Unusable(
                host: name,
                reason: "ansible_become_method \(method) is not supported",
                hint: "Baton becomes through sudo"
            )
        }
        return Target.BecomeSettings(
            user: defaults.becomeUser ?? connection.becomeUser ?? "root",
            password: defaults.becomePassword ?? connection.becomePassword?.reveal()
        )
    }

    // MARK: Keys

    private mutating func keys(_ host: String, _ named: String?) throws(Unusable) -> [PrivateKey] {
        if let path = defaults.privateKey ?? named {
            do throws(PrivateKey.Unusable) {
                return [try key(expanded(path))]
            } catch {
                throw Unusable(host: host, reason: "the key file \(error.name) \(error.reason)", hint: nil)
            }
        }
        if let defaultKeys { return defaultKeys }
        var found: [PrivateKey] = []
        for name in ["id_ed25519", "id_ecdsa", "id_rsa"] {
            let path = "\(defaults.home)/.ssh/\(name)"
            guard Files.exists(path) else { continue }
            do throws(PrivateKey.Unusable) {
                found.append(try key(path))
            } catch {
                // A key that nobody asked for by name is passed over, and said.
                warnings.append("the key file \(error.name) \(error.reason)")
            }
        }
        defaultKeys = found
        return found
    }

    private mutating func key(_ path: String) throws(PrivateKey.Unusable) -> PrivateKey {
        if let key = keys[path] { return key }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limit: 1 << 20)
        } catch {
            throw PrivateKey.Unusable(name: path, reason: "cannot be read: \(error.reason)")
        }
        let key = try PrivateKey(file: bytes, name: path)
        keys[path] = key
        return key
    }

    private func expanded(_ path: String) -> String {
        path.hasPrefix("~/") ? defaults.home + path.dropFirst() : path
    }
}
