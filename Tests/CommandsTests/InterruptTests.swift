import Lab
import Reactor
import TestSupport
import Testing

/// Ctrl-C and what CI sends.
@Suite struct InterruptTests {
    /// Starts exec in the background, waits until hosts run it, and sends signals.
    private func interrupted(_ place: Workplace, forks: Int, _ command: String, _ then: String) async throws
        -> ChildResult
    {
        try await place.shell(
            """
            $BATON exec -i '\(place.inventory)' -f \(forks) -o json -- '\(command)' > out 2> err &
            pid=$!
            tries=0
            while [ "$(ls fleet/hosts/*/home/begun 2>/dev/null | wc -l)" -lt \(forks) ] && [ $tries -lt 400 ]; do
                sleep 0.05; tries=$((tries + 1))
            done
            \(then)
            wait $pid
            code=$?
            cat out
            cat err >&2
            exit $code
            """
        )
    }

    @Test(arguments: ["INT", "TERM"])
    func `the first interrupt starts nothing more and lets commands end`(_ signal: String) async throws {
        try await withWorkplace(hosts: 3) { place in
            let result = try await interrupted(
                place,
                forks: 1,
                "touch begun; while [ ! -e go ]; do sleep 0.05; done; echo whole",
                """
                kill -\(signal) $pid
                while ! grep -q stopping err; do sleep 0.02; done
                for home in fleet/hosts/*/home; do touch $home/go; done
                """
            )
            #expect(result.status == .exited(8))
            #expect(result.output.contains(#""outcome":"interrupted","exit":8,"touched":1"#))
            #expect(result.output.split(separator: "whole").count == 2)
            #expect(result.output.split(separator: "untouched").count == 3)
        }
    }

    @Test func `the second ends what runs on the hosts`() async throws {
        try await withWorkplace(hosts: 2) { place in
            let result = try await interrupted(
                place,
                forks: 2,
                "touch begun; echo part; sleep 600; echo whole",
                """
                kill -INT $pid
                while ! grep -q stopping err; do sleep 0.02; done
                kill -INT $pid
                """
            )
            #expect(result.status == .exited(8))
            #expect(result.output.split(separator: #""kind":"cancelled""#).count == 3)
            #expect(result.output.contains(#""stdout":"part\n""#))
            #expect(!result.output.contains("whole"))
        }
    }

    @Test func `the third leaves at once and says so`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await interrupted(
                place,
                forks: 1,
                "touch begun; kill -STOP $PPID; sleep 600",
                """
                for turn in 1 2 3 4 5; do kill -INT $pid 2>/dev/null; sleep 0.1; done
                """
            )
            #expect(result.status == .exited(8))
            #expect(result.errors.contains("still ran a command"))
            _ = try await place.shell(
                "for p in $(pgrep -f \"sshd: .*notty\"); do kill -CONT $p 2>/dev/null; done; true"
            )
        }
    }
}
