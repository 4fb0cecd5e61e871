import Document
import Supervision
import Testing

/// The table of supervisors, and that renderings hold to it.
struct TableTests {
    @Test(arguments: Supervisor.allCases)
    func `a supervisor says what becomes of every key`(supervisor: Supervisor) {
        for row in ServiceKeys.rows { #expect(supervisor.column[row] != nil, "\(row)") }
        for row in supervisor.column.keys { #expect(ServiceKeys.rows.contains(row), "\(row) is no key") }
        for (row, support) in supervisor.column where support.way == .impossible {
            #expect(support.note != "", "\(row)")
        }
    }

    private static let refused: [(Supervisor, String, [String])] = [
        (.supervisord, "group: adm", ["\"group\"", "supervisord 4.2"]),
        (.supervisord, "logs: journal", ["\"logs: journal\"", "supervisord 4.2"]),
        (.upstart, "logs: journal", ["\"logs: journal\"", "Upstart 1.13"]),
        (.runit, "logs: journal", ["\"logs: journal\"", "runit 2.1"]),
        (.supervisord, "stop_signal: WINCH", ["\"stop_signal\"", "WINCH"]),
        (.supervisord, "normal_exit: [0, USR2]", ["\"normal_exit\"", "USR2"]),
        (.runit, "handover: {strategy: takeover, pidfile: /run/x.pid}", ["takeover", "runit"]),
        (.upstart, "handover: {strategy: takeover, pidfile: /run/x.pid}", ["takeover", "Upstart"]),
        (.supervisord, "handover: {strategy: takeover, pidfile: /run/x.pid}", ["takeover", "supervisord"]),
        (.alone, "logs: syslog", ["\"logs: syslog\"", "no supervisor"]),
        (.alone, "logs: journal", ["\"logs: journal\"", "no supervisor"]),
        (.alone, "restart: {policy: always}", ["\"restart.policy\"", "nobody starts it again"]),
        (.alone, "restart: {limit: 3}", ["\"restart.limit\"", "nobody starts it again"]),
        (.alone, "normal_exit: [0, 3]", ["\"normal_exit\"", "no supervisor"]),
        (.alone, "start_on: boot", ["\"start_on\"", "nothing starts it with the host"]),
        (.systemd, "environment: {A: \"\\uFFFE\"}", ["\"environment\"", "systemd 252"]),
    ]

    @Test(arguments: refused)
    func `what cannot be done is an error with its place`(
        supervisor: Supervisor,
        line: String,
        words: [String]
    ) throws {
        let project = Project(text: "services:\n  web:\n    command: /bin/true\n    \(line)\n")
        let error = try #require(throws: DocumentError.self) { try project.rendering(supervisor) }
        #expect(error.description.hasPrefix("services.yml:4:"), "\(error)")
        for word in words { #expect(error.description.contains(word), "\(error)") }
    }

    @Test func `versions that are too old are refused`() throws {
        let project = Project(text: "services: {web: {command: /bin/true}}\n")
        for version in [
            SupervisorVersion(.systemd, 246), SupervisorVersion(.supervisord, 2, 9), SupervisorVersion(.upstart, 1, 5),
        ] {
            let error = try #require(throws: DocumentError.self) {
                try project.rendering(version.supervisor, version)
            }
            #expect(error.description.contains("too old"), "\(error)")
        }
    }

    @Test func `before systemd 250 nothing is taken over`() throws {
        let old = SupervisorVersion(.systemd, 247)
        let asked = Project(
            text: "services: {web: {command: /bin/true, handover: {strategy: takeover, pidfile: /run/x.pid}}}\n"
        )
        let error = try #require(throws: DocumentError.self) { try asked.rendering(.systemd, old) }
        #expect(error.description.contains("handover.strategy: takeover"))
        #expect(error.description.contains("systemd 247"))
        #expect(try asked.rendering(.systemd).file("/etc/systemd/system/web.service").contains("ExitType=cgroup\n"))
        let left = try Project.named("takeover").rendering(.systemd, old).file("/etc/systemd/system/web.service")
        #expect(!left.contains("ExitType"))
        #expect(left.contains("KillMode=mixed\n"))
    }

    @Test func `supervisord 3 writes to syslog in its own way`() throws {
        let project = Project(text: "services: {web: {command: /bin/true, logs: syslog}}\n")
        let path = "/etc/supervisor/conf.d/web.conf"
        let old = try project.rendering(.supervisord, SupervisorVersion(.supervisord, 3, 3)).file(path)
        #expect(old.contains("stdout_logfile=syslog\n"))
        #expect(!old.contains("stdout_syslog"))
        #expect(try project.rendering(.supervisord).file(path).contains("stdout_syslog=true\n"))
    }

    @Test(arguments: Supervisor.supervising)
    func `secrets stand in secret files alone`(supervisor: Supervisor) throws {
        for name in ["web", "instances"] {
            let rendering = try Project.named(name).rendering(supervisor)
            let secret = rendering.files.filter { $0.isSecret && !$0.isBirth }
            #expect(!secret.isEmpty)
            for file in secret {
                #expect(file.mode == 0o600)
                #expect(file.content.contains(name == "web" ? "staple" : "key-of-shards"))
            }
            for file in rendering.files where !file.isSecret {
                #expect(!file.content.contains("staple") && !file.content.contains("key-of-shards"), "\(file.path)")
            }
        }
    }
}

/// What a change of a definition touches.
struct ChangeTests {
    private func files(_ project: Project) throws -> [String: String] {
        let rendering = try project.rendering(.systemd)
        return Dictionary(uniqueKeysWithValues: rendering.files.map { ($0.path, $0.content) })
    }

    @Test func `one more instance of systemd leaves the others as they are`() throws {
        var project = try Project.named("web")
        let before = try files(project)
        project.text = project.text.replacing("processes: 2", with: "processes: 3")
        let after = try files(project)
        #expect(
            Set(after.keys.filter { after[$0] != before[$0] }) == [
                "/etc/systemd/system/web.target", "/etc/systemd/system/web@2.service.d/instance.conf",
                "/etc/logrotate.d/baton-web", "/etc/baton/services/web/born-2", "/etc/baton/services/web/service",
            ]
        )
    }

    @Test func `what one instance of systemd has alone changes nothing for the others`() throws {
        var project = try Project.named("web")
        let before = try files(project)
        project.text = project.text.replacing(
            "8000 + instance }}\"\n      G",
            with: "8000 + instance * 2 }}\"\n      G"
        )
        let after = try files(project)
        #expect(
            Set(after.keys.filter { after[$0] != before[$0] }) == [
                "/etc/systemd/system/web@1.service.d/instance.conf", "/etc/baton/services/web/born-1",
            ]
        )
    }
}
