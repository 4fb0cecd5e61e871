import ClientConfig
import Reactor
import Synchronization
import TestSupport
import Testing

/// What `ssh -G` does not show.
struct SettingsTests {
    /// ssh tells the names of keys and the command of a proxy only on the way to a connection.
    @Test(.enabled(if: RealSSH.isThere, "there is no ssh"))
    func `paths and commands are filled in as by a connecting ssh`() async throws {
        let text = """
            HostName Real.X
            Port 7
            User me
            HostKeyAlias Alias
            ProxyCommand echo %h %p %r %n %% >&2; exit 1
            IdentityFile ~/.ssh/%h-%p-%r-%n-%i-%l-%L-%k-%d-%u-%%
            IdentityFile none
            IdentityFile "${BATON_TEST}/a b"
            IdentityFile relative
            CertificateFile ~/%u%k

            """
        try await withDirectory { directory in
            try Files.write(Array(text.utf8), to: "\(directory)/config")
            var environment = TestSupport.Surroundings.environment
            environment["BATON_TEST"] = "/from/environment"
            let call = ["ssh", "-v", "-o", "BatchMode=yes", "-F", "\(directory)/config", "Host"]
            let said = try await runChild(call, environment: environment).errors
            let ours = try settings(["Host"], .only("\(directory)/config"))
            func told(_ start: String, upTo end: String) -> [String] {
                said.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("debug1: " + start) }.compactMap { line in
                    let value = line.dropFirst(8 + start.count)
                    return value.firstRange(of: end).map { String(value[..<$0.lowerBound]) } ?? String(value)
                }
            }
            #expect(told("identity file ", upTo: " type ") == ours.identityFiles)
            #expect(told("certificate file ", upTo: " type ") == ours.certificateFiles)
            #expect(told("Executing proxy command: exec ", upTo: "\n") == [ours.proxyCommand ?? ""])
            #expect(ours.identityFiles.count == 3)
        }
    }

    @Test func `the usual files need not be there`() throws {
        let found = try Memory.config([:]).settings(for: "Web")
        var expected = HostSettings(hostName: "web")
        expected.identityFilesAreDefaults = true
        expected.identityFiles = ["rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk"].map { "/home/me/.ssh/id_\($0)" }
        expected.userKnownHostsFiles = ["/home/me/.ssh/known_hosts", "/home/me/.ssh/known_hosts2"]
        expected.globalKnownHostsFiles = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"]
        #expect(found == expected)
        #expect(found.methods == ["publickey", "keyboard-interactive", "password"])
    }

    @Test func `what was given wins, and needs no quotes`() throws {
        let place = Place("--private-key")
        let given = Given(
            user: "given",
            port: 7,
            options: [ConfigOption("IdentityFile", "~/my key #1", from: place), ConfigOption("User=late", from: place)]
        )
        let found = try Memory.settings("User file\nPort 8\nIdentityFile ~/two", "h", given)
        #expect(found.user == "given")
        #expect(found.port == 7)
        #expect(found.identityFiles == ["/home/me/my key #1", "/home/me/two"])
        #expect(!found.identityFilesAreDefaults)
    }

    @Test(arguments: [
        ("Host=x", "all:1: error: Host cannot be given as an option"),
        ("Prot=22", "all:1: error: there is no directive \"prot\"\n  hint: did you mean Port?"),
        ("Port=no", "all:1: error: Port must be a number from 1 to 65535, not \"no\""),
        ("User", "all:1: error: nothing stands behind \"User\""),
        ("IdentityFile=~nobody/x", "all:1: error: IdentityFile: there is no user \"~nobody\""),
    ])
    func `an option that is wrong is told with its place`(option: String, message: String) {
        let given = Given(options: [ConfigOption(option, from: Place("all", line: 1))])
        #expect(Memory.problems("", "h", given) == message)
    }

    @Test func `all mistakes are told at once`() {
        let text = """
            Host a
              Port 0
              Prot 22
            Match hots b
            User "x
            Include ""
            ProxyJump a b:c
            IdentitiesOnly perhaps

            """
        let path = Memory.user
        #expect(
            Memory.problems(text) == """
                \(path):2: error: Port must be a number from 1 to 65535, not "0"
                \(path):4: error: Match knows no condition "hots"
                  hint: did you mean "host"?
                \(path):5: error: a quote behind User is never closed
                \(path):6: error: a path behind Include is empty
                \(path):8: error: IdentitiesOnly must be yes or no, not "perhaps"
                """
        )
        #expect(
            Memory.problems("Host a\n  Prot 22") == """
                \(path):2: error: there is no directive "prot"
                  hint: did you mean Port?
                """
        )
    }

    @Test(arguments: [
        "BindAddress 10.0.0.1", "BindInterface eth0", "CanonicalizeHostname yes", "CanonicalizeHostname ALWAYS",
        "CanonicalizePermittedCNAMEs *:*", "KnownHostsCommand /bin/keys %H", "RevokedHostKeys /etc/ssh/revoked",
        "RefuseConnection later",
    ])
    func `what cannot be done is refused where it applies`(line: String) throws {
        let text = "Host h\n  \(line)\n"
        let name = line.prefix { $0 != " " }
        #expect(Memory.problems(text).hasPrefix("\(Memory.user):2: error: \(name) "))
        #expect(try Memory.settings(text, "other").hostName == "other")
        // An earlier word that takes it back counts, as always.
        if name == "CanonicalizeHostname" { #expect(Memory.problems("\(name) no\n" + text) == "") }
        if name == "RevokedHostKeys" { #expect(Memory.problems("\(name) none\n" + text) == "") }
    }

    @Test func `Match exec matters only where everything in front of it holds`() throws {
        let text = "Match host a exec \"test -f /x\"\n  Port 5\n"
        #expect(try Memory.settings(text, "b").port == 22)
        #expect(
            Memory.problems(text, "a") == """
                \(Memory.user):1: error: Baton cannot decide Match exec, and "a" depends on it
                  hint: put a condition that it does not meet in front, or use another file with -F
                """
        )
        #expect(Memory.problems("Match tagged x\n  Port 5\n").contains("cannot decide Match tagged"))
    }

    @Test func `only OpenSSH can do some things, and they are listed`() throws {
        let text = """
            PKCS11Provider /lib/p11.so
            CertificateFile ~/id-cert.pub
            ProxyUseFdpass yes
            Host proxied
              ProxyCommand nc %h %p
            """
        let needs = try Memory.settings(text, "proxied").needsOpenSSH
        #expect(needs.map(\.directive) == ["CertificateFile", "PKCS11Provider", "ProxyUseFdpass"])
        #expect(needs.map(\.value) == ["~/id-cert.pub", "/lib/p11.so", "yes"])
        #expect(needs.map(\.place.description) == [2, 1, 3].map { "\(Memory.user):\($0)" })
        #expect(try Memory.settings(text).needsOpenSSH.count == 2)
    }

    @Test(arguments: [
        ("", []), ("PasswordAuthentication no\n", []), ("PreferredAuthentications gssapi-with-mic,publickey\n", []),
        ("PreferredAuthentications gssapi-with-mic\n", ["GSSAPIAuthentication"]),
        ("PreferredAuthentications hostbased\n", ["HostbasedAuthentication"]),
        (
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPubkeyAuthentication no\n",
            ["GSSAPIAuthentication", "HostbasedAuthentication"]
        ),
    ])
    func `GSSAPI is no matter as long as there is another method`(text: String, needs: [String]) throws {
        let found = try Memory.settings(text + "GSSAPIAuthentication yes\nHostbasedAuthentication yes\n")
        #expect(found.needsOpenSSH.map(\.directive) == needs)
    }

    @Test func `who must not be asked has no password to type`() throws {
        #expect(try Memory.settings("BatchMode yes").methods == ["publickey"])
        #expect(
            try Memory.settings("PreferredAuthentications password,hostbased,publickey").methods
                == ["password", "publickey"]
        )
    }

    @Test(arguments: [
        ("none", HostSettings.Agent.none), ("SSH_AUTH_SOCK", .usual), ("$AGENT", .socket("/run/agent")),
        ("$MISSING", .none), ("${AGENT}/%h", .socket("/run/agent/h")), ("~you/agent", .socket("/home/you/agent")),
    ])
    func `the agent`(value: String, agent: HostSettings.Agent) throws {
        #expect(try Memory.settings("IdentityAgent \(value)").identityAgent == agent)
    }

    @Test func `names that a shell would read otherwise are refused`() {
        for line in [
            "HostName -oProxyCommand=x", "HostName a$(b)", "User a;b", "User -l", "User \"a -b\"", "ProxyJump x`y`",
            "ProxyJump -x", "ProxyJump a|b@c", "ProxyJump a,ssh://%2dx@b",
        ] {
            #expect(Memory.problems(line).hasPrefix("\(Memory.user):1: error: the "), "\(line)")
        }
        #expect(
            Memory.problems("HostName b\nProxyCommand nc %n", "a'b").contains(
                "the host name \"a'b\" contains a character"
            )
        )
        #expect(Memory.problems("", "-x").contains("begins with a hyphen"))
        #expect(Memory.problems("User \"DOMAIN\\user name\"") == "")
    }

    @Test func `algorithm lists change the list of the library`() throws {
        let found = try Memory.settings("Ciphers +x,b\nMACs -b*,d\nKexAlgorithms ^c,y\nHostKeyAlgorithms z")
        let own = ["a", "b", "b2", "c"]
        #expect(found.ciphers?.applied(to: own) == ["a", "b", "b2", "c", "x"])
        #expect(found.macs?.applied(to: own) == ["a", "c"])
        #expect(found.kexAlgorithms?.applied(to: own) == ["c", "y", "a", "b", "b2"])
        #expect(found.hostKeyAlgorithms?.applied(to: own) == ["z"])
        #expect(found.ciphers == AlgorithmList(.append, ["x", "b"]))
    }

    @Test(arguments: [
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::", "::"), ("0:0:0:0:0:0:0:1", "::1"), ("1::", "1::"),
        ("fe80::1%Eth0", "fe80::1%Eth0"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"), ("64:ff9b::1.2.3.4", "64:ff9b::102:304"), ("A:B", "a:b"),
        ("::1::", "::1::"),
        ("1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9"), (":1", ":1"), ("1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:"),
        ("12345::", "12345::"), ("::1.2.3", "::1.2.3"), ("10.0.0.1", "10.0.0.1"), ("Web.Example", "web.example"),
    ])
    func `one spelling for every address`(given: String, name: String) throws {
        #expect(try Memory.settings("", given).hostName == name)
    }

    @Test func `a file that cannot be used is an error, and so is one of -F that is not there`() {
        func problems(_ files: ConfigFiles, _ reader: ConfigReader) -> String? {
            do throws(ConfigError) {
                _ = try ClientConfig(files, surroundings: Memory.own, reader: reader)
                return nil
            } catch {
                return error.description
            }
        }
        let bad = Memory.reader([:], unusable: [Memory.user: "its group may write to it"])
        #expect(
            problems(.usual(user: Memory.user, system: Memory.system), bad)
                == "\(Memory.user): error: the file cannot be used: its group may write to it"
        )
        #expect(problems(.only("/x"), bad) == "/x: error: there is no such file")
        #expect(problems(.none, bad) == nil)
        let including = Memory.reader(["/x": Array("Include ~/one".utf8)], unusable: ["/home/me/one": "is a directory"])
        #expect(problems(.only("/x"), including) == "/x:1: error: \"/home/me/one\" cannot be used: is a directory")
    }

    /// OpenSSH looks at who may write to a user's file and to all that are included, not at the system's and that of -F.
    @Test func `the reader is told which files must be private`() throws {
        let asked = Mutex<[String]>([])
        let files = [
            Memory.user: "Include one", "/home/me/.ssh/one": "", Memory.system: "Include two", "/etc/ssh/two": "",
        ]
        let reader = ConfigReader(
            read: { path, isPrivate in
                asked.withLock { $0.append("\(path) \(isPrivate)") }
                return files[path].map { .bytes(Array($0.utf8)) } ?? .absent
            },
            glob: { [$0] }
        )
        _ = try ClientConfig(
            .usual(user: Memory.user, system: Memory.system),
            surroundings: Memory.own,
            reader: reader
        )
        _ = try ClientConfig(.only(Memory.system), surroundings: Memory.own, reader: Memory.reader([Memory.system: []]))
        let expected = [
            "\(Memory.user) true", "/home/me/.ssh/one true", "\(Memory.system) false", "/etc/ssh/two true",
        ]
        #expect(asked.withLock { $0 } == expected)
    }
}
