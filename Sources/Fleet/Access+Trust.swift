import ClientConfig
import Inventory
import Reactor
import SSH

/// Whom a host is taken for: known hosts, pinned keys, and what may be accepted.
extension Access {
    func acceptsNewKeys(_ way: Way) -> Bool {
        if defaults.acceptsNewHostKeys || way.connection?.acceptsNewHostKeys == true { return true }
        // What `off` means to ssh, to believe changed keys too, is never done.
        return way.settings.strictHostKeyChecking == .acceptNew || way.settings.strictHostKeyChecking == .off
    }

    mutating func trust(_ way: Way, _ target: inout Target) throws(Unusable) {
        let settings = way.settings
        if let alias = settings.hostKeyAlias { target.knownAs = KnownHosts.name(of: alias, port: 22) }
        let found = knownHosts.find(target.knownAs, settings.userKnownHostsFiles + settings.globalKnownHostsFiles)
        target.known = found.known
        target.revoked = found.revoked
        if settings.hostKeyAlias == nil, settings.port != 22 {
            let bare = KnownHosts.name(of: settings.hostName, port: 22)
            let elsewhere = knownHosts.find(bare, settings.userKnownHostsFiles + settings.globalKnownHostsFiles)
            target.knownElsewhere = elsewhere.known
            target.revoked += elsewhere.revoked
        }
        target.authorities = found.authorities
        target.leastRSABits = settings.requiredRSASize ?? 0
        target.asksForHostKey = settings.strictHostKeyChecking == .ask && !settings.batchMode
        // Pinned keys are the inventory's word on this host: what known_hosts says beside them does not count.
        if let pinned = try pinned(way) { target.known = pinned }
        if let file = settings.userKnownHostsFiles.first, file != "/dev/null" {
            target.remembers = .init(file: file, isHashed: settings.hashKnownHosts)
        }
    }

    func pinned(_ way: Way) throws(Unusable) -> [HostKey]? {
        guard let lines = way.connection?.hostKeys, !lines.isEmpty else { return nil }
        var keys: [HostKey] = []
        for line in lines {
            guard let key = HostKey(line: line) else {
                throw Unusable(
                    way.name,
                    "its host_key is not of the form \"TYPE BASE64\"",
                    hint: "copy the line from the host's /etc/ssh/ssh_host_ed25519_key.pub"
                )
            }
            keys.append(key)
        }
        return keys
    }
}

/// known_hosts files, each combination read once.
struct KnownHostsFiles {
    private var read: [[String]: KnownHosts] = [:]
    private(set) var warnings: [String] = []

    mutating func find(_ name: String, _ files: [String]) -> KnownHosts.Found {
        if let known = read[files] { return known.find(name: name) }
        var known = KnownHosts()
        for file in files {
            if let bytes = try? Files.read(file) { known.add(file: file, bytes) }
        }
        warnings += known.badLines.prefix(3).map { "\($0.file):\($0.line): this line is not understood" }
        read[files] = known
        return known.find(name: name)
    }
}
