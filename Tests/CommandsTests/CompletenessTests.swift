import TestHosts
import TestServers
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// In CI nothing may be left out because the machine lacks something.
@Suite struct CompletenessTests {
    @Test(.enabled(if: getenv("CI") != nil, "only CI must have everything"))
    func `CI runs what other machines may skip`() {
        #expect(Accounts.areAvailable, "the sudo tests need root, unshare and sudo")
        #expect(HostRequirements.missing == nil, "\(HostRequirements.missing ?? "")")
        #expect(Surroundings.hasJSONSchema, "python3-jsonschema")
        for program in ["dash", "bash", "busybox", "zsh", "fish", "tcsh", "csh", "shellcheck", "groff", "python3"] {
            #expect(Surroundings.has(program), "\(program)")
        }
        for server in ServerKind.allCases { #expect(server.isInstalled, "\(server.missing)") }
        #expect(TelephonyFixture.isAvailable, "Debian's python3, in /usr/bin")
    }
}
