package import Handover
import HostSide
import Reactor
import TestLoad

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension ServerFixture {
    /// What conductor and guard are told when this server, which runs as one release, is to become another. Limits are
    /// those of a slow machine, and what is waited for is short.
    package func order(nonce: String, from one: String = "1", to other: String = "2") throws -> HandoverOrder {
        let old = try master()
        var order = HandoverOrder(
            nonce: nonce,
            profile: options.version?.profile ?? kind.profile,
            old: HandoverOrder.Identity(pid: old.pid, start: UInt64(old.started) ?? 0, boot: try Self.boot()),
            uid: getuid(),
            gid: getgid(),
            user: String(cString: getpwuid(getuid()).pointee.pw_name),
            pidFile: pidFile,
            flips: [HandoverOrder.Flip(.link, current, new: "releases/\(other)", old: "releases/\(one)")],
            workers: options.workers,
            check: check
        )
        order.profile.bootSeconds = 30
        order.profile.drainSeconds = 60
        order.profile.stopSeconds = 60
        (order.newVersion, order.oldVersion) = (other, one)
        (order.probes, order.interval, order.stable) = (3, .milliseconds(100), .milliseconds(1000))
        return order
    }

    private static func boot() throws -> String {
        let id = String(decoding: try Files.read("/proc/sys/kernel/random/boot_id"), as: UTF8.self)
        return id.filter { !$0.isWhitespace } + "." + (FixtureProcess.read(1)?.started ?? "0")
    }

    private var check: Check {
        var http: HTTPCheck
        switch target {
        case .tcp(let address, let port): http = HTTPCheck(host: address, port: Int(port), path: "/")
        case .unix(let path):
            http = HTTPCheck(host: "localhost", port: 80, path: "/")
            http.unixSocket = path
        }
        http.versionHeader = "X-Release"
        return Check(.http(http), timeout: .seconds(5))
    }
}

extension ServerKind {
    package var profile: HandoverProfile {
        switch self {
        case .gunicorn, .newestGunicorn: .gunicorn
        case .nginx: .nginx
        case .unicorn: .unicorn
        case .puma: preconditionFailure("puma has no second master")
        }
    }
}
