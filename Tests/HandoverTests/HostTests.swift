import Handover
import HostSide
import Reactor
import TestHosts
import TestSupport
import Testing

/// On a whole host under systemd, by the real baton over ssh, where a logout ends what a session leaves behind.
@Suite struct HostTests {
    private static let directory = "/srv/shop/.baton/handover"

    private static let application = #"""
        import os
        R = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "RELEASE")).read().strip()
        def application(environ, start):
            start("200 OK", [("Content-Type", "text/plain"), ("X-Release", R)])
            return [R.encode()]
        """#

    private static func order(_ host: TestHost, _ profile: HandoverProfile) async throws -> HandoverOrder {
        let line = #"""
            f() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; }
            p=$(cat /run/shop.pid)
            echo "$p $(f "$p") $(cat /proc/sys/kernel/random/boot_id).$(f 1)"
            """#
        let words = try await host.output(line).split(separator: " ").map(String.init)
        try #require(words.count == 3)
        var http = HTTPCheck(host: "127.0.0.1", port: 8000, path: "/")
        http.versionHeader = "X-Release"
        var order = HandoverOrder(
            nonce: Takeover.nonce,
            profile: profile,
            old: HandoverOrder.Identity(pid: Int32(words[0]) ?? 0, start: UInt64(words[1]) ?? 0, boot: words[2]),
            uid: 0,
            gid: 0,
            user: "root",
            pidFile: "/run/shop.pid",
            flips: [HandoverOrder.Flip(.link, "/srv/shop/current", new: "releases/2", old: "releases/1")],
            workers: 2,
            check: Check(.http(http), timeout: .seconds(5))
        )
        (order.newVersion, order.oldVersion) = ("2", "1")
        (order.probes, order.interval, order.stable) = (3, .milliseconds(100), .milliseconds(1000))
        return order
    }

    private static func prepare(_ host: TestHost) async throws {
        try await host.output("mkdir -p /srv/shop/releases/1 /srv/shop/releases/2 \(directory)")
        for release in ["1", "2"] {
            try await host.write("/srv/shop/releases/\(release)/app.py", application + "\n")
            try await host.write("/srv/shop/releases/\(release)/RELEASE", release + "\n")
        }
    }

    private static func serve(_ host: TestHost, _ version: String) async throws {
        try await host.output(
            #"""
            ln -s releases/1 /srv/shop/current
            cd /srv/shop/current
            PWD=/srv/shop/current setsid "/opt/gunicorn-$1/bin/gunicorn" -D -w 2 -b 127.0.0.1:8000 -p /run/shop.pid app
            """#,
            version
        )
        try await host.waitFor("curl -sf 127.0.0.1:8000 && test -s /run/shop.pid")
    }

    @Test(.needsHosts, arguments: ["19.5.0", "23.0.0"])
    func `guard and conductor outlive every session, and the takeover ends well`(version: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await host.output("mkdir -p /etc/systemd/logind.conf.d")
            try await Self.prepare(host)
            // Root is excluded unless somebody else is.
            let logind = "[Login]\nKillUserProcesses=yes\nKillExcludeUsers=nobody\n"
            try await host.write("/etc/systemd/logind.conf.d/kill.conf", logind)
            try await host.output("systemctl restart systemd-logind")
            try await Self.serve(host, version)
            let profile = try #require(HandoverProfile.gunicorn(version: version))
            let order = try await Self.order(host, profile)
            for file in try order.files() { try await host.write("\(Self.directory)/\(file.name)", file.text) }

            /// A session of its own each time.
            func call(_ words: String) async throws -> ChildResult {
                try await fleet.baton("exec", "--", "sh \(Self.directory)/program \(Self.directory) \(words)")
            }
            let child = "setsid sleep 300 </dev/null >/dev/null 2>&1 & echo $! >/run/child"
            #expect(try await fleet.baton("exec", "--", child).succeeded)
            // So that it is seen that sessions are ended here.
            try await host.waitFor("! kill -0 \"$(cat /run/child)\" 2>/dev/null")
            #expect(try await call("renew 60 1 tests").succeeded)
            let armed = try await call("arm")
            #expect(armed.succeeded && armed.output.contains("systemd-run"), "\(armed.output)\(armed.errors)")
            try await host.waitFor("test -z \"$(loginctl list-sessions --no-legend)\"")
            let proof = try await call("proof")
            #expect(proof.succeeded && proof.output.contains("guard "), "\(proof.output)\(proof.errors)")
            #expect(try await call("go").succeeded)
            try await host.waitFor(#"read -r s _ <"$1/state" && test "$s" = proven"#, Self.directory)
            #expect(try await call("confirm \(order.nonce) 1").succeeded)
            try await host.waitFor(#"test -e "$1/verdict""#, Self.directory)
            let bytes = try await host.read("\(Self.directory)/verdict")
            let verdict = try #require(HandoverVerdict.read(bytes, nonce: order.nonce))
            let journal = try await host.output(#"cat "$1/journal""#, Self.directory)
            #expect(verdict.outcome == .committed, "\(verdict) \(journal)")
            #expect(try await host.output("curl -sf 127.0.0.1:8000") == "2")
            #expect(try await host.output("ls /run/shop.pid*") == "/run/shop.pid")
        }
    }

    /// The new master of 19.5 removes the usual pid file when it goes, and the old one stays where it has moved to.
    @Test(.needsHosts)
    func `a broken release leaves an old gunicorn with its usual pid file`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await Self.prepare(host)
            try await Self.serve(host, "19.5.0")
            try await host.write("/srv/shop/releases/2/app.py", "raise RuntimeError('broken')\n")
            let order = try await Self.order(host, .gunicorn19)
            for file in try order.files() { try await host.write("\(Self.directory)/\(file.name)", file.text) }
            let program = "sh \(Self.directory)/program \(Self.directory)"
            try await host.output("\(program) renew 60 1 tests && \(program) arm && \(program) go")
            try await host.waitFor(#"test -e "$1/verdict""#, Self.directory)
            let bytes = try await host.read("\(Self.directory)/verdict")
            let verdict = try #require(HandoverVerdict.read(bytes, nonce: order.nonce))
            let journal = try await host.output(#"cat "$1/journal""#, Self.directory)
            #expect(verdict.outcome == .undone && verdict.touched, "\(verdict) \(journal)")
            #expect(try await host.output("cat /run/shop.pid*") == "\(order.old.pid)", "\(journal)")
            #expect(try await host.output("curl -sf 127.0.0.1:8000") == "1")
        }
    }

    @Test(.needsHosts)
    func `a crash in the middle is healed before the service starts`() async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await Self.prepare(host)
            try await Self.serve(host, "23.0.0")
            let order = try await Self.order(host, .gunicorn)
            for file in try order.files() { try await host.write("\(Self.directory)/\(file.name)", file.text) }
            let program = "sh \(Self.directory)/program \(Self.directory)"
            try await host.output("\(program) renew 60 1 tests && \(program) arm && \(program) go")
            try await host.waitFor(#"read -r s _ <"$1/state" && test "$s" = proven"#, Self.directory)
            #expect(try await host.output("readlink /srv/shop/current") == "releases/2")
            try await host.crash()
            try await host.start()
            try await host.output("\(program) heal")
            #expect(try await host.output("readlink /srv/shop/current") == "releases/1")
            let bytes = try await host.read("\(Self.directory)/verdict")
            #expect(HandoverVerdict.read(bytes, nonce: order.nonce)?.outcome == .undone)
        }
    }
}
