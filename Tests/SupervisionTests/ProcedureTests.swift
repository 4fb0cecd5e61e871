import HostSide
import Reactor
import Shell
import Supervision
import TestSupport
import Testing

/// Procedures under each shell, with a supervisor of the test's own: functions in place of a driver's.
@Suite struct ProcedureTests {
    /// A folder as a host.
    private struct Place {
        let shell: HostShell
        let path: String
        let environment: [String: String]

        /// In front of what starts a procedure, and of the procedure itself.
        var places: String { "b_etc='\(path)/etc/services' b_var='\(path)/var/services' b_fake='\(path)/fake'\n" }

        /// Members are processes; a file says what they do: `dies` at once, `stays` whatever asks it to stop.
        var fake: String {
            places + #"""
                baton_systemd_here() { b_version=252; }
                baton_systemd_forget() { :; }
                baton_systemd_states() { :; }
                baton_systemd_state() {
                    b_state=stopped b_pid='' b_restarts=0 b_detail='says the fake' b_follows=
                    [ ! -e "$b_fake/$1.absent" ] || b_state=absent
                    [ -s "$b_fake/$1.pid" ] || return 0
                    read -r b_pid <"$b_fake/$1.pid"
                    if baton_life "$b_pid"; then b_state=running; else b_pid='' b_state=failed; fi
                }
                baton_systemd_start() {
                    printf 'start %s\n' "$1" >>"$b_fake/asked"
                    if [ -e "$b_fake/$1.dies" ]; then
                        printf 'it is broken\033[1m\n' >>"$b_fake/$1.log"
                        sh -c : & echo $! >"$b_fake/$1.pid"
                        wait $!
                        return 0
                    fi
                    sleep 60 </dev/null >/dev/null 2>&1 &
                    echo $! >"$b_fake/$1.pid"
                }
                baton_systemd_stop() {
                    printf 'stop %s\n' "$1" >>"$b_fake/asked"
                    read -r b_fake_pid <"$b_fake/$1.pid"
                    kill "$b_fake_pid"
                    : >"$b_fake/$1.pid"
                }
                baton_systemd_reload() { printf 'reload %s\n' "$1" >>"$b_fake/asked"; }
                baton_systemd_enabled() { [ -e "$b_fake/boot" ]; }
                baton_systemd_enable() { if [ "$2" = yes ]; then : >"$b_fake/boot"; else rm -f "$b_fake/boot"; fi; }
                baton_systemd_check() { b_said="$(cat "$b_fake/refusal" 2>/dev/null)"; [ -z "$b_said" ]; }
                baton_systemd_take() { echo take >>"$b_fake/asked"; b_said="$(cat "$b_fake/untaken" 2>/dev/null)"; [ -z "$b_said" ]; }
                baton_systemd_drop() { shift; printf 'drop %s\n' "$*" >>"$b_fake/asked"; }
                baton_systemd_take_away() { :; }
                baton_systemd_gather() { :; }
                baton_systemd_known() { b_known=; }

                """#
        }

        func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
            try Files.write(Array(text.utf8), to: "\(path)/\(name)", mode: mode)
        }

        func read(_ name: String) -> String {
            String(decoding: (try? Files.read("\(path)/\(name)")) ?? [], as: UTF8.self)
        }

        func pid(_ member: String) -> String { read("fake/\(member).pid").trimmed }

        func shell(_ line: String) async throws -> ChildResult {
            try await runChild(["sh", "-c", line], environment: environment, directory: path)
        }

        func manifest(_ members: [String], more: String = "") throws {
            var text = "# mark\nservice web\nsupervisor systemd\nwhole web.target\nuser root\nstart_seconds 0\n"
            text += "stop_seconds 2\nreload_signal HUP\nboot yes\n\(more)"
            for member in members { text += "member \(member)\nlog \(path)/fake/\(member).log\n" }
            try write("etc/services/web/service", text)
        }

        func operation(_ script: HostScript) -> Operation {
            var script = script
            script.text = places + script.text
            return .script(script)
        }

        func run(_ program: String) async throws -> ChildResult {
            let file = "\(path)/program-\(Marker.random().text)"
            try Files.write(Array(program.utf8), to: file, mode: 0o600)
            return try await runChild(
                shell.words + ["-c", "p=$(cat \"$1\"); rm -f \"$1\"; (eval \"$p\") </dev/null", "baton", file],
                environment: environment,
                directory: path
            )
        }

        func verb(_ verb: ServiceVerb, _ name: String = "web", isEnabled: Bool? = nil, round: Int = 0) async throws
            -> ProcedureEnd
        {
            let script = ServicePrograms.script(verb, .service(name), isEnabled: isEnabled, text: fake)
            return try ProcedureEnd(try await run(ProcedureEnd.program(operation(script), round: round)))
        }

        func look() async throws -> ServiceSighting {
            var script = ServicePrograms.script(.status, .service("web"), text: fake)
            script.text = fake + script.text
            let look = Look.script(script)
            let result = try await run(Looking.program([look]).text)
            return try ServiceLook(.service("web")).read(try Looking.read(result.stdout, [look])[look])
        }

        /// Ends what the fake supervisor started.
        func end() async throws { _ = try await shell("for f in fake/*.pid; do read -r p <$f && kill $p; done; :") }
    }

    private func withPlace(_ shell: HostShell, _ body: (Place) async throws -> Void) async throws {
        try await withDirectory { directory in
            let real = try await runChild(["sh", "-c", "cd -P \"$1\" && printf %s \"$PWD\"", "sh", directory]).output
            let place = Place(shell: shell, path: real, environment: try await shell.environment(directory))
            _ = try await place.shell(
                "mkdir -p etc/services/web var fake; chmod 755 . etc etc/services etc/services/web"
            )
            do {
                try await body(place)
            } catch {
                try await place.end()
                throw error
            }
            try await place.end()
        }
    }

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
    func `one at a time, and a lock of nobody is no lock`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0"])
            let holder = try await place.shell(
                "mkdir -p var/services/web; chmod 700 var/services/web; read -r boot </proc/sys/kernel/random/boot_id; "
                    + "sleep 60 </dev/null >/dev/null 2>&1 & "
                    + "set -- $! $(cut -d' ' -f22 /proc/$!/stat); echo \"$*\" >fake/holder.pid; "
                    + "echo \"$1 $2 $boot restart, by ann, since 2026-01-02T03:04:05Z\" >var/services/web/lock"
            )
            #expect(holder.succeeded)
            let refused = try await place.verb(.start)
            #expect(refused.end == .failed(status: ServicePrograms.busyStatus))
            #expect(
                refused.errors == "web is being changed already: restart, by ann, since 2026-01-02T03:04:05Z\n"
            )
            #expect(try await place.look().busy == "restart, by ann, since 2026-01-02T03:04:05Z")
            #expect(place.read("fake/asked") == "")
            // Its process is gone; the number may be somebody else's by now.
            let lock = place.read("var/services/web/lock")
            _ = try await place.shell(
                "read -r p rest <fake/holder.pid; kill $p; while kill -0 $p 2>/dev/null; do sleep 0.1; done"
            )
            #expect(try await place.verb(.start).end == .done)
            try place.write("var/services/web/lock", lock.replacing(place.read("fake/holder.pid").trimmed, with: "1 1"))
            #expect(try await place.verb(.restart).end == .done)
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

extension String {
    fileprivate var trimmed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
