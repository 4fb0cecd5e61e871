import Reactor
import TestHosts
import TestSupport
import Testing

/// Deploys on real hosts whose controller is killed, whose link is cut, or that somebody calls off.
@Suite(.needsHosts) struct DeployCutTests {
    /// A project with two releases of one service, the first of which runs on all hosts.
    private struct Shop {
        let fleet: HostFleet
        var place: Workplace { fleet.place }

        private static func services(_ service: String) -> String {
            """
            releases:
              shop: {root: /srv/shop, artifact: "build/shop-{{ version }}.tar.gz", user: deploy}
            services:
              web:
                release: shop
                runtime_directories: [/run/web]
                stop_seconds: 20
                health: {http: "http://127.0.0.1:8000/", version: "{{ version }}", version_header: X-Release}
            \(service)

            """
        }

        static let restarted = """
                command: /usr/bin/gunicorn --pid /run/web/pid --workers 1 --bind 127.0.0.1:8000 app
                start_seconds: 4
                handover: {strategy: restart, boot: 4s}
            """
        static let takenOver = """
                command: /usr/bin/gunicorn -D --pid /run/web/pid --workers 1 --bind 127.0.0.1:8000 app
                start_seconds: 1
                handover: {strategy: takeover, profile: gunicorn, pidfile: /run/web/pid}
            """

        init(_ fleet: HostFleet, _ service: String) async throws {
            self.fleet = fleet
            try Files.makeDirectory("\(place.directory)/services")
            try Files.makeDirectory("\(place.directory)/build")
            try Files.write(Array(Self.services(service).utf8), to: "\(place.directory)/services/shop.yml")
            let playbook = """
                - hosts: all
                  become: true
                  tasks:
                    - deploy: {release: shop, version: "{{ version }}"}

                """
            try Files.write(Array(playbook.utf8), to: "\(place.directory)/play.yml")
            for (version, status) in [("1", "200 OK"), ("2", "200 OK"), ("3", "500 Broken")] {
                let folder = "\(place.directory)/build/\(version)"
                try Files.makeDirectory(folder)
                let application = """
                    def application(environ, start):
                        start("\(status)", [("Content-Type", "text/plain"), ("X-Release", "\(version)")])
                        return [b"\(version)"]

                    """
                try Files.write(Array(application.utf8), to: "\(folder)/app.py")
                _ = try await place.shell("tar -czf build/shop-\(version).tar.gz -C build/\(version) .")
            }
            let first = try await deploy("1")
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
        }

        func deploy(_ version: String) async throws -> ChildResult {
            try await place.shell(line(version))
        }

        private func line(_ version: String) -> String {
            "$BATON deploy -y -i '\(place.inventory)' play.yml -e version=\(version) -o jsonl"
        }

        /// In the background; its number is in `pid` until it has ended.
        func begin(_ version: String) async throws -> ChildResult {
            try await place.shell(
                "\(line(version)) >out 2>err & echo $! >pid.new; mv pid.new pid; wait $!; code=$?; cat out; cat err >&2; exit $code"
            )
        }

        func signal(_ name: String) async throws {
            let sent = try await place.shell("kill -s \(name) \"$(cat pid)\"")
            #expect(sent.succeeded, "\(sent.errors)")
        }

        /// Until an event of the run has come, or a word on stderr.
        func hear(_ words: String, in file: String = "out") async throws {
            let heard = try await place.shell(
                """
                tries=0
                until grep -q '\(words)' \(file) 2>/dev/null; do
                    tries=$((tries + 1)); [ $tries -lt 1500 ] || exit 1
                    sleep 0.02
                done
                """
            )
            #expect(heard.succeeded, "\(words) did not come")
        }

        static let version =
            "curl -s -D - -o /dev/null http://127.0.0.1:8000/ | tr -d '\\r' | sed -n 's/^X-Release: //p'"
        /// In whole seconds; 0 or less where nobody holds it.
        static let leaseLeft =
            "read -r d rest </srv/shop/.baton/lease; read -r u rest </proc/uptime; echo $((d / 100 - ${u%.*}))"
        static func state(_ version: String) -> String {
            "sed -n 's/^state //p' /srv/shop/.baton/releases/\(version)-*/record"
        }
        /// As if its time were over.
        static let forget =
            "cd /srv/shop/.baton && read -r d boot epoch owner <lease && echo \"0 $boot $epoch $owner\" >lease"
        static let restarting = "grep -q '^says restarting' /srv/shop/.baton/switch"
    }

    @Test(arguments: [("2", "new"), ("3", "old")])
    func `a controller is killed between the flip and the restart, and the host ends by itself`(
        version: String,
        side: String
    ) async throws {
        try await withHosts(1) { fleet in
            let shop = try await Shop(fleet, Shop.restarted)
            let host = fleet[0]
            async let cut = shop.begin(version)
            try await host.waitFor(Shop.restarting)
            #expect(try await host.output("readlink /srv/shop/current").hasPrefix("releases/\(version)-"))
            try await shop.signal("KILL")
            #expect(try await cut.status == .exited(137))
            try await host.waitFor("grep -q '^says \(side)$' /srv/shop/.baton/switch")
            #expect(try await host.output(Shop.version) == (side == "new" ? "2" : "1"))
            #expect(try await host.output(Shop.state(version)) == (side == "new" ? "active" : "bad"))
            // Nobody renews it any more.
            #expect(Int(try await host.output(Shop.leaseLeft)) ?? 999 <= 120)
            try await host.output(Shop.forget)
            guard side == "new" else { return }
            // The host has seen it run: there is nothing more to be done than to say so.
            let master = try await host.output("systemctl show -p MainPID web.service")
            let again = try await shop.deploy("2")
            #expect(again.status == .exited(0), "\(again.output)\(again.errors)")
            #expect(try await host.output("systemctl show -p MainPID web.service") == master)
            #expect(try await host.output(Shop.state("2")) == "good")
        }
    }

