import Lab
import Reactor
import TestSupport
import Testing

/// Playbooks that are interrupted, or that ask.
@Suite struct DeployInterruptTests {
    private static let waiting = """
        - hosts: all
          vars: {root: "{{ inventory_dir }}/hosts/{{ inventory_hostname }}/home"}
          tasks:
            - name: Long
              run:
                cmd: "touch {{ root }}/begun; while [ ! -e {{ root }}/go ]; do sleep 0.05; done; touch {{ root }}/ended"
                creates: "{{ root }}/ended"
              register: long
            - name: Next
              when: not long.failed
              run: "touch {{ root }}/next"

        """

    /// Deploys in the background and sends signals once every host is in the middle of its first task.
    private func interrupted(_ place: Workplace, _ then: String) async throws -> ChildResult {
        try Files.write(Array(Self.waiting.utf8), to: "\(place.directory)/play.yml")
        return try await place.shell(
            """
            $BATON deploy -y -i '\(place.inventory)' play.yml -o json > out 2> err &
            pid=$!
            tries=0
            while [ "$(ls fleet/hosts/*/home/begun 2>/dev/null | wc -l)" -lt \(place.hosts.count) ] && [ $tries -lt 400 ]; do
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

    @Test func `the first interrupt lets running tasks end, and another run does the rest`() async throws {
        try await withWorkplace(hosts: 2) { place in
            let result = try await interrupted(
                place,
                """
                kill -INT $pid
                while ! grep -q stopping err; do sleep 0.02; done
                for home in fleet/hosts/*/home; do touch $home/go; done
                """
            )
            #expect(result.status == .exited(8), "\(result.errors)")
            #expect(result.output.contains(#""outcome":"interrupted","exit":8,"touched":2"#), "\(result.output)")
            for host in place.hosts { #expect(Files.list(host.home) == ["begun", "ended", "go"]) }
            let again = try await place.baton("deploy", "-y", "-i", place.inventory, "play.yml")
            #expect(again.status == .exited(0), "\(again.output)")
            for host in place.hosts { #expect(Files.list(host.home) == ["begun", "ended", "go", "next"]) }
        }
    }

    @Test func `the second ends what runs`() async throws {
        try await withWorkplace(hosts: 2) { place in
            let result = try await interrupted(
                place,
                """
                kill -INT $pid
                while ! grep -q stopping err; do sleep 0.02; done
                kill -INT $pid
                """
            )
            #expect(result.status == .exited(8), "\(result.errors)")
            for host in place.hosts { #expect(Files.list(host.home) == ["begun"]) }
            let left = try await place.shell(
                "ps -eo args | grep -F '\(place.directory)' | grep -F 'home/go' | grep -v grep"
            )
            #expect(left.output == "")
        }
    }

    private static let asking = """
        - hosts: all
          vars: {root: "{{ inventory_dir }}/hosts/{{ inventory_hostname }}/home"}
          tasks:
            - pause: {prompt: "Is the balancer drained?"}
            - file: {path: "{{ root }}/done", content: ""}

        """

    @Test func `a question that nobody can answer is an error before anything is contacted`() async throws {
        try await withWorkplace(hosts: 1) { place in
            try Files.write(Array(Self.asking.utf8), to: "\(place.directory)/play.yml")
            let result = try await place.baton("deploy", "-y", "-i", place.inventory, "play.yml")
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("play.yml:4:"), "\(result.errors)")
            let plan = try await place.baton("plan", "-i", place.inventory, "play.yml")
            #expect(plan.status == .exited(0), "\(plan.errors)")
        }
    }

    @Test(.enabled(if: TypedTerminal.isAvailable, "needs script of util-linux"))
    func `a question is asked once for all hosts`() async throws {
        try await withWorkplace(hosts: 2) { place in
            try Files.write(Array(Self.asking.utf8), to: "\(place.directory)/play.yml")
            func deploy(_ answer: String) async throws -> TypedTerminal.Result {
                var environment = Surroundings.environment
                environment["HOME"] = place.directory
                return try await TypedTerminal.run(
                    "\(BatonProgram.path) deploy -y -i '\(place.inventory)' play.yml",
                    environment: environment,
                    directory: place.directory,
                    answers: [("Is the balancer drained? [Enter goes on, Ctrl-C stops] ", answer)],
                    on: place.loop
                )
            }
            let stopped = try await deploy("\u{3}")
            #expect(stopped.exit != .exited(0), "\(stopped.shown)")
            for host in place.hosts { #expect(Files.list(host.home) == []) }
            let agreed = try await deploy("")
            #expect(agreed.exit == .exited(0), "\(agreed.shown)")
            #expect(agreed.shown.split(separator: "Is the balancer drained?").count == 2)
            for host in place.hosts { #expect(Files.list(host.home) == ["done"]) }
        }
    }
}
