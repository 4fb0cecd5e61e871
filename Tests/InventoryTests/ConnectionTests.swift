import Document
import Inventory
import Testing

/// Connection settings from variables.
struct ConnectionTests {
    private func connection(_ variables: String, all: String = "") throws -> Connection {
        let text = "all: {vars: {\(all)}, hosts: {web: {\(variables)}}}"
        return try #require(try inventory(text).host(named: "web")).connection()
    }

    private func problems(_ variables: String, all: String = "") -> [String] {
        do {
            _ = try connection(variables, all: all)
            return []
        } catch {
            return heads("\(error)")
        }
    }

    @Test func nothingGiven() throws {
        #expect(try connection("") == Connection(address: "web"))
    }

    @Test func ansibleNames() throws {
        let found = try connection(
            """
            ansible_host: 10.0.0.1, ansible_port: "2222", ansible_user: deploy, ansible_ssh_private_key_file: ~/.ssh/my id,
              ansible_become: "yes", ansible_become_user: root, ansible_become_method: sudo, ansible_become_pass: 0123,
              ansible_ssh_timeout: 7
            """
        )
        var expected = Connection(address: "10.0.0.1")
        expected.port = 2222
        expected.user = "deploy"
        expected.privateKeyFile = "~/.ssh/my id"
        expected.become = true
        expected.becomeUser = "root"
        expected.becomeMethod = "sudo"
        expected.becomePassword = Password("0123")
        expected.connectTimeout = .seconds(7)
        #expect(found == expected)
    }

    @Test func olderNames() throws {
        let found = try connection(
            "ansible_ssh_host: h, ansible_ssh_port: 23, ansible_ssh_user: u, ansible_become_password: p"
        )
        #expect(found.address == "h")
        #expect(found.port == 23)
        #expect(found.user == "u")
        #expect(found.becomePassword?.reveal() == "p")
    }

    @Test func shortNames() throws {
        let found = try connection(
            "address: h, port: 23, user: 2.10, identity: k, become: on, become_user: r, connect_timeout: 5, host_key: ssh-ed25519 AAAAC3"
        )
        #expect(found.address == "h")
        #expect(found.port == 23)
        #expect(found.user == "2.10")
        #expect(found.privateKeyFile == "k")
        #expect(found.become)
        #expect(found.becomeUser == "r")
        #expect(found.connectTimeout == .seconds(5))
        #expect(found.hostKeys == ["ssh-ed25519 AAAAC3"])
    }

    @Test func hostKeys() throws {
        let found = try connection("host_key: ['ssh-ed25519   AAAAC3+/= me@home', ecdsa-sha2-nistp256 AAAAE2]")
        #expect(found.hostKeys == ["ssh-ed25519 AAAAC3+/=", "ecdsa-sha2-nistp256 AAAAE2"])
        #expect(problems("host_key: [ssh-ed25519, 5, 'ssh-rsa A*']").count == 3)
    }

    @Test func theStrongestLevelDecides() throws {
        #expect(try connection("ansible_user: host", all: "ansible_user: all").user == "host")
        #expect(try connection("user: host", all: "user: all").user == "host")
        #expect(try connection("ansible_user: ~", all: "ansible_user: all").user == nil)
        // Of two of Ansible's names, the one that Ansible takes.
        #expect(try connection("ansible_user: a", all: "ansible_ssh_user: b").user == "b")
    }

    @Test func sshArgumentsStayAsTheyAre() throws {
        let found = try connection(
            "ansible_ssh_common_args: '-o \"ControlPath=/a b\" -oControlMaster=no'",
            all: "ansible_ssh_args: ''"
        )
        #expect(found.sshWords.map(\.variable) == ["ansible_ssh_args", "ansible_ssh_common_args"])
        #expect(found.sshWords.map(\.words) == [[], ["-o", "ControlPath=/a b", "-oControlMaster=no"]])
    }

    /// An application's `port` must not become the port of ssh in an inventory that was written for Ansible.
    @Test(arguments: [
        "ansible_host: h", "ansible_user: u", "ansible_ssh_common_args: ''", "ansible_connection: ssh",
        "ansible_password: !vault x", "ansible_become: no",
    ])
    func shortNamesAreOrdinaryBesideAnsibles(other: String) throws {
        let short = "port: 8080, user: [app, list], address: 5, become: true, identity: , transport: rail, jump: high"
        let host = try #require(try inventory("all: {vars: {\(other)}, hosts: {web: {\(short)}}}").host(named: "web"))
        let found = try host.connection()
        #expect(found.port == nil)
        #expect(!found.become)
        #expect(found.address == (other.contains("host") ? "h" : "web"))
        #expect(host.ansibleWords?.name.hasPrefix("ansible_") == true)
    }

