import Reactor
import TestSupport
import Testing

/// `baton hosts` as people use it: the inventory, and who said what.
@Suite struct HostsTests {
    private static let files = [
        "hosts.ini": """
        lone

        [web]
        web[1:2] ansible_port=2222
        web3 http_port=8081

        [web:vars]
        http_port=80
        password_hint="none"

        [prod:children]
        web

        """,
        "short.yml": "all: {hosts: {a: {port: 2222, user: deploy}}}\n",
        "group_vars/all.yml": "http_port: 8000\nansible_become_pass: hunter2\n",
        "group_vars/web/10-main.yml": "http_port: 8080\nlist: [1, two]\n",
        "group_vars/web/vault.yml": "$ANSIBLE_VAULT;1.1;AES256\n6162\n",
        "host_vars/web2.json": "{\"note\": \"a\\u001b[31m\", \"secret\": null}",
    ]

    private func hosts(_ words: String, stdout: String? = nil, stderr: String? = nil, exit: Int32 = 0) async throws {
        let result = try await withWorkplace(hosts: 0) { place in
            for folder in ["group_vars", "group_vars/web", "host_vars"] {
                try Files.makeDirectory("\(place.directory)/\(folder)")
            }
            for (name, text) in HostsTests.files {
                try Files.write(Array(text.utf8), to: "\(place.directory)/\(name)")
            }
            return try await place.shell("\"$BATON\" hosts \(words)")
        }
        #expect(result.status == .exited(exit), "\(result.errors)")
        if let stdout { #expect(result.output == stdout) }
        if let stderr { #expect(result.errors == stderr) }
    }

    @Test func `lists hosts with their groups`() async throws {
        try await hosts(
            "-i hosts.ini",
            stdout: "lone  ungrouped\nweb1  prod, web\nweb2  prod, web\nweb3  prod, web\n",
            stderr: "4 hosts\n"
        )
        try await hosts(
            "-i hosts.ini -l '~web[13]'",
            stdout: "web1  prod, web\nweb3  prod, web\n",
            stderr: "2 of 4 hosts\n"
        )
        try await hosts(
            "-i 'b,a:2222,' -o jsonl",
            stdout: """
                {"host":"b","groups":["all","ungrouped"],"vars":{}}
                {"host":"a","groups":["all","ungrouped"],"vars":{"ansible_port":2222}}

                """
        )
    }

    @Test func `writes the layout of ansible-inventory`() async throws {
        try await hosts(
            "-i hosts.ini -l web3 -o json",
            stdout: """
                {"all":{"children":["ungrouped","prod"]},"web":{"hosts":["web3"]},"prod":{"children":["web"]},\
                "_meta":{"hostvars":{"web3":{"http_port":8081,"password_hint":"none","ansible_become_pass":"hunter2",\
                "list":[1,"two"]}},"profile":"inventory_legacy"}}

                """,
            stderr: ""
        )
    }

    @Test func `draws the tree`() async throws {
        try await hosts(
            "-i hosts.ini --graph",
            stdout: """
                @all:
                  |--@ungrouped:
                  |  |--lone
                  |--@prod:
                  |  |--@web:
                  |  |  |--web1
                  |  |  |--web2
                  |  |  |--web3

                """
        )
        try await hosts(
            "-i hosts.ini --graph --vars -l web2",
            stdout: """
                @all:
                  |--@ungrouped:
                  |--@prod:
                  |  |--@web:
                  |  |  |--web2
                  |  |  |  |--{ansible_become_pass = (hidden)}
                  |  |  |  |--{ansible_port = 2222}
                  |  |  |  |--{http_port = 8080}
                  |  |  |  |--{list = [1, 'two']}
                  |  |  |  |--{note = a\\x1b[31m}
                  |  |  |  |--{password_hint = none}
                  |  |  |  |--{secret = None}
                  |  |  |--{http_port = 8080}
                  |  |  |--{list = [1, 'two']}
                  |  |  |--{password_hint = none}
                  |--{ansible_become_pass = (hidden)}
                  |--{http_port = 8000}

                """
        )
    }

    @Test func `explains who won`() async throws {
        try await hosts(
            "-i hosts.ini --explain web3 http_port",
            stdout: """
                  hosts.ini:8:11                   group web  80
                  group_vars/all.yml:1:12          group all  8000
                  group_vars/web/10-main.yml:1:12  group web  8080
                > hosts.ini:5:16                   host web3  8081
                note: group_vars/web/vault.yml is encrypted as a whole: what it defines is not known here

                """
        )
        try await hosts(
            "-i short.yml --explain a port",
            stdout: """
                > short.yml:1:25  host a  2222
                note: an ordinary variable here, as ansible_become_pass says how to reach the host (group_vars/all.yml:2:22)

                """
        )
        try await hosts(
            "-i hosts.ini --explain lone",
            stdout: """
                http_port            8000      group_vars/all.yml:1:12
                ansible_become_pass  (hidden)  group_vars/all.yml:2:22

                """
        )
        try await hosts(
            "-i hosts.ini --explain lone http_port -o json",
            stdout: """
                {"schema":"baton.explain/1","host":"lone","variable":"http_port","definitions":[\
                {"file":"group_vars/all.yml","line":1,"column":12,"group":"all","value":8000,"counts":true}]}

                """
        )
    }

    @Test(arguments: [
        (
            "-i hosts.ini --explain wbe1 x",
            "baton: the inventory has no host named \"wbe1\"\n  did you mean \"web1\"?\n"
        ),
        (
            "-i hosts.ini --explain lone htp_port",
            "baton: \"lone\" has no variable named \"htp_port\"\n  did you mean \"http_port\"?\n"
        ),
        (
            "-i hosts.ini --explain web1 x",
            "baton: \"web1\" has no variable named \"x\"\n  group_vars/web/vault.yml is encrypted as a whole: it may define it\n"
        ),
        ("-i hosts.ini --vars", "baton: --vars belongs to --graph\n"),
        ("-i hosts.ini http_port", "baton: a variable is asked for with --explain HOST VAR\n"),
        ("-i hosts.ini -l @none", "baton: cannot read none: No such file or directory\n"),
        (
            "-i none.ini -i short.yml -i other.yml",
            "none.ini: error: cannot be read: No such file or directory\nother.yml: error: cannot be read: No such file or directory\n"
        ),
    ])
    func `says what is wrong`(words: String, stderr: String) async throws {
        try await hosts(words, stdout: "", stderr: stderr, exit: 1)
    }

    @Test func `what a program says on stderr is shown when it fails`() async throws {
        let result = try await withWorkplace(hosts: 0) { place in
            let program = "#!/bin/sh\necho 'no credentials' >&2\necho 'for the cloud' >&2\nexit 3\n"
            try Files.write(Array(program.utf8), to: "\(place.directory)/cloud", mode: 0o755)
            return try await place.baton("hosts", "-i", "cloud")
        }
        #expect(result.status == .exited(1))
        #expect(
            result.errors == """
                cloud --list: error: the program ended with exit status 3
                  hint: it said: no credentials for the cloud

                """
        )
    }
}
