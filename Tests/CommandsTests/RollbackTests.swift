import Reactor
import TestHosts
import TestSupport
import Testing

/// Going back on real hosts under systemd, with nothing at hand but the inventory.
@Suite(.needsHosts) struct RollbackTests {
    private static let playbook = """
        - hosts: all
          become: true
          rollout: {min_healthy_time: 1s}
          tasks:
            - deploy: {release: shop, version: "{{ version }}"}

        """

    /// What a release is started with is told by its definition, and what it is by its tree.
    private static let application = #"""
        import os
        R = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "RELEASE")).read().strip()
        def application(environ, start):
            start("200 OK", [("Content-Type", "text/plain"), ("X-Release", R)])
            return [(R + " " + os.environ.get("COLOUR", "none")).encode()]

        """#

    private static func services(_ more: String = "", strategy: String = "auto") -> String {
        """
        releases:
          shop: {root: /srv/shop, artifact: "build/shop-{{ version }}.tar.gz", user: deploy}
        services:
          web:
            release: shop
            command: /usr/bin/gunicorn -D --pid /run/web/pid --workers 2 --bind 127.0.0.1:8000 app
            runtime_directories: [/run/web]
            start_seconds: 1
            stop_seconds: 20\(more)
            health: {http: "http://127.0.0.1:8000/", version: "{{ version }}", version_header: X-Release}
            handover: {strategy: \(strategy), profile: gunicorn, pidfile: /run/web/pid}

        """
    }

    private func write(_ text: String, _ path: String, in fleet: HostFleet) throws {
        try Files.write(Array(text.utf8), to: "\(fleet.place.directory)/\(path)")
    }

    private func begin(_ fleet: HostFleet, _ versions: [String] = ["1", "2"]) async throws {
        let place = fleet.place
        for folder in ["services", "build", "nowhere"] { try Files.makeDirectory("\(place.directory)/\(folder)") }
        try write(Self.services(), "services/shop.yml", in: fleet)
        try write(Self.playbook, "play.yml", in: fleet)
        for version in versions {
            try Files.makeDirectory("\(place.directory)/build/\(version)")
            try write(Self.application, "build/\(version)/app.py", in: fleet)
            try write("\(version)\n", "build/\(version)/RELEASE", in: fleet)
            _ = try await place.shell("tar -czf build/shop-\(version).tar.gz -C build/\(version) .")
        }
    }

    private func deploy(_ version: String, _ fleet: HostFleet, _ more: String...) async throws -> ChildResult {
        let line = [
            BatonProgram.path, "deploy", "-y", "-i", fleet.place.inventory, "play.yml", "-e", "version=\(version)",
        ]
        return try await fleet.place.run(line + more)
    }

    /// From an empty directory: it needs no project.
    private func rollback(_ fleet: HostFleet, _ more: String...) async throws -> ChildResult {
        try await baton(["rollback", "shop", "-y", "-b"] + more, fleet)
    }

    private func status(_ fleet: HostFleet, _ more: String...) async throws -> ChildResult {
        try await baton(["status", "shop", "-b"] + more, fleet)
    }

    private func baton(_ words: [String], _ fleet: HostFleet) async throws -> ChildResult {
        let line = [BatonProgram.path] + words + ["-i", fleet.place.inventory]
        return try await fleet.place.run(["sh", "-c", "cd nowhere && exec \"$@\"", "sh"] + line)
    }

    private let answer = "curl -fsS -m 10 http://127.0.0.1:8000/"
    private let current = "readlink /srv/shop/current"

    private func load(_ host: TestHost) async throws {
        try await host.output(
            """
            rm -f /run/load-end /run/load-bad /run/load-asked
            systemd-run --quiet --unit=load sh -c 'while [ ! -e /run/load-end ]; do
                \(answer) >/dev/null 2>>/run/load-bad || echo failed >>/run/load-bad
                echo asked >>/run/load-asked
            done'
            """
        )
        try await host.waitFor("test -s /run/load-asked")
    }

    private func endLoad(_ host: TestHost) async throws {
        try await host.output("touch /run/load-end")
        try await host.waitFor("! systemctl is-active --quiet load.service")
        #expect(try await host.output("cat /run/load-bad 2>/dev/null || true") == "")
    }

    @Test func `a release goes back on all hosts without a lost request, from an empty directory`() async throws {
        try await withHosts(2) { fleet in
            try await begin(fleet, ["1", "2", "3"])
            let none = try await rollback(fleet)
            #expect(none.status == .exited(2), "\(none.output)\(none.errors)")
            for version in ["1", "2"] {
                let done = try await deploy(version, fleet)
                #expect(done.status == .exited(0), "\(done.output)\(done.errors)")
            }
            for host in fleet.hosts { try await load(host) }
            let back = try await rollback(fleet, "-o", "json")
            #expect(back.status == .exited(0), "\(back.output)\(back.errors)")
            #expect(back.output.contains("handed over: 0 of"), "\(back.output)")
            for host in fleet.hosts {
                try await endLoad(host)
                #expect(try await host.output(answer) == "1 none")
                #expect(try await host.output(current).hasPrefix("releases/1-"))
                let records = "grep -h ^state /srv/shop/.baton/releases/*/record | sort"
                #expect(try await host.output(records) == "state bad\nstate good")
                #expect(try await host.output("systemctl is-active web.service") == "active")
            }
            // There is nothing behind the first one.
            let again = try await rollback(fleet)
            #expect(again.status == .exited(1), "\(again.output)\(again.errors)")
            #expect(again.errors.contains("has none to go back to"), "\(again.errors)")

            // Hosts on different releases: people say where to.
            let one = try await deploy("3", fleet, "-l", "web1")
            #expect(one.status == .exited(0), "\(one.output)\(one.errors)")
            let table = try await rollback(fleet)
            #expect(table.status == .exited(1), "\(table.output)\(table.errors)")
            #expect(table.errors.contains("web1  runs 3-") && table.errors.contains("web2  runs 1-"), "\(table.errors)")
            let to = try await rollback(fleet, "--to", "1")
            #expect(to.status == .exited(0), "\(to.output)\(to.errors)")
            for host in fleet.hosts { #expect(try await host.output(answer) == "1 none") }
        }
    }

    @Test func `what was defined otherwise comes back as it was`() async throws {
        try await withHosts(1) { fleet in
            try await begin(fleet)
            let host = fleet[0]
            try write(Self.services("\n    environment: {COLOUR: blue}"), "services/shop.yml", in: fleet)
            #expect(try await deploy("1", fleet).status == .exited(0))
            #expect(try await host.output(answer) == "1 blue")
            let second = """
                \(Self.services("\n    environment: {COLOUR: red}"))  worker:
                    release: shop
                    command: /bin/sleep 100000

                """
            try write(second, "services/shop.yml", in: fleet)
            let done = try await deploy("2", fleet)
            #expect(done.status == .exited(0), "\(done.output)\(done.errors)")
            #expect(try await host.output(answer) == "2 red")
            #expect(try await host.output("systemctl is-active worker.service") == "active")
            let back = try await rollback(fleet, "-o", "json")
            #expect(back.status == .exited(0), "\(back.output)\(back.errors)")
            #expect(try await host.output(answer) == "1 blue")
            #expect(try await host.output("grep -c blue /etc/systemd/system/web.service") == "1")
            // It came with the second release, and goes with it.
            #expect(try await host.output("systemctl list-unit-files worker.service --no-legend | wc -l") == "0")

            // The same in a deploy that fails behind its switch.
            try write(Self.playbook + "    - run: {cmd: \"false\"}\n", "play.yml", in: fleet)
            let failing = try await deploy("2", fleet, "-o", "json")
            #expect(failing.status == .exited(3), "\(failing.output)\(failing.errors)")
            #expect(try await host.output(answer) == "1 blue")
            #expect(try await host.output("systemctl list-unit-files worker.service --no-legend | wc -l") == "0")
        }
    }

    @Test func `a first deploy that fails leaves nothing behind`() async throws {
        try await withHosts(1) { fleet in
            try await begin(fleet)
            let host = fleet[0]
            try write(Self.playbook + "    - run: {cmd: \"false\"}\n", "play.yml", in: fleet)
            let failing = try await deploy("1", fleet, "-o", "json")
            #expect(failing.status == .exited(3), "\(failing.output)\(failing.errors)")
            #expect(try await host.output("systemctl list-unit-files web.service --no-legend | wc -l") == "0")
            #expect(try await host.output("test -h /srv/shop/current || echo none") == "none")
            try write(Self.playbook, "play.yml", in: fleet)
            let done = try await deploy("1", fleet)
            #expect(done.status == .exited(0), "\(done.output)\(done.errors)")
            #expect(try await host.output(answer) == "1 none")
        }
    }

    /// As a deploy leaves it that was killed right behind its flip: the second release is active and `current` names it,
    /// nothing was restarted yet, and whoever was killed still holds the root.
    private static let halfWay = #"""
        set -e
        cd /srv/shop/.baton/releases/2-*
        sed -i 's/^state .*/state active/; s/^serial .*/serial 99/' record
        ln -sfn "releases/${PWD##*/}" /srv/shop/current
        read -r up _ </proc/uptime
        read -r deadline boot epoch owner </srv/shop/.baton/lease
        echo "$((${up%%.*} * 100 + 90000)) $boot $((epoch + 1)) baton run killed" >/srv/shop/.baton/lease
        """#

    @Test func `a deploy that was killed between the flip and the restart`() async throws {
        try await withHosts(1) { fleet in
            try await begin(fleet)
            let host = fleet[0]
            for version in ["1", "2"] { #expect(try await deploy(version, fleet).status == .exited(0)) }
            #expect(try await rollback(fleet).status == .exited(0))
            try await host.output(Self.halfWay)
            try await load(host)
            let locked = try await rollback(fleet, "-o", "json")
            #expect(locked.status == .exited(7), "\(locked.output)\(locked.errors)")
            #expect(locked.output.contains("baton run killed holds /srv/shop"), "\(locked.output)")
            #expect(try await host.output(current).hasPrefix("releases/2-"))
            let seen = try await status(fleet, "-o", "json")
            #expect(seen.status == .exited(0), "\(seen.output)\(seen.errors)")
            #expect(seen.output.contains("\"state\":\"active\"") && seen.output.contains("baton run killed"))

            let back = try await rollback(fleet, "--take-over", "-o", "json")
            #expect(back.status == .exited(0), "\(back.output)\(back.errors)")
            // Any worker that was replaced meanwhile has the second release: all are made anew.
            #expect(back.output.contains("handed over: 0 of"), "\(back.output)")
            try await endLoad(host)
            #expect(try await host.output(answer) == "1 none")
            #expect(try await host.output(current).hasPrefix("releases/1-"))
            #expect(try await host.output("grep -h ^state /srv/shop/.baton/releases/2-*/record") == "state bad")
            let after = try await status(fleet)
            #expect(after.output.contains("good") && after.output.contains("1-"), "\(after.output)")
        }
    }

    @Test func `a deploy that was killed in a takeover is called off, and then it goes back`() async throws {
        try await withHosts(1) { fleet in
            try await begin(fleet)
            let (host, place) = (fleet[0], fleet.place)
            #expect(try await deploy("1", fleet).status == .exited(0))
            try await load(host)
            _ = try await place.killBaton(
                at: "handover.new_master",
                host: "web1",
                "deploy",
                "-y",
                "-i",
                place.inventory,
                "play.yml",
                "-e",
                "version=2",
                "-o",
                "jsonl"
            )
            let seen = try await status(fleet)
            #expect(seen.output.contains("takeover"), "\(seen.output)\(seen.errors)")
            let back = try await rollback(fleet, "--take-over", "-o", "json")
            #expect(back.status == .exited(0), "\(back.output)\(back.errors)")
            try await endLoad(host)
            #expect(try await host.output(answer) == "1 none")
            #expect(try await host.output(current).hasPrefix("releases/1-"))
            #expect(try await host.output("grep -h ^state /srv/shop/.baton/releases/2-*/record") == "state bad")
        }
    }
}
