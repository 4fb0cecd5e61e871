import Reactor
import TestLoad
import TestSupport
package import Testing

/// The servers that are handed over for real, and what sets them apart for a test.
package enum ServerKind: String, CaseIterable, Sendable, CustomStringConvertible {
    /// Debian's: 20.1.
    case gunicorn
    /// The newest of the Python package index, which `scripts/setup tests` puts beside the build.
    case newestGunicorn
    case nginx
    case unicorn
    case puma

    package var description: String { self == .newestGunicorn ? "the newest gunicorn" : rawValue }

    /// Where sources are, and fixtures beside them.
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    /// Absolute, also because nginx would not find itself again under a bare name.
    package var program: String? {
        let name = self == .newestGunicorn ? "\(Self.root)/.build/gunicorn-venv/bin/gunicorn" : rawValue
        let path = "/usr/sbin:/usr/bin:" + (Surroundings.environment["PATH"] ?? "")
        return Loop.executable(name, path: path)
    }

    package var isInstalled: Bool { program != nil && canRun }

    /// What any of them needs of this machine.
    var canRun: Bool { Files.exists("/proc/self/stat") && Surroundings.has("setsid") }

    /// Those that this machine has; for the arguments of a test.
    package static func installed(_ kinds: [ServerKind] = allCases) -> [ServerKind] { kinds.filter(\.isInstalled) }

    /// Why a test is left out.
    package var missing: Comment { "\(description) is not installed; scripts/setup tests installs it" }

    /// Where a second master writes its pid while the first one lives, or the first one moves to.
    package var sidePidSuffix: String? {
        switch self {
        case .gunicorn, .newestGunicorn: ".2"
        case .nginx, .unicorn: ".oldbin"
        case .puma: nil
        }
    }

    var folder: String {
        switch self {
        case .gunicorn, .newestGunicorn: "python"
        case .unicorn, .puma: "ruby"
        case .nginx: "nginx"
        }
    }

    /// What of the fixture's folder a release consists of.
    var files: [String] {
        switch self {
        case .gunicorn, .newestGunicorn: ["fixture.py", "app.py", "gunicorn.conf.py"]
        case .unicorn: ["fixture.rb", "config.ru", "unicorn.rb"]
        case .puma: ["fixture.rb", "config.ru", "puma.rb"]
        case .nginx: []
        }
    }

    func arguments(_ program: String, current: String) -> [String] {
        switch self {
        case .gunicorn, .newestGunicorn: [program, "-c", "\(current)/gunicorn.conf.py", "app:application"]
        case .nginx: [program, "-c", "\(current)/nginx.conf"]
        case .unicorn: [program, "-D", "-c", "\(current)/unicorn.rb", "config.ru"]
        case .puma: [program, "-C", "\(current)/puma.rb"]
        }
    }

    func bind(_ target: Target) -> String {
        switch (self, target) {
        case (.puma, .tcp(let address, let port)): "tcp://\(address):\(port)"
        case (.puma, .unix(let path)): "unix://\(path)"
        case (.unicorn, .unix(let path)): path
        case (_, .tcp(let address, let port)): "\(address):\(port)"
        case (_, .unix(let path)): "unix:\(path)"
        }
    }
}
