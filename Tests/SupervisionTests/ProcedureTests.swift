import HostSide
import Reactor
import Shell
import Supervision
import TestSupport
import Testing

/// Procedures under each shell, with a supervisor of the test's own: functions in place of a driver's.
@Suite struct ProcedureTests {
    private static let shells = HostShell.present

    @Test(arguments: shells)
    func `verbs bring all members there, one after another, and say so`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0", "web@1"])
            let started = try await place.verb(.start)
            #expect(started.end == .done, "\(started.errors)")
            #expect(
                started.lines == [
                    "begin start", "start web@0", "running web@0 pid N", "start web@1", "running web@1 pid N", "end 0",
                ]
            )
            #expect(started.errors == "")
            let pids = [place.pid("web@0"), place.pid("web@1")]
            #expect(try await place.verb(.start).end == .skipped("web runs already"))
            let restarted = try await place.verb(.restart, isEnabled: true)
            #expect(
                restarted.lines == [
                    "begin restart", "stop web@0 pid N", "stopped web@0", "start web@0", "running web@0 pid N",
                    "stop web@1 pid N", "stopped web@1", "start web@1", "running web@1 pid N", "boot yes", "end 0",
                ]
            )
            #expect(place.pid("web@0") != pids[0] && place.pid("web@1") != pids[1])
            let kept = place.pid("web@0")
            #expect(try await place.verb(.reload).end == .done)
            #expect(place.pid("web@0") == kept && place.read("fake/asked").contains("reload web@1\n"))
            let seen = try await place.look()
            #expect(seen.manifest?.whole == "web.target" && seen.isEnabled == true && seen.busy == nil)
            #expect(seen.members.map(\.name) == ["web@0", "web@1"] && seen.members.allSatisfy { $0.state == .running })
            #expect(seen.members.first?.pid.map(String.init) == kept && seen.members.first?.detail == "says the fake")
            #expect(seen.members.first?.log == "\(place.path)/fake/web@0.log" && seen.unfinished == nil)
            #expect(try await place.verb(.stop).end == .done)
            #expect(try await place.verb(.stop).end == .skipped("web is stopped already"))
            #expect(
                ProcedureEnd.lines(place.read("var/services/web/journal")) == [
                    "begin stop", "nothing web is stopped already", "end 76",
                ]
            )
            // Nothing is left of the programs.
            #expect(Files.list("\(place.path)/var/services/web").sorted() == ["journal"])
        }
    }

    @Test(arguments: shells)
    func `the first that fails ends it, with its log and what became of the others`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0", "web@1", "web@2"])
            _ = try await place.verb(.start)
            let last = place.pid("web@2")
            try place.write("fake/web@1.dies", "")
            let failed = try await place.verb(.restart)
            #expect(failed.end == .failed(status: 1))
            #expect(failed.lines.contains("failed web@1 did not start") && failed.lines.last == "end 1")
            #expect(failed.errors.contains("web@1 did not start: it is failed (says the fake)"))
            #expect(failed.errors.contains("it is broken[1m\n"))
            #expect(failed.errors.contains("web@0 is running\nweb@2 is running\n"))
            #expect(place.pid("web@2") == last)
            try place.write("fake/web@0.absent", "")
            _ = try await place.shell(": >fake/web@0.pid")
            let absent = try await place.verb(.start)
            #expect(absent.end == .failed(status: 1) && absent.errors.contains("systemd does not know web@0"))
        }
    }

    @Test(arguments: shells)
    func `it goes on without whoever asked for it`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0", "web@1"])
            _ = try await place.verb(.start)
            // The procedure waits in its first stop until the test lets it go on.
            let waits =
                "baton_systemd_stop() { : >\"$b_fake/waits\"; while [ -e \"$b_fake/waits\" ]; do sleep 0.1; done\n"
                + "read -r b_fake_pid <\"$b_fake/$1.pid\"; kill \"$b_fake_pid\"; : >\"$b_fake/$1.pid\"; }\n"
            let script = ServicePrograms.script(.restart, .service("web"), text: place.fake + waits)
            try place.write("program", ProcedureEnd.program(place.operation(script)))
            let words = place.shell.words.joined(separator: " ")
            let left = try await place.shell(
                """
                setsid \(words) -c 'eval "$(cat program)"' </dev/null >out 2>err &
                while [ ! -e fake/waits ]; do sleep 0.1; done
                kill -HUP $!; kill -TERM $!; kill -KILL -$!
                rm fake/waits
                until [ -e fake/waits ]; do sleep 0.1; done; rm fake/waits
                until grep -q ' end ' var/services/web/journal; do sleep 0.1; done
                cat var/services/web/journal
                """
            )
            #expect(
                ProcedureEnd.lines(left.output) == [
                    "begin restart", "stop web@0 pid N", "stopped web@0", "start web@0", "running web@0 pid N",
                    "stop web@1 pid N", "stopped web@1", "start web@1", "running web@1 pid N", "end 0",
                ]
            )
        }
    }

    @Test(arguments: shells)
    func `a signal to all of it stops nothing in the middle`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0"])
            _ = try await place.verb(.start)
            let waits =
                "baton_systemd_stop() { : >\"$b_fake/waits\"; while [ -e \"$b_fake/waits\" ]; do sleep 0.1; done\n"
                + "read -r b_fake_pid <\"$b_fake/$1.pid\"; kill \"$b_fake_pid\"; : >\"$b_fake/$1.pid\"; }\n"
            let script = ServicePrograms.script(.restart, .service("web"), text: place.fake + waits)
            try place.write("program", ProcedureEnd.program(place.operation(script)))
            let words = place.shell.words.joined(separator: " ")
            let left = try await place.shell(
                """
                \(words) -c 'eval "$(cat program)"' </dev/null >out 2>err &
                while [ ! -e fake/waits ]; do sleep 0.1; done
                holder=$(echo run/services/web/lock-*); holder=${holder##*/lock-}; holder=${holder%%-*}
                for signal in TERM HUP PIPE; do
                    pkill -$signal -P "$holder" -f procedure; pkill -$signal -P "$holder"; kill -$signal "$holder"
                done
                rm -f fake/waits
                until grep -q ' end ' var/services/web/journal; do sleep 0.1; done
                cat var/services/web/journal
                """
            )
            #expect(
                ProcedureEnd.lines(left.output) == [
                    "begin restart", "stop web@0 pid N", "stopped web@0", "start web@0", "running web@0 pid N", "end 0",
                ]
            )
        }
    }

    @Test(arguments: shells)
    func `post_stop is due until it has succeeded`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0"], more: "post_stop test -e '\(place.path)/fake/ok'\npost_stop_in /\n")
            _ = try await place.verb(.start)
            for _ in 0..<2 {
                let failed = try await place.verb(.stop)
                #expect(failed.end == .failed(status: 1) && failed.errors.contains("post_stop of web failed"))
            }
            try place.write("fake/ok", "")
            #expect(try await place.verb(.stop).end == .done)
            #expect(try await place.verb(.stop).end == .skipped("web is stopped already"))
        }
    }

    @Test(arguments: shells)
    func `how commands are ended is found out once`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0"])
            try place.write(
                "fake/more",
                """
                timeout() { printf '%s\\n' "$*" >>"$b_fake/timeouts"; command timeout "$@"; }
                baton_systemd_forget() { b_fake_said=$(baton_limited 5 echo said); }

                """
            )
            #expect(try await place.verb(.restart).end == .done)
            let asked = place.read("fake/timeouts").split(separator: "\n")
            #expect(asked.filter { $0.hasSuffix("echo said") }.count > 1)
            #expect(asked.filter { $0.hasSuffix("1 true") }.count == 1, "\(asked)")
        }
    }

    @Test(arguments: shells)
    func `who dies while others are seen to is not passed over`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0", "web@1"])
            let kills = """
                baton_systemd_start() {
                    if [ "$1" = web@1 ]; then
                        read -r b_fake_pid <"$b_fake/web@0.pid"
                        kill -KILL "$b_fake_pid"
                        while baton_life "$b_fake_pid"; do sleep 0.1; done
                    fi
                    sleep 1000 </dev/null >/dev/null 2>&1 &
                    echo $! >"$b_fake/$1.pid"
                }

                """
            let script = ServicePrograms.script(.start, .service("web"), text: place.fake + kills)
            let ended = try ProcedureEnd(try await place.run(ProcedureEnd.program(place.operation(script))))
            #expect(ended.end == .failed(status: 1), "\(ended.lines)")
            #expect(ended.errors.contains("web@0 did not stay up while the others were seen to"), "\(ended.errors)")
        }
    }

    @Test(arguments: shells)
    func `a manifest that others could have written is not read`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            let ways = [
                "chmod 664 etc/services/web/service", "chmod 777 etc/services/web", "chmod 775 etc",
                "mv etc/services/web/service etc/other; ln -s ../../other etc/services/web/service",
                "mv etc/services/web etc/services/other; ln -s other etc/services/web",
                "printf 'member -x\\n' >>etc/services/web/service",
                "printf 'file /a/../b\\n' >>etc/services/web/service",
                "printf 'file /a\\tb\\n' >>etc/services/web/service", "echo supervisor sh >>etc/services/web/service",
                "echo 'user a;b' >>etc/services/web/service", "echo stop_seconds x >>etc/services/web/service",
            ]
            for way in ways {
                _ = try await place.shell(
                    "rm -rf etc; mkdir -p etc/services/web; chmod 755 etc etc/services etc/services/web"
                )
                try place.manifest(["web@0"])
                _ = try await place.shell(way)
                let refused = try await place.verb(.start)
                #expect(refused.end == .failed(status: 1), "\(way)")
                #expect(refused.errors.contains("etc/services/web/service"), "\(way): \(refused.errors)")
                #expect(place.read("fake/asked") == "", "\(way)")
            }
            for name in ["../web", "-x", "a b/c"] {
                #expect(try await place.verb(.start, name).end == .failed(status: 1))
            }
            let missing = try await place.verb(.start, "nobody")
            #expect(missing.errors.contains("there is no service nobody here"))
        }
    }
}
