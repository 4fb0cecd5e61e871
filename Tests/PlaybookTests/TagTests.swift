import Document
import Playbook
import Testing

/// Which tasks tags leave: as in Ansible.
struct TagTests {
    @Test(arguments: [
        (["a"], [], [], true), ([], [], [], true), (["never"], [], [], false), (["never", "a"], [], [], false),
        (["a"], ["a"], [], true), (["a"], ["b"], [], false), ([], ["a"], [], false), (["always"], ["a"], [], true),
        (["never", "a"], ["a"], [], true), (["never"], ["never"], [], true), (["never", "a"], ["tagged"], [], false),
        (["a"], ["tagged"], [], true), ([], ["tagged"], [], false), ([], ["untagged"], [], true),
        (["a"], ["untagged"], [], false), (["never"], ["all"], [], false), (["a"], ["all"], [], true),
        (["a"], [], ["a"], false), (["a"], [], ["b"], true), ([], [], ["a"], true), (["a"], [], ["tagged"], false),
        ([], [], ["tagged"], true), ([], [], ["untagged"], false), (["always"], [], ["all"], true),
        (["a"], [], ["all"], false), (["always"], [], ["always"], false), (["always"], [], ["all", "always"], false),
        (["a", "b"], ["a"], ["b"], false), (["always", "never"], [], [], true), (["always", "a"], ["b"], ["a"], false),
    ])
    func `are matched`(tags: [String], only: [String], skipped: [String], expected: Bool) {
        #expect(TagSelection(only: only, skipped: skipped).includes(tags) == expected)
    }

    @Test func `come from play and task, and order is kept`() throws {
        let text = """
            - hosts: all
              tags: [web]
              tasks:
                - {run: a, tags: "x, y"}
                - {run: b, tags: [z], phase: stage}
                - {run: c}
            """
        let playbook = try Playbook.parse(SourceText(name: "p", text: text))
        let play = playbook.plays[0]
        #expect(play.tasks.map(\.tags) == [["web", "x", "y"], ["web", "z"], ["web"]])
        #expect(TagSelection(skipped: ["y"]).tasks(of: play).map(\.number) == [2, 3])
        #expect(TagSelection(only: ["web"]).problem(in: playbook) == nil)
        #expect(TagSelection(only: ["webb"]).problem(in: playbook)?.message == "no task has the tag \"webb\"")
        #expect(TagSelection(only: ["webb"]).problem(in: playbook)?.hint == "did you mean \"web\"?")
    }
}
