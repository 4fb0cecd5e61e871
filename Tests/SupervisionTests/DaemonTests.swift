import Supervision
import Testing

/// Daemons before they come to a host.
struct DaemonTests {
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    @Test func `identifiers that are made are safe everywhere, and taken back as they are`() throws {
        var generator = Numbers(state: 7)
        var seen: Set<String> = []
        for _ in 0..<2000 {
            let id = DaemonIdentifier.random(using: &generator)
            #expect(id.text.wholeMatch(of: /[a-z][a-z0-9]{7}/) != nil)
            #expect(DaemonIdentifier(id.text) == id)
            #expect(DaemonIdentifier(given: id.service) == id)
            seen.insert(id.text)
        }
        #expect(seen.count == 2000)
    }

    @Test(arguments: [
        "", "-", "-a", "a-", "a--b", "A", "a b", "a/b", "..", "a;b", "a\nb", "ä", "a*", "a:b", "a%b", "$a",
        String(repeating: "a", count: 33),
    ])
    func `nothing else is an identifier`(text: String) {
        #expect(DaemonIdentifier(text) == nil)
    }

    @Test func `a daemon is a service of its user that always comes back`() throws {
        let id = try #require(DaemonIdentifier("queue"))
        let daemon = try Daemon(
            id: id,
            command: "php 'my artisan' queue:work --tries=3",
            user: "shop",
            directory: "/srv/shop//./current/",
            processes: 2,
            stopSignal: "SIGINT"
        )
        let definition = daemon.definition
        #expect(definition.name == "daemon-queue")
        #expect(definition.instances.map(\.number) == [0, 1])
        #expect(definition.instances[1].command == ["php", "my artisan", "queue:work", "--tries=3"])
        #expect(definition.instances[0].directory == "/srv/shop/current")
        #expect(definition.stopSignal == .int)
        #expect(definition.restart.policy == .always)
        let supervisord = try definition.rendered(for: Supervisor.supervisord.usualVersion)
        #expect(supervisord.whole == "daemon-queue:*")
        let systemd = try definition.rendered(for: Supervisor.systemd.usualVersion)
        #expect(systemd.members == ["daemon-queue@0.service", "daemon-queue@1.service"])
    }

    @Test(arguments: [
        ("command", "sleep 1 | tee x", "root", "/", 1, 1, "TERM"),
        ("command", "", "root", "/", 1, 1, "TERM"),
        ("command", "bin/app", "root", "/", 1, 1, "TERM"),
        ("command", "app\nrm", "root", "/", 1, 1, "TERM"),
        ("user", "app", "no body", "/", 1, 1, "TERM"),
        ("user", "app", "", "/", 1, 1, "TERM"),
        ("directory", "app", "root", "srv", 1, 1, "TERM"),
        ("directory", "app", "root", "/srv/../etc", 1, 1, "TERM"),
        ("directory", "app", "root", "/srv/a b", 1, 1, "TERM"),
        ("processes", "app", "root", "/", 0, 1, "TERM"),
        ("processes", "app", "root", "/", 101, 1, "TERM"),
        ("stop_seconds", "app", "root", "/", 1, 0, "TERM"),
        ("stop_signal", "app", "root", "/", 1, 1, "TREM"),
    ])
    func `what is wrong is said by its name`(
        key: String,
        command: String,
        user: String,
        directory: String,
        processes: Int,
        stop: Int,
        signal: String
    ) throws {
        let id = try #require(DaemonIdentifier("queue"))
        let problem = #expect(throws: Daemon.Problem.self) {
            try Daemon(
                id: id,
                command: command,
                user: user,
                directory: directory,
                processes: processes,
                stopSeconds: stop,
                stopSignal: signal
            )
        }
        #expect(problem?.key == key)
    }
}
