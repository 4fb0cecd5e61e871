import HostSide
import Reactor
import Shell
import Supervision
import TestHosts
import TestSupport
import Testing

/// Procedures on real hosts under systemd.
@Suite(.needsHosts) struct ServiceHostTests {
    /// A service on a host, and what is done to it.
    private struct Service {
        let host: TestHost
        var processes = 2
        var description = "App"
        var extra = "one"
        var isStubborn = false

        static let program = """
            #!/bin/sh
            [ -z "$STUBBORN" ] || trap '' TERM
            echo $$ >"/run/app/new-$INSTANCE"
            mv "/run/app/new-$INSTANCE" "/run/app/pid-$INSTANCE"
            if [ -e /srv/app/broken ]; then
                echo 'cannot go on'
                sleep 0.2
                exit 3
            fi
            trap 'echo reloaded' HUP
            while :; do
                sleep 1000 &
                wait $!
            done

            """

        var project: Project {
            var project = Project(
                text: """
                    releases:
                      app: {root: /srv/app, artifact: app, user: deploy}
                    services:
                      app:
                        release: app
                        description: \(description)
                        command: bin/app
                        processes: \(processes)
                        start_seconds: 1
                        stop_seconds: 2
                        environment:
                          INSTANCE: "{{ instance }}"
                          EXTRA: "{{ '\(extra)' if instance == 1 else 'none' }}"
                          \(isStubborn ? "STUBBORN: \"yes\"" : "MILD: \"yes\"")
                          SECRET: !secret env:SECRET
                        restart: {policy: on-failure, limit: 2, within: 1000s}
                        runtime_directories: [/run/app]
                        logs: {file: /var/log/app/app.log, rotate: 1MB}

                    """
            )
            project.secrets = ["SECRET": "quite secret"]
            return project
        }

        func prepare() async throws {
            try await host.output("mkdir -p /srv/app/releases/1/bin && ln -s releases/1 /srv/app/current")
            try await host.write("/srv/app/current/bin/app", Self.program, mode: "755")
        }

