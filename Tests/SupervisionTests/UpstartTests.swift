import Reactor
import Supervision
import TestHosts
import TestSupport
import Testing

/// What is Upstart's own, under its stand-in: definitions that stay while an instance runs, refusals that only the log tells.
@Suite(.needsHosts) struct UpstartTests {
    @Test(arguments: Driver.shells)
    func `definitions count from the last stop on`(shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            var driver = try await Driver.ready(.upstart, shell: shell, on: host)
            let first = try await driver.put(DriverProject.make("app"))
            driver.know(first)
            let members = first.members
            for member in members { try await driver.done("start", member) }
            try await driver.done("gather", "app", "up")
            #expect(try await host.output("initctl status app") == "app start/running")
            let old = try await driver.wait(members[1], "running").pid

            // Why all stop first: one instance that runs keeps the definition of its job.
            _ = try await driver.put(DriverProject.make("app", level: "2"))
            try await driver.done("check")
            try await driver.done("take", members[0], members[1])
            #expect(try await driver("whole").isDone)
            try await driver.done("stop", members[0])
            try await driver.done("start", members[0])
            var pid = try await driver.wait(members[0], "running").pid
            try await host.waitFor("[ \"$(cat /run/app/is-0)\" = \"1 $1\" ]", pid)
            for member in members { try await driver.done("stop", member) }
            for member in members { try await driver.done("start", member) }
            pid = try await driver.wait(members[0], "running").pid
            try await host.waitFor("[ \"$(cat /run/app/is-0)\" = \"2 $1\" ]", pid)
            #expect(try await driver("state", members[1]).pid != old)

            // A job that it cannot read, while the old one runs: only the log says so.
            let path = "/etc/init/app-instance.conf"
            let text = try await host.output("cat \(path)")
            try await host.write(path, text + "\nrespwan\n")
            let refused = try await driver("check")
            #expect(!refused.isDone && refused.said.contains("\(path):"), "\(refused)")
            #expect(refused.said.contains("Unknown stanza"), "\(refused)")
            #expect(try await driver("state", members[0]).pid == pid)
            try await host.write(path, text + "\n")
            try await driver.done("check")
            // Somebody else's broken job is none of this service's.
            try await host.write("/etc/init/other.conf", "limit nofile many\n")
            try await driver.done("check")

            // The file that keeps it from starting with the host is Baton's, or left alone.
            try await driver.done("enable", "app", "no")
            #expect(try await host.output("tail -n 1 /etc/init/app.override") == "manual")
            try await driver.done("enable", "app", "yes")
            #expect(try await host.output("test -e /etc/init/app.override || echo none") == "none")
            try await host.write("/etc/init/app.override", "# mine\nmanual\n")
            let kept = try await driver("enable", "app", "yes")
            #expect(!kept.isDone && kept.said.contains("is not Baton's"), "\(kept)")
            #expect(try await host.output("cat /etc/init/app.override") == "# mine\nmanual")

            // With the last instance its keeper goes.
            for member in members { try await driver.done("stop", member) }
            try await driver.done("gather", "app", "down")
            #expect(try await host.output("initctl status app") == "app stop/waiting")

            // Nobody there.
            try await host.output("systemctl stop upstart")
            #expect(try await driver.state(members[0]) == "unknown")
            #expect(try await !driver("here").isDone)
        }
    }
}
