/// What a host may have for asking over the network. The functions are in `checks.sh`.
package enum CheckRung: String, CaseIterable, Sendable {
    case curl
    case bash
    case python3
    case perl
    case nc
    case openssl
}

/// What a check needs of a rung.
package enum CheckNeed: String, CaseIterable, Sendable {
    case http
    case httpOverSocket = "http over a unix socket"
    case https
    case httpsOverSocket = "https over a unix socket"
    case tcp
    case unix

    /// The rungs that can do it, best first. curl cannot tell that it was let in before the other side says something.
    package var ladder: [CheckRung] {
        switch self {
        case .http: [.curl, .bash, .python3, .perl, .nc]
        case .httpOverSocket: [.curl, .python3, .perl, .nc]
        case .https: [.curl, .python3, .openssl]
        case .httpsOverSocket: [.curl, .python3]
        case .tcp: [.bash, .python3, .perl, .nc]
        case .unix: [.python3, .perl, .nc]
        }
    }

    /// Whether the controller can ask through the SSH connection, where the host has nothing to ask with.
    package var worksThroughConnection: Bool {
        switch self {
        case .http, .httpOverSocket, .tcp, .unix: true
        case .https, .httpsOverSocket: false
        }
    }
}

extension Check {
    /// Nil for a command, which asks by itself.
    package var need: CheckNeed? {
        switch target {
        case .command: nil
        case .tcp: .tcp
        case .unix: .unix
        case .http(let check):
            switch (check.isTLS, check.unixSocket != nil) {
            case (false, false): .http
            case (false, true): .httpOverSocket
            case (true, false): .https
            case (true, true): .httpsOverSocket
            }
        }
    }
}
