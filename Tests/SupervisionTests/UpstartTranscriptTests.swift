import Reactor
import Supervision
import TestHosts
import TestSupport
import Testing

/// The stand-in for Upstart, held to what a real one was seen to say: every line of `Fixtures/upstart.transcript`.
@Suite(.needsHosts) struct UpstartTranscriptTests {
    private static let jobs = [
        "web": """
        respawn
        respawn limit 3 30
        reload signal USR1
        normal exit 0 TERM
        kill timeout 3
        exec /srv/svc.sh web
        """,
        "dies": "respawn\nrespawn limit 3 5\nexec /bin/false\n",
        "badpre": "pre-start exec /bin/false\nexec /bin/sleep 1000\n",
        "inst": "instance $N\nexec /bin/sleep 1000\n",
        "stubborn": "kill timeout 2\nscript\n    trap '' TERM\n    while :; do sleep 1; done\nend script\n",
        "oneshot": "task\nexec /bin/true\n",
    ]

    private static let service = """
        #!/bin/sh
        trap 'echo USR1 >>/srv/got' USR1
        while :; do
            sleep 1000 &
            wait $!
        done

        """

    /// Numbers of processes are never the same again.
    private func plain(_ line: some StringProtocol) -> String {
        String(line)
            .replacing(#/process \d+/#, with: "process N")
            .replacing(#/process \(\d+\)/#, with: "process (N)")
            .replacing(#/^\[ *[0-9.]+\] /#, with: "")
            .replacing(#/init:[^ ]*\//#, with: "init:")
    }

    @Test func `it answers as the real one did`() async throws {
        let lines = try UpstartStandIn.text("upstart.transcript").split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        try await withHosts(1) { fleet in
            let host = fleet[0]
            try await host.write("/srv/svc.sh", Self.service, mode: "755")
            try await host.output("mkdir /srv/jobs")
            for (name, text) in Self.jobs { try await host.write("/srv/jobs/\(name).conf", text + "\n") }
            try await UpstartStandIn.install(on: host, jobs: "/srv/jobs")
            var replayed = 0
            var isEdited = false
            var next = 0
            while next < lines.count {
                let line = lines[next]
                next += 1
                guard line.hasPrefix("$ ") else {
                    try await aside(line, isEdited: &isEdited, host)
                    continue
                }
                var expected: [String] = []
                while next < lines.count, !lines[next].hasPrefix("[exit ") {
                    expected.append(plain(lines[next]))
                    next += 1
                }
                expected.append(String(lines[next]))
                next += 1
                // When a real one looked dead at once, this one may need a moment more.
                if line == "$ initctl status dies" { try await host.waitFor("dmesg | grep -q 'too fast, stopped'") }
                let result = try await host.run(String(line.dropFirst(2)) + " 2>&1; echo \"[exit $?]\"")
                var found = result.output.split(separator: "\n").map(plain)
                // In the order of a hash table.
                if line == "$ initctl list" { (found, expected) = (found.sorted(), expected.sorted()) }
                #expect(found == expected, "\(line)")
                if isEdited, line == "$ initctl start web" {
                    let edit = "s,^exec.*,exec /srv/svc.sh web2,; s/timeout 3/timeout 9/"
                    try await host.output("sed -i '\(edit)' /srv/jobs/web.conf")
                }
                replayed += 1
            }
            #expect(replayed == 37)
        }
    }

    /// What stands between the commands: what was done or seen then.
    private func aside(_ line: Substring, isEdited: inout Bool, _ host: TestHost) async throws {
        let pid = "$(initctl status web | sed 's/.* //')"
        switch line {
        case "(the process received USR1)":
            try await host.waitFor("grep -qx USR1 /srv/got")
        case _ where line.hasPrefix("# edit web.conf"):
            isEdited = true
        case "/bin/sh .../svc.sh web":
            #expect(try await host.output("tr '\\0' ' ' <\"/proc/\(pid)/cmdline\"") == "/bin/sh /srv/svc.sh web ")
        case "/bin/sh .../svc.sh web2":
            try await host.output("initctl stop web && initctl start web")
            #expect(try await host.output("tr '\\0' ' ' <\"/proc/\(pid)/cmdline\"") == "/bin/sh /srv/svc.sh web2 ")
        case "# kill the process: respawns":
            isEdited = false
            let before = try await host.output("initctl start web | sed 's/.* //'")
            try await host.output("kill -9 \(before)")
            try await host.waitFor("initctl status web | grep 'start/running' | grep -qv 'process \(before)$'")
        case "# syntax error":
            try await host.write("/srv/jobs/broken.conf", "limit nofile many many\nexec /bin/true\n")
        case _ where line.hasPrefix("init:"):
            let log = try await host.output("dmesg").split(separator: "\n").map(plain)
            #expect(log.contains(plain(line)), "\(line) is not in \(log)")
        case "",
            _ where line.hasPrefix("(clock: "):
            break
        default: Issue.record("what is \(line)?")
        }
    }
}
