package import Handover
import Reactor

/// Gunicorns of the Python package index that `scripts/setup tests` puts beside the build, next to the newest: each has
/// other signals, pid files or ways to break than the one before.
package enum GunicornVersion: String, CaseIterable, Sendable, CustomStringConvertible {
    /// QUIT is the graceful stop, and under a Python of today the second master gets no sockets.
    case eighteen = "18.0"
    /// The old master moves its pid file aside.
    case nineteen = "19.5.0"
    case twentyThree = "23.0.0"

    package var description: String { "gunicorn \(rawValue)" }
    package var program: String { "\(ServerKind.root)/.build/gunicorn-\(rawValue)/bin/gunicorn" }
    package var isInstalled: Bool { Files.exists(program) && ServerKind.gunicorn.canRun }

    package var profile: HandoverProfile {
        switch self {
        case .eighteen: .gunicorn18
        case .nineteen: .gunicorn19
        case .twentyThree: .gunicorn
        }
    }
}
