import Reactor
import TestSupport
import Testing

/// `baton render` as a user runs it.
@Suite struct RenderTests {
    private static let shop = """
        releases:
          shop: {root: /srv/shop, artifact: "shop-{{ version }}.tar.gz", user: shop}
        services:
          web:
            release: shop
            command: bin/web --name {{ inventory_hostname | default("nobody") }} --port {{ port | default(80) }}
            environment: {TOKEN: !secret command:"touch fetched"}
            health: {http: "http://localhost/", version: "{{ version }}"}
          batch: {command: /usr/bin/true, supervisor: runit, logs: syslog}
          alone: {command: /usr/bin/true, supervisor: none}
          journal: {command: /usr/bin/true, logs: journal}

        """

    private func withProject(
        _ files: [String: String] = ["services/shop.yml": shop],
        _ body: @escaping @Sendable (Workplace) async throws -> Void
    ) async throws {
        try await withWorkplace(hosts: 0) { place in
            try Files.makeDirectory("\(place.directory)/services")
            let inventory = "web:\n  hosts:\n    web1: {port: 8080}\n"
            for (name, text) in files.merging(["hosts.yml": inventory], uniquingKeysWith: { one, _ in one }) {
                if let slash = name.lastIndex(of: "/") {
                    try Files.makeDirectory("\(place.directory)/\(name[..<slash])")
                }
                try Files.write(Array(text.utf8), to: "\(place.directory)/\(name)")
            }
            try await body(place)
        }
    }

    @Test func `the files are printed, with placeholders for secrets, and nothing is fetched`() async throws {
        try await withProject { place in
            let result = try await place.baton("render", "web")
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(
                result.output.contains("\n==> /etc/systemd/system/web.service  0644 root:root\n# Written by Baton.")
            )
            #expect(result.output.contains("\nExecStart=/srv/shop/current/bin/web --name nobody --port 80\n"))
            #expect(result.output.contains("\n==> /etc/baton/services/web/secrets  0600 root:root  secret: "))
            #expect(result.output.contains("\nTOKEN=\"placeholder\"\n"))
            #expect(result.errors.hasPrefix("rendered for systemd 252; "))
            #expect(!Files.exists("\(place.directory)/fetched"))
        }
    }

    @Test func `files of the service are there, and what is wrong with them is told`() async throws {
        let service = """
            services:
              web:
                command: /usr/bin/true
                files:
                  - {template: web.conf.j2, dest: /etc/web.conf, mode: "0640"}
                  - {src: plain, dest: /etc/plain}

            """
        let files = [
            "services/shop.yml": service, "templates/web.conf.j2": "port {{ port | default(80) }}\n",
            "files/plain": "{{ }}\n",
        ]
        try await withProject(files) { place in
            let result = try await place.baton("render", "web", "--for", "runit", "-e", "port=81")
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(result.output.contains("==> /etc/web.conf  0640 root:root\nport 81\n"), "\(result.output)")
            #expect(result.output.contains("==> /etc/plain  0644 root:root\n{{ }}\n"), "\(result.output)")
            try Files.write(
                Array("of {{ inventory_hostname }}\n".utf8),
                to: "\(place.directory)/templates/web.conf.j2"
            )
            let hostless = try await place.baton("render", "web", "--for", "runit")
            #expect(hostless.errors.contains("\n  --host NAME renders it with"), "\(hostless.errors)")
            let host = try await place.baton("render", "web", "--for", "runit", "-i", "hosts.yml", "--host", "web1")
            #expect(host.output.contains("\nof web1\n"), "\(host.errors)")
            try Files.removeTree("\(place.directory)/files/plain")
            let missing = try await place.baton("render", "web", "--for", "runit", "-i", "hosts.yml", "--host", "web1")
            #expect(missing.status == .exited(1) && missing.errors.contains("plain"), "\(missing.errors)")
        }
    }

    @Test func `a host brings its variables, the command line wins`() async throws {
        try await withProject { place in
            let one = try await place.baton("render", "web", "-i", "hosts.yml", "--host", "web1")
            #expect(one.output.contains("--name web1 --port 8080\n"), "\(one.errors)")
            let two = try await place.baton("render", "web", "-i", "hosts.yml", "--host", "web1", "-e", "port=1")
            #expect(two.output.contains("--name web1 --port 1\n"), "\(two.errors)")
            let none = try await place.baton("render", "web", "-i", "hosts.yml", "--host", "web2")
            #expect(none.status == .exited(1))
            #expect(none.errors.contains("did you mean \"web1\"?"))
        }
    }

    @Test func `the supervisor is that of the definition, or the one that is asked for`() async throws {
        try await withProject { place in
            let own = try await place.baton("render", "batch")
            #expect(own.output.contains("==> /etc/sv/batch/run  0755 root:root\n"), "\(own.errors)")
            #expect(own.errors == "")
            let other = try await place.baton("render", "batch", "--for", "supervisord:3.3")
            #expect(other.output.contains("\nstdout_logfile=syslog\n"))
            let upstart = try await place.baton("render", "batch", "--for", "upstart")
            #expect(upstart.output.contains("\nrespawn limit 3 30\n"))
            let none = try await place.baton("render", "alone")
            #expect(none.output.contains("==> /etc/baton/services/alone/launch-0  0644 root:root\n"), "\(none.errors)")
            #expect(none.errors == "")
        }
    }

    @Test func `what cannot be rendered is told with its place`() async throws {
        try await withProject { place in
            let refused = try await place.baton("render", "journal", "--for", "runit")
            #expect(refused.status == .exited(1))
            #expect(refused.output == "")
            #expect(
                refused.errors.hasPrefix("services/shop.yml:11:43: error: \"logs: journal\" cannot be done with runit")
            )
            for (arguments, words) in [
                (["nothing"], "has no service \"nothing\""), (["wed"], "did you mean \"web\"?"),
                (["web", "--for", "systend"], "did you mean \"systemd\"?"),
                (["web", "--for", "runit:x"], "no version"),
                (["web", "--for", "systemd:200"], "too old"),
            ] {
                let result = try await place.run([BatonProgram.path, "render"] + arguments)
                #expect(result.status == .exited(1))
                #expect(result.output == "")
                #expect(result.errors.contains(words), "\(result.errors)")
            }
        }
    }

    @Test func `all errors of all files come at once`() async throws {
        let files = [
            "services/a.yml": "services: {web: {comand: x}}\n",
            "services/b.yml": "services: {web: {command: [], release: no}}\n",
        ]
        try await withProject(files) { place in
            let result = try await place.baton("render", "web")
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("services/a.yml:1:18: error: "), "\(result.errors)")
            #expect(result.errors.contains("services/b.yml:1:27: error: "), "\(result.errors)")
            #expect(result.errors.contains("the service \"web\" is declared twice"), "\(result.errors)")
            #expect(result.errors.contains("there is no release \"no\""), "\(result.errors)")
        }
        try await withProject([:]) { place in
            let result = try await place.baton("render", "web")
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("services are declared in services/*.yml"))
        }
    }

    @Test func `for programs the files are data`() async throws {
        try await withProject { place in
            let result = try await place.baton("render", "batch", "-o", "json")
            #expect(result.status == .exited(0))
            #expect(
                result.output.hasPrefix(
                    #"{"schema":"baton.rendering/1","service":"batch","supervisor":"runit","version":"2.1","#
                        + #""whole":"batch","members":["batch"],"#
                ),
                "\(result.output)"
            )
            #expect(result.output.contains(#""links":[{"path":"/etc/service/batch","target":"/etc/sv/batch"}]"#))
            #expect(result.errors == "")
        }
    }
}
