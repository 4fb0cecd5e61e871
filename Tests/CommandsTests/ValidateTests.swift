import Reactor
import TestSupport
import Testing

/// `baton validate` as a user runs it: nobody is contacted.
@Suite struct ValidateTests {
    /// A project with these files, and an inventory of two hosts that nobody could reach.
    private func withProject(
        _ files: [String: String],
        _ body: @escaping @Sendable (Workplace) async throws -> Void
    ) async throws {
        try await withWorkplace(hosts: 0) { place in
            let inventory = "web:\n  hosts:\n    web1: {color: red}\n    web2:\n"
            for (name, text) in files.merging(["hosts.yml": inventory], uniquingKeysWith: { one, _ in one }) {
                try Files.write(Array(text.utf8), to: "\(place.directory)/\(name)")
            }
            try await body(place)
        }
    }

    @Test func `a good playbook is counted`() async throws {
        let text = "- {hosts: web, tasks: [{directory: /srv}, {run: 'true'}]}\n"
        try await withProject(["web.yml": text]) { place in
            let alone = try await place.baton("validate", "web.yml")
            #expect(alone.output == "web.yml: 1 play, 2 tasks; name an inventory to verify more\n")
            #expect(alone.errors == "")
            #expect(alone.status == .exited(0))
            let both = try await place.baton("validate", "-i", "hosts.yml", "web.yml", "web.yml")
            #expect(both.output == String(repeating: "web.yml: 1 play, 2 tasks, for 2 hosts\n", count: 2))
            #expect(both.status == .exited(0))
        }
    }

    @Test func `all errors of all files come at once, each with its place`() async throws {
        let files = [
            "one.yml": "- hosts: web\n  tasks:\n    - fil: {path: /a}\n    - directory: {path: /a, mod: '1'}\n",
            "two.yml": "- hosts: web\n  tsks: []\n", "hosts.yml": "web: [\n",
        ]
        try await withProject(files) { place in
            let result = try await place.baton("validate", "-i", "hosts.yml", "one.yml", "two.yml", "three.yml")
            #expect(result.status == .exited(1))
            #expect(result.output == "")
            for place in ["one.yml:3:7: ", "one.yml:4:29: ", "two.yml:2:3: ", "three.yml: ", "hosts.yml:2:1: "] {
                #expect(result.errors.contains("\(place)error: "), "\(place): \(result.errors)")
            }
            #expect(result.errors.contains("hint: did you mean \"file\"?"))
        }
    }

