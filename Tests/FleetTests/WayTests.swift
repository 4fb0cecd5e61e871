import ClientConfig
import Fleet
import Inventory
import Reactor
import TestSupport
import Testing

@testable import SSH

/// What ssh's configuration, the inventory and the command line make of a host together.
@Suite struct WayTests {
    private struct Home {
        let path: String

        var defaults: Access.Defaults {
            var defaults = Access.Defaults(user: "me", home: path)
            defaults.configFiles = .usual(user: "\(path)/.ssh/config", system: "\(path)/none")
            return defaults
        }

        func write(_ name: String, _ text: String) throws {
            try Files.write(Array(text.utf8), to: "\(path)/.ssh/\(name)", mode: 0o600)
        }

        func makeKey(_ name: String, _ more: [String] = ["-t", "ed25519"]) async throws -> String {
            let made = try await runChild(
                ["ssh-keygen", "-q", "-N", "", "-C", name, "-f", "\(path)/.ssh/\(name)"] + more
            )
            try #require(made.succeeded, "\(made.errors)")
            return "\(path)/.ssh/\(name)"
        }
    }

    private func withHome(_ body: (Home) async throws -> Void) async throws {
        try await withDirectory { directory in
            try Files.makeDirectory("\(directory)/.ssh", mode: 0o700)
            try await body(Home(path: directory))
        }
    }

