import CPrograms
import Foundation
import Reactor
import Supervision
import TestHosts
import TestSupport
import Testing

/// What a supervisor is asked through, on a real host, in one of the shells that hosts have.
struct Driver {
    let host: TestHost
    let supervisor: Supervisor
    let shell: String
    /// What the manifest of a service says.
    var variables = ["start_seconds": "1", "stop_seconds": "2", "reload_signal": "HUP"]

    static let shells = ["dash", "bash", "busybox sh"]
    static let supervisors = [Supervisor.supervisord, .runit, .upstart]

    /// What a function of the driver left.
    struct Answer {
        var isDone: Bool
        var state: String
        var pid: String
        var detail: String
        var version: String
        var said: String
    }

    private static func text(_ program: baton_program) -> String {
        String(decoding: UnsafeBufferPointer(start: program.bytes, count: program.count), as: UTF8.self)
    }

    /// Has the supervisor run on the host, and the driver lie there.
    static func ready(_ supervisor: Supervisor, shell: String, on host: TestHost) async throws -> Driver {
        switch supervisor {
        case .supervisord: try await host.output("systemctl start supervisor")
        case .runit: try await host.output("systemd-run --quiet --unit=runit runsvdir -P /etc/service")
        case .systemd: break
        default: try await UpstartStandIn.install(on: host)
        }
        let program =
            switch supervisor {
            case .supervisord: baton_services_supervisord_sh()
            case .runit: baton_services_runit_sh()
            case .systemd: baton_services_systemd_sh()
            default: baton_services_upstart_sh()
            }
        let parts = [
            baton_library_state_sh(), baton_library_age_sh(), baton_library_limit_sh(), baton_services_common_sh(),
            program,
        ]
        try await host.write("/root/driver.sh", parts.map(text).joined())
        let driver = Driver(host: host, supervisor: supervisor, shell: shell)
        if supervisor == .supervisord { try await host.waitFor("supervisorctl version | grep -q '^4'") }
        return driver
    }

    /// Runs a function of the driver: `here`, `state`, `start` and so on.
    func callAsFunction(_ function: String, _ arguments: String...) async throws -> Answer {
        var lines = [". /root/driver.sh"]
        lines += variables.map { "b_\($0)='\($1)'" }
        lines += [
            "baton_\(supervisor.rawValue)_\(function) \"$@\"", "b_answer=$?",
            #"printf '%s\n' "$b_answer" "${b_state-}" "${b_pid-}" "${b_detail-}" "${b_version-}" "${b_said-}""#,
        ]
        try await host.write("/root/call.sh", lines.map { $0 + "\n" }.joined())
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        let result = try await host.run("\(shell) /root/call.sh \(words)")
        #expect(result.errors == "", "\(function) \(arguments)")
        let parts = result.output.split(separator: "\n", maxSplits: 5, omittingEmptySubsequences: false).map(
            String.init
        )
        try #require(parts.count == 6, "\(function): \(result.output)")
        return Answer(
            isDone: parts[0] == "0",
            state: parts[1],
            pid: parts[2],
            detail: parts[3],
            version: parts[4],
            said: parts[5].trimmingCharacters(in: .newlines)
        )
    }

    /// What a variable of the driver is after a function of it.
    func told(_ variable: String, _ function: String, _ argument: String) async throws -> String {
        let line = ". /root/driver.sh; b_whole=$1; \(function) \"$1\" || echo failed; printf %s \"$b_\(variable)\""
        try await host.write("/root/told.sh", line)
        return try await host.output("\(shell) /root/told.sh \"$1\"", argument)
    }

    func state(_ member: String) async throws -> String { try await self("state", member).state }

    /// Waits until a member is in a state.
    @discardableResult
    func wait(_ member: String, _ state: String) async throws -> Answer {
        for _ in 0..<120 {
            let answer = try await self("state", member)
            if answer.state == state { return answer }
            try await host.run("sleep 0.1")
        }
        let last = try await self("state", member)
        let more = try await host.run("ps axo pid,ppid,stat,args; tail -n 8 /var/log/app/*; ls -l /etc/sv/app/* 2>&1")
        throw DriverFailure(
            description:
                "\(member) is \(last.state), not \(state): \(last.detail) \(last.said)\n\(more.output.suffix(4000))"
        )
    }

    func done(_ function: String, _ arguments: String...) async throws {
        let answer =
            switch arguments.count {
            case 0: try await self(function)
            case 1: try await self(function, arguments[0])
            case 2: try await self(function, arguments[0], arguments[1])
            default: try await self(function, arguments[0], arguments[1], arguments[2])
            }
        #expect(answer.isDone, "\(function) \(arguments): \(answer.said)")
    }

    /// Takes over what the manifest of a service would say.
    mutating func know(_ rendering: Rendering) {
        variables["members"] = rendering.members.joined(separator: "\n")
        variables["files"] = rendering.files.map(\.path).joined(separator: "\n")
        variables["whole"] = rendering.whole
    }

    /// Puts the files of a rendering there, and its links, as an installation would.
    func put(_ project: Project) async throws -> Rendering {
        let service = try await RunningService.install(project, supervisor, on: host)
        for link in service.rendering.links { try await host.output("ln -sfn \(link.target) \(link.path)") }
        for file in service.rendering.files where file.isKept {
            try await host.output("touch \(file.path) && chown \(file.owner.user) \(file.path)")
        }
        try await host.write("/srv/app/current/bin/app", DriverProject.program, mode: "755")
        return service.rendering
    }
}

/// What did not come true.
struct DriverFailure: Error, CustomStringConvertible {
    let description: String
}

/// Services that driver tests change.
enum DriverProject {
    /// Notes what it gets, and does as it is told by files.
    static let program = """
        #!/bin/sh
        trap 'echo HUP >>"/run/$NAME/got-$INSTANCE"' HUP
        trap 'echo WINCH >>"/run/$NAME/got-$INSTANCE"' WINCH
        [ ! -e "/run/$NAME/stubborn" ] || trap '' TERM
        [ ! -e "/run/$NAME/broken" ] || exit 1
        echo "up $INSTANCE"
        echo "$LEVEL $$" >"/run/$NAME/new-$INSTANCE"
        mv "/run/$NAME/new-$INSTANCE" "/run/$NAME/is-$INSTANCE"
        while :; do
            sleep 1000 &
            wait $!
        done

        """

    static func make(_ name: String, processes: Int = 2, level: String = "1", _ more: String = "") -> Project {
        Project(
            text: """
                releases:
                  app: {root: /srv/app, artifact: app, user: deploy}
                services:
                  \(name):
                    release: app
                    command: bin/app
                    processes: \(processes)
                    environment: {NAME: \(name), INSTANCE: "{{ instance }}", LEVEL: "\(level)"}
                    stop_seconds: 2
                    restart: {policy: on-failure, limit: 2, within: 1000s}
                    runtime_directories: [/run/\(name)]
                    logs: {file: /var/log/app/\(name).log}
                \(more)
                """
        )
    }
}
