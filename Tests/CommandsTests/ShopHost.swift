import Reactor
import TestHosts
import TestSupport

/// One host under systemd with a gunicorn that `baton deploy` hands from release to release, and questions that never stop.
struct ShopHost: Sendable {
    let fleet: HostFleet
    var host: TestHost { fleet[0] }
    private var place: Workplace { fleet.place }

    private static let services = """
        releases:
          shop: {root: /srv/shop, artifact: "build/shop-{{ version }}.tar.gz", user: deploy}
        services:
          web:
            release: shop
            command: /usr/bin/gunicorn -D --pid /run/web/pid --workers 2 --bind 127.0.0.1:8000 app
            runtime_directories: [/run/web]
            start_seconds: 2
            stop_seconds: 20
            health: {http: "http://127.0.0.1:8000/", version: "{{ version }}", version_header: X-Release}
            handover: {strategy: takeover, profile: gunicorn, pidfile: /run/web/pid}

        """

    private static let playbook = """
        - name: Shop
          hosts: all
          become: true
          tasks:
            - deploy: {release: shop, version: "{{ version }}"}

        """

    private static let application = #"""
        import os
        R = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "RELEASE")).read().strip()
        def application(environ, start):
            start("200 OK", [("Content-Type", "text/plain"), ("X-Release", R)])
            return [R.encode()]

        """#

    /// With release 1 deployed, and 2 to come.
    init(_ fleet: HostFleet) async throws {
        self.fleet = fleet
        for folder in ["services", "build"] { try Files.makeDirectory("\(place.directory)/\(folder)") }
        try Files.write(Array(Self.services.utf8), to: "\(place.directory)/services/shop.yml")
        try Files.write(Array(Self.playbook.utf8), to: "\(place.directory)/play.yml")
        for version in ["1", "2"] { try await build(version) }
        let first = try await deploy("1")
        guard first.status == .exited(0) else { throw SystemError(code: 0, doing: "\(first.output)\(first.errors)") }
    }

    func build(_ version: String) async throws {
        let folder = "\(place.directory)/build/\(version)"
        try Files.makeDirectory(folder)
        try Files.write(Array(Self.application.utf8), to: "\(folder)/app.py")
        try Files.write(Array("\(version)\n".utf8), to: "\(folder)/RELEASE")
        _ = try await place.shell("tar -czf build/shop-\(version).tar.gz -C build/\(version) .")
    }

    /// Its number is in the file `pid` of the place while it runs.
    func deploy(_ version: String, within limit: Duration = .seconds(90)) async throws -> ChildResult {
        var environment = Surroundings.environment
        environment["HOME"] = place.directory
        let line = #"echo $$ >pid; exec "$@""#
        let words =
            [BatonProgram.path, "deploy", "-y", "-i", place.inventory, "play.yml", "-e"]
            + ["version=\(version)", "-o", "json"]
        var request = ChildRequest(
            ["sh", "-c", line, "sh"] + words,
            environment: environment,
            directory: place.directory
        )
        request.outputLimit = 16 << 20
        request.deadline = limit
        return try await fleet.loop.run(request)
    }

    /// The controller, by its number.
    func signal(_ name: String) async throws {
        let result = try await place.shell(#"kill -s "$0" "$(cat pid)""#.replacing("$0", with: name))
        guard result.succeeded else { throw SystemError(code: 0, doing: "no controller to signal: \(result.errors)") }
    }

    // MARK: On the host

    private static let takeover = "$(ls -td /srv/shop/.baton/handover-* | head -n 1)"

    /// Until the takeover has come to one of these states.
    func reaches(_ states: String...) async throws {
        let pattern = states.joined(separator: "|")
        let line = #"read -r s _ <"\#(Self.takeover)/state" && case $s in \#(pattern)) ;; *) false ;; esac"#
        try await host.waitFor(line)
    }

    /// Until the host has concluded; in which way, and whether that is what its token says.
    func verdict(within limit: Duration = .seconds(150)) async throws -> (outcome: String, isRight: Bool) {
        try await host.waitFor("test -s \"\(Self.takeover)/verdict\"", within: limit)
        let outcome = try await host.output("head -n 1 \"\(Self.takeover)/verdict\" | cut -d' ' -f1")
        let decided = try await host.output("grep -c ' token retiring' \"\(Self.takeover)/journal\" || true")
        return (outcome, outcome == (decided == "0" ? "undone" : "committed"))
    }

    func journal() async throws -> String { try await host.output("cat \"\(Self.takeover)/journal\"") }

    func version() async throws -> String { try await host.output("curl -fsS -m 10 http://127.0.0.1:8000/") }

    /// One question after another from now on.
    func ask() async throws {
        try await host.output(
            """
            systemd-run --quiet --unit=load sh -c 'while [ ! -e /run/load-end ]; do
                curl -fsS -m 10 http://127.0.0.1:8000/ >/dev/null 2>>/run/load-bad || echo failed >>/run/load-bad
                echo asked >>/run/load-asked
            done'
            """
        )
        try await host.waitFor("test -s /run/load-asked")
    }

    /// What became of them: nothing where all were answered.
    func failures() async throws -> String {
        try await host.output("touch /run/load-end")
        try await host.waitFor("! systemctl is-active --quiet load.service")
        return try await host.output("cat /run/load-bad 2>/dev/null || true")
    }

    /// What the dead owner of a lease has to be waited for: a quarter of an hour.
    func outwaitLease() async throws { try await host.output("rm -f /srv/shop/.baton/lease") }
}
