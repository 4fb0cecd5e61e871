import Reactor
import TestLoad
import TestServers
import TestSupport
import Testing

/// One server as it is upgraded again and again, and the load on it.
struct UpgradeCase: Sendable, CustomTestStringConvertible {
    enum Way: String, Sendable {
        case direct
        /// Behind nginx, with a connection to the service per request.
        case behind
        /// Behind nginx, which keeps connections to the service.
        case behindKeeping
    }

    var kind: ServerKind
    var version: GunicornVersion?
    /// Of gunicorn: its class of workers, `sync` or `gthread`.
    var workers: String?
    var onUnixSocket = false
    var way = Way.direct
    /// Also in a test run that is not `make chaos`.
    var isUsual = false

    var name: String {
        let server =
            switch kind {
            case .gunicorn: version.map { "gunicorn \($0.rawValue)" } ?? "gunicorn 20.1"
            case .newestGunicorn: "gunicorn 27.0.1"
            default: kind.rawValue
            }
        let words = [server, workers, onUnixSocket ? "unix" : "tcp"].compactMap(\.self)
        return words.joined(separator: " ")
    }

    var path: String {
        switch way {
        case .direct: "direct"
        case .behind: "nginx"
        case .behindKeeping: "nginx keep-alive"
        }
    }

    var testDescription: String { "\(name), \(path)" }

    var isInstalled: Bool {
        (version?.isInstalled ?? kind.isInstalled) && (way == .direct || ServerKind.nginx.isInstalled)
    }

    /// A worker does one thing at a time: what is slow takes a worker away from all else.
    private var isSingle: Bool { kind == .unicorn || workers == "sync" }

    var options: ServerFixture.Options {
        var options = ServerFixture.Options()
        options.onUnixSocket = onUnixSocket
        options.version = version
        options.workers = isSingle ? 8 : 2
        if workers == "sync" { options.environment = ServerFixture.Options.sync }
        return options
    }

    /// 200 requests a second, with slow ones and uploads always on their way. Where a worker does one thing at a time fewer of
    /// these, or eight workers would not do.
    func profile(isWhole: Bool) -> Profile {
        let seconds: Double = isWhole ? 5 : 1
        let (slow, uploads) = isSingle ? (2 / seconds, 0.5) : (2, 3)
        var profile = Profile([
            .fresh(perSecond: 100 - slow - uploads),
            .standing(50, perSecond: 100),
            .slow(seconds: seconds, perSecond: slow),
            .uploads(over: .seconds(min(2, seconds)), perSecond: uploads),
        ])
        // A machine that stands still for a moment is no reason to leave requests out.
        (profile.longest, profile.mostConnections) = (Profile.longest, Profile.mostConnections)
        return profile
    }

    // MARK: All of them

    static let all: [UpgradeCase] = [
        UpgradeCase(kind: .gunicorn, workers: "gthread", isUsual: true),
        UpgradeCase(kind: .newestGunicorn, workers: "gthread"),
        UpgradeCase(kind: .nginx, isUsual: true),
        UpgradeCase(kind: .unicorn, isUsual: true),
        UpgradeCase(kind: .gunicorn, workers: "sync"),
        UpgradeCase(kind: .newestGunicorn, workers: "sync"),
        UpgradeCase(kind: .gunicorn, version: .twentyThree, workers: "gthread"),
        UpgradeCase(kind: .gunicorn, version: .twentyThree, workers: "sync"),
        UpgradeCase(kind: .gunicorn, version: .nineteen, workers: "sync"),
        UpgradeCase(kind: .newestGunicorn, workers: "gthread", onUnixSocket: true, way: .behindKeeping, isUsual: true),
        UpgradeCase(kind: .newestGunicorn, workers: "sync", onUnixSocket: true, way: .behind),
        UpgradeCase(kind: .gunicorn, workers: "gthread", onUnixSocket: true),
        UpgradeCase(kind: .gunicorn, workers: "gthread", way: .behindKeeping),
        UpgradeCase(kind: .gunicorn, workers: "gthread", way: .behind),
        UpgradeCase(kind: .nginx, onUnixSocket: true),
        UpgradeCase(kind: .unicorn, onUnixSocket: true, way: .behind),
        UpgradeCase(kind: .unicorn, way: .behindKeeping),
    ]

    /// Those of this run: with a count all, or those whose description has what `BATON_UPGRADES_OF` says.
    static var chosen: [UpgradeCase] {
        let installed = all.filter(\.isInstalled)
        guard Proof.upgrades != nil else { return installed.filter(\.isUsual) }
        guard let part = Proof.part else { return installed }
        return installed.filter { $0.testDescription == part }
    }
}