    @Test func `a link that is cut in the middle is made again, and the verdict read`() async throws {
        try await withHosts(1) { fleet in
            let shop = try await Shop(fleet, Shop.restarted)
            let host = fleet[0]
            for (version, status) in [("2", Int32(0)), ("3", 3)] {
                async let cut = shop.begin(version)
                try await host.waitFor("\(Shop.restarting) && grep -q '^to \(version)-' /srv/shop/.baton/switch")
                try await host.output("pkill -KILL -f '^sshd: (root|deploy)'")
                let result = try await cut
                #expect(result.status == .exited(status), "\(result.output)\(result.errors)")
                #expect(try await host.output(Shop.version) == "2")
                #expect(Int(try await host.output(Shop.leaseLeft)) ?? 999 <= 0)
            }
        }
    }

    @Test func `the first interrupt of a restart takes it back, and gives the lease back`() async throws {
        try await withHosts(1) { fleet in
            let shop = try await Shop(fleet, Shop.restarted)
            let host = fleet[0]
            async let stopped = shop.begin("2")
            try await host.waitFor(Shop.restarting)
            try await shop.signal("INT")
            let result = try await stopped
            #expect(result.status == .exited(8), "\(result.output)\(result.errors)")
            #expect(result.output.contains("it was called off"), "\(result.output)")
            #expect(try await host.output(Shop.version) == "1")
            #expect(try await host.output("readlink /srv/shop/current").hasPrefix("releases/1-"))
            #expect(Int(try await host.output(Shop.leaseLeft)) ?? 999 <= 0)
        }
    }

    @Test func `the first interrupt of a takeover calls it off, and the second waits for nothing`() async throws {
        try await withHosts(1) { fleet in
            let shop = try await Shop(fleet, Shop.takenOver)
            let host = fleet[0]
            async let stopped = shop.begin("2")
            try await shop.hear("handover.new_master")
            try await shop.signal("INT")
            let result = try await stopped
            #expect(result.status == .exited(8), "\(result.output)\(result.errors)")
            #expect(try await host.output(Shop.version) == "1")
            #expect(Int(try await host.output(Shop.leaseLeft)) ?? 999 <= 0)

            _ = try await shop.place.shell("rm -f out err pid")
            async let left = shop.begin("2")
            try await shop.hear("handover.new_master")
            // Nothing that is said reaches the host any more.
            try await host.unplug()
            try await shop.signal("INT")
            try await shop.hear("stopping", in: "err")
            try await shop.signal("INT")
            let unknown = try await left
            #expect(unknown.status == .exited(4), "\(unknown.output)\(unknown.errors)")
            #expect(unknown.output.contains("nobody waits for it any more"), "\(unknown.output)")
            #expect(unknown.output.contains("/program"), "\(unknown.output)")
            try await host.plug()
            // It is heard of no more, and goes back when its lease has run out.
            try await host.waitFor(
                "[ \"$(\(Shop.version))\" = 1 ] && [ ! -e /run/web/pid.2 ]",
                within: .seconds(180)
            )
        }
    }

    @Test func `interrupted between two hosts, the first is good and nobody holds anything`() async throws {
        try await withHosts(2) { fleet in
            let shop = try await Shop(fleet, Shop.takenOver)
            async let stopped = shop.begin("2")
            try await shop.hear(#""type":"handover.finished""#)
            try await shop.signal("INT")
            let result = try await stopped
            #expect(result.status == .exited(8), "\(result.output)\(result.errors)")
            let versions = [try await fleet[0].output(Shop.version), try await fleet[1].output(Shop.version)]
            #expect(versions == ["2", "1"])
            #expect(try await fleet[0].output(Shop.state("2")) == "good")
            #expect(try await fleet[1].output(Shop.state("2")) == "staged")
            for host in fleet.hosts { #expect(Int(try await host.output(Shop.leaseLeft)) ?? 999 <= 0) }
        }
    }

    /// A lease that is held for two minutes is renewed as long as somebody works.
    @Test func `the lease is renewed while a host prepares`() async throws {
        try await withHosts(1) { fleet in
            let shop = try await Shop(fleet, Shop.restarted)
            let host = fleet[0]
            let file = "\(shop.place.directory)/services/shop.yml"
            let prepare = "prepare: \"touch begun; while [ ! -e /run/go ]; do sleep 0.1; done\""
            let slow = String(decoding: try Files.read(file), as: UTF8.self)
                .replacing("user: deploy}", with: "user: deploy, \(prepare)}")
            try Files.write(Array(slow.utf8), to: file)
            async let deployed = shop.begin("2")
            try await host.waitFor("ls /srv/shop/releases/2-*/begun")
            let first = try await host.output("cut -d ' ' -f 1 /srv/shop/.baton/lease")
            try await host.waitFor("[ \"$(cut -d ' ' -f 1 /srv/shop/.baton/lease)\" != \(first) ]")
            try await host.output("touch /run/go")
            let result = try await deployed
            #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
            #expect(try await host.output(Shop.version) == "2")
        }
    }
}