        func run(_ operation: Operation, round: Int = 0) async throws -> ProcedureEnd {
            let program = ProcedureEnd.program(operation, round: round)
            return try ProcedureEnd(try await host.run(#"eval "$(cat)""#, input: Array(program.utf8)))
        }

        func verb(_ verb: ServiceVerb, round: Int = 0) async throws -> ProcedureEnd {
            try await run(ServicePrograms.verb(verb, .service("app")), round: round)
        }

        func apply(
            _ state: WantedState = .started,
            adopts: Bool = false,
            expected: [HostSide.Expectation] = [],
            _ change: (inout Rendering) -> Void = { _ in }
        ) async throws -> ProcedureEnd {
            var rendering = try project.rendering(.systemd)
            change(&rendering)
            let wanted = ServiceChange(
                service: "app",
                rendering: rendering,
                expected: expected,
                state: state,
                adopts: adopts
            )
            return try await run(ServicePrograms.apply(wanted))
        }

        func look() async throws -> ServiceSighting {
            let look = ServiceLook(.service("app"), paths: ["/etc/systemd/system/app@.service", "/etc/passwd"])
            let program = Looking.program([look.look]).text
            let result = try await host.run(#"eval "$(cat)""#, input: Array(program.utf8))
            #expect(result.errors == "")
            return try look.read(try Looking.read(result.stdout, [look.look])[look.look])
        }

        func pids() async throws -> [String] {
            var pids: [String] = []
            for instance in 0..<processes {
                pids.append(try await host.output("systemctl show --value -p MainPID app@\(instance).service"))
            }
            return pids
        }

        /// Every file of the definition with its content, mode, owner and time.
        func files() async throws -> String {
            try await host.output(
                "cd /etc && find systemd/system/app* systemd/system/*.wants baton logrotate.d/baton-* "
                    + "! -type d -exec stat -c '%n %a %U %G %Y %N' {} + | sort; "
                    + "find systemd/system/app* baton logrotate.d/baton-* -type f -exec sha256sum {} + | sort"
            )
        }
    }

    @Test func `a full disk keeps nobody from stopping, and is no place for a definition`() async throws {
        try await withHosts(1) { fleet in
            var app = Service(host: fleet[0])
            try await app.prepare()
            try await app.host.mountSmallDisk(at: "/var/lib/baton", kilobytes: 256)
            #expect(try await app.apply().end == .done)
            try await app.host.fillDisk(at: "/var/lib/baton")
            let stopped = try await app.verb(.stop)
            #expect(stopped.end == .done, "\(stopped)")
            #expect(stopped.errors.contains("nothing can be written into /var/lib/baton/services/app"), "\(stopped)")
            #expect(try await app.look().members.map(\.state) == [.stopped, .stopped])
            #expect(try await app.look().unfinished == nil)
            let before = try await app.files()
            app.description = "Other"
            let applied = try await app.apply()
            #expect(applied.end == .failed(status: 1), "\(applied)")
            #expect(applied.errors.contains("is the disk full?"), "\(applied)")
            #expect(try await app.files() == before)
            try await app.host.freeDisk(at: "/var/lib/baton")
            #expect(try await app.verb(.start).end == .done)
            #expect(try await app.host.output("grep -c 'begin start' /var/lib/baton/services/app/journal") == "1")
        }
    }

    @Test func `a definition is put in place and changed, and only those concerned restart`() async throws {
        try await withHosts(1) { fleet in
            var app = Service(host: fleet[0])
            try await app.prepare()
            #expect(try await app.look().manifest == nil)
            // Somebody else's stays, unless it may be replaced.
            try await app.host.write("/etc/systemd/system/app@.service", "[Service]\nExecStart=/bin/false\n")
            let foreign = try await app.apply()
            #expect(foreign.end == .failed(status: 1))
            #expect(foreign.errors.contains("/etc/systemd/system/app@.service was not written by Baton"))
            #expect(try await app.look().foreign == ["/etc/systemd/system/app@.service", "/etc/passwd"])
            #expect(try await app.host.output("cat /etc/systemd/system/app@.service").hasPrefix("[Service]"))
            #expect(try await app.host.output("ls /etc/baton 2>/dev/null || echo none") == "none")
            let first = try await app.apply(adopts: true)
            #expect(first.end == .done, "\(first.errors)")
            #expect(first.lines.suffix(3) == ["start app@1.service", "running app@1.service pid N", "end 0"])
            var pids = try await app.pids()
            var seen = try await app.look()
            #expect(seen.manifest?.supervisor == .systemd && seen.isEnabled == true && seen.foreign == ["/etc/passwd"])
            #expect(seen.members.map(\.state) == [.running, .running] && seen.members.allSatisfy { $0.isDue == false })
            #expect(seen.members.map { $0.pid.map(String.init) } == pids && seen.unfinished == nil)
            #expect(seen.members.map(\.log) == ["/var/log/app/app-0.log", "/var/log/app/app-1.log"])

            #expect(try await app.apply().end == .skipped("app is as it should be"))
            app.description = "Another"
            let described = try await app.apply()
            #expect(described.end == .done && described.lines.contains("take app"))
            #expect(try await app.host.output("systemctl show --value -p Description app.target") == "Another")
            #expect(try await app.pids() == pids)

            app.extra = "two"
            #expect(try await app.apply().end == .done)
            #expect(try await app.pids()[0] == pids[0])
            #expect(try await app.pids()[1] != pids[1])
            pids = try await app.pids()

            app.processes = 3
            let more = try await app.apply()
            #expect(more.end == .done && more.lines.filter { $0.hasPrefix("start ") } == ["start app@2.service"])
            #expect(Array(try await app.pids().prefix(2)) == pids)
            app.processes = 2
            let fewer = try await app.apply()
            #expect(fewer.lines.contains("drop app@2.service") && fewer.lines.contains("stopped app@2.service"))
            #expect(try await app.pids() == pids)
            #expect(try await app.host.output("systemctl is-active app@2.service || :") == "inactive")
            #expect(try await app.host.output("ls -d /etc/systemd/system/app@2* 2>/dev/null || echo none") == "none")

            // Refused: everything byte for byte as it was, and nothing is due afterwards.
            let before = try await app.files()
            app.extra = "three"
            let refused = try await app.apply { rendering in
                for index in rendering.files.indices where rendering.files[index].path.hasSuffix("app@.service") {
                    rendering.files[index].content.replace("Type=exec", with: "Type=dbus")
                }
            }
            #expect(refused.end == .failed(status: 1) && refused.errors.contains("everything was put back as it was"))
            #expect(refused.errors.contains("systemd refuses the definition: app@"))
            #expect(try await app.files() == before)
            #expect(try await app.host.output("systemctl show --value -p NeedDaemonReload app@0.service") == "no")
            #expect(try await app.pids() == pids)
            app.extra = "two"
            #expect(try await app.apply().end == .skipped("app is as it should be"))

            // Not as it was seen.
            app.description = "Stale"
            let unit = HostSide.Expectation(path: "/etc/systemd/system/app.target", fingerprint: "missing")
            #expect(try await app.apply(expected: [unit]).end == .stale)
            #expect(try await app.files() == before)

            // What was before is kept, but for secrets, which are nowhere else either.
            #expect(try await app.host.output("grep -c . /var/lib/baton/services/app/previous/list") != "0")
            #expect(
                try await app.host.output("grep -rl 'quite secret' /var/lib/baton /run/baton 2>/dev/null || echo none")
                    == "none"
            )

            #expect(try await app.verb(.reload).end == .done)
            #expect(try await app.pids() == pids)
            try await app.host.waitFor("grep -q reloaded /var/log/app/app-1.log")
            let stopped = try await app.apply(.stopped)
            #expect(stopped.end == .done && stopped.lines.contains("stopped app@1.service"))
            #expect(try await app.look().members.map(\.state) == [.stopped, .stopped])
            let removed = try await app.verb(.remove)
            #expect(removed.end == .done, "\(removed.errors)")
            let rest =
                "ls -d /etc/systemd/system/app* /etc/baton/services/app /etc/logrotate.d/baton-app 2>/dev/null || :"
            #expect(try await app.host.output(rest) == "")
            seen = try await app.look()
            #expect(seen.manifest == nil && seen.members.isEmpty)
        }
    }

    @Test func `failures say why, and a dropped link leaves nothing stopped`() async throws {
        try await withHosts(1) { fleet in
            var app = Service(host: fleet[0])
            app.processes = 3
            try await app.prepare()
            #expect(try await app.apply().end == .done)
            var pids = try await app.pids()

            // One that dies within start_seconds fails it with the end of its log; the others are left alone.
            try await app.host.output("touch /srv/app/broken")
            let broken = try await app.verb(.restart)
            #expect(broken.end == .failed(status: 1))
            #expect(broken.errors.contains("app@0.service did not stay up for 1 seconds"))
            #expect(
                broken.errors.contains("the end of /var/log/app/app-0.log:\n") && broken.errors.contains("cannot go on")
            )
            #expect(broken.errors.contains("app@1.service is running"))
            #expect(Array(try await app.pids()[1...]) == Array(pids[1...]))
            // Its supervisor gave up on it; a start forgets that.
            try await app.host.waitFor("systemctl is-failed app@0.service")
            #expect(try await app.look().members.map(\.state) == [.failed, .running, .running])
            try await app.host.output("rm /srv/app/broken")
            #expect(try await app.verb(.start).end == .done)
            #expect(Array(try await app.pids()[1...]) == Array(pids[1...]))

            // Killed in the end.
            app.isStubborn = true
            #expect(try await app.apply().end == .done)
            pids = try await app.pids()
            let stubborn = try await app.verb(.restart)
            #expect(stubborn.end == .done, "\(stubborn.errors)")
            let after = try await app.pids()
            for (old, new) in zip(pids, after) {
                #expect(old != new)
                #expect(try await app.host.output("kill -0 \(old) 2>/dev/null || echo gone") == "gone")
            }

            // What Baton did not define is started and stopped by its name.
            let nginx = ServiceSubject.unit("nginx", nil)
            let served = try await app.run(ServicePrograms.verb(.start, nginx))
            #expect(served.end == .done && served.lines.contains("running nginx.service pid N"), "\(served.errors)")
            #expect(try await app.run(ServicePrograms.verb(.reload, nginx)).end == .done)
            #expect(try await app.run(ServicePrograms.verb(.stop, nginx)).end == .done)
            #expect(try await app.host.output("systemctl is-active nginx || :") == "inactive")
            let unknown = try await app.run(ServicePrograms.verb(.start, .unit("nothing", .systemd)))
            #expect(
                unknown.end == .failed(status: 1) && unknown.errors.contains("systemd does not know nothing.service")
            )

            // The link and everything of the session go while the first of three is stopped.
            let program = ProcedureEnd.program(ServicePrograms.verb(.restart, .service("app")), round: 1)
            var request = ChildRequest(
                [
                    "ssh", "-i", fleet.userKey, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                    "root@\(app.host.address)", #"eval "$(cat)""#,
                ],
                environment: Surroundings.environment
            )
            request.input = Array(program.utf8)
            request.deadline = .seconds(60)
            let asked = request
            // The one before has its lines in the same file.
            try await app.host.output("rm /var/lib/baton/services/app/journal")
            async let dropped = fleet.loop.run(asked)
            try await app.host.waitFor("grep -q 'stop app@0' /var/lib/baton/services/app/journal")
            // Its unit is none of the login's: where logins end with all of their processes, it goes on.
            let group = "set -- /run/baton/.services/app/lock-*; pid=${1##*/lock-}; cat /proc/${pid%%-*}/cgroup"
            #expect(try await app.host.output(group).contains("/system.slice/run-"))
            let second = try await app.verb(.stop, round: 2)
            #expect(second.end == .failed(status: ServicePrograms.busyStatus))
            #expect(second.errors.hasPrefix("app is being changed already: restart, by root@198.18.0.1, since 20"))
            #expect(try await app.look().busy?.hasPrefix("restart, by root@") == true)
            for process in try await app.host.processes("baton_detached|eval") { try? await app.host.kill(process) }
            for session in try await app.host.sessions() { try? await app.host.kill(session) }
            #expect(try await !dropped.succeeded)
            try await app.host.waitFor("tail -n 1 /var/lib/baton/services/app/journal | grep -q ' end 0$'")
            let ended = try await app.look()
            #expect(ended.members.map(\.state) == [.running, .running, .running] && ended.busy == nil)
            for (old, new) in zip(after, try await app.pids()) { #expect(old != new) }
            #expect(
                ProcedureEnd.lines(try await app.host.output("cat /var/lib/baton/services/app/journal")).filter {
                    $0.hasPrefix("running")
                }.count == 3
            )
        }
    }

