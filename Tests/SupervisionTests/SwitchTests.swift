import HostSide
import Reactor
import Shell
import Supervision
import TestSupport
import Testing

/// A release that its services are restarted for, as one program, under each shell.
@Suite(.enabled(if: Surroundings.isRoot, "releases and definitions belong to root")) struct SwitchTests {
    private static let project = Project(
        text: """
            services:
              web:
                command: /bin/web
                processes: 2
                start_seconds: 0
                stop_seconds: 2

            """
    )

    /// A host that runs release 1 of two, with two members, and the lease of whoever switches it.
    private struct Host {
        let place: ProcedurePlace
        let root: ReleaseRoot
        var lease: Lease
        let one = ReleaseID("1-0123456789ab") ?? .found
        let two = ReleaseID("2-0123456789ab") ?? .found

        private func change(_ state: WantedState) throws -> ServiceChange {
            var rendering = try SwitchTests.project.rendering(.systemd)
            for index in rendering.files.indices {
                var file = rendering.files[index]
                file.path = place.path + file.path.replacing("/etc/baton/", with: "/etc/")
                if file.path.hasSuffix("/services/web/service") {
                    file.content = file.content.replacing(" /etc/", with: " \(place.path)/etc/")
                        .replacing("/etc/baton/", with: "/etc/")
                }
                rendering.files[index] = file
            }
            for index in rendering.directories.indices {
                let path = rendering.directories[index].path
                rendering.directories[index].path = place.path + path.replacing("/etc/baton", with: "/etc")
            }
            return ServiceChange(service: "web", rendering: rendering, expected: [], state: state)
        }

        func start() async throws {
            let program = ProcedureEnd.program(place.operation(try change(.started).script(place.fake)))
            #expect(try ProcedureEnd(try await place.run(program)).end == .done)
            try place.write("fake/asked", "")
        }

        /// `check` is a line of shell; `more` what the host does otherwise.
        func program(_ check: String, more: String = "", isForward: Bool = false, seconds: Int = 2) throws -> String {
            let part = ReleaseSwitch.Part(
                try change(.restarted),
                check: Check(.command(ShellCommand(.line(check))), timeout: .seconds(5)),
                seconds: seconds,
                isFirst: false
            )
            let own = ReleaseSwitch(
                [part],
                from: root.target(one),
                before: one,
                to: two,
                under: lease,
                run: "run-2",
                nonce: "0123abcd",
                isForward: isForward
            )
            return ProcedureEnd.program(place.operation(own.script(place.fake + more)), round: 5)
        }

        func switchOver(_ check: String, more: String = "", isForward: Bool = false) async throws -> ProcedureEnd {
            try ProcedureEnd(try await place.run(try program(check, more: more, isForward: isForward)))
        }

        func look() async throws -> ReleaseSighting {
            let look = ReleaseLook(root)
            let result = try await place.run(Looking.program([look.look]).text)
            return try look.read(try Looking.read(result.stdout, [look.look])[look.look])
        }

        var asked: [String] { place.read("fake/asked").split(separator: "\n").map(String.init) }

        func restarts(_ members: Int...) -> [String] {
            members.flatMap { ["stop web@\($0).service", "start web@\($0).service"] }
        }
    }

    private func with(_ shell: HostShell, _ body: (Host) async throws -> Void) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            let root = try ReleaseRoot(path: "\(place.path)/shop", user: "root")
            let taking = try LeaseRequest.take(root, owner: "ann run 2", seconds: 600)
            let taken = try await place.run(taking.changingProgram("take").text)
            guard
                case .held(let lease) = try LeaseRequest.read(
                    taken.stdout,
                    status: 0,
                    errors: taken.stderr,
                    root: root,
                    owner: "ann run 2"
                )
            else { throw Refused() }
            let host = Host(place: place, root: root, lease: lease)
            for (id, state) in [(host.one, "good"), (host.two, "staged")] {
                _ = try await place.shell("mkdir shop/releases/\(id) shop/.baton/releases/\(id)")
                let serial = id == host.one ? 1 : 2
                try place.write(
                    "shop/.baton/releases/\(id)/record",
                    "state \(state)\nserial \(serial)\nat 1\nrun r\ntarget releases/\(id)\n"
                )
            }
            _ = try await place.shell("ln -s releases/\(host.one) shop/current")
            try await host.start()
            try await body(host)
        }
    }

    private struct Refused: Error {}

    @Test(arguments: HostShell.present)
    func `member by member to the new release`(shell: HostShell) async throws {
        try await with(shell) { host in
            let first = [host.place.pid("web@0.service"), host.place.pid("web@1.service")]
            let end = try await host.switchOver(
                "[ \"$(readlink \(host.root.current))\" = releases/\(host.two) ]"
            )
            #expect(end.end == .done, "\(end.errors)\(end.lines)")
            #expect(
                end.lines == [
                    "says begun", "says restarting web", "says checking web", "says new", "end 0",
                ]
            )
            let seen = try await host.look()
            #expect(seen.currentRelease == host.two && seen[host.two]?.state == .active)
            let record = try #require(seen.switching)
            #expect(record.word == .new && record.nonce == "0123abcd")
            #expect(record.to == host.two && record.from == host.one && record.run == "run-2")
            #expect(record.isOver && !record.isAlive)
            #expect(host.asked.filter { $0 != "take" } == host.restarts(0, 1))
            #expect([host.place.pid("web@0.service"), host.place.pid("web@1.service")] != first)
            #expect(host.place.read("shop/.baton/work.lock").isEmpty)
        }
    }

    @Test(arguments: HostShell.present)
    func `what does not answer goes back with all of it`(shell: HostShell) async throws {
        try await with(shell) { host in
            let end = try await host.switchOver("echo it says 500 >&2; false")
            #expect(end.end == .failed(status: ReleaseStatus.undone), "\(end.errors)")
            #expect(end.errors == "web: it does not answer as it is to within 2 s: it says 500\n", "\(end.errors)")
            let seen = try await host.look()
            #expect(seen.currentRelease == host.one && seen[host.two]?.state == .bad && seen[host.one]?.state == .good)
            #expect(seen.switching?.word == .old && seen.switching?.why?.contains("it says 500") == true)
            #expect(host.asked.filter { $0 != "take" } == host.restarts(0, 1, 0, 1))
            #expect(try await host.place.look().members.allSatisfy { $0.state == .running })
        }
    }

    @Test(arguments: HostShell.present)
    func `what does not stay up goes back, and a failed way back is neither`(shell: HostShell) async throws {
        try await with(shell) { host in
            try host.place.write("fake/web@1.service.dies", "")
            let end = try await host.switchOver("true")
            #expect(end.end == .failed(status: ReleaseStatus.neither), "\(end.errors)")
            #expect(end.errors.contains("web@1.service did not"), "\(end.errors)")
            #expect(end.errors.contains("nor does the old release run again"), "\(end.errors)")
            let seen = try await host.look()
            #expect(seen.currentRelease == host.one && seen.switching?.word == .neither)
        }
    }

    /// The lease is what a member asks for before its turn.
    @Test(arguments: HostShell.present)
    func `called off between two members, it goes back`(shell: HostShell) async throws {
        try await with(shell) { host in
            let lease = "\(host.root.path)/.baton/lease"
            for (line, why) in [
                ("echo '0 boot 1 ann run 2' >\(lease)", "it was called off"),
                ("echo '9999999999 boot 2 bob' >\(lease)", "epoch 1 is over: bob has epoch 2"),
            ] {
                let more = """
                    baton_restart_member() {
                        baton_stop_member "$@" && baton_start_member "$@" || return
                        if [ "$2" = web@0.service ]; then \(line); fi
                    }

                    """
                try host.place.write("fake/asked", "")
                let before = host.place.read("shop/.baton/lease")
                let end = try await host.switchOver("true", more: more)
                try host.place.write("shop/.baton/lease", before)
                #expect(end.end == .failed(status: ReleaseStatus.undone), "\(end.errors)")
                #expect(end.errors.contains(why), "\(end.errors)")
                #expect(host.asked.filter { $0 != "take" } == host.restarts(0, 0, 1))
                #expect(try await host.look().currentRelease == host.one)
            }
        }
    }

    @Test(arguments: HostShell.present)
    func `what is to end on the new side asks nobody, and does not go back`(shell: HostShell) async throws {
        try await with(shell) { host in
            let gone = "echo '0 boot 1 ann run 2' >\(host.root.path)/.baton/lease"
            let more = """
                baton_restart_member() { \(gone); baton_stop_member "$@" && baton_start_member "$@"; }

                """
            let end = try await host.switchOver("true", more: more, isForward: true)
            #expect(end.end == .done, "\(end.errors)")
            #expect(host.asked.filter { $0 != "take" } == host.restarts(0, 1))
            #expect(try await host.look().switching?.word == .new)
        }
    }

    @Test(arguments: HostShell.present)
    func `without the lease nothing is begun`(shell: HostShell) async throws {
        try await with(shell) { host in
            var late = host
            late.lease = Lease(root: host.root, owner: host.lease.owner, epoch: host.lease.epoch + 1)
            let end = try await late.switchOver("true")
            #expect(end.end == .failed(status: ReleaseStatus.fenced), "\(end.errors)")
            let seen = try await host.look()
            #expect(seen.currentRelease == host.one && seen.switching == nil && host.asked.isEmpty)
            // Somebody else has switched it meanwhile.
            _ = try await host.place.shell("mkdir shop/releases/3; ln -sfn releases/3 shop/current")
            let none = try await host.switchOver("true")
            #expect(none.end == .stale, "\(none.errors)")
            #expect(try await host.look().switching?.word == .untouched && host.asked.isEmpty)
        }
    }

    /// Whoever follows it is gone; the host goes on by itself, and its verdict is there.
    @Test(.enabled(if: Surroundings.has("setsid"), "needs setsid"), arguments: HostShell.present)
    func `it goes on when nobody follows, and can be asked`(shell: HostShell) async throws {
        try await with(shell) { host in
            let place = host.place
            let file = "\(place.path)/program"
            try Files.write(
                Array(try host.program("[ -e '\(place.path)/answers' ]", seconds: 60).utf8),
                to: file,
                mode: 0o600
            )
            let words = place.shell.words.map { "'\($0)'" }.joined(separator: " ")
            let result = try await place.shell(
                """
                setsid \(words) '\(file)' </dev/null >out 2>err &
                tries=0
                until grep -q 'says checking' shop/.baton/switch 2>/dev/null; do
                    tries=$((tries + 1)); [ $tries -lt 1000 ] || { cat out err shop/.baton/switch; exit 99; }
                    sleep 0.02
                done
                kill -9 -$!
                """
            )
            #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
            let during = try #require(try await host.look().switching)
            #expect(during.word == .checking && during.service == "web" && during.isAlive && !during.isOver)
            try place.write("answers", "")
            let over = try await place.shell(
                "until grep -qE '^says (new|old)' shop/.baton/switch; do sleep 0.02; done; head -n 2 shop/.baton/switch"
            )
            #expect(over.output == "nonce 0123abcd\nsays new\n")
            #expect(try await host.look().switching?.isOver == true)
        }
    }
}
