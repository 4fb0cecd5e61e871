import ClientConfig
import Fleet
import Inventory
import Reactor
import SSH
import TestSupport
import Testing

/// From files and options to what a connection needs.
@Suite struct AccessTests {
    /// A home directory with `.ssh`; ssh-keygen makes what is in it.
    private struct Home {
        let path: String
        var ssh: String { "\(path)/.ssh" }

        var defaults: Access.Defaults {
            var defaults = Access.Defaults(user: "me", home: path)
            defaults.configFiles = .usual(user: "\(ssh)/config", system: "\(path)/no-such-file")
            return defaults
        }

        func write(_ name: String, _ text: String) throws {
            try Files.write(Array(text.utf8), to: "\(ssh)/\(name)", mode: 0o600)
        }

        /// Makes a key file and returns `TYPE BASE64` of its public half.
        @discardableResult
        func makeKey(_ name: String, type: String = "ed25519", passphrase: String = "") async throws -> String {
            let made = try await runChild(
                ["ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "", "-f", "\(ssh)/\(name)"])
            #expect(made.succeeded, "\(made.errors)")
            let line = String(decoding: try Files.read("\(ssh)/\(name).pub"), as: UTF8.self)
            return line.split(separator: " ").prefix(2).joined(separator: " ").filter { !$0.isNewline }
        }
    }

    private func withHome(_ body: (Home) async throws -> Void) async throws {
        try await withDirectory { directory in
            let home = Home(path: directory)
            try Files.makeDirectory(home.ssh)
            try await body(home)
        }
    }

    private func targets(
        _ defaults: Access.Defaults,
        _ hosts: [(name: String, connection: Connection)],
        inventory: [String: Connection] = [:]
    ) async throws -> Access.Result {
        let (defaults, hosts) = (defaults, hosts)
        return try await withLoop { loop in
            let vault = KeyVault(environment: Surroundings.environment, on: loop)
            let result = await Access.targets(
                for: hosts,
                defaults,
                inventory: { inventory[$0].map { .known($0) } ?? .absent },
                vault
            )
            await vault.close()
            return result
        }
    }

    private func target(
        _ defaults: Access.Defaults,
        _ change: (inout Connection) -> Void = { _ in }
    ) async throws -> Target {
        var connection = Connection(address: "web1.example.com")
        change(&connection)
        let result = try await targets(defaults, [("web1", connection)])
        if let problem = result.unusable.first { throw problem }
        return try #require(result.targets.first)
    }

    private func reason(_ defaults: Access.Defaults, _ change: (inout Connection) -> Void) async -> Unusable? {
        do {
            _ = try await target(defaults, change)
            return nil
        } catch {
            return error as? Unusable
        }
    }

    @Test func `nothing given is the login user at port 22, with nothing known`() async throws {
        try await withHome { home in
            let target = try await target(home.defaults)
            #expect(target.name == "web1")
            #expect(target.place == "web1.example.com:22")
            #expect(target.user == "me")
            #expect(target.keys.isEmpty && target.known.isEmpty && target.revoked.isEmpty)
            #expect(!target.acceptsNewHostKey)
            #expect(target.become == nil)
        }
    }

    @Test func `the inventory's words, and those of the command line before them`() async throws {
        try await withHome { home in
            var defaults = home.defaults
            func of(_ defaults: Access.Defaults) async throws -> Target {
                try await target(defaults) {
                    $0.port = 2222
                    $0.user = "deploy"
                    $0.connectTimeout = .seconds(7)
                }
            }
            let plain = try await of(defaults)
            #expect(plain.place == "web1.example.com:2222")
            #expect(plain.user == "deploy")
            #expect(plain.timeouts.connect == .seconds(7))
            defaults.user = "root"
            defaults.isUserGiven = true
            defaults.connectTimeout = .seconds(3)
            defaults.acceptsNewHostKeys = true
            let given = try await of(defaults)
            #expect(given.user == "root")
            #expect(given.timeouts.connect == .seconds(3))
            #expect(given.acceptsNewHostKey)
        }
    }

    // MARK: Host keys

    @Test func `known hosts by plain name, by hash, and by port`() async throws {
        try await withHome { home in
            let plain = try await home.makeKey("plain")
            let ported = try await home.makeKey("ported")
            let secret = try await home.makeKey("secret")
            let other = try await home.makeKey("other")
            try home.write(
                "known_hosts",
                """
                # a comment
                web1.example.com,10.0.0.1 \(plain) me@laptop
                [web1.example.com]:2222 \(ported)
                other.example.com \(other)
                """ + "\n"
            )
            func known(_ address: String, _ port: Int?) async throws -> [String] {
                try await target(home.defaults) {
                    $0.address = address
                    $0.port = port
                }.known.map(\.line)
            }
            #expect(try await known("web1.example.com", nil) == [plain])
            #expect(try await known("WEB1.example.com", 22) == [plain])
            #expect(try await known("10.0.0.1", nil) == [plain])
            #expect(try await known("web1.example.com", 2222) == [ported])
            #expect(try await known("web2.example.com", nil) == [])
            // The real tool hides the names; a line of another file counts beside them.
            #expect(try await runChild(["ssh-keygen", "-q", "-H", "-f", "\(home.ssh)/known_hosts"]).succeeded)
            let hashed = String(decoding: try Files.read("\(home.ssh)/known_hosts"), as: UTF8.self)
            #expect(!hashed.contains("example.com"))
            try home.write("known_hosts2", "web*.example.com \(secret)\n")
            #expect(try await known("web1.example.com", nil) == [plain, secret])
            #expect(try await known("web1.example.com", 2222) == [ported])
            #expect(try await known("other.example.com", nil) == [other])
        }
    }

    @Test func `revoked keys are kept apart, and lines nobody understands are told`() async throws {
        try await withHome { home in
            let good = try await home.makeKey("good")
            let bad = try await home.makeKey("bad")
            try home.write("known_hosts", "@revoked * \(bad)\nweb1.example.com \(good)\nnonsense\n")
            let connection = Connection(address: "web1.example.com")
            let result = try await targets(home.defaults, [("web1", connection), ("web2", connection)])
            #expect(result.warnings == ["\(home.ssh)/known_hosts:3: this line is not understood"])
            let target = try #require(result.targets.first)
            #expect(target.known.map(\.line) == [good])
            #expect(target.revoked.map(\.line) == [bad])
        }
    }

    @Test func `the system's file counts as well`() async throws {
        try await withHome { home in
            let key = try await home.makeKey("key")
            try home.write("system", "web1.example.com \(key)\n")
            try home.write("config", "GlobalKnownHostsFile \(home.ssh)/system\n")
            #expect(try await target(home.defaults).known.map(\.line) == [key])
        }
    }

    @Test func `pinned keys replace what is known, but not what is revoked`() async throws {
        try await withHome { home in
            let known = try await home.makeKey("known")
            let pinned = try await home.makeKey("pinned")
            let second = try await home.makeKey("second", type: "ecdsa")
            try home.write("known_hosts", "web1.example.com \(known)\n@revoked * \(pinned)\n")
            let target = try await target(home.defaults) { $0.hostKeys = [pinned, second + " a comment"] }
            #expect(target.known.map(\.line) == [pinned, second])
            #expect(target.revoked.map(\.line) == [pinned])
            let problem = await reason(home.defaults) { $0.hostKeys = [pinned, "ssh-ed25519 AAAAnonsense"] }
            #expect(problem?.host == "web1")
            #expect(problem?.reason.contains("host_key") == true)
            #expect(problem?.hint?.contains("ssh_host_ed25519_key.pub") == true)
        }
    }

    // MARK: Key files

    @Test func `a key file that is named is the only one offered`() async throws {
        try await withHome { home in
            try await home.makeKey("id_ed25519")
            try await home.makeKey("id_rsa", type: "rsa")
            let mine = try await home.makeKey("mine", type: "ecdsa")
            let given = try await home.makeKey("given")
            let named = try await target(home.defaults) { $0.privateKeyFile = "~/.ssh/mine" }
            #expect(named.keys.map { HostKey(blob: $0.blob)?.line } == [mine])
            var defaults = home.defaults
            defaults.privateKey = "\(home.ssh)/given"
            let both = try await target(defaults) { $0.privateKeyFile = "~/.ssh/mine" }
            #expect(both.keys.map { HostKey(blob: $0.blob)?.line } == [given])
        }
    }

    @Test func `otherwise the usual files are, and each is read once`() async throws {
        try await withHome { home in
            let ed = try await home.makeKey("id_ed25519")
            let rsa = try await home.makeKey("id_rsa", type: "rsa")
            let ecdsa = try await home.makeKey("id_ecdsa", type: "ecdsa")
            let hosts = [("a", Connection(address: "a")), ("b", Connection(address: "b"))]
            let result = try await targets(home.defaults, hosts)
            let (first, second) = (result.targets[0], result.targets[1])
            #expect(first.keys.map { HostKey(blob: $0.blob)?.line } == [ed, ecdsa, rsa])
            #expect(zip(first.keys, second.keys).allSatisfy { $0 === $1 } && second.keys.count == 3)
            #expect(result.warnings == [])
        }
    }

    @Test func `a file that is named and cannot be used is an error for its host`() async throws {
        try await withHome { home in
            try await home.makeKey("locked", passphrase: "hunter22")
            try home.write("damaged", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")
            try home.write("nonsense", "hello\n")
            for (name, part) in [
                ("locked", "passphrase"), ("damaged", "damaged"), ("nonsense", "not a private key"),
                ("missing", "cannot be read: No such file"), ("", "cannot be read"),
            ] {
                let problem = await reason(home.defaults) { $0.privateKeyFile = "~/.ssh/\(name)" }
                #expect(problem?.host == "web1")
                #expect(problem?.reason.hasPrefix("the key file \(home.ssh)/\(name) ") == true)
                #expect(problem?.reason.contains(part) == true, "\(problem?.reason ?? "no problem")")
            }
        }
    }

    @Test func `a usual file that cannot be used is passed over, and told when nobody gets in`() async throws {
        try await withHome { home in
            try await home.makeKey("id_ed25519", passphrase: "hunter22")
            let rsa = try await home.makeKey("id_rsa", type: "rsa")
            let target = try await target(home.defaults)
            #expect(target.keys.map { HostKey(blob: $0.blob)?.line } == [rsa])
            #expect(target.loginRemarks == ["\(home.ssh)/id_ed25519 is encrypted with a passphrase"])
        }
    }

    // MARK: Becoming

    @Test func `becoming is asked for by the inventory or the command line`() async throws {
        try await withHome { home in
            var defaults = home.defaults
            let unasked = try await target(defaults) {
                $0.becomeUser = "app"
                $0.becomePassword = Password("s3cret")
            }
            #expect(unasked.become == nil)
            // A task may still ask for it.
            #expect(unasked.becomePassword == "s3cret")
            let inventory = try await target(defaults) {
                $0.become = true
                $0.becomeMethod = "sudo"
                $0.becomeUser = "app"
                $0.becomePassword = Password("s3cret")
            }
            #expect(inventory.become?.user == "app")
            #expect(inventory.become?.password == "s3cret")
            defaults.become = true
            let plain = try await target(defaults)
            #expect(plain.become?.user == "root")
            #expect(plain.become != nil && plain.become?.password == nil)
            defaults.becomeUser = "postgres"
            defaults.becomePassword = "given"
            let given = try await target(defaults) {
                $0.becomeUser = "app"
                $0.becomePassword = Password("s3cret")
            }
            #expect(given.become?.user == "postgres")
            #expect(given.become?.password == "given")
        }
    }

    @Test(arguments: ["su", "doas", "SUDO", ""])
    func `any method but sudo is refused, where it is needed`(method: String) async throws {
        try await withHome { home in
            let problem = await reason(home.defaults) {
                $0.become = true
                $0.becomeMethod = method
            }
            #expect(problem?.reason == "ansible_become_method \(method) is not supported")
            #expect(problem?.hint == "Baton becomes through sudo")
            let unasked = try await target(home.defaults) { $0.becomeMethod = method }
            #expect(unasked.cannotBecome == "ansible_become_method \(method) is not supported")
        }
    }
}
