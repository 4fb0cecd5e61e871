import Lab
import Reactor
import TestSupport
import Testing

/// Deploys whose controller, or whose session on the host, is killed: another run does the rest, and once.
@Suite struct KilledDeployTests {
    /// A process to be restarted, a large file, and a change before each place where a run is cut.
    private static func playbook(_ place: Workplace) -> String {
        """
        - hosts: all
          vars: {root: "{{ inventory_dir }}/hosts/{{ inventory_hostname }}/home"}
          tasks:
            - directory: "{{ root }}/app"
            - run: {cmd: "echo first >> {{ root }}/log; touch {{ root }}/first", creates: "{{ root }}/first"}
            - file: {path: "{{ root }}/app/large", src: "\(place.directory)/large"}
            - file: {path: "{{ root }}/app/conf", content: "new\\n"}
            - name: Long
              run:
                cmd: |
                  echo long >> {{ root }}/log
                  echo $$ > {{ root }}/begun
                  while [ -e {{ root }}/hold ]; do sleep 0.02; done
                  touch {{ root }}/ended
                creates: "{{ root }}/ended"
            - file: {path: "{{ root }}/app/after", content: "after\\n"}
            - name: Restart
              run:
                cmd: "echo restart >> {{ root }}/log; echo $$ > {{ root }}/restarted"
                when_older: {pidfile: "{{ root }}/pid", than: ["{{ root }}/app/conf"]}
                creates: "{{ root }}/restarted"

        """
    }

    private static let done = ["first", "long", "restart"]

    /// Deploys in the background and cuts the run when `moment` has come on the host; `$home` is the host's directory, `$pid`
    /// the controller.
    private func cut(_ place: Workplace, at moment: String, _ cut: String) async throws -> ChildResult {
        try await place.shell(
            """
            home=\(place.hosts[0].home)
            $BATON deploy -y -i '\(place.inventory)' play.yml -o jsonl >out 2>err &
            pid=$!
            tries=0
            until \(moment); do
                tries=$((tries + 1))
                if [ $tries -gt 2000 ]; then echo 'the moment did not come' >&2; cat out err >&2; exit 99; fi
                sleep 0.005
            done
            \(cut)
            wait $pid
            code=$?
            cat out
            cat err >&2
            exit $code
            """
        )
    }

    /// A host with a process that is older than anything that is about to be written, and a large file for it.
    private func with(_ size: Int = 3_000_000, _ body: @escaping @Sendable (Workplace) async throws -> Void)
        async throws
    {
        try await withWorkplace(hosts: 1) { place in
            try Files.write(Array(Self.playbook(place).utf8), to: "\(place.directory)/play.yml")
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            try Files.write(bytes, to: "\(place.directory)/large")
            let line = ["sh", "-c", "echo $$ >\"$1\"; exec sleep 300", "sh", "\(place.hosts[0].home)/pid"]
            let child = try RunningChild(line, environment: Surroundings.environment, on: place.loop)
            let outcome: Result<Void, any Error>
            do {
                _ = try await place.shell("until [ -s '\(place.hosts[0].home)/pid' ]; do sleep 0.01; done")
                outcome = .success(try await body(place))
            } catch {
                outcome = .failure(error)
            }
            await child.seeToItsEnd(on: place.loop)
            try outcome.get()
        }
    }

    /// Runs it again, to the end: everything is there, each command ran once, and nothing lies about.
    private func finishes(_ place: Workplace) async throws {
        let home = place.hosts[0].home
        let again = try await place.baton("deploy", "-y", "-i", place.inventory, "play.yml")
        #expect(again.status == .exited(0), "\(again.output)\(again.errors)")
        #expect(try Files.read("\(home)/app/large") == Files.read("\(place.directory)/large"))
        #expect(Files.list("\(home)/app") == ["after", "conf", "large"])
        let log = String(decoding: try Files.read("\(home)/log"), as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(log == Self.done)
        let third = try await place.baton("deploy", "-y", "-i", place.inventory, "play.yml")
        #expect(third.output.contains("lab1: nothing changed"), "\(third.output)")
    }

    @Test func `killed during an upload`() async throws {
        try await with(60_000_000) { place in
            let result = try await cut(
                place,
                at: "ls $home/app/.*large.baton-* >/dev/null 2>&1",
                "kill -KILL $pid; while find $home/app -name '.*' | grep -q 'large[.]baton'; do sleep 0.02; done"
            )
            #expect(result.status == .exited(137), "\(result.errors)")
            #expect(Files.list("\(place.hosts[0].home)/app") == [])
            try await finishes(place)
        }
    }

    @Test func `killed in a command, which ends by itself, and nothing comes after it`() async throws {
        try await with { place in
            let home = place.hosts[0].home
            try Files.write([], to: "\(home)/hold")
            let result = try await cut(place, at: "[ -s $home/begun ]", "kill -KILL $pid")
            #expect(result.status == .exited(137), "\(result.errors)")
            // The connection is gone on the host as well before its command may end.
            let ended = try await place.shell(
                """
                home=\(home)
                shell=$(cat $home/begun)
                session() {
                    p=$shell
                    while [ "$p" -gt 1 ]; do
                        case $(ps -o comm= -p $p) in sshd*) return 0 ;; esac
                        p=$(ps -o ppid= -p $p | tr -d ' ')
                        [ -n "$p" ] || return 1
                    done
                    return 1
                }
                while session; do sleep 0.02; done
                rm $home/hold
                while kill -0 $shell 2>/dev/null; do sleep 0.02; done
                """
            )
            #expect(ended.succeeded, "\(ended.errors)")
            #expect(Files.list(home).contains("ended"))
            #expect(Files.list("\(home)/app") == ["conf", "large"])
            try await finishes(place)
        }
    }

    @Test func `killed between two steps`() async throws {
        try await with { place in
            // The first event of a task comes while the next step runs; whatever has begun by then ends or is undone.
            _ = try await cut(place, at: "grep -q task_finished out", "kill -KILL $pid")
            try await finishes(place)
        }
    }

    @Test func `the session is killed on the host in the middle of a command`() async throws {
        try await with { place in
            let home = place.hosts[0].home
            try Files.write([], to: "\(home)/hold")
            let result = try await cut(
                place,
                at: "[ -s $home/begun ]",
                """
                shell=$(cat $home/begun)
                p=$shell
                while :; do
                    case $(ps -o comm= -p $p) in sshd*) break ;; esac
                    p=$(ps -o ppid= -p $p | tr -d ' ')
                done
                kill -KILL $p
                rm $home/hold
                while kill -0 $shell 2>/dev/null; do sleep 0.02; done
                """
            )
            #expect(result.status != .exited(0) && result.status != .exited(137), "\(result.output)")
            #expect(result.output.contains(#""kind":"link_lost""#), "\(result.output)")
            #expect(Files.list("\(home)/app") == ["conf", "large"])
            try await finishes(place)
        }
    }
}
