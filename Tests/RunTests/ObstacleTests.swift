import Events
import HostSide
import Playbook
import Reactor
import Testing

@testable import Run

/// Changes that would fail for sure: a plan says so, and a run does not begin.
@Suite struct ObstacleTests {
    private static let plan = RunOptions(changes: false)

    private func problems(_ field: Field, _ text: String) async throws -> [HostResult.Problem?] {
        var problems: [HostResult.Problem?] = []
        for options in [Self.plan, RunOptions(changes: true)] {
            let played = try await field.play(text, options)
            problems.append(played.result("lab1")?.problem)
            if options.changes {
                #expect(played.result("lab1")?.touched == false)
                #expect(Files.list(field.base("lab1")) == ["file"])
            }
        }
        return problems
    }

    @Test func `a file, a template or a link without its directory is refused before anything is changed`() async throws
    {
        try await withField { field in
            try Files.makeDirectory(field.base("lab1"))
            try Files.write([], to: "\(field.base("lab1"))/file")
            for task in [
                #"file: {path: "{{ base }}/no/such/x", content: x}"#,
                #"link: {path: "{{ base }}/no/such/x", target: y}"#,
            ] {
                let text = """
                    - hosts: all
                      tasks:
                        - file: {path: "{{ base }}/first", content: x}
                        - directory: "{{ base }}/other"
                        - \(task)
                    """
                for problem in try await problems(field, text) {
                    #expect(problem?.kind == "no_directory")
                    #expect(problem?.message.hasSuffix("there is no directory \(field.base("lab1"))/no/such") == true)
                    #expect(problem?.hint?.contains("\"directory\"") == true)
                }
            }
            let blocked = """
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/first", content: x}
                    - directory: "{{ base }}/file/below/it"
                """
            for problem in try await problems(field, blocked) {
                #expect(problem?.kind == "in_the_way")
                #expect(problem?.message.contains("something on the way to") == true, "\(problem?.message ?? "")")
            }
        }
    }

    @Test func `an owner or a group that the host does not know is refused as well`() async throws {
        try await withField { field in
            try Files.makeDirectory(field.base("lab1"))
            try Files.write([], to: "\(field.base("lab1"))/file")
            for (key, word) in [("owner", "user"), ("group", "group")] {
                let text = """
                    - hosts: all
                      tasks:
                        - file: {path: "{{ base }}/first", content: x}
                        - file: {path: "{{ base }}/file", content: x, \(key): no*body}
                    """
                for problem in try await problems(field, text) {
                    #expect(problem?.kind == "unknown_account")
                    #expect(problem?.message.hasSuffix("there is no \(word) no*body on this host") == true)
                }
            }
        }
    }

    @Test func `what earlier tasks make is no obstacle, in the same play or one before`() async throws {
        try await withField { field in
            let text = """
                - hosts: all
                  tasks:
                    - directory: "{{ base }}/deep/down"
                    - file: {path: "{{ base }}/deep/x", content: x}
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/deep/down/y", content: y}
                """
            let planned = try await field.play(text, Self.plan)
            #expect(planned.statuses("lab1") == ["1 changed", "2 changed", "3 changed"])
            let done = try await field.play(text)
            #expect(done.statuses("lab1") == ["1 changed", "2 changed", "3 changed"])
            #expect(Files.list("\(field.base("lab1"))/deep") == ["down", "x"])
        }
    }

    @Test func `after a command it is not known, and tried`() async throws {
        try await withField { field in
            let text = """
                - hosts: all
                  tasks:
                    - run: "mkdir -p {{ base }}/made"
                    - file: {path: "{{ base }}/made/x", content: x}
                    - file: {path: "{{ base }}/made/y", content: y, owner: no-such-user}
                """
            let planned = try await field.play(text, Self.plan)
            #expect(planned.statuses("lab1") == ["1 changed", "2 changed", "3 changed"])
            let done = try await field.play(text)
            #expect(done.statuses("lab1") == ["1 changed", "2 changed", "3 failed"])
            #expect(Files.list("\(field.base("lab1"))/made") == ["x"])
        }
    }

    @Test func `one that may fail is passed over`() async throws {
        try await withField { field in
            let text = """
                - hosts: all
                  tasks:
                    - directory: "{{ base }}"
                    - file: {path: "{{ base }}/no/x", content: x}
                      ignore_errors: true
                    - file: {path: "{{ base }}/y", content: y}
                """
            let done = try await field.play(text)
            #expect(done.statuses("lab1") == ["1 ok", "2 ignored", "3 changed"])
        }
    }
}
