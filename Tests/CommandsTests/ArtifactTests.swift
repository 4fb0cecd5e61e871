import Reactor
import TestSupport
import Testing

/// Artifacts that are no files: a directory of the project, and an address.
@Suite struct ArtifactTests {
    private func withRelease(
        _ artifact: String,
        _ body: @escaping @Sendable (Workplace) async throws -> Void
    ) async throws {
        try await withWorkplace(hosts: 2) { place in
            let services = """
                releases:
                  shop:
                    root: "{{ base }}/{{ inventory_hostname }}"
                    user: "{{ owner }}"
                    \(artifact)
                """
            let playbook = """
                - hosts: all
                  vars: {base: \(place.directory)/roots, owner: \(try await owner(place))}
                  tasks:
                    - deploy: {release: shop, version: "{{ version }}"}

                """
            for directory in ["services", "roots", "temporary", "build", "build/1"] {
                try Files.makeDirectory("\(place.directory)/\(directory)")
            }
            try Files.write(Array(services.utf8), to: "\(place.directory)/services/shop.yml")
            try Files.write(Array(playbook.utf8), to: "\(place.directory)/play.yml")
            try Files.write(Array("hello\n".utf8), to: "\(place.directory)/build/1/hello")
            try await body(place)
            // What was made for the run is gone with it.
            #expect(Files.list("\(place.directory)/temporary") == [])
        }
    }

    private func owner(_ place: Workplace) async throws -> String {
        try await place.shell("id -un").output.filter { $0 != "\n" }
    }

    private func deploy(_ place: Workplace, _ environment: [String: String] = [:]) async throws -> ChildResult {
        try await place.baton(
            "deploy",
            "-y",
            "-i",
            place.inventory,
            "play.yml",
            "-e",
            "version=1",
            environment: environment.merging(["TMPDIR": "\(place.directory)/temporary"]) { $1 }
        )
    }

    @Test func `a directory is packed once, and comes to all hosts as the same release`() async throws {
        try await withRelease("artifact: \"build/{{ version }}/\"") { place in
            let first = try await deploy(place)
            #expect(first.status == .exited(0), "\(first.output)\(first.errors)")
            let seen = try await place.shell("cat roots/*/current/hello; readlink roots/*/current | sort -u | wc -l")
            #expect(seen.output.filter { $0 != " " } == "hello\nhello\n1\n", "\(seen.output)\(seen.errors)")
            let second = try await deploy(place)
            #expect(second.status == .exited(0) && second.errors.contains("2 ok"), "\(second.output)\(second.errors)")
        }
    }

    @Test func `an address is asked over https, and only what has its sum is taken`() async throws {
        try await withRelease("artifact: \"https://localhost:{{ port }}/shop.tar\"\n    sha256: \"{{ sum }}\"") {
            place in
            let made = try await place.shell(
                """
                tar -cf shop.tar -C build/1 hello && sha256sum shop.tar | cut -c 1-64
                openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
                    -addext subjectAltName=DNS:localhost 2>/dev/null
                """
            )
            let sum = made.output.filter { $0 != "\n" }
            try await withFiles(place) { port, asked in
                let more = "port: \(port), sum: \(sum), base:"
                let playbook = String(decoding: try Files.read("\(place.directory)/play.yml"), as: UTF8.self)
                let good = playbook.replacing("base:", with: more)
                try Files.write(Array(good.utf8), to: "\(place.directory)/play.yml")
                let trust = ["CURL_CA_BUNDLE": "\(place.directory)/cert.pem", "no_proxy": "localhost"]

                let untrusted = try await deploy(place, ["no_proxy": "localhost"])
                #expect(untrusted.status == .exited(1) && untrusted.errors.contains("curl ended with 60"))

                let came = try await deploy(place, trust)
                #expect(came.status == .exited(0), "\(came.output)\(came.errors)")
                let seen = try await place.shell("cat roots/*/current/hello")
                #expect(seen.output == "hello\nhello\n", "\(seen.errors)")
                #expect(try asked() == 1)

                let other = good.replacing(sum, with: String(repeating: "a", count: 64))
                try Files.write(Array(other.utf8), to: "\(place.directory)/play.yml")
                let wrong = try await deploy(place, trust)
                #expect(wrong.status == .exited(1), "\(wrong.output)\(wrong.errors)")
                #expect(wrong.errors.contains("what came has sha256 \(sum) instead of aaaa"), "\(wrong.errors)")
            }
        }
    }

    @Test(arguments: [
        ("artifact: \"https://example.invalid/shop.tar\"", "is taken only with its sum"),
        (
            "artifact: \"http://example.invalid/shop.tar\"\n    sha256: \(String(repeating: "a", count: 64))",
            "over https and in no other way"
        ),
        (
            "artifact: \"https://example.invalid/a b\"\n    sha256: \(String(repeating: "a", count: 64))",
            "this is no address"
        ),
    ])
    func `an address without its sum, or over another way, is wrong before anything is asked`(
        artifact: String,
        message: String
    ) async throws {
        try await withRelease(artifact) { place in
            let result = try await place.baton("validate", "-i", place.inventory, "play.yml", "-e", "version=1")
            #expect(result.status == .exited(1) && result.errors.contains(message), "\(result.output)\(result.errors)")
            #expect(result.errors.contains("services/shop.yml:5:"), "\(result.errors)")
        }
    }

    @Test func `to validate asks nobody and packs nothing`() async throws {
        let sum = String(repeating: "a", count: 64)
        try await withRelease("artifact: https://example.invalid/shop.tar\n    sha256: \(sum)") { place in
            let result = try await place.baton("validate", "-i", place.inventory, "play.yml", "-e", "version=1")
            #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
        }
    }

    /// The files of the place over https, and how often the archive was asked for.
    private func withFiles(
        _ place: Workplace,
        _ body: (Int, () throws -> Int) async throws -> Void
    ) async throws {
        let program = """
            import http.server, ssl, sys
            class Handler(http.server.SimpleHTTPRequestHandler):
                def log_request(self, code="-", size="-"):
                    with open("asked", "a") as asked: print(code, self.path, file=asked)
            server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain("cert.pem", "key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True)
            open("port.new", "w").write(str(server.server_port))
            import os; os.rename("port.new", "port")
            server.serve_forever()
            """
        let child = try RunningChild(
            ["python3", "-c", program],
            environment: Surroundings.environment,
            directory: place.directory,
            on: place.loop
        )
        do {
            let deadline = place.loop.now + .seconds(20)
            while !Files.exists("\(place.directory)/port"), place.loop.now < deadline {
                await place.loop.sleep(.milliseconds(20))
            }
            let port = Int(String(decoding: try Files.read("\(place.directory)/port"), as: UTF8.self)) ?? 0
            try await body(port) {
                let lines = String(decoding: try Files.read("\(place.directory)/asked"), as: UTF8.self)
                return lines.split(separator: "\n").count
            }
        } catch {
            await child.seeToItsEnd(on: place.loop)
            throw error
        }
        await child.seeToItsEnd(on: place.loop)
    }
}
