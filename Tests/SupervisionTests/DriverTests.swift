import Supervision
import TestHosts
import TestSupport
import Testing

/// What holds for a service under every supervisor, asked of the drivers on real hosts (Upstart: its stand-in).
@Suite(.needsHosts) struct DriverTests {
    @Test(arguments: Driver.supervisors, Driver.shells)
    func `a service's life`(supervisor: Supervisor, shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            var driver = try await Driver.ready(supervisor, shell: shell, on: host)
            let here = try await driver("here")
            #expect(here.isDone && here.version.hasPrefix(supervisor == .supervisord ? "4." : ""), "\(here)")
            #expect(!here.version.isEmpty)

            // Before it is there, and then.
            let other = try await driver.put(DriverProject.make("other", processes: 1))
            driver.know(other)
            try await driver.done("check")
            try await driver.done("take", other.members[0])
            if supervisor == .upstart { try await driver.done("start", other.members[0]) }
            let neighbour = try await driver.wait("other", "running").pid
            let rendering = try DriverProject.make("app").rendering(supervisor)
            let members = rendering.members
            #expect(try await driver.state(members[0]) == "absent")
            _ = try await driver.put(DriverProject.make("app"))
            driver.know(rendering)
            try await driver.done("check")
            try await driver.done("take", members[0], members[1])
            for member in members where supervisor == .upstart { try await driver.done("start", member) }
            var pids: [String] = []
            for (number, member) in members.enumerated() {
                pids.append(try await driver.wait(member, "running").pid)
                try await host.waitFor("[ \"$(cat /run/app/is-\(number))\" = \"1 $1\" ]", pids[number])
            }

            // One of them stops and starts, by itself.
            try await driver.done("stop", members[0])
            #expect(try await driver.state(members[0]) == "stopped")
            #expect(try await host.output("kill -0 \(pids[0]) 2>/dev/null || echo gone") == "gone")
            try await driver.done("stop", members[0])
            try await driver.done("start", members[0])
            pids[0] = try await driver.wait(members[0], "running").pid
            try await driver.done("start", members[0])
            #expect(try await driver("state", members[0]).pid == pids[0])
            #expect(try await driver("state", members[1]).pid == pids[1])

            // Signals reach the main process of one.
            try await host.waitFor("[ \"$(cat /run/app/is-0)\" = \"1 $1\" ]", pids[0])
            try await driver.done("signal", members[0], "HUP")
            try await host.waitFor("grep -qx HUP /run/app/got-0")
            try await driver.done("signal", members[0], "WINCH")
            try await host.waitFor("grep -qx WINCH /run/app/got-0")
            #expect(try await host.output("test ! -e /run/app/got-1 && echo none") == "none")

            // Who is killed comes back, until it is too often; then only by being asked.
            for _ in 0..<2 {
                try await host.output("kill -9 \(pids[0])")
                try await host.waitFor("read -r _ pid </run/app/is-0 && [ \"$pid\" != \(pids[0]) ]")
                pids[0] = try await driver.wait(members[0], "running").pid
            }
            try await host.output("kill -9 \(pids[0])")
            try await driver.wait(members[0], "failed")
            try await driver.done("start", members[0])
            pids[0] = try await driver.wait(members[0], "running").pid
            try await host.waitFor("[ \"$(cat /run/app/is-0)\" = \"1 $1\" ]", pids[0])
            try await driver.done("stop", members[0])
            #expect(try await driver.state(members[0]) == "stopped")

            // Who does not stop is killed.
            try await host.output("touch /run/app/stubborn")
            try await driver.done("start", members[0])
            let stubborn = try await driver.wait(members[0], "running").pid
            try await host.waitFor("[ \"$(cat /run/app/is-0)\" = \"1 $1\" ]", stubborn)
            try await driver.done("stop", members[0])
            #expect(try await driver.state(members[0]) == "stopped")
            #expect(try await host.output("kill -0 \(stubborn) 2>/dev/null || echo gone") == "gone")
            try await host.output("rm /run/app/stubborn")
            #expect(try await driver("state", members[1]).pid == pids[1])

            // At boot.
            #expect(try await driver("enabled", rendering.whole).isDone)
            try await driver.done("enable", rendering.whole, "no")
            #expect(try await !driver("enabled", rendering.whole).isDone)
            try await driver.done("enable", rendering.whole, "no")
            try await driver.done("enable", rendering.whole, "yes")
            #expect(try await driver("enabled", rendering.whole).isDone)
            #expect(try await driver("state", members[1]).pid == pids[1])

            // Gone.
            for member in members { try await driver.done("stop", member) }
            for file in rendering.files where supervisor != .runit { try await host.output("rm -f \(file.path)") }
            try await driver.done("drop", rendering.whole, members[0], members[1])
            for member in members { #expect(try await driver.state(member) == "absent") }
            #expect(try await driver("state", "other").pid == neighbour)
        }
    }
}
