import HostSide
import Reactor
import Shell
import Supervision
import TestSupport
import Testing

/// A folder as a host, with a supervisor of the test's own: functions in place of a driver's.
struct ProcedurePlace {
    let shell: HostShell
    let path: String
    let environment: [String: String]

    /// In front of what starts a procedure, and of the procedure itself.
    var places: String {
        "b_top='\(path)' b_etc='\(path)/etc/services' b_var='\(path)/var/services' "
            + "b_volatile='\(path)/run/services' b_fake='\(path)/fake'\n"
    }

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
                if [ -e "$b_fake/$1.nameless" ]; then b_state=running b_pid=
                elif baton_life "$b_pid"; then b_state=running; else b_pid='' b_state=failed; fi
            }
            baton_systemd_start() {
                printf 'start %s\n' "$1" >>"$b_fake/asked"
                if [ -e "$b_fake/$1.dies" ]; then
                    printf 'it is broken\033[1m\n' >>"$b_fake/$1.log"
                    sh -c : & echo $! >"$b_fake/$1.pid"
                    wait $!
                    return 0
                fi
                sleep 1000 </dev/null >/dev/null 2>&1 &
                echo $! >"$b_fake/$1.pid"
            }
            baton_systemd_stop() {
                printf 'stop %s\n' "$1" >>"$b_fake/asked"
                read -r b_fake_pid <"$b_fake/$1.pid"
                kill "$b_fake_pid"
                rm -f "$b_fake/$1.nameless"
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
            baton_systemd_eldest() { b_eldest=; }
            baton_systemd_members() {
                case $1 in *.*) ;; *) b_whole=$1.service ;; esac
                b_members=$b_whole$b_newline
            }
            if [ -e "$b_fake/more" ]; then . "$b_fake/more"; fi

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

    /// What the supervisor knows by this name.
    func unitVerb(_ verb: ServiceVerb, _ name: String, round: Int = 0) async throws -> ProcedureEnd {
        let script = ServicePrograms.script(verb, .unit(name, .systemd), text: fake)
        return try ProcedureEnd(try await run(ProcedureEnd.program(operation(script), round: round)))
    }

    func look(_ subject: ServiceSubject = .service("web")) async throws -> ServiceSighting {
        var script = ServicePrograms.script(.status, subject, text: fake)
        script.text = fake + script.text
        let look = Look.script(script)
        let result = try await run(Looking.program([look]).text)
        return try ServiceLook(subject).read(try Looking.read(result.stdout, [look])[look])
    }

    /// Ends what the fake supervisor started.
    func end() async throws { _ = try await shell("for f in fake/*.pid; do read -r p <$f && kill $p; done; :") }
}

func withPlace(_ shell: HostShell, _ body: (ProcedurePlace) async throws -> Void) async throws {
    try await withDirectory { directory in
        let real = try await runChild(["sh", "-c", "cd -P \"$1\" && printf %s \"$PWD\"", "sh", directory]).output
        let place = ProcedurePlace(shell: shell, path: real, environment: try await shell.environment(directory))
        _ = try await place.shell(
            "mkdir -p etc/services/web var run fake; chmod 755 . etc etc/services etc/services/web"
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

extension String {
    var trimmed: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
