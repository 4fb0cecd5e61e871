import HostSide
import Reactor
import Supervision
import TestHosts
import TestSupport
import Testing

/// The procedures that change services, on supervisors other than systemd.
@Suite(.needsHosts) struct SupervisorProcedureTests {
    /// A host and what is done to the service `app` on it.
    private struct Place {
        let host: TestHost
        let driver: Driver

        func run(_ operation: HostSide.Operation) async throws -> ServiceRun {
            try await host.write("/root/program.sh", ServiceRun.program(operation))
            return try ServiceRun(try await host.run("\(driver.shell) /root/program.sh"))
        }

        func verb(_ verb: ServiceVerb) async throws -> ServiceRun {
            try await run(ServicePrograms.verb(verb, .service("app")))
        }

        func apply(_ project: Project, _ state: WantedState = .started) async throws -> ServiceRun {
            let rendering = try project.rendering(driver.supervisor)
            return try await run(
                ServicePrograms.apply(ServiceChange(service: "app", rendering: rendering, expected: [], state: state))
            )
        }

        /// The number of an instance, once it is up with a level.
        func pid(_ instance: Int, _ level: String) async throws -> String {
            let file = "/run/app/is-\(instance)"
            try await host.waitFor("read -r level pid <\(file) && [ \"$level\" = \(level) ] && kill -0 \"$pid\"")
            return try await host.output("read -r level pid <\(file); echo \"$pid\"")
        }

        /// How often an instance has come up.
        func starts(_ instance: Int) async throws -> Int {
            Int(try await host.output("grep -cx 'up \(instance)' /var/log/app/app-\(instance).log")) ?? 0
        }
    }