    @Test func `services are verified wherever there are some, and with what uses them`() async throws {
        let files = [
            "web.yml": "- hosts: web\n  tasks:\n    - service: ap\n    - service: {unit: nginx}\n",
            "services/app.yml": "services:\n  app: {comand: x}\n  b: {command: b, files: [{src: none, dest: /a}]}\n",
        ]
        try await withProject([:]) { place in
            try Files.makeDirectory("\(place.directory)/services")
            for (name, text) in files { try Files.write(Array(text.utf8), to: "\(place.directory)/\(name)") }
            let result = try await place.baton("validate", "web.yml")
            #expect(result.status == .exited(1))
            for words in [
                "services/app.yml:2:9: error: ", "web.yml:3:16: error: the project has no service \"ap\"",
                "services/app.yml:3:33: error: there is no file \"none\"",
            ] { #expect(result.errors.contains(words), "\(words): \(result.errors)") }
            let good = "services:\n  app: {command: x, environment: {A: \"{{ missing }}\"}}\n"
            try Files.write(Array(good.utf8), to: "\(place.directory)/services/app.yml")
            try Files.write(Array("- {hosts: web, tasks: [restart: app]}\n".utf8), to: "\(place.directory)/web.yml")
            let alone = try await place.baton("validate", "web.yml")
            #expect(alone.status == .exited(0), "\(alone.errors)")
            let both = try await place.baton("validate", "-i", "hosts.yml", "web.yml")
            #expect(both.errors.contains("services/app.yml:2:39: error: \"missing\" is not defined"), "\(both.errors)")
        }
    }

    @Test func `files that are not there and names that nothing defines are told before anybody is contacted`()
        async throws
    {
        let text =
            "- {hosts: web, tasks: [{template: {src: none, dest: /a}}, {file: {path: /b, content: '{{ colour }}'}}]}\n"
        try await withProject(["web.yml": text]) { place in
            let alone = try await place.baton("validate", "web.yml")
            #expect(alone.status == .exited(1))
            #expect(alone.errors.contains("none"), "\(alone.errors)")
            let both = try await place.baton("validate", "-i", "hosts.yml", "web.yml")
            #expect(both.status == .exited(1))
            #expect(both.errors.contains("(for web1, web2)"), "\(both.errors)")
            for command in [["plan"], ["deploy", "-y"]] {
                let result = try await place.run([BatonProgram.path] + command + ["-i", "hosts.yml", "web.yml"])
                #expect(result.status == .exited(1))
                #expect(result.errors == both.errors)
            }
        }
    }

    @Test func `a socket that nobody can connect to is refused with its place`() async throws {
        let socket = "/" + String(repeating: "a", count: 107)
        try await withProject(["web.yml": "- {hosts: web, tasks: [{check: {unix: \(socket)}}]}\n"]) { place in
            for command in [["validate"], ["validate", "-i", "hosts.yml"], ["plan", "-i", "hosts.yml"]] {
                let result = try await place.run([BatonProgram.path] + command + ["web.yml"])
                #expect(result.status == .exited(1), "\(command)")
                #expect(result.errors.contains("web.yml:1:39: error: "), "\(command): \(result.errors)")
            }
        }
    }

    @Test func `tags that no task has are refused with and without an inventory`() async throws {
        let text = "- {hosts: web, tasks: [{directory: /srv, tags: config}]}\n"
        try await withProject(["web.yml": text]) { place in
            for inventory in [[], ["-i", "hosts.yml"]] {
                let result = try await place.run([BatonProgram.path, "validate", "-t", "confg", "web.yml"] + inventory)
                #expect(result.status == .exited(1))
                #expect(result.errors.contains("no task has the tag \"confg\""), "\(result.errors)")
                #expect(result.errors.contains("did you mean \"config\"?"), "\(result.errors)")
            }
        }
    }

    @Test func `a file that no host of this inventory needs must be there too`() async throws {
        let text = """
            - hosts: web
              tasks:
                - {template: {src: none, dest: /a}, when: false}
                - {file: {src: nowhere, path: /b}}

            """
        try await withProject(["web.yml": text]) { place in
            let result = try await place.baton("validate", "-i", "hosts.yml", "web.yml")
            #expect(result.status == .exited(1))
            #expect(result.errors.contains("web.yml:3:24: error: there is no file \"none\""), "\(result.errors)")
            #expect(result.errors.split(separator: "there is no file \"nowhere\"").count == 2, "\(result.errors)")
        }
    }

    @Test func `for programs diagnostics are data`() async throws {
        let files = ["one.yml": "- hosts: web\n  tasks:\n    - fil: {path: /a}\n"]
        try await withProject(files) { place in
            let result = try await place.baton("validate", "one.yml", "-o", "json")
            #expect(
                result.output
                    == #"{"schema":"baton.validation/1","valid":false,"playbooks":[{"playbook":"one.yml","plays":1,"#
                    + #""tasks":0}],"diagnostics":[{"severity":"error","file":"one.yml","line":3,"column":7,"#
                    + #""message":"a task has no key \"fil\"","hint":"did you mean \"file\"?"}]}"# + "\n"
            )
            #expect(result.status == .exited(1))
            #expect(result.errors == "")
        }
    }

    @Test func `variables of the command line are verified too, and their values not shown`() async throws {
        try await withProject(["web.yml": "- {hosts: web, tasks: []}\n", "more.yml": "[1]\n"]) { place in
            let result = try await place.baton(
                "validate",
                "web.yml",
                "-e",
                "hunter22",
                "-e",
                "1a=hunter22",
                "-e",
                "a=hunter22 b=2",
                "-e",
                "@more.yml",
                "-e",
                "@none.yml",
                "-e",
                "{x: [}"
            )
            #expect(result.status == .exited(1))
            #expect(!result.errors.contains("hunter22"), "\(result.errors)")
            for text in [
                "a variable is NAME=VALUE", "\"1a\" cannot be the name", "looks like more of them",
                "more.yml:1:1: error: variables must be a mapping", "cannot read none.yml", "-e:1:",
            ] {
                #expect(result.errors.contains(text), "\(text): \(result.errors)")
            }
        }
    }

    @Test func `a value of the command line is text, one of a file is read as in any file of variables`() async throws {
        let files = ["web.yml": "- {hosts: web, tasks: [{run: 'echo {{ a }}'}]}\n", "more.yml": "a: '{{ nope }}'\n"]
        try await withProject(files) { place in
            let text = try await place.baton("validate", "-i", "hosts.yml", "web.yml", "-e", "a={{ nope }}")
            #expect(text.status == .exited(0), "\(text.errors)")
            let file = try await place.baton("validate", "-i", "hosts.yml", "web.yml", "-e", "@more.yml")
            #expect(file.errors.contains("\"nope\" is not defined"), "\(file.errors)")
        }
    }

    @Test func `a tag that no task has is a slip of the fingers`() async throws {
        let text = "- {hosts: web, tasks: [{directory: /srv, tags: [config]}]}\n"
        try await withProject(["web.yml": text]) { place in
            let result = try await place.baton("validate", "-i", "hosts.yml", "web.yml", "-t", "confg")
            #expect(result.status == .exited(1))
            #expect(result.errors == "baton: no task has the tag \"confg\"\n  did you mean \"config\"?\n")
        }
    }
}
