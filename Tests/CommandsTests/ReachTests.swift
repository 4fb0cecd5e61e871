import Lab
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How hosts are reached and trusted, through the real binary: what ssh's configuration, agents and people say.
@Suite struct ReachTests {
    /// Writes into the `.ssh` of the workplace.
    private func write(_ name: String, _ text: String, _ place: Workplace) throws {
        try Files.makeDirectory("\(place.directory)/.ssh", mode: 0o700)
        try Files.write(Array(text.utf8), to: "\(place.directory)/.ssh/\(name)", mode: 0o600)
    }

    private func userKey(_ place: Workplace) -> String { "\(place.directory)/fleet/user_key" }

    /// Port and host key of a host, from the lab's inventory.
    private func entry(_ host: String, _ place: Workplace) throws -> (port: String, key: String) {
        let text = String(decoding: try Files.read(place.inventory), as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.contains(" \(host):") })
        let port = line.split(separator: "ansible_port: ")[1].prefix { $0.isNumber }
        let key = line.split(separator: "\"")[1]
        return (String(port), String(key))
    }

    private func config(_ names: [String], _ place: Workplace, before more: String = "") throws -> String {
        var text = more
        for (index, name) in names.enumerated() {
            let port = try entry("lab\(index + 1)", place).port
            text += "Host \(name)\n  HostName 127.0.0.1\n  Port \(port)\n  HostKeyAlias \(name)\n"
        }
        return text + "Host *\n  User \(Surroundings.user)\n  IdentityFile \(userKey(place))\n"
    }

    private func knownHosts(_ names: [String], _ place: Workplace) throws -> String {
        try names.enumerated().map { "\($1) \(try entry("lab\($0 + 1)", place).key)\n" }.joined()
    }

    /// How many lines of the server's log have this in them; they end as lines on a terminal do.
    private func count(_ text: String, in host: LabHost) throws -> Int {
        try Files.read(host.log).split(separator: 10).filter { String(decoding: $0, as: UTF8.self).contains(text) }
            .count
    }

    private func logins(_ host: LabHost) throws -> Int { try count("Accepted publickey", in: host) }

    // MARK: ssh's configuration

    @Test func `a list of names is enough where ssh's configuration says the rest`() async throws {
        try await withWorkplace(hosts: 2) { place in
            try write("config", try config(["web1", "web2"], place), place)
            try write("known_hosts", try knownHosts(["web1", "web2"], place), place)
            let result = try await place.baton("exec", "-i", "web1,web2", "-o", "json", "--", "echo $BATON_LAB_HOST")
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(
                result.output.contains(#""host":"web1","status":"ok","exit":0,"stdout":"lab1\n""#),
                "\(result.output)"
            )
            #expect(result.output.contains(#""host":"web2","status":"ok","exit":0,"stdout":"lab2\n""#))
        }
    }

    @Test func `a mistake in it is told with file and line, and nothing is contacted`() async throws {
        try await withWorkplace(hosts: 1) { place in
            try write("config", "Host web1\n  Port many\n", place)
            let result = try await place.baton("exec", "-i", "web1,", "--", "true")
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("/.ssh/config:2"), "\(result.errors)")
        }
    }

    @Test func `jump hosts of ssh's configuration are gone through`() async throws {
        try await withWorkplace(hosts: 3) { place in
            let more = "Host far\n  ProxyJump gate,middle\n"
            try write("config", try config(["gate", "middle", "far"], place, before: more), place)
            try write("known_hosts", try knownHosts(["gate", "middle", "far"], place), place)
            let result = try await place.baton("exec", "-i", "far,", "-o", "json", "--", "echo $BATON_LAB_HOST")
            #expect(result.output.contains(#""stdout":"lab3\n""#), "\(result.output) \(result.errors)")
            for host in place.hosts { #expect(try logins(host) == 1) }
        }
    }

    @Test func `a jump may name a host of the inventory`() async throws {
        try await withWorkplace(hosts: 2) { place in
            let (near, far) = (try entry("lab1", place), try entry("lab2", place))
            let text = """
                all:
                  vars: {user: \(Surroundings.user), identity: \(userKey(place)), address: 127.0.0.1}
                  hosts:
                    gate: {port: \(near.port), host_key: \(near.key)}
                    far: {port: \(far.port), host_key: \(far.key), jump: gate}

                """
            try Files.write(Array(text.utf8), to: "\(place.directory)/jump.yml")
            let result = try await place.baton("exec", "-i", "jump.yml", "-l", "far", "--", "echo $BATON_LAB_HOST")
            #expect(result.output == "far: exit 0\n  lab2\n", "\(result.errors)")
            #expect(try logins(place.hosts[0]) == 1)
        }
    }

    @Test func `Ansible's common arguments go through a proxy command`() async throws {
        try await withWorkplace(hosts: 2) { place in
            let (near, far) = (try entry("lab1", place), try entry("lab2", place))
            try write("gate", "[127.0.0.1]:\(near.port) \(near.key)\n", place)
            let ssh =
                "ssh -F none -W %h:%p -q -o UserKnownHostsFile=\(place.directory)/.ssh/gate -i \(userKey(place)) "
                + "-p \(near.port) \(Surroundings.user)@127.0.0.1"
            let text = """
                [all]
                far ansible_host=127.0.0.1 ansible_port=\(far.port) ansible_user=\(Surroundings.user)
                [all:vars]
                ansible_ssh_private_key_file=\(userKey(place))
                ansible_ssh_common_args=-o ProxyCommand="\(ssh)" -o StrictHostKeyChecking=no -o ControlMaster=auto
                """
            try Files.write(Array((text + "\n").utf8), to: "\(place.directory)/proxy.ini")
            let result = try await place.baton("exec", "-i", "proxy.ini", "--", "echo $BATON_LAB_HOST")
            #expect(result.output == "far: exit 0\n  lab2\n", "\(result.errors)")
            #expect(try logins(place.hosts[0]) == 1)
            // The key that was accepted is known from now on.
            let known = String(decoding: try Files.read("\(place.directory)/.ssh/known_hosts"), as: UTF8.self)
            #expect(known.contains(far.key) || known.contains("|1|"))
        }
    }

    @Test func `two hundred hosts behind one stock sshd`() async throws {
        try await withWorkplace(hosts: 2, extra: "MaxStartups 10:30:100") { place in
            let (near, far) = (try entry("lab1", place), try entry("lab2", place))
            var text = "all:\n  vars: {user: \(Surroundings.user), identity: \(userKey(place)), address: 127.0.0.1}\n"
            text += "  hosts:\n    gate: {port: \(near.port), host_key: \(near.key)}\n"
            for index in 1...200 {
                text += "    h\(index): {port: \(far.port), host_key: \(far.key), jump: gate}\n"
            }
            try Files.write(Array(text.utf8), to: "\(place.directory)/many.yml")
            let result = try await place.baton(
                "exec",
                "-i",
                "many.yml",
                "-l",
                "all:!gate",
                "-f",
                "200",
                "-o",
                "json",
                "--",
                "true"
            )
            #expect(result.status == .exited(0), "\(result.errors.suffix(2000))")
            #expect(result.output.split(separator: #""status":"ok","exit":0"#).count == 201)
            #expect(try logins(place.hosts[0]) <= 4)
            #expect(try logins(place.hosts[1]) == 200)
        }
    }

    // MARK: Trust

    @Test(.enabled(if: TypedTerminal.isAvailable, "needs script of util-linux"))
    func `unknown host keys are asked about once, in one table, and remembered`() async throws {
        try await withWorkplace(hosts: 3) { place in
            try write("config", try config(["web1", "web2", "web3"], place), place)
            try write("known_hosts", try knownHosts(["web1"], place), place)
            func run(_ answers: [(String, String)]) async throws -> TypedTerminal.Result {
                var environment = Surroundings.environment
                environment["HOME"] = place.directory
                return try await TypedTerminal.run(
                    "\(BatonProgram.path) exec -i web1,web2,web3 -- echo in; echo status $?",
                    environment: environment,
                    directory: place.directory,
                    answers: answers.map { (question: $0.0, answer: $0.1) },
                    on: place.loop
                )
            }
            let refused = try await run([("type yes or no: ", "no")])
            #expect(refused.shown.contains("2 host keys that are not known yet:"), "\(refused.shown)")
            #expect(refused.shown.contains("web2  127.0.0.1:"))
            #expect(refused.shown.contains("ED25519  SHA256:"))
            #expect(refused.shown.contains("nothing was done: the host keys are not trusted"))
            #expect(refused.shown.contains("status 6"))
            for host in place.hosts { #expect(try logins(host) == 0) }
            let interrupted = try await run([("type yes or no: ", "\u{3}")])
            #expect(interrupted.shown.contains("status 8"), "\(interrupted.shown)")
            let accepted = try await run([("type yes or no: ", "yes")])
            #expect(accepted.shown.contains("status 0"), "\(accepted.shown)")
            let again = try await run([])
            #expect(!again.shown.contains("not known yet") && again.shown.contains("status 0"))
            // A key that is revoked is not asked about, and not taken in.
            let revoked = "@revoked * \(try entry("lab3", place).key)\n"
            try write("known_hosts", try knownHosts(["web1", "web2"], place) + revoked, place)
            let refused3 = try await run([])
            #expect(!refused3.shown.contains("not known yet"), "\(refused3.shown)")
            #expect(refused3.shown.contains("is revoked") && refused3.shown.contains("status 5"), "\(refused3.shown)")
        }
    }

    @Test func `without a terminal an unknown key is an error for its host, and the others run`() async throws {
        try await withWorkplace(hosts: 2) { place in
            try write("config", try config(["web1", "web2"], place), place)
            try write("known_hosts", try knownHosts(["web1"], place), place)
            let result = try await place.baton("exec", "-i", "web1,web2", "-o", "json", "--", "true")
            #expect(result.status == .exited(5), "\(result.errors)")
            #expect(result.output.contains(#""kind":"host_key_unknown""#))
        }
    }

    // MARK: Keys

    @Test func `of ten keys in an agent the right one is found, and the next hosts get it first`() async throws {
        try await withWorkplace(hosts: 1, extra: "LogLevel VERBOSE\nMaxAuthTries 6") { place in
            let made = try await place.shell(
                """
                cd "$HOME" && eval "$(ssh-agent -a "$HOME/agent.sock")" >/dev/null && echo "$SSH_AGENT_PID"
                for key in 1 2 3 4 5 6 7 8 9; do ssh-keygen -q -t ed25519 -N '' -C "key$key" -f "key$key" || exit 1; done
                ssh-add -q key1 key2 key3 key4 key5 key6 key7 "\(userKey(place))" key8 key9
                """
            )
            let agent = try #require(Int32(made.output.split(separator: "\n").first.map(String.init) ?? ""))
            defer { kill(agent, SIGTERM) }
            let host = try entry("lab1", place)
            var text = "all:\n  vars: {user: \(Surroundings.user), address: 127.0.0.1, port: \(host.port)}\n  hosts:\n"
            for index in 1...12 { text += "    h\(index): {host_key: \(host.key)}\n" }
            try Files.write(Array(text.utf8), to: "\(place.directory)/agent.yml")
            let result = try await place.baton(
                "exec",
                "-i",
                "agent.yml",
                "-o",
                "json",
                "--",
                "true",
                environment: ["SSH_AUTH_SOCK": "\(place.directory)/agent.sock"]
            )
            #expect(result.status == .exited(0), "\(result.errors)")
            let accepted = try logins(place.hosts[0])
            #expect(accepted == 12)
            // The first host was tried with the seven before it; nobody after that.
            #expect(try count("Failed publickey", in: place.hosts[0]) == 7)
        }
    }

    @Test(.enabled(if: TypedTerminal.isAvailable, "needs script of util-linux"))
    func `an encrypted key is asked for once and opens every host`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let made = try await place.shell(
                "ssh-keygen -q -t ed25519 -N 'open sesame' -f \"$HOME/locked\" && cat \"$HOME/locked.pub\" >>fleet/authorized_keys"
            )
            try #require(made.succeeded, "\(made.errors)")
            let host = try entry("lab1", place)
            var text =
                "all:\n  vars: {user: \(Surroundings.user), address: 127.0.0.1, port: \(host.port), identity: ~/locked}\n"
            text += "  hosts:\n"
            for index in 1...20 { text += "    h\(index): {host_key: \(host.key)}\n" }
            try Files.write(Array(text.utf8), to: "\(place.directory)/locked.yml")
            var environment = Surroundings.environment
            environment["HOME"] = place.directory
            let result = try await TypedTerminal.run(
                "\(BatonProgram.path) exec -i locked.yml -- true; echo status $?",
                environment: environment,
                directory: place.directory,
                answers: [
                    (question: "passphrase for \(place.directory)/locked: ", answer: "wrong"),
                    (question: "that is not it; passphrase", answer: "open sesame"),
                ],
                on: place.loop
            )
            #expect(result.shown.contains("20 ok"), "\(result.shown)")
            #expect(result.shown.contains("status 0"))
            #expect(!result.shown.contains("sesame"))
            let interrupted = try await TypedTerminal.run(
                "\(BatonProgram.path) exec -i locked.yml -- true; echo status $?",
                environment: environment,
                directory: place.directory,
                answers: [(question: "passphrase for ", answer: "\u{3}")],
                on: place.loop
            )
            #expect(interrupted.shown.contains("interrupted: nothing was contacted\nstatus 8"), "\(interrupted.shown)")
            // A signal that comes while it asks ends it as well, and the terminal has its echo back.
            let terminated = try await TypedTerminal.run(
                "(until pgrep -s 0 -x baton >/dev/null; do sleep 0.02; done; sleep 0.3; pkill -TERM -s 0 -x baton) & "
                    + "\(BatonProgram.path) exec -i locked.yml -- true; echo status $?; stty -a | grep -o '[-]*echo '",
                environment: environment,
                directory: place.directory,
                answers: [],
                on: place.loop
            )
            #expect(terminated.shown.contains("status 8\necho "), "\(terminated.shown)")
            let silent = try await place.baton("exec", "-i", "locked.yml", "--", "true")
            #expect(silent.status == .exited(1))
            #expect(silent.errors.contains("locked is encrypted with a passphrase"), "\(silent.errors)")
            #expect(silent.errors.contains("ssh-add"))
        }
    }

    // MARK: Transports

    @Test func `OpenSSH's client and this machine run the same command`() async throws {
        try await withWorkplace(hosts: 1) { place in
            let host = try entry("lab1", place)
            let text = """
                all:
                  hosts:
                    far:
                      ansible_host: 127.0.0.1
                      ansible_port: \(host.port)
                      ansible_user: \(Surroundings.user)
                      ansible_ssh_private_key_file: \(userKey(place))
                      baton_transport: openssh
                      host_key: \(host.key)
                    here: {ansible_connection: local}

                """
            try Files.write(Array(text.utf8), to: "\(place.directory)/mixed.yml")
            let result = try await place.baton("exec", "-i", "mixed.yml", "--", "echo ${BATON_LAB_HOST:-none}; pwd")
            #expect(
                result.output.contains("far: exit 0\n  lab1\n  \(place.hosts[0].home)\n"),
                "\(result.output) \(result.errors)"
            )
            #expect(result.output.contains("here: exit 0\n  none\n  \(place.directory)\n"), "\(result.output)")
            let changed = text.replacing(
                host.key,
                with: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPdvTjPqrNiOzrMGlc6FX5mRd5z9NfK46Glv9o6mXZI1"
            )
            try Files.write(Array(changed.utf8), to: "\(place.directory)/changed.yml")
            let refused = try await place.baton("exec", "-i", "changed.yml", "-l", "far", "--", "true")
            #expect(refused.status == .exited(6), "\(refused.errors)")
        }
    }

    @Test func `OpenSSH's client goes through a jump host of the inventory, with its key and its pin`() async throws {
        try await withWorkplace(hosts: 2) { place in
            let (near, far) = (try entry("lab1", place), try entry("lab2", place))
            func run(pin: String) async throws -> ChildResult {
                let text = """
                    all:
                      vars: {user: \(Surroundings.user), identity: \(userKey(place)), address: 127.0.0.1}
                      hosts:
                        gate: {port: \(near.port), host_key: \(pin)}
                        far: {port: \(far.port), host_key: \(far.key), jump: gate, transport: openssh}

                    """
                try Files.write(Array(text.utf8), to: "\(place.directory)/jump.yml")
                return try await place.baton("exec", "-i", "jump.yml", "-l", "far", "--", "echo $BATON_LAB_HOST")
            }
            let result = try await run(pin: near.key)
            #expect(result.output == "far: exit 0\n  lab2\n", "\(result.errors)")
            #expect(try logins(place.hosts[0]) == 1)
            let wrong = try await run(pin: far.key)
            #expect(wrong.status == .exited(6), "\(wrong.output) \(wrong.errors)")
            #expect(try logins(place.hosts[0]) == 1)
        }
    }

    @Test func `a certificate is used through OpenSSH's client without being asked for`() async throws {
        try await withDirectory { directory in
            let made = try await runChild(
                [
                    "sh", "-c",
                    """
                    ssh-keygen -q -t ed25519 -N '' -f ca && ssh-keygen -q -t ed25519 -N '' -f user &&
                    ssh-keygen -q -s ca -I test -n "\(Surroundings.user)" user.pub
                    """,
                ],
                directory: directory
            )
            try #require(made.succeeded, "\(made.errors)")
            try await withWorkplace(hosts: 1, extra: "TrustedUserCAKeys \(directory)/ca.pub\nAuthorizedKeysFile none") {
                place in
                let host = try entry("lab1", place)
                try write(
                    "config",
                    """
                    Host web1
                      HostName 127.0.0.1
                      Port \(host.port)
                      User \(Surroundings.user)
                      IdentityFile \(directory)/user
                      CertificateFile \(directory)/user-cert.pub
                      UserKnownHostsFile \(place.directory)/.ssh/lab

                    """,
                    place
                )
                try write("lab", "[127.0.0.1]:\(host.port) \(host.key)\n", place)
                let result = try await place.baton("exec", "-i", "web1,", "--", "echo in")
                #expect(result.output == "web1: exit 0\n  in\n")
                let reason = "needs OpenSSH's own client, which is used for it: CertificateFile"
                #expect(result.errors.contains(reason), "\(result.errors)")
            }
        }
    }
}
