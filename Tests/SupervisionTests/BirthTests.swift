import Supervision
import Testing

/// Which changes of a definition need a restart, under which supervisor: those that change `born-N`.
struct BirthTests {
    private static let text = """
        services:
          web:
            command: /usr/bin/web --port {{ 8000 + instance }}
            user: shop
            directory: /srv
            description: Web
            processes: 2
            environment: {A: "1", B: "{{ instance }}", SECRET: !secret env:KEY}
            start_seconds: 3
            stop_seconds: 20
            stop_signal: INT
            reload_signal: HUP
            normal_exit: [0, INT]
            restart: {policy: on-failure, limit: 3, within: 30s}
            limits: {files: 512}
            logs: {file: /var/log/web.log, rotate: 1MB, keep: 3}
            runtime_directories: [/run/web]
            start_on: boot
            post_stop: rm -f /run/web/x

        """

    private static func births(_ text: String, _ supervisor: Supervisor, key: String = "one") throws -> [String] {
        var project = Project(text: text)
        project.secrets["KEY"] = key
        let files = try project.rendering(supervisor).files.filter(\.isBirth)
        #expect(files.map(\.path) == (0..<files.count).map { "/etc/baton/services/web/born-\($0)" })
        #expect(files.allSatisfy { $0.mode == 0o600 && $0.isSecret && $0.owner == .root })
        #expect(files.allSatisfy { $0.content.utf8.count == 65 && $0.content.hasSuffix("\n") })
        return files.map(\.content)
    }

    /// What changes, and under which supervisors that needs a restart.
    private static let changes: [(String, String, Set<Supervisor>)] = [
        ("--port", "--listen", Set(Supervisor.supervising)),
        ("user: shop", "user: web", Set(Supervisor.supervising)),
        ("directory: /srv", "directory: /opt", Set(Supervisor.supervising)),
        ("A: \"1\"", "A: \"2\"", Set(Supervisor.supervising)),
        ("files: 512", "files: 513", Set(Supervisor.supervising)),
        ("/var/log/web.log", "/var/log/other.log", Set(Supervisor.supervising)),
        ("[/run/web]", "[/run/web, /run/more]", Set(Supervisor.supervising)),
        ("rotate: 1MB", "rotate: 2MB", [.supervisord]),
        ("start_seconds: 3", "start_seconds: 4", [.supervisord]),
        ("stop_seconds: 20", "stop_seconds: 30", [.supervisord, .upstart]),
        ("stop_signal: INT", "stop_signal: TERM", [.supervisord, .upstart]),
        ("reload_signal: HUP", "reload_signal: USR1", [.upstart]),
        ("normal_exit: [0, INT]", "normal_exit: [0, 3, INT]", [.supervisord, .upstart]),
        ("policy: on-failure", "policy: always", [.supervisord, .upstart]),
        ("limit: 3", "limit: 4", [.supervisord, .upstart]),
        ("start_on: boot", "start_on: manual", []),
        ("description: Web", "description: Other", []),
        ("rm -f /run/web/x", "rm -f /run/web/y", []),
        ("processes: 2", "processes: 3", [.supervisord]),
    ]

    @Test(arguments: changes, Supervisor.supervising)
    func `a key needs a restart or does not`(change: (String, String, Set<Supervisor>), supervisor: Supervisor) throws {
        // supervisord knows no other signal as a good end.
        var old = Self.text
        if change.0.hasPrefix("stop_signal") { old = old.replacing("[0, INT]", with: "[0]") }
        let new = old.replacing(change.0, with: change.1)
        #expect(old != new)
        let (before, after) = (try Self.births(old, supervisor), try Self.births(new, supervisor))
        #expect(after.prefix(2).elementsEqual(before) != change.2.contains(supervisor), "\(change.0)")
    }

    @Test(arguments: Supervisor.supervising)
    func `a secret that changes needs a restart`(supervisor: Supervisor) throws {
        #expect(try Self.births(Self.text, supervisor) != Self.births(Self.text, supervisor, key: "two"))
    }

    @Test func `what one instance has alone needs a restart of that one`() throws {
        let new = Self.text.replacing("8000 + instance", with: "8000 + instance * 2")
        for supervisor in [Supervisor.systemd, .upstart, .runit] {
            let (before, after) = (try Self.births(Self.text, supervisor), try Self.births(new, supervisor))
            #expect(before[0] == after[0] && before[1] != after[1])
        }
    }

    @Test func `fields do not run into each other`() throws {
        let one = Self.text.replacing("A: \"1\"", with: "A: \"1\", C: \"2\"")
        let other = Self.text.replacing("A: \"1\"", with: "A: \"1\\nC=2\"")
        #expect(try Self.births(one, .systemd) != Self.births(other, .systemd))
    }

    @Test func `a manifest has one line for each value, whatever is in it`() throws {
        let text = Self.text.replacing("rm -f /run/web/x", with: "\"true\\nfile /etc/passwd\"")
        for supervisor in Supervisor.supervising {
            let rendering = try Project(text: text).rendering(supervisor)
            let manifest = try rendering.file(rendering.manifest)
            #expect(!manifest.contains("file /etc/passwd"))
            let runs = supervisor == .supervisord || supervisor == .runit
            #expect(manifest.contains("post_stop . /etc/baton/services/web/post-stop\n") == runs)
            #expect(manifest.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
            #expect(rendering.files.last?.path == rendering.manifest)
        }
    }
}
