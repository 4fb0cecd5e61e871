import Reactor
import TestHosts
import TestSupport
import Testing

/// A release on real hosts under systemd, from the first contact to one that does not work.
@Suite(.needsHosts) struct DeployReleaseTests {
    private static let services = """
        releases:
          shop:
            root: /srv/shop
            artifact: "build/shop-{{ version }}.tar.gz"
            user: deploy
            shared: [log/]
            prepare: "echo prepared > PREPARED"
            migrate: "echo {{ version }} >> ../../shared/log/migrations"
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
            - run: {cmd: "echo {{ version }} >> /root/after", changed_when: false}

        """

    private static let application = #"""
        import os
        R = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "RELEASE")).read().strip()
        def application(environ, start):
            start("200 OK", [("Content-Type", "text/plain"), ("X-Release", R)])
            return [R.encode()]

        """#

    private func build(_ version: String, _ application: String = application, in fleet: HostFleet) async throws {
        let place = fleet.place
        try Files.makeDirectory("\(place.directory)/build/\(version)")
        try Files.write(Array(application.utf8), to: "\(place.directory)/build/\(version)/app.py")
        try Files.write(Array("\(version)\n".utf8), to: "\(place.directory)/build/\(version)/RELEASE")
        _ = try await place.shell("tar -czf build/shop-\(version).tar.gz -C build/\(version) .")
    }

    private func begin(_ fleet: HostFleet) async throws {
        let place = fleet.place
        try Files.makeDirectory("\(place.directory)/services")
        try Files.makeDirectory("\(place.directory)/build")
        try Files.write(Array(Self.services.utf8), to: "\(place.directory)/services/shop.yml")
        try Files.write(Array(Self.playbook.utf8), to: "\(place.directory)/play.yml")
        for version in ["1", "2"] { try await build(version, in: fleet) }
    }

    private func deploy(_ version: String, _ fleet: HostFleet, _ more: String...) async throws -> ChildResult {
        try await fleet.place.run(
            [BatonProgram.path, "deploy", "-y", "-i", fleet.place.inventory, "play.yml", "-e", "version=\(version)"]
                + more
        )
    }

    private let version = "curl -s -D - -o /dev/null http://127.0.0.1:8000/ | tr -d '\\r' | sed -n 's/^X-Release: //p'"

    @Test func `a release comes, the next takes over without a lost request, and a broken one goes back`() async throws
    {
        try await withHosts(2) { fleet in
            try await begin(fleet)
            let first = try await deploy("1", fleet)
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            for host in fleet.hosts {
                #expect(try await host.output(version) == "1")
                #expect(try await host.output("cat /srv/shop/current/PREPARED /root/after") == "prepared\n1")
                // Load from here on, one question after another.
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
            let masters = try await fleet.hosts.asyncMap { try await $0.output("cat /run/web/pid") }
            let second = try await deploy("2", fleet, "-o", "json")
            #expect(second.status == .exited(0), "\(second.output)\(second.errors)")
            #expect(second.output.contains("handed over: 0 of"), "\(second.output)")
            for (host, master) in zip(fleet.hosts, masters) {
                #expect(try await host.output(version) == "2")
                #expect(try await host.output("cat /run/web/pid") != master)
                #expect(try await host.output("cat /root/after") == "1\n2")
                #expect(try await host.output("systemctl is-active web.service") == "active")
            }
            // Once per run, on one host.
            let migrations = try await fleet.hosts.asyncMap {
                try await $0.output("cat /srv/shop/shared/log/migrations 2>/dev/null || true")
            }
            #expect(migrations.sorted() == ["", "1\n2"])

            // Nothing to do, and nobody holds anything.
            let again = try await deploy("2", fleet)
            #expect(again.status == .exited(0), "\(again.output)\(again.errors)")

            // It cannot even be loaded: that is found out before any host is switched.
            try await build("3", "raise SystemExit('broken')\n", in: fleet)
            let broken = try await deploy("3", fleet, "-o", "json")
            #expect(broken.status == .exited(2), "\(broken.output)\(broken.errors)")
            #expect(broken.output.contains("\"kind\":\"refused\""), "\(broken.output)")
            for host in fleet.hosts {
                try await host.output("touch /run/load-end")
                try await host.waitFor("! systemctl is-active --quiet load.service")
                #expect(try await host.output("cat /run/load-bad 2>/dev/null || true") == "")
            }

            // It loads, and answers with errors: the first host goes back by itself, the second is not begun.
            try await build("4", Self.application.replacing("200 OK", with: "500 Broken"), in: fleet)
            let failing = try await deploy("4", fleet, "-o", "json")
            #expect(failing.status == .exited(3), "\(failing.output)\(failing.errors)")
            #expect(failing.output.contains("\"outcome\":\"rolled_back\""), "\(failing.output)")
            #expect(failing.output.contains("\"status\":\"untouched\""), "\(failing.output)")
            for host in fleet.hosts {
                #expect(try await host.output(version) == "2")
                #expect(try await host.output("readlink /srv/shop/current").hasPrefix("releases/2-"))
                #expect(try await host.output("cat /root/after") == "1\n2\n2")
            }
        }
    }

    @Test func `what fails behind a switch takes its host back, and so does a restart that does not answer well`()
        async throws
    {
        try await withHosts(1) { fleet in
            try await begin(fleet)
            let (host, place) = (fleet[0], fleet.place)
            let after = "    - run: {cmd: \"test {{ version }} != 2\"}\n"
            try Files.write(Array((Self.playbook + after).utf8), to: "\(place.directory)/play.yml")
            #expect(try await deploy("1", fleet).status == .exited(0))
            let behind = try await deploy("2", fleet, "-o", "json")
            #expect(behind.status == .exited(3), "\(behind.output)\(behind.errors)")
            #expect(behind.output.contains("\"status\":\"rolled_back\""), "\(behind.output)")
            #expect(try await host.output(version) == "1")
            #expect(try await host.output("readlink /srv/shop/current").hasPrefix("releases/1-"))

            // Restarted, and it answers with errors.
            let restarted = Self.services.replacing("strategy: takeover", with: "boot: 4s, strategy: restart")
                .replacing("gunicorn -D", with: "gunicorn")
            try Files.write(Array(restarted.utf8), to: "\(place.directory)/services/shop.yml")
            try await build("3", Self.application.replacing("200 OK", with: "500 Broken"), in: fleet)
            let wrong = try await deploy("3", fleet, "-o", "json")
            #expect(wrong.status == .exited(3), "\(wrong.output)\(wrong.errors)")
            #expect(wrong.output.contains("does not answer as it is to"), "\(wrong.output)")
            #expect(try await host.output(version) == "1")

            // What failed while it was staged holds nobody up.
            let broken = restarted.replacing("echo prepared", with: "exit 9; echo prepared")
            try Files.write(Array(broken.utf8), to: "\(place.directory)/services/shop.yml")
            try await build("4", in: fleet)
            let unprepared = try await deploy("4", fleet)
            #expect(unprepared.status == .exited(3), "\(unprepared.output)\(unprepared.errors)")
            try Files.write(Array(restarted.utf8), to: "\(place.directory)/services/shop.yml")
            let mended = try await deploy("4", fleet)
            #expect(mended.status == .exited(0), "\(mended.output)\(mended.errors)")
            #expect(try await host.output(version) == "4")
        }
    }
}

extension Collection {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