    private func result(
        _ defaults: Access.Defaults,
        _ hosts: [(name: String, connection: Connection)],
        inventory: [String: Connection] = [:]
    ) async throws -> Access.Result {
        try await withLoop { loop in
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
        _ address: String = "web1",
        inventory: [String: Connection] = [:],
        _ change: (inout Connection) -> Void = { _ in }
    ) async throws -> Target {
        var connection = Connection(address: address)
        change(&connection)
        let result = try await result(defaults, [(address, connection)], inventory: inventory)
        if let problem = result.unusable.first { throw problem }
        return try #require(result.targets.first)
    }

    private func problem(
        _ defaults: Access.Defaults,
        inventory: [String: Connection] = [:],
        _ change: (inout Connection) -> Void = { _ in }
    ) async throws -> Unusable? {
        do {
            _ = try await target(defaults, inventory: inventory, change)
            return nil
        } catch {
            return error as? Unusable
        }
    }

    @Test func `the configuration says what the inventory leaves open, and no more`() async throws {
        try await withHome { home in
            try home.write(
                "config",
                """
                Host web*
                  HostName %h.example.com
                  User config
                  Port 2200
                  ConnectTimeout 7
                  ServerAliveInterval 4
                  ServerAliveCountMax 5
                  PreferredAuthentications password,publickey
                  AddressFamily inet6

                """
            )
            let plain = try await target(home.defaults)
            #expect(plain.place == "web1.example.com:2200")
            #expect(plain.user == "config")
            #expect(plain.timeouts.connect == .seconds(7))
            #expect(plain.timeouts.heartbeat == .seconds(4) && plain.timeouts.missedHeartbeats == 5)
            #expect(plain.loginMethods == [.password, .publicKey])
            #expect(plain.addressFamily == .inet6)
            let said = try await target(home.defaults) {
                ($0.user, $0.port, $0.connectTimeout) = ("inv", 22, .seconds(3))
            }
            #expect(said.place == "web1.example.com:22" && said.user == "inv" && said.timeouts.connect == .seconds(3))
            var typed = home.defaults
            (typed.user, typed.isUserGiven) = ("typed", true)
            #expect(try await target(typed) { $0.user = "inv" }.user == "typed")
        }
    }

    @Test func `jumps come from the configuration, the arguments and the inventory`() async throws {
        try await withHome { home in
            try home.write("config", "Host web1\n  ProxyJump a@one:2201,two\nHost two\n  User second\n")
            let configured = try await target(home.defaults)
            #expect(configured.jumps.map(\.place) == ["one:2201", "two:22"])
            #expect(configured.jumps.map(\.user) == ["a", "second"])
            var typed = home.defaults
            (typed.user, typed.isUserGiven) = ("typed", true)
            #expect(try await target(typed).jumps.map(\.user) == ["a", "second"])
            let words = SSHArgumentWords(place: "hosts:1", words: ["-J", "three", "-o", "StrictHostKeyChecking=no"])
            let argued = try await target(home.defaults) { $0.sshArguments = [words] }
            #expect(argued.jumps.map(\.place) == ["three:22"])
            #expect(argued.acceptsNewHostKey && !argued.jumps[0].acceptsNewHostKey)
            var gate = Connection(address: "10.0.0.9")
            (gate.port, gate.user, gate.password) = (2222, "guard", Password("its own"))
            typed.password = "typed password"
            let named = try await target(typed, "db1", inventory: ["gate": gate]) { $0.jump = "gate" }
            #expect(named.jumps.map(\.place) == ["10.0.0.9:2222"])
            #expect(named.jumps[0].user == "guard")
            // What was typed is for the hosts, and never for those on the way.
            #expect(named.password == "typed password" && named.jumps[0].password == "its own")
            #expect(try await target(typed, "db1") { $0.jump = "gate" }.jumps[0].password == nil)
        }
    }

    @Test func `jumps that go in circles end`() async throws {
        try await withHome { home in
            try home.write("config", "Host web1 b\n  ProxyJump a\nHost a\n  ProxyJump b\n")
            let circle = try await problem(home.defaults)
            #expect(circle?.reason.contains("more than 8 jump hosts") == true, "\(String(describing: circle))")
        }
    }

    @Test func `named keys come first, the agent's next, the usual ones only where none is named`() async throws {
        try await withHome { home in
            let named = try await home.makeKey("named")
            let usual = try await home.makeKey("id_ed25519")
            let held = try await home.makeKey("held")
            try await withLoop { loop in
                let socket = "\(home.path)/agent"
                let agent = try RunningChild(
                    ["ssh-agent", "-D", "-a", socket],
                    environment: Surroundings.environment,
                    on: loop
                )
                defer { agent.close() }
                for _ in 0..<500 where !Files.exists(socket) { await loop.sleep(.milliseconds(10)) }
                var environment = Surroundings.environment
                environment["SSH_AUTH_SOCK"] = socket
                let added = try await loop.run(ChildRequest(["ssh-add", "-q", held], environment: environment))
                try #require(added.succeeded, "\(added.errors)")
                var defaults = home.defaults
                defaults.surroundings.environment = { $0 == "SSH_AUTH_SOCK" ? socket : nil }
                func names(_ defaults: Access.Defaults, _ key: String?, _ only: Bool = false) async throws -> [String] {
                    try home.write("config", only ? "IdentitiesOnly yes\n" : "")
                    var connection = Connection(address: "web1")
                    connection.privateKeyFile = key
                    let vault = KeyVault(environment: environment, on: loop)
                    let result = await Access.targets(for: [("web1", connection)], defaults, vault)
                    await vault.close()
                    return result.targets.first?.keys.map(\.name) ?? []
                }
                #expect(try await names(defaults, nil) == ["held (agent)", usual])
                #expect(try await names(defaults, named) == [named, "held (agent)"])
                #expect(try await names(defaults, named, true) == [named])
                // The agent signs for a file that it has, so that a passphrase would not be asked for.
                #expect(try await names(defaults, held) == ["held (agent)"])
                defaults.surroundings.environment = { $0 == "SSH_AUTH_SOCK" ? "\(home.path)/nobody" : nil }
                #expect(try await names(defaults, nil) == [usual])
                await agent.seeToItsEnd(on: loop)
            }
        }
    }

    @Test func `keys that the configuration rules out are not offered, and said`() async throws {
        try await withHome { home in
            let small = try await home.makeKey("small", ["-t", "rsa", "-b", "1024"])
            let other = try await home.makeKey("other")
            try home.write(
                "config",
                "IdentityFile \(small)\nIdentityFile \(other)\nRequiredRSASize 2048\nPubkeyAcceptedAlgorithms -ssh-ed25519\n"
            )
            let target = try await target(home.defaults)
            #expect(target.keys.isEmpty)
            #expect(
                target.loginRemarks == [
                    "\(small) has 1024 bits, and RequiredRSASize is 2048",
                    "\(other) is ruled out by PubkeyAcceptedAlgorithms",
                ]
            )
            #expect(target.leastRSABits == 2048)
        }
    }