    @Test func `a service that is taken over starts, reloads and stops by the master that its pid file names`()
        async throws
    {
        let application = """
            def application(environ, start_response):
                start_response("200 OK", [])
                return [b"hello"]

            """
        let project = Project(
            text: """
                releases:
                  app: {root: /srv/app, artifact: app, user: deploy}
                services:
                  app:
                    release: app
                    command: /usr/bin/gunicorn -D --pid /run/app/pid --workers 1 --bind 127.0.0.1:8000 app
                    runtime_directories: [/run/app]
                    start_seconds: 1
                    stop_seconds: 10
                    handover: {strategy: takeover, profile: gunicorn, pidfile: /run/app/pid}

                """
        )
        try await withHosts(1) { fleet in
            let app = Service(host: fleet[0])
            try await app.prepare()
            try await app.host.write("/srv/app/current/app.py", application)
            let change = ServiceChange(service: "app", rendering: try project.rendering(.systemd), expected: [])
            let started = try await app.run(ServicePrograms.apply(change))
            #expect(started.end == .done, "\(started.lines) \(started.errors)")
            let old = try await app.host.output("cat /run/app/pid")
            #expect(try await app.look().members.map(\.pid) == [Int(old)])
            try await app.host.output("kill -USR2 \(old)")
            try await app.host.waitFor("test -s /run/app/pid.2 && pgrep -P \"$(cat /run/app/pid.2)\"")
            try await app.host.output("kill -TERM \(old)")
            try await app.host.waitFor(
                "! kill -0 \(old) 2>/dev/null && test -s /run/app/pid && ! test -e /run/app/pid.2"
            )
            let new = try await app.host.output("cat /run/app/pid")
            let seen = try await app.look()
            #expect(seen.members.map(\.pid) == [Int(new)] && seen.members.map(\.isDue) == [false])
            #expect(try await app.run(ServicePrograms.apply(change)).end == .skipped("app is as it should be"))
            let workers = try await app.host.output("pgrep -P \(new)")
            let reloaded = try await app.verb(.reload)
            #expect(reloaded.end == .done, "\(reloaded.errors)")
            try await app.host.waitFor("w=$(pgrep -P \(new)) && [ \"$w\" != \"$1\" ]", workers)
            #expect(try await app.host.output("cat /run/app/pid") == new)
            let restarted = try await app.verb(.restart)
            #expect(restarted.end == .done, "\(restarted.errors)")
            #expect(try await app.host.output("cat /run/app/pid") != new)
            #expect(try await app.verb(.stop).end == .done)
            #expect(try await app.host.output("pgrep -c gunicorn || :") == "0")
        }
    }
}
