import HostSide
import Reactor
import Supervision
import TestSupport
import Testing

/// When a member counts as started, under each shell, with a supervisor of the test's own that tries again.
@Suite struct StartTests {
    /// What is run and told: a member that is between two attempts for some looks, and ends by itself until `good` tries.
    private static func retrying(_ place: ProcedurePlace, good: Int, limit: Int) throws {
        try place.write(
            "fake/more",
            #"""
            baton_fake_try() {
                read -r b_fake_tries <"$b_fake/tries"
                echo $((b_fake_tries + 1)) >"$b_fake/tries"
                if [ $((b_fake_tries + 1)) -ge \#(good) ]; then b_fake_length=1000; else b_fake_length=0.2; fi
                sleep $b_fake_length </dev/null >/dev/null 2>&1 &
                echo $! >"$b_fake/$1.pid"
                echo 0 >"$b_fake/looks"
            }
            baton_systemd_start() { echo 0 >"$b_fake/tries"; baton_fake_try "$1"; }
            baton_systemd_state() {
                b_state=stopped b_pid='' b_detail='says the fake' b_follows='' b_restarts=0
                [ -s "$b_fake/$1.pid" ] || return 0
                read -r b_restarts <"$b_fake/tries"
                read -r b_pid <"$b_fake/$1.pid"
                if baton_life "$b_pid"; then b_state=running; return 0; fi
                b_pid='' b_state=failed
                [ "$b_restarts" -le \#(limit) ] || return 0
                b_state=backoff
                read -r b_fake_looks <"$b_fake/looks"
                echo $((b_fake_looks + 1)) >"$b_fake/looks"
                if [ "$b_fake_looks" -ge 3 ]; then baton_fake_try "$1"; fi
            }

            """#
        )
    }

    /// One of which a second is a minute.
    private static let clock = """
        baton_clock() {
            read -r b_clock b_rest </proc/uptime
            b_now=${b_clock%.*}${b_clock#*.}
            b_now=$((b_now * 60))
        }

        """

    private static func manifest(_ place: ProcedurePlace, startSeconds: Int = 1) throws {
        try place.manifest(["web@0"])
        let text = place.read("etc/services/web/service")
        try place.write(
            "etc/services/web/service",
            text.replacing("start_seconds 0", with: "start_seconds \(startSeconds)")
        )
    }

    @Test(arguments: HostShell.present)
    func `who comes up in a later attempt has started`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try Self.manifest(place)
            try Self.retrying(place, good: 3, limit: 3)
            let started = try await place.verb(.start)
            #expect(started.end == .done, "\(started)")
            #expect(started.lines.contains("again web@0 it ended after less than 1 seconds"), "\(started)")
            #expect(started.lines.contains("running web@0 pid N") && place.read("fake/tries") == "3\n")
        }
    }

    @Test(arguments: HostShell.present)
    func `who is given up has not`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try Self.manifest(place)
            try Self.retrying(place, good: 1000, limit: 2)
            let failed = try await place.verb(.start)
            #expect(failed.end == .failed(status: 1), "\(failed)")
            #expect(
                failed.errors.contains("web@0 did not stay up for 1 seconds: it is failed (says the fake)"),
                "\(failed)"
            )
        }
    }

    @Test(arguments: HostShell.present)
    func `who is tried again without end has not when the time is over`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try Self.manifest(place, startSeconds: 60)
            try Self.retrying(place, good: 1_000_000, limit: 1_000_000)
            try place.write("fake/more", place.read("fake/more") + Self.clock)
            let failed = try await place.verb(.start)
            #expect(failed.end == .failed(status: 1), "\(failed)")
            #expect(failed.errors.contains("in time: it is "), "\(failed)")
        }
    }

    @Test(arguments: HostShell.present)
    func `who does not stop in time is told, and nobody waits for ever`(shell: HostShell) async throws {
        try await withPlace(shell) { place in
            try place.manifest(["web@0"])
            #expect(try await place.verb(.start).end == .done)
            let pid = place.pid("web@0")
            try place.write("fake/more", "baton_systemd_stop() { b_said='it was asked'; }\n" + Self.clock)
            let failed = try await place.verb(.restart)
            #expect(failed.end == .failed(status: 1), "\(failed)")
            #expect(
                failed.errors.contains(
                    "web@0 did not stop within stop_seconds, 2, and was not killed then: it is running"
                ),
                "\(failed)"
            )
            #expect(failed.errors.contains("it was asked") && place.pid("web@0") == pid, "\(failed)")
        }
    }
}