    @Test(arguments: zip(Driver.supervisors, Driver.shells))
    func `a definition is put in place, changed and taken away`(supervisor: Supervisor, shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let place = Place(host: host, driver: try await Driver.ready(supervisor, shell: shell, on: host))
            try await host.output("mkdir -p /srv/app/releases/1/bin && ln -s releases/1 /srv/app/current")
            try await host.write("/srv/app/current/bin/app", DriverProject.program, mode: "755")

            let first = try await place.apply(DriverProject.make("app"))
            #expect(first.end == .done, "\(first)")
            let members = try DriverProject.make("app").rendering(supervisor).members
            var pids = [try await place.pid(0, "1"), try await place.pid(1, "1")]

            #expect(try await place.starts(0) == 1, "\(first)")

            // The same again is nothing, and touches nobody.
            let again = try await place.apply(DriverProject.make("app"))
            #expect(again.isSkipped, "\(again)")
            #expect(try await [place.pid(0, "1"), place.pid(1, "1")] == pids)

            // One key: all who were born with the other value are born again, with the new one.
            let changed = try await place.apply(DriverProject.make("app", level: "2"))
            #expect(changed.end == .done, "\(changed)")
            pids = [try await place.pid(0, "2"), try await place.pid(1, "2")]

            #expect(try await place.starts(0) == 2, "\(changed)")

            // Verbs: all members, and verified.
            let restarted = try await place.verb(.restart)
            #expect(restarted.end == .done, "\(restarted)")
            #expect(try await place.pid(0, "2") != pids[0])
            #expect(try await place.starts(0) == 3, "\(restarted)")
            pids = [try await place.pid(0, "2"), try await place.pid(1, "2")]
            #expect(try await place.verb(.reload).end == .done)
            try await host.waitFor("grep -qx HUP /run/app/got-0 && grep -qx HUP /run/app/got-1")
            #expect(try await [place.pid(0, "2"), place.pid(1, "2")] == pids)
            #expect(try await place.verb(.stop).end == .done)
            #expect(try await host.output("kill -0 \(pids[0]) 2>/dev/null || echo gone") == "gone")
            #expect(try await place.verb(.stop).isSkipped)

            // One that dies at once is a failure, with what it said.
            try await host.output("touch /run/app/broken")
            let broken = try await place.verb(.start)
            #expect(broken.errors.contains(members[0]), "\(broken)")
            #expect(broken.isFailed, "\(broken)")
            try await place.driver.wait(members[0], "failed")
            try await host.output("rm /run/app/broken")
            let mended = try await place.verb(.start)
            #expect(mended.end == .done, "\(mended)")

            // Fewer.
            let fewer = try await place.apply(DriverProject.make("app", processes: 1, level: "2"))
            #expect(fewer.end == .done, "\(fewer)")
            let last = try await place.pid(0, "2")
            #expect(try await host.output("pgrep -c -f 'bin/app$'") == "1")

            // Gone.
            let removed = try await place.verb(.remove)
            #expect(removed.end == .done, "\(removed)")
            #expect(try await host.output("kill -0 \(last) 2>/dev/null || echo gone") == "gone")
            for path in try DriverProject.make("app", processes: 1).rendering(supervisor).files where !path.isKept {
                #expect(try await host.output("test -e \(path.path) || echo none") == "none", "\(path.path)")
            }
            let absent = try await place.driver("state", "app")
            #expect(absent.state == "absent", "\(absent)")
        }
    }

    @Test(arguments: zip(Driver.supervisors, Driver.shells))
    func `what is to be stopped never begins, and starts with the host all the same`(
        supervisor: Supervisor,
        shell: String
    ) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let place = Place(host: host, driver: try await Driver.ready(supervisor, shell: shell, on: host))
            try await host.output("mkdir -p /srv/app/releases/1/bin && ln -s releases/1 /srv/app/current")
            let program = DriverProject.program.replacing("#!/bin/sh\n", with: "#!/bin/sh\necho $$ >>/run/app/begun\n")
            try await host.write("/srv/app/current/bin/app", program, mode: "755")
            for level in ["1", "2"] {
                let stopped = try await place.apply(DriverProject.make("app", level: level), .stopped)
                #expect(stopped.end == .done, "\(stopped)")
                #expect(try await host.output("cat /run/app/begun 2>/dev/null || echo none") == "none")
            }
            #expect(try await place.apply(DriverProject.make("app", level: "2"), .stopped).isSkipped)
            let whole = try DriverProject.make("app").rendering(supervisor).whole
            try await place.driver.done("enabled", whole)
            if supervisor == .supervisord {
                try await host.output("systemctl restart supervisor")
                _ = try await place.pid(0, "2")
            }
            #expect(try await !place.apply(DriverProject.make("app", level: "2")).isFailed)
            let pids = [try await place.pid(0, "2"), try await place.pid(1, "2")]
            // Whether it starts at boot is no reason to restart it.
            let manual = DriverProject.make("app", level: "2", "    start_on: manual\n")
            #expect(try await place.apply(manual).end == .done)
            #expect(try await !place.driver("enabled", whole).isDone)
            #expect(try await place.apply(manual).isSkipped)
            #expect(try await [place.pid(0, "2"), place.pid(1, "2")] == pids)
        }
    }

    @Test(arguments: Driver.shells)
    func `scripts that runit could not run are refused before it sees them`(shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            _ = try await Driver.ready(.runit, shell: shell, on: host)
            // Each directory that is linked is noted, for as short as it may be.
            try await host.output("mkdir -p /root/bin")
            try await host.write(
                "/root/bin/ln",
                "#!/bin/sh\necho \"$@\" >>/root/linked\nexec /bin/ln \"$@\"\n",
                mode: "755"
            )
            var rendering = try DriverProject.make("app").rendering(.runit)
            for (index, file) in rendering.files.enumerated() where file.path.hasSuffix("-1/run") {
                rendering.files[index].content += "if\n"
            }
            let change = ServiceChange(service: "app", rendering: rendering, expected: [])
            try await host.write("/root/program.sh", ServiceRun.program(ServicePrograms.apply(change)))
            let result = try await host.run("PATH=/root/bin:$PATH \(shell) /root/program.sh")
            let refused = try ServiceRun(result)
            #expect(refused.errors.contains("refuses the definition"), "\(refused)")
            #expect(try await host.output("grep -e '-s -- /etc/sv' /root/linked || echo none") == "none")
            #expect(try await host.output("ls /etc/service /etc/sv | grep app || echo none") == "none")
        }
    }

    @Test(arguments: ["systemd-tmpfiles", "no systemd-tmpfiles"])
    func `what cannot be made below run is told, and is made once it can`(tool: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let place = Place(host: host, driver: try await Driver.ready(.supervisord, shell: "sh", on: host))
            try await host.output("mkdir -p /srv/app/releases/1/bin && ln -s releases/1 /srv/app/current")
            try await host.write("/srv/app/current/bin/app", DriverProject.program, mode: "755")
            #expect(try await place.apply(DriverProject.make("app")).end == .done)
            #expect(try await place.verb(.stop).end == .done)
            if tool != "systemd-tmpfiles" { try await host.remove(program: "systemd-tmpfiles") }
            try await host.output("rm -r /run/app && echo x >/run/app")
            let refused = try await place.verb(.start)
            #expect(refused.isFailed, "\(refused)")
            #expect(refused.errors.contains("a directory of app below /run could not be made: "), "\(refused.errors)")
            #expect(refused.errors.contains("/run/app"), "\(refused.errors)")
            try await host.output("rm /run/app")
            let started = try await place.verb(.start)
            #expect(started.end == .done, "\(started)")
            #expect(try await host.output("stat -c '%U %a' /run/app") == "deploy 755")
        }
    }

    @Test(arguments: zip(Driver.supervisors, Driver.shells))
    func `what the supervisor refuses is put back`(supervisor: Supervisor, shell: String) async throws {
        try await withHosts(1) { fleet in
            let host = fleet[0]
            let place = Place(host: host, driver: try await Driver.ready(supervisor, shell: shell, on: host))
            try await host.output("mkdir -p /srv/app/releases/1/bin && ln -s releases/1 /srv/app/current")
            try await host.write("/srv/app/current/bin/app", DriverProject.program, mode: "755")
            #expect(try await place.apply(DriverProject.make("app")).end == .done)
            let pids = [try await place.pid(0, "1"), try await place.pid(1, "1")]
            let sums =
                "cd /etc && find baton init sv supervisor -type f ! -path '*/supervise/*' 2>/dev/null | sort | xargs sha256sum"
            let before = try await host.output(sums)

            var rendering = try DriverProject.make("app", level: "2").rendering(supervisor)
            for (index, file) in rendering.files.enumerated() {
                switch supervisor {
                case .supervisord where file.path.hasSuffix("/app.conf") && file.path.contains("supervisor"):
                    rendering.files[index].content += "numprocs=many\n"
                case .runit where file.path.hasSuffix("/run"): rendering.files[index].content += "if\n"
                case .upstart where file.path.hasSuffix("-instance.conf"):
                    rendering.files[index].content += "respwan\n"
                default: break
                }
            }
            let refused = try await place.run(
                ServicePrograms.apply(ServiceChange(service: "app", rendering: rendering, expected: []))
            )
            #expect(refused.isFailed, "\(refused)")
            #expect(refused.errors.contains("refuses the definition"), "\(refused.errors)")
            #expect(refused.errors.contains("everything was put back"), "\(refused.errors)")
            #expect(try await host.output(sums) == before)
            #expect(try await [place.pid(0, "1"), place.pid(1, "1")] == pids)
            #expect(try await place.apply(DriverProject.make("app")).isSkipped)
        }
    }
}
