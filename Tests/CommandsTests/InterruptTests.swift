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

    @Test func `the third leaves at once and names the hosts`() async throws {
        try await withWorkplace(hosts: 1) { place in
            // The host's side stands still, so nothing can be ended there.
            let result = try await interrupted(
                place,
                forks: 1,
                "touch begun; sleep 600",
                """
                session=$(ps -o pid= --ppid "$(cat fleet/hosts/lab1/sshd.pid)" | tr -d " ")
                kill -STOP $session
                kill -INT $pid
                while ! grep -q stopping err; do sleep 0.02; done
                kill -INT $pid
                while ! grep -q 'ending what' err; do sleep 0.02; done
                kill -INT $pid
                while kill -0 $pid 2>/dev/null; do sleep 0.02; done
                kill -CONT $session
                """
            )
            #expect(result.status == .exited(8))
            #expect(result.errors.contains("left while 1 host still ran a command: -l lab1"))
        }
    }

    @Test func `a host that is logging in when the run is stopped does not begin`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await place.shell(
                """
                listener=$(cat fleet/hosts/lab1/sshd.pid)
                kill -STOP $listener
                $BATON exec -v -i '\(place.inventory)' -o json -- touch ran > out 2> err &
                pid=$!
                while ! grep -q connecting err; do sleep 0.02; done
                kill -INT $pid
                while ! grep -q stopping err; do sleep 0.02; done
                kill -CONT $listener
                wait $pid
                code=$?
                cat out
                exit $code
                """
            )
            #expect(result.status == .exited(8))
            #expect(result.output.contains(#"{"host":"lab1","status":"untouched"}"#))
            #expect(!Files.exists("\(place.hosts[0].home)/ran"))
        }
    }

    @Test func `a reader that does not read holds up neither the time limit nor Ctrl-C`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let result = try await place.shell(
                """
                mkfifo pipe
                exec 3<>pipe
                $BATON exec -i '\(place.inventory)' -o jsonl --timeout 500ms -- 'seq 1 100000; sleep 600' > pipe 2> err &
                pid=$!
                while ! grep -q '1 failed' err; do sleep 0.02; done
                kill -INT $pid
                wait $pid
                echo $?
                """
            )
            #expect(result.output == "8\n", "\(result.errors)")
        }
    }
}
