import Supervision
import TestHosts
import TestSupport
import Testing

/// A service of two instances on a real host, under whichever supervisor: what tests ask of all of them.
struct RunningService {
    let host: TestHost
    let rendering: Rendering

    /// Notes its environment and its number, and ignores TERM where it is told to.
    static let program = """
        #!/bin/sh
        [ -z "$STUBBORN" ] || trap '' TERM
        cp "/proc/$$/environ" "/run/app/environment-$INSTANCE"
        ulimit -n >"/run/app/files-$INSTANCE"
        id -un >"/run/app/account-$INSTANCE"
        pwd -P >"/run/app/place-$INSTANCE"
        echo "up $INSTANCE"
        echo $$ >"/run/app/new-$INSTANCE"
        mv "/run/app/new-$INSTANCE" "/run/app/pid-$INSTANCE"
        while :; do
            sleep 1000 &
            wait $!
        done

        """

    static let hostile = "'\"$HOME`id`$(id)\\\n;#%n\tü€😀 \\"

    /// 64 KiB and a little.
    static let long = String(repeating: "0123456789abcdef'\"$%\n;#\\ü", count: 64 * 1024 / 24)

    static func project(_ more: String = "", logs: String = "{file: /var/log/app/app.log, rotate: 1MB}") -> Project {
        var project = Project(
            text: """
                releases:
                  app: {root: /srv/app, artifact: app, user: deploy}
                services:
                  app:
                    release: app
                    command: bin/app
                    processes: 2
                    environment:
                      INSTANCE: "{{ instance }}"
                      HOSTILE: "{{ hostile }}"
                      LONG: "{{ long }}"
                      SHOWN: 100% of "it"
                      SECRET: !secret env:SECRET
                    stop_seconds: 2
                    restart: {policy: on-failure, limit: 2, within: 1000s}
                    runtime_directories: [/run/app]
                    limits: {files: 512}
                    logs: \(logs)
                \(more)
                """
        )
        project.variables = ["hostile": hostile, "long": long]
        project.secrets = ["SECRET": "quite secret " + hostile]
        return project
    }

    /// The release and what the rendering says, on the host.
    static func install(_ project: Project, _ supervisor: Supervisor, on host: TestHost) async throws -> RunningService
    {
        try await install(try project.rendering(supervisor), on: host)
    }

    static func install(_ rendering: Rendering, on host: TestHost) async throws -> RunningService {
        try await host.output("mkdir -p /srv/app/releases/1/bin && ln -sfn releases/1 /srv/app/current")
        try await host.write("/srv/app/current/bin/app", program, mode: "755")
        for directory in rendering.directories {
            let mode = String(directory.mode, radix: 8)
            try await host.output(#"mkdir -p "$1" && chmod "$2" "$1""#, directory.path, mode)
        }
        for file in rendering.files where !file.isKept {
            let owner = file.owner.user + ":" + (file.owner.group ?? "")
            try await host.write(file.path, file.content, owner: owner, mode: String(file.mode, radix: 8))
        }
        try await host.output(
            "for file in /etc/tmpfiles.d/baton-*; do [ ! -e \"$file\" ] || systemd-tmpfiles --create \"$file\"; done"
        )
        return RunningService(host: host, rendering: rendering)
    }

    /// Has the supervisor start it for the first time.
    func begin() async throws {
        switch rendering.supervisor.supervisor {
        case .systemd:
            try await host.output("systemctl daemon-reload && systemctl start \(rendering.whole)")
        case .supervisord:
            try await host.output("systemctl start supervisor")
        case .runit:
            try await host.output("systemd-run --quiet --unit=runit runsvdir -P /etc/service")
            for link in rendering.links { try await host.output("ln -s \(link.target) \(link.path)") }
        case .upstart, .alone: Issue.record("there is no such supervisor here")
        }
    }

    func stop() async throws {
        switch rendering.supervisor.supervisor {
        // A target has stopped before its members have.
        case .systemd: try await host.output("systemctl stop \(rendering.members.joined(separator: " "))")
        case .supervisord: try await host.output("supervisorctl stop '\(rendering.whole)'")
        default:
            let members = rendering.members.joined(separator: " ")
            // Its way of killing what does not stop has an exit status of its own.
            try await host.run("sv -w 2 force-stop \(members)")
        }
    }

    /// The number of an instance once it is up, and is not `other`.
    func pid(_ instance: Int, not other: String = "") async throws -> String {
        try await host.waitFor(
            "pid=$(cat /run/app/pid-\(instance)) && [ \"$pid\" != \"$1\" ] && kill -0 \"$pid\"",
            other
        )
        return try await host.output("cat /run/app/pid-\(instance)")
    }

    func environment(_ instance: Int) async throws -> [String: String] {
        var variables: [String: String] = [:]
        for entry in try await host.read("/run/app/environment-\(instance)").split(separator: 0) {
            let text = String(decoding: entry, as: UTF8.self)
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables[String(parts[0])] = String(parts.last ?? "")
        }
        return variables
    }
}
