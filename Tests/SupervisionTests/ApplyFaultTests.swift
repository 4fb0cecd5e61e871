import HostSide
import Reactor
import Supervision
import TestSupport
import Testing

/// What is left of a definition that is cut off, or refused late: nothing that nobody knows of.
@Suite(.enabled(if: Surroundings.isRoot, "files of a definition belong to root")) struct ApplyFaultTests {
    @Test(arguments: HostShell.present)
    func `a new service that was cut off is known, and can be taken away`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            // The first file of the definition is there, the second one is not.
            try Applied.cut(place, at: "'install '*/web.target")
            let cut = try await Applied.apply(try Applied.rendering(place), place)
            #expect(cut.end == .failed(status: 1), "\(cut)")
            let units = Files.list("\(place.path)/etc/systemd/system")
            #expect(units.contains("web@.service") && !units.contains("web.target"), "\(units)")
            _ = try await place.shell("rm fake/more")
            let seen = try await place.look()
            #expect(seen.manifest?.whole == "web.target" && seen.unfinished != nil, "\(seen)")
            let removed = try await place.verb(.remove)
            #expect(removed.end == .done, "\(removed)")
            #expect(try await place.shell("find etc -type f").output == "")
            // And it can be done again.
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
        }
    }

    @Test(arguments: HostShell.present)
    func `secrets that a refused definition has no more are put back`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
            let before = try await Applied.files(place)
            let open = try Applied.rendering(place) {
                $0.text.replace(", PASSWORD: !secret env:DATABASE_PASSWORD", with: "")
            }
            try place.write("fake/untaken", "no")
            let refused = try await Applied.apply(open, place)
            #expect(refused.end == .failed(status: 1) && refused.errors.contains("put back as it was"), "\(refused)")
            #expect(try await Applied.files(place) == before)
            _ = try await place.shell("rm fake/untaken")
            #expect(try await Applied.apply(open, place).end == .done)
            #expect(try await place.shell("grep -rl battery . || echo none").output == "none\n")
        }
    }

    @Test(arguments: HostShell.present)
    func `secrets of a definition that was cut off are on no disk`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
            let other = try Applied.rendering(place) {
                $0.text.replace("/bin/web", with: "/bin/other")
                $0.secrets["DATABASE_PASSWORD"] = "another one"
            }
            try Applied.cut(place, at: "'take '*")
            #expect(try await Applied.apply(other, place).end == .failed(status: 1))
            #expect(place.read("etc/services/web/secrets").contains("another one"))
            #expect(try await place.shell("grep -rl battery var || echo none").output == "none\n")
            _ = try await place.shell("rm fake/more")
            #expect(try await Applied.apply(other, place).end == .done)
            // What was replaced stays, as nobody knows whether it is the only copy.
            #expect(try await place.shell("grep -rl /bin/web var | grep -c left-").output != "0\n")
            #expect(try await place.shell("grep -rl battery . || echo none").output == "none\n")
        }
    }

    @Test(arguments: HostShell.present)
    func `what cannot be kept is not taken away`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
            let before = try await Applied.files(place)
            try place.write(
                "fake/more",
                "cp() { case $* in *web.target*) return 1 ;; *) command cp \"$@\" ;; esac; }\n"
            )
            let one = try Applied.rendering(place) { $0.text.replace("processes: 2", with: "processes: 1") }
            let refused = try await Applied.apply(one, place)
            #expect(refused.end == .failed(status: 1) && refused.errors.contains("is the disk full?"), "\(refused)")
            #expect(try await Applied.files(place) == before)
            #expect(try await place.look().members.allSatisfy { $0.state == .running })
        }
    }

    @Test(arguments: HostShell.present)
    func `who began by a definition that is refused in the end does not run on`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            _ = try await place.shell("rm -r etc/services; mkdir -p etc/systemd/system")
            #expect(try await Applied.apply(try Applied.rendering(place), place).end == .done)
            // Some supervisors start what they find, and tell of their trouble after that.
            try place.write(
                "fake/more",
                """
                baton_systemd_take() {
                    [ -e "$b_fake/taken" ] && return
                    : >"$b_fake/taken"
                    baton_systemd_start web.service
                    b_said='it is not well'
                    return 1
                }

                """
            )
            let one = try Applied.rendering(place) { $0.text.replace("processes: 2", with: "processes: 1") }
            let refused = try await Applied.apply(one, place)
            #expect(refused.end == .failed(status: 1) && refused.errors.contains("it is not well"), "\(refused)")
            #expect(place.read("fake/asked").contains("start web.service\nstop web.service\ndrop web.service\n"))
            #expect(place.pid("web.service") == "")
            #expect(try await place.look().members.allSatisfy { $0.state == .running })
        }
    }
}