    @Test func hostKeysCountBesideAnsiblesNamesWhereTheyAreKeys() throws {
        #expect(try connection("ansible_host: h, host_key: ssh-ed25519 AAAAC3").hostKeys == ["ssh-ed25519 AAAAC3"])
        #expect(try connection("ansible_host: h, host_key: of the door").hostKeys == [])
    }

    @Test(
        arguments: [
            ("-o ControlMaster=auto -o ControlPersist=60s -o 'ControlPath=~/.ssh/%C'", false),
            ("-oStrictHostKeyChecking=no", true), ("-o \"StrictHostKeyChecking accept-new\"", true),
            ("-o StrictHostKeyChecking=yes", false), ("", false),
        ]
    )
    func sshArguments(text: String, accepts: Bool) throws {
        let escaped = text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        let found = try connection("ansible_ssh_common_args: '\(escaped)'")
        #expect(found.acceptsNewHostKeys == accepts)
        #expect(found.sshOptions.count == (text.isEmpty ? 0 : text.contains("Control") ? 3 : 1))
        #expect(try connection("ansible_host_key_checking: no").acceptsNewHostKeys)
    }

    @Test(arguments: [
        ("port: 70000", "37: error: port must be a whole number from 1 to 65535, not 70000"),
        ("port: 0", "37: error: port must be a whole number from 1 to 65535, not 0"),
        ("port: ssh", "37: error: port must be a whole number from 1 to 65535, not the text \"ssh\""),
        (
            "port: '99999999999999999999'",
            "37: error: port must be a whole number from 1 to 65535, not the text \"99999999999999999999\""
        ),
        ("user: [a]", "37: error: user must be a text, not a list"),
        ("user: a b", "37: error: user contains a space"),
        ("user: -oProxyCommand=x", "37: error: user starts with \"-\""),
        ("address: ''", "40: error: address is empty"),
        ("identity: \"a\\nb\"", "41: error: identity contains a control character"),
        ("become: maybe", "39: error: become must be true or false, not the text \"maybe\""),
        ("user: !vault x", "37: error: user is needed, but !vault cannot be read"),
        ("user: '{{ x }}'", "37: error: user is needed, but expressions cannot be used in it"),
        ("host_key: abc", "41: error: host_key must be a key type and a key, not the text \"abc\""),
        (
            "ansible_ssh_args: -C -o ControlMaster=no -o ProxyJump=x",
            "49: error: ansible_ssh_args: -C cannot be honoured yet\nhosts.yml:1:49: error: ansible_ssh_args: ProxyJump cannot be honoured yet"
        ),
        ("ansible_ssh_extra_args: -o", "55: error: ansible_ssh_extra_args: nothing follows -o"),
        ("ansible_connection: local", "51: error: ansible_connection \"local\" is not supported"),
        ("jump: bastion", "37: error: jump is set, but jump hosts cannot be used yet"),
        ("connect_timeout: 0", "48: error: connect_timeout must be a whole number from 1 to 86400, not 0"),
    ])
    func refuses(variables: String, expected: String) {
        #expect(problems(variables).joined(separator: "\n") == "hosts.yml:1:" + expected)
    }

    @Test func allAtOnce() {
        #expect(problems("port: x, user: [], become: 2").count == 3)
    }

    @Test func opaqueIsNoErrorUntilUsed() throws {
        #expect(try connection("other: !vault x, more: '{{ y }}'").user == nil)
    }

    @Test func passwordsStayHidden() throws {
        let found = try connection("ansible_become_pass: hunter2")
        var dumped = ""
        dump(found, to: &dumped)
        #expect(!"\(found)".contains("hunter2"))
        #expect(!String(reflecting: found).contains("hunter2"))
        #expect(!dumped.contains("hunter2"))
        for variables in ["ansible_become_pass: [hunter2]", "become_password: {a: hunter3}"] {
            do {
                _ = try connection(variables)
                Issue.record("no error")
            } catch {
                #expect(!"\(error)".contains("hunter"))
            }
        }
    }
}
