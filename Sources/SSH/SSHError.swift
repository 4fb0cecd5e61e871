/// Why there is no session with a host. One sentence says what and where, the hint says what next; `Fleet` decides by
/// kind whether it is worth trying again.
package struct SSHError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Phase: String, Sendable {
        case connect = "the TCP connection"
        case handshake = "the SSH handshake"
        case login = "the login"
        case shell = "the start of a shell"
    }

    package enum Kind: Equatable, Sendable {
        case nameUnknown
        /// Nobody listens, or a firewall says so.
        case refused
        /// No route, or the network says no.
        case unreachable
        case timedOut(Phase)
        /// The server hung up before its first SSH line: overload (MaxStartups), or a ban.
        case droppedBeforeBanner
        /// What answers does not speak SSH.
        case notSSH
        /// The server hung up in the middle.
        case dropped(Phase)
        /// No algorithm in common, or the server's side of the key exchange is wrong.
        case negotiation
        case hostKeyUnknown(HostKey)
        case hostKeyChanged(offered: HostKey, known: [HostKey])
        case hostKeyRevoked(HostKey)
        /// OpenSSH's client did not trust it.
        case hostKeyRefused
        case authentication
        /// A key, a name or a setting on this side cannot be used.
        case configuration
        /// This side has given up.
        case cancelled
        /// Keys are known, but of a type that this libssh2 cannot ask the server for.
        case hostKeyUncheckable(offered: HostKey, known: [HostKey])
        case library(Int32)
    }

    package let kind: Kind
    package let message: String
    package let hint: String?

    package init(_ kind: Kind, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
    }

    package var description: String { hint.map { "\(message); \($0)" } ?? message }

    /// Worth another attempt: what passes by itself when a server is busy or just starting.
    package var isTransient: Bool {
        switch kind {
        case .refused, .droppedBeforeBanner: return true
        case .dropped(.handshake): return true
        default: return false
        }
    }
}