    @Test func `what only OpenSSH can do goes to OpenSSH, unless somebody wants libssh2`() async throws {
        try await withHome { home in
            try home.write("config", "Host web1\n  CertificateFile ~/.ssh/cert\nHost far\n  ProxyJump web1\n")
            let result = try await result(home.defaults, [("web1", Connection(address: "web1"))])
            guard case .openssh(let program, _)? = result.targets.first?.transport else {
                Issue.record("\(result)")
                return
            }
            #expect(program.arguments.first == "ssh")
            #expect(result.warnings.count == 1)
            #expect(result.warnings[0].contains("CertificateFile (\(home.path)/.ssh/config:2)"))
            let wanted = try await problem(home.defaults) { $0.transport = .libssh2 }
            #expect(wanted?.reason.contains("CertificateFile needs OpenSSH's own client") == true)
            let behind = try await self.result(home.defaults, [("far", Connection(address: "far"))])
            #expect(behind.unusable.first?.reason == "its jump host web1 needs OpenSSH's own client")
        }
    }

    @Test func `the command line for OpenSSH's client has what must hold in front`() async throws {
        try await withHome { home in
            let target = try await target(home.defaults) {
                $0.transport = .openssh
                $0.user = "deploy"
                $0.port = 2222
                $0.jump = "gate"
                $0.privateKeyFile = "~/.ssh/a key"
                $0.sshArguments = [
                    SSHArgumentWords(place: "hosts:1", words: ["-o", "StrictHostKeyChecking=no", "-o", "BatchMode=no"])
                ]
            }
            guard case .openssh(let program, _) = target.transport else {
                Issue.record("\(target.transport)")
                return
            }
            let words = program.arguments.joined(separator: " ")
            // Of several words on a matter ssh takes the first.
            let strict = try #require(words.firstRange(of: "StrictHostKeyChecking=accept-new"))
            let asked = try #require(words.firstRange(of: "StrictHostKeyChecking=no"))
            #expect(strict.lowerBound < asked.lowerBound)
            #expect(
                words.firstRange(of: "BatchMode=yes")!.lowerBound < words.firstRange(of: "BatchMode=no")!.lowerBound
            )
            #expect(words.contains("IdentityFile=\"\(home.path)/.ssh/a key\""))
            #expect(words.contains("User=deploy") && words.contains("Port=2222"))
            let proxy = program.arguments.first { $0.hasPrefix("ProxyCommand=") } ?? ""
            #expect(proxy.hasPrefix("ProxyCommand=ssh -o 'BatchMode=yes'"), "\(proxy)")
            #expect(proxy.hasSuffix(" -W [%h]:%p -- gate"), "\(proxy)")
            let secret = try await problem(home.defaults) {
                $0.transport = .openssh
                $0.password = Password("secret")
            }
            #expect(secret?.reason.contains("cannot be given a password") == true)
        }
    }

    @Test func `a mistake in arguments or files is told with its place`() async throws {
        try await withHome { home in
            let words = SSHArgumentWords(place: "hosts.yml:3: ansible_ssh_args", words: ["-w", "5"])
            let argument = try await problem(home.defaults) { $0.sshArguments = [words] }
            #expect(
                argument?.reason.contains("hosts.yml:3: ansible_ssh_args") == true,
                "\(String(describing: argument))"
            )
            try home.write("config", "Host other\n  Port many\n")
            let file = try await problem(home.defaults)
            #expect(file?.reason.contains("/.ssh/config:2: error:") == true, "\(String(describing: file))")
        }
    }

    @Test func `StrictHostKeyChecking yes is never asked about, and an alias names the host`() async throws {
        try await withHome { home in
            try home.write(
                "config",
                "Host web1\n  StrictHostKeyChecking yes\n  HostKeyAlias the-web\n  HashKnownHosts yes\n"
            )
            let target = try await target(home.defaults) { $0.port = 2222 }
            #expect(!target.asksForHostKey && target.stranger == nil)
            #expect(target.knownAs == "the-web")
            #expect(target.remembers == .init(file: "\(home.path)/.ssh/known_hosts", isHashed: true))
            try home.write("config", "Host web1\n  UserKnownHostsFile /dev/null\n")
            let nowhere = try await self.target(home.defaults)
            #expect(nowhere.remembers == nil && nowhere.stranger?.name == "web1")
        }
    }

    @Test func `a key that is revoked is refused at every port, and no better for being pinned`() async throws {
        try await withHome { home in
            let path = try await home.makeKey("host")
            let key = String(decoding: try Files.read(path + ".pub"), as: UTF8.self).split(separator: " ").prefix(2)
                .joined(separator: " ")
            try home.write("known_hosts", "web1 \(key)\n@revoked web1 \(key)\n")
            let elsewhere = try await target(home.defaults) { $0.port = 2222 }
            #expect(elsewhere.knownElsewhere.map(\.line) == [key] && elsewhere.revoked.map(\.line) == [key])
            let pinned = try await problem(home.defaults) { ($0.transport, $0.hostKeys) = (.openssh, [key]) }
            #expect(pinned?.reason == "its host_key is revoked in known_hosts")
        }
    }

    @Test func `two descriptions of one place do not share a session`() async throws {
        try await withHome { home in
            let path = try await home.makeKey("host")
            let key = String(decoding: try Files.read(path + ".pub"), as: UTF8.self).split(separator: " ").prefix(2)
                .joined(separator: " ")
            var (right, wrong) = (Connection(address: "10.0.0.9"), Connection(address: "10.0.0.9"))
            right.hostKeys = [key]
            wrong.hostKeys = []
            let inventory = ["right": right, "wrong": wrong]
            let one = try await target(home.defaults, inventory: inventory) { $0.jump = "right" }
            let other = try await target(home.defaults, inventory: inventory) { $0.jump = "wrong" }
            #expect(one.jumps[0].place == other.jumps[0].place)
            #expect(one.jumps[0].identity != other.jumps[0].identity)
        }
    }

    @Test func `a jump host of the inventory whose variables are wrong is an error, and no stranger`() async throws {
        try await withHome { home in
            try await withLoop { loop in
                let vault = KeyVault(environment: Surroundings.environment, on: loop)
                var connection = Connection(address: "web1")
                connection.jump = "root@gate"
                let result = await Access.targets(
                    for: [("web1", connection)],
                    home.defaults,
                    inventory: { $0 == "gate" ? .broken("become must be true or false") : .absent },
                    vault
                )
                await vault.close()
                #expect(result.targets.isEmpty)
                let reason = result.unusable.first?.reason ?? ""
                #expect(reason.contains("the jump host gate cannot be used: become must be true or false"), "\(reason)")
            }
            // A user or a port beside the name do not make it another host.
            var gate = Connection(address: "10.0.0.9")
            gate.hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPdvTjPqrNiOzrMGlc6FX5mRd5z9NfK46Glv9o6mXZI1"]
            let target = try await target(home.defaults, inventory: ["gate": gate]) { $0.jump = "root@gate:2222" }
            #expect(target.jumps[0].place == "10.0.0.9:2222" && target.jumps[0].user == "root")
            #expect(target.jumps[0].known.count == 1)
        }
    }

    @Test func `this machine needs nothing of ssh's configuration`() async throws {
        try await withHome { home in
            try home.write("config", "Match exec true\n  User x\n")
            let target = try await target(home.defaults) { $0.transport = .local }
            guard case .local = target.transport else {
                Issue.record("\(target.transport)")
                return
            }
        }
    }
}
