package import Reactor

/// Everything one connection needs to know, decided before it starts.
package struct Target: Sendable {
    /// The host's name in the inventory: what people call it.
    package var name: String
    /// What is looked up or connected to.
    package var address: String
    package var port: UInt16
    package var user: String
    package var route = Route.direct
    package var transport = Transport.libssh2
    package var addressFamily = AddressFamily.any

    /// In the order in which they are offered.
    package var keys: [any Signer]
    package var password: String?
    /// How it may be proved who logs in, in this order.
    package var loginMethods = LoginMethod.usualOrder
    /// What is to be said beside the rest when nobody gets in, such as keys that could not be used.
    package var loginRemarks: [String] = []
    /// What the user's configuration makes of Baton's own lists of algorithms.
    package var algorithms = Algorithms()

    /// What known_hosts calls the host.
    package var knownAs: String
    package var known: [HostKey]
    package var revoked: [HostKey]
    /// Keys known for the same address at another port: believed if the host shows one of them, as OpenSSH does, and no
    /// reason for alarm if it does not.
    package var knownElsewhere: [HostKey] = []
    /// Authorities that vouch for the host's key with certificates, which libssh2 cannot read.
    package var authorities: [HostKey] = []
    /// RSA host keys with fewer bits are not believed.
    package var leastRSABits = 0
    /// Whether a key of a host of which nothing is known is believed.
    package var acceptsNewHostKey: Bool
    /// Whether people may be asked about one.
    package var asksForHostKey = true
    /// Where a key that was accepted is kept; nowhere if nil.
    package var remembers: Remembering?

    /// Whom programs become that name nobody.
    package var become: BecomeSettings?
    /// What sudo is told where a program names somebody and `become` has no password.
    package var becomePassword: String?
    /// Why nobody can be become here; the text is for people.
    package var cannotBecome: String?
    package var timeouts: Timeouts

    package struct Timeouts: Sendable {
        /// For each address that is tried.
        package var connect: Duration = .seconds(10)
        /// From the standing connection to the end of the login.
        package var login: Duration = .seconds(30)
        /// From the request for a shell to its first answer; sudo may ask a slow directory.
        package var shell: Duration = .seconds(30)
        /// Between two signs of life that are asked for on a quiet link.
        package var heartbeat: Duration = .seconds(15)
        /// So many of them missed are its end.
        package var missedHeartbeats = 3

        package init() {}
    }

    package struct BecomeSettings: Sendable {
        package var user: String
        package var password: String?

        package init(user: String, password: String?) {
            self.user = user
            self.password = password
        }
    }

    package struct Remembering: Hashable, Sendable {
        package let file: String
        /// Names are hidden even if the file does not do so yet.
        package let isHashed: Bool

        package init(file: String, isHashed: Bool) {
            self.file = file
            self.isHashed = isHashed
        }
    }

    /// How bytes get to the host's sshd.
    package indirect enum Route: Sendable {
        case direct
        /// Through a connection that another host's sshd makes for us.
        case jump(Target)
        /// Through the input and output of a program on this machine (ProxyCommand).
        case command(LocalProgram)
    }

    /// What speaks SSH.
    package enum Transport: Sendable {
        case libssh2
        /// OpenSSH's own client; the program takes the command for the host as one more argument.
        /// `pins` are keys that hosts on the way, and last the host itself, may have and no others.
        case openssh(LocalProgram, pins: [[HostKey]])
        /// Nothing: programs run on this machine. The program takes a line of shell as one more argument.
        case local(LocalProgram)
    }

    package init(
        name: String,
        address: String,
        port: UInt16 = 22,
        user: String,
        keys: [any Signer] = [],
        known: [HostKey] = [],
        revoked: [HostKey] = [],
        acceptsNewHostKey: Bool = false,
        become: BecomeSettings? = nil,
        timeouts: Timeouts = Timeouts()
    ) {
        self.name = name
        self.address = address
        self.port = port
        self.user = user
        self.keys = keys
        knownAs = KnownHosts.name(of: address, port: port)
        self.known = known
        self.revoked = revoked
        self.acceptsNewHostKey = acceptsNewHostKey
        self.become = become
        self.timeouts = timeouts
    }

    /// The types of host keys to ask for first.
    var knownTypes: [String] { (known.isEmpty ? knownElsewhere : known).map(\.type) }

    /// Address and port as people write them.
    package var place: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }

    /// What is to be asked before anything can be done with the host: nothing is known of it, or of a host on the way, and
    /// somebody may be asked about that. The first such on the way.
    package var stranger: Target? {
        for target in jumps + [self] {
            guard case .libssh2 = target.transport else { return nil }
            let isUnknown = target.known.isEmpty && target.authorities.isEmpty
            if isUnknown { return target.asksForHostKey && !target.acceptsNewHostKey ? target : nil }
        }
        return nil
    }

    /// Believes a key, here and wherever the same host is on the way.
    package mutating func trust(_ key: HostKey, of name: String) {
        if knownAs == name, known.isEmpty { known = [key] }
        if case .jump(var hop) = route {
            hop.trust(key, of: name)
            route = .jump(hop)
        }
    }

    /// The hosts that a connection goes through, the first one first.
    package var jumps: [Target] {
        guard case .jump(let hop) = route else { return [] }
        return hop.jumps + [hop]
    }

    /// Two targets with the same identity can share one session.
    var identity: String {
        let before: String
        switch route {
        case .direct: before = ""
        case .jump(let hop): before = "\(hop.identity) > "
        case .command(let program): before = "\(program.arguments.joined(separator: " ")) > "
        }
        // Whatever decides whom this is and whether it is believed: a session that one of two descriptions of the same place
        // would not have believed must not be handed to it.
        let trust = [known, revoked, knownElsewhere, authorities].map { $0.map(\.line).joined(separator: ",") }
        let login = [
            "\(password?.hashValue ?? 0)", loginMethods.map(\.rawValue).joined(separator: ","), "\(acceptsNewHostKey)",
            "\(addressFamily)", "\(leastRSABits)",
        ]
        let offered = keys.map(\.fingerprint).joined(separator: ",")
        return ([before + "\(user)@\(place)", name, knownAs, offered] + trust + login).joined(separator: "\n")
    }
}

/// A program on this machine, as an argument list.
package struct LocalProgram: Sendable, Equatable {
    package var arguments: [String]
    package var environment: [String: String]
    package var directory: String?

    package init(_ arguments: [String], environment: [String: String], directory: String? = nil) {
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }
}
