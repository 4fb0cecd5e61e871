import HostSide
import Reactor
import Shell
import Supervision
import TestSupport
import Testing

/// Definitions put in place under each shell, with a supervisor of the test's own.
@Suite(.enabled(if: Surroundings.isRoot, "files of a definition belong to root")) struct ApplyTests {
    @Test(arguments: HostShell.present)
    func `what was stopped for a definition that is not taken runs again`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
            try place.write("fake/untaken", "no")
            let one = try Applied.rendering(place) { $0.text.replace("processes: 2", with: "processes: 1") }
            let refused = try await Applied.apply(one, place)
            #expect(refused.end == .failed(status: 1))
            #expect(refused.lines.contains("stopped web@0.service"), "\(refused.lines)")
            #expect(refused.errors.contains("everything was put back as it was"), "\(refused.errors)")
            let seen = try await place.look()
            #expect(seen.members.map(\.name) == ["web@0.service", "web@1.service"])
            #expect(seen.members.allSatisfy { $0.state == .running } && seen.isEnabled == true)
        }
    }

    @Test(arguments: HostShell.present)
    func `files of another service and directories of others are refused`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell(
                "mkdir -p etc/systemd/system etc/services/other; chmod 777 etc/services; "
                    + "echo \"file $PWD/etc/systemd/system/web@.service\" >etc/services/other/service"
            )
            let writable = try await Applied.apply(try Applied.rendering(place), place)
            #expect(writable.errors.contains("not to be written by others"), "\(writable.errors)")
            _ = try await place.shell("chmod 755 etc/services")
            let taken = try await Applied.apply(try Applied.rendering(place), place, adopts: true)
            #expect(taken.errors.contains("belongs to the service other"), "\(taken.errors)")
            #expect(taken.end == .failed(status: 1) && !place.read("fake/asked").contains("start"))
        }
    }

    @Test(arguments: HostShell.present)
    func `a deployment that was cut off is told until another has come to its end`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
            // One that has is not told of.
            let calm = try await place.verb(.restart)
            #expect(calm.end == .done && calm.errors == "", "\(calm.errors)")
            #expect(
                try await Applied.apply(try Applied.rendering(place), place).end == .skipped("web is as it should be")
            )
            try place.write("var/services/web/journal", "1.00 begin apply pid 1 by ann\n1.10 install /etc/x\n")
            for _ in 0..<2 {
                let restarted = try await place.verb(.restart)
                #expect(restarted.end == .done && restarted.errors.contains("did not come to its end: deploy it again"))
                #expect(try await place.look().unfinished != nil)
            }
            #expect(
                try await Applied.apply(try Applied.rendering(place), place).end == .skipped("web is as it should be")
            )
            #expect(try await place.look().unfinished == nil)
            // Ended by a signal is no end either.
            try place.write("var/services/web/journal", "1.00 begin apply pid 1 by ann\n1.10 end 143\n")
            #expect(try await place.look().unfinished != nil)
        }
    }

    @Test(arguments: HostShell.present)
    func `what refuses a definition leaves everything as it was`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            try place.write("fake/refusal", "line 3\u{1b}[1m is bad\n")
            let refused = try await Applied.apply(try Applied.rendering(place), place)
            #expect(refused.end == .failed(status: 1))
            #expect(refused.errors.hasPrefix("systemd refuses the definition: line 3[1m is bad\n"), "\(refused.errors)")
            #expect(try await place.shell("find etc -mindepth 1").output == "etc/systemd\netc/systemd/system\n")
            _ = try await place.shell("rm fake/refusal")

            let first = try await Applied.apply(try Applied.rendering(place), place)
            #expect(first.end == .done, "\(first.errors)")
            #expect(place.read("etc/services/web/secrets").contains("battery"))
            #expect(place.read("fake/boot") == "" && Files.list("\(place.path)/fake").contains("boot"))
            let pids = [place.pid("web@0.service"), place.pid("web@1.service")]
            let before = try await Applied.files(place)
            for reason in ["refusal", "untaken"] {
                try place.write("fake/\(reason)", "no")
                let changed = try Applied.rendering(place) { $0.text.replace("/bin/web", with: "/bin/other") }
                let again = try await Applied.apply(changed, place)
                #expect(again.end == .failed(status: 1) && again.lines.suffix(2) == ["restored web", "end 1"])
                #expect(try await Applied.files(place) == before, "\(reason)")
                _ = try await place.shell("rm fake/\(reason)")
            }
            #expect([place.pid("web@0.service"), place.pid("web@1.service")] == pids)
            #expect(
                try await Applied.apply(try Applied.rendering(place), place).end == .skipped("web is as it should be")
            )
        }
    }

    @Test(arguments: HostShell.present)
    func `only those that were born with something else restart, and secrets are in nothing that stays`(
        shell: HostShell
    ) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
            let pids = [place.pid("web@0.service"), place.pid("web@1.service")]
            // The process is older than a file by more than both clocks' steps.
            _ = try await place.shell("sleep 0.1")
            let second = try await Applied.apply(
                try Applied.rendering(place) { $0.secrets["DATABASE_PASSWORD"] = "another battery" },
                place
            )
            #expect(second.end == .done, "\(second.errors)")
            #expect(second.lines.filter { $0.hasPrefix("start ") } == ["start web@0.service", "start web@1.service"])
            #expect(place.pid("web@0.service") != pids[0] && place.pid("web@1.service") != pids[1])
            #expect(place.read("etc/services/web/secrets").contains("another battery"))
            #expect(try await place.shell("grep -rl battery var || echo none").output == "none\n")
            #expect(!second.lines.joined().contains("battery") && !second.errors.contains("battery"))
            // Interrupted behind the definition and before the restart: it is due all the same.
            let born = try await place.shell(
                "sleep 0.1; cp etc/services/web/born-1 x; mv x etc/services/web/born-1; chmod 600 etc/services/web/born-1"
            )
            #expect(born.succeeded)
            let kept = place.pid("web@0.service")
            #expect(try await place.look().members.map(\.isDue) == [false, true])
            let third = try await Applied.apply(
                try Applied.rendering(place) { $0.secrets["DATABASE_PASSWORD"] = "another battery" },
                place
            )
            #expect(third.lines.filter { $0.hasPrefix("start ") } == ["start web@1.service"])
            #expect(place.pid("web@0.service") == kept)
            // One member less.
            let fewer = try await Applied.apply(
                try Applied.rendering(place) {
                    $0.text.replace("processes: 2", with: "processes: 1")
                    $0.secrets["DATABASE_PASSWORD"] = "another battery"
                },
                place
            )
            #expect(fewer.end == .done, "\(fewer.errors)")
            #expect(fewer.lines.contains("drop web@0.service web@1.service"))
            #expect(!place.read("etc/systemd/system/web.service").isEmpty)
            #expect(!Files.list("\(place.path)/etc/systemd/system").contains("web@.service"))
        }
    }

    @Test(arguments: HostShell.present)
    func `who runs without a main process is restarted for a change, and else not said to be current`(
        shell: HostShell
    ) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
            try place.write("fake/web@0.service.nameless", "")
            #expect(try await place.look().members.map(\.isDue) == [nil, false])
            #expect(
                try await Applied.apply(try Applied.rendering(place), place).end
                    == .skipped(
                        "web is as it should be, but nothing can tell whether a restart is due of web@0.service"
                    )
            )
            let changed = try Applied.rendering(place) { $0.text.replace("it's $me", with: "it's you") }
            let applied = try await Applied.apply(changed, place)
            #expect(
                applied.lines.filter { $0.hasPrefix("stop ") } == ["stop web@0.service", "stop web@1.service pid N"]
            )
            // One that was cut off behind the births may have left it as it was.
            try place.write("fake/web@0.service.nameless", "")
            try place.write("var/services/web/journal", "1.00 begin apply pid 1 by ann\n1.10 take web\n")
            let again = try await Applied.apply(changed, place)
            #expect(again.lines.filter { $0.hasPrefix("stop ") } == ["stop web@0.service"], "\(again)")
        }
    }

    @Test(arguments: HostShell.present)
    func `a clock that was set back makes nobody due`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
            let pid = place.pid("web@0.service")
            let set =
                "stat() { command stat \"$@\" | case \"$*\" in *%Z\\ %z*born*) sed '1s/^1/2/' ;; *) cat ;; esac; }\n"
            try place.write("fake/more", set)
            #expect(try await place.look().members.map(\.isDue) == [nil, nil])
            let again = try await Applied.apply(try Applied.rendering(place), place)
            #expect(again.lines.contains("end 76") && place.pid("web@0.service") == pid, "\(again)")
        }
    }

    @Test(arguments: HostShell.present)
    func `what is somebody else's, or not as it was seen, is left alone`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("mkdir -p etc/systemd/system; chmod 755 etc/systemd etc/systemd/system")
            try place.write("etc/systemd/system/web@.service", "[Service]\n")
            let before = try await Applied.files(place)
            let foreign = try await Applied.apply(try Applied.rendering(place), place)
            #expect(foreign.end == .failed(status: 1))
            #expect(foreign.errors.contains("etc/systemd/system/web@.service was not written by Baton"))
            let seen = HostSide.Expectation(
                path: "\(place.path)/etc/systemd/system/web@.service",
                fingerprint: "missing"
            )
            #expect(
                try await Applied.apply(try Applied.rendering(place), place, adopts: true, expected: [seen]).end
                    == .stale
            )
            #expect(try await Applied.files(place) == before && place.read("fake/asked") == "")
            #expect(try await Applied.apply(try Applied.rendering(place), place, .stopped, adopts: true).end == .done)
            #expect(place.read("fake/asked") == "take\n")
            #expect(place.read("var/services/web/previous/1") == "[Service]\n")
            // A directory of root that is somebody else's, or a link.
            for line in ["chown 65534 etc/services", "mv etc/services etc/x; ln -s x etc/services"] {
                _ = try await place.shell("chown 0 etc/services; \(line)")
                let refused = try await Applied.apply(
                    try Applied.rendering(place) { $0.text.replace("/bin/web", with: "/bin/other") },
                    place
                )
                #expect(refused.end == .failed(status: 1), "\(line): \(refused.lines)")
            }
        }
    }

    @Test func `what the service writes itself is in nobody's way`() async throws {
        try await withPlace(HostShell.present[0]) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system log; chmod 755 log")
            func rendering(_ program: String) throws -> Rendering {
                var rendering = try Applied.rendering(place) { $0.text.replace("/bin/web", with: program) }
                var log = rendering.files[0]
                (log.path, log.mode, log.content, log.isKept) = ("\(place.path)/log/web.log", 0o640, "", true)
                rendering.files.append(log)
                return rendering
            }
            #expect(try await Applied.apply(try rendering("/bin/web"), place).end == .done)
            try place.write("log/web.log", "what it said\n")
            // How it was seen says nothing either: it grows meanwhile.
            let seen = HostSide.Expectation(path: "\(place.path)/log/web.log", fingerprint: "missing")
            let second = try await Applied.apply(try rendering("/bin/other"), place, expected: [seen])
            #expect(second.end == .done, "\(second.errors)")
            #expect(place.read("log/web.log") == "what it said\n")
        }
    }
}
