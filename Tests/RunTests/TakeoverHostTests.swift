import Handover
import HostSide
import Reactor
import SSH
import Shell
import TestHosts
import TestSupport
import Testing

@testable import Run

/// Taking over on a whole host under systemd, where logind ends what a login leaves behind.
@Suite struct TakeoverHostTests {
    private static func remote(_ host: TestHost, _ user: String, on loop: Loop) throws -> SSHRemote {
        let target = Target(
            name: host.name,
            address: host.address,
            port: host.port,
            user: user,
            keys: [try PrivateKey(file: try Files.read(host.userKey), name: host.userKey)],
            known: [try #require(HostKey(line: host.hostKey))]
        )
        return SSHRemote(target, Connector(try Library(), on: loop))
    }

    /// About a process that is no server: it is told nothing in these tests.
    private static func order(_ host: TestHost, _ user: String) async throws -> HandoverOrder {
        let line = #"""
            setsid sleep 600 </dev/null >/dev/null 2>&1 &
            f() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; }
            echo "$! $(f $!) $(cat /proc/sys/kernel/random/boot_id).$(f 1) $(id -u "$1") $(id -g "$1")"
            """#
        let words = try await host.output(line, user).split(separator: " ").map(String.init)
        try #require(words.count == 5)
        return HandoverOrder(
            nonce: "0123456789abcdef",
            profile: .gunicorn,
            old: HandoverOrder.Identity(pid: Int32(words[0]) ?? 0, start: UInt64(words[1]) ?? 0, boot: words[2]),
            uid: UInt32(words[3]) ?? 0,
            gid: UInt32(words[4]) ?? 0,
            user: user,
            pidFile: "/run/none.pid",
            flips: [],
            workers: 1,
            check: Check(.tcp(host: "127.0.0.1", port: 1), timeout: .seconds(1))
        )
    }

    @Test(.needsHosts, arguments: ["deploy", "root"])
    func `a guard that ends with its login is found out before anything begins`(user: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await host.output("mkdir -p /etc/systemd/logind.conf.d")
            // Root is excluded unless somebody else is.
            let logind = "[Login]\nKillUserProcesses=yes\nKillExcludeUsers=nobody\n"
            try await host.write("/etc/systemd/logind.conf.d/kill.conf", logind)
            try await host.output("systemctl restart systemd-logind")
            let order = try await Self.order(host, user)
            let state = try await host.output(#"getent passwd "$1" | cut -d: -f6"#, user) + "/state"
            let remote = try Self.remote(host, user, on: fleet.loop)
            _ = try await remote.open()
            let calls = Calls()
            let driver = TakeoverDriver(
                TakeoverJob(order, owner: "tests", state: state),
                over: remote,
                tell: { _ in },
                seam: { call, isAnswered in
                    if !isAnswered { calls.list.append(call) }
                    return false
                }
            )
            let ending = await driver.run()
            await remote.close()
            #expect(!ending.isTouched, "\(ending)")
            if user == "root" {
                // A unit of systemd belongs to no login.
                #expect(calls.list.contains(.go) && ending.word == .undone, "\(ending) \(calls.list)")
                #expect(ending.message.contains("/run/none.pid"), "\(ending.message)")
            } else {
                #expect(!calls.list.contains(.go) && ending.word == .refused, "\(ending) \(calls.list)")
                #expect(ending.message.hasPrefix("the guard has not outlived"), "\(ending.message)")
            }
        }
    }

    private final class Calls: @unchecked Sendable {
        // Unchecked: written on the loop, read there when the takeover is over.
        var list: [HandoverCall] = []
    }
}
