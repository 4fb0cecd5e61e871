import Reactor
import TestSupport
package import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a machine must have to run test hosts. Tests that use them say so: `@Test(.needsHosts)`.
package enum HostRequirements {
    package static let programs = [
        "debootstrap", "systemd-nspawn", "ip", "nsenter", "unshare", "setpriv", "flock", "ssh-keygen", "python3",
    ]

    /// What is missing here, in one line that also says how to get it; nil when nothing is.
    package static let missing: String? = {
        #if os(Linux)
        guard Surroundings.isRoot else { return "test hosts need root; run the tests as root to have them" }
        let absent = programs.filter { !Surroundings.has($0) }
        return absent.isEmpty
            ? nil : "test hosts need \(absent.joined(separator: ", ")); get them by scripts/setup tests"
        #else
        return "test hosts need Linux: they are systemd containers"
        #endif
    }()

    /// In CI nothing is left out: there the tests run, and fail for what is missing.
    static var mustRun: Bool { getenv("CI") != nil }
}

extension Trait where Self == ConditionTrait {
    /// The test uses `withHosts`; where that cannot be, it is skipped, and the line says why and how to get it.
    package static var needsHosts: Self {
        .enabled(
            if: HostRequirements.missing == nil || HostRequirements.mustRun,
            Comment(rawValue: HostRequirements.missing ?? "")
        )
    }
}
