/// Everything one connection needs to know, decided before it starts.
package struct Target: Sendable {
    /// The host's name in the inventory: what people call it.
    package var name: String
    /// What is looked up or connected to.
    package var address: String
    package var port: UInt16
    package var user: String
    package var keys: [PrivateKey]
    package var known: [HostKey]
    package var revoked: [HostKey]
    /// Whether a key of a host of which nothing is known is believed.
    package var acceptsNewHostKey: Bool
    package var become: BecomeSettings?
    package var timeouts: Timeouts

    package struct Timeouts: Sendable {
        /// For each address that is tried.
        package var connect: Duration = .seconds(10)
        /// From the standing connection to the end of the login.
        package var login: Duration = .seconds(30)
        /// From the request for a shell to its first answer; sudo may ask a slow directory.
        package var shell: Duration = .seconds(30)
        /// Between two signs of life that are asked for on a quiet link; three missed ones are its end.
        package var heartbeat: Duration = .seconds(15)

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

    package init(
        name: String,
        address: String,
        port: UInt16 = 22,
        user: String,
        keys: [PrivateKey] = [],
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
        self.known = known
        self.revoked = revoked
        self.acceptsNewHostKey = acceptsNewHostKey
        self.become = become
        self.timeouts = timeouts
    }

    /// Address and port as people write them.
    package var place: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
