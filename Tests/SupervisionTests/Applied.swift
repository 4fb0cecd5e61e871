import HostSide
import Reactor
import Supervision
import TestSupport

/// A definition that tests put in place of another one, with all of its paths in the place.
enum Applied {
    static let project = Project(
        text: """
            services:
              web:
                command: /bin/web
                processes: 2
                start_seconds: 0
                stop_seconds: 2
                environment: {GREETING: "it's $me", PASSWORD: !secret env:DATABASE_PASSWORD}

            """
    )

    /// The rendering as it is for systemd, with all of its paths in the place.
    static func rendering(_ place: ProcedurePlace, _ change: (inout Project) -> Void = { _ in }) throws
        -> Rendering
    {
        var project = project
        change(&project)
        var rendering = try project.rendering(.systemd)
        for index in rendering.files.indices {
            rendering.files[index].path = place.path + rendering.files[index].path
            rendering.files[index].path = rendering.files[index].path.replacing("/etc/baton/", with: "/etc/")
            if rendering.files[index].path.hasSuffix("/services/web/service") {
                rendering.files[index].content = rendering.files[index].content
                    .replacing(" /etc/", with: " \(place.path)/etc/").replacing("/etc/baton/", with: "/etc/")
            }
        }
        for index in rendering.directories.indices {
            rendering.directories[index].path =
                place.path + rendering.directories[index].path.replacing("/etc/baton", with: "/etc")
        }
        return rendering
    }

    static func apply(
        _ rendering: Rendering,
        _ place: ProcedurePlace,
        _ state: WantedState = .started,
        adopts: Bool = false,
        expected: [HostSide.Expectation] = []
    ) async throws -> ProcedureEnd {
        let change = ServiceChange(
            service: "web",
            rendering: rendering,
            expected: expected,
            state: state,
            adopts: adopts
        )
        let program = ProcedureEnd.program(place.operation(change.script(place.fake)))
        return try ProcedureEnd(try await place.run(program))
    }

    static func files(_ place: ProcedurePlace) async throws -> String {
        try await place.shell(
            "find etc ! -type d -exec ls -ln --time-style=full-iso {} + | sort; find etc -type f -exec sha256sum {} + | sort"
        ).output
    }

    /// Ends all of the procedure, the shell that the change runs in too, when it has come to this line of its journal.
    static func cut(_ place: ProcedurePlace, at line: String) throws {
        try place.write(
            "fake/more",
            """
            baton_note() {
                printf '0.00 %s\\n' "$*"
                if [ -n "${b_journal-}" ]; then printf '0.00 %s\\n' "$*" >>"$b_journal"; fi
                case "$*" in \(line)) kill -KILL "-$$" ;; esac
            }

            """
        )
    }
}
