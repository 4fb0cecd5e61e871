import Document
import HostSide
import Inventory
import Playbook
import Testing

/// Playbooks that ask for too much, or come from other editors.
struct HostileTests {
    private func heads(_ text: String) -> [String] {
        problems(text).split(separator: "\n").filter { $0.hasPrefix("play.yml") }.map(String.init)
    }

    @Test func `as many tasks as may be, and one more`() throws {
        let most = "- hosts: all\n  tasks:\n" + String(repeating: "    - run: ls\n", count: Playbook.mostTasks)
        #expect(problems(most) == "")
        let ten = "- hosts: all\n  tasks:\n" + String(repeating: "    - run: ls\n", count: 10_000)
        #expect(heads(ten) == ["play.yml:5003:7: error: a playbook has at most 5000 tasks"])
        let plays = String(repeating: "- {hosts: a, tasks: []}\n", count: Playbook.mostPlays + 1)
        #expect(heads(plays) == ["play.yml:1001:3: error: a playbook has at most 1000 plays"])
    }

    @Test func `thousands of errors are counted, not shown`() {
        let text = "- hosts: all\n  tasks:\n" + String(repeating: "    - {rnu: ls}\n", count: 4000)
        #expect(heads(text).count == Diagnostics.kept)
        #expect(problems(text).hasSuffix("and 3900 more"))
    }

    @Test func `line ends of Windows and a byte order mark`() throws {
        let text = "\u{FEFF}- hosts: web\r\n  tasks:\r\n    - name: a\r\n      run: |\r\n        one\r\n        two\r\n"
        let playbook = try Playbook.parse(SourceText(name: "p", text: text))
        let resolved = try World().resolved(text)
        guard case .ready(let ready) = resolved[0] else { throw Unexpected() }
        #expect(ready.work.decide([:]).command == "one\ntwo\n")
        #expect(playbook.plays[0].hosts == "web" && playbook.tasks[0].title == "a")
    }

    @Test func `anchors and merge keys`() throws {
        let text = """
            - hosts: all
              tasks:
                - file: &base {path: /a, content: x, mode: "0600"}
                - file: {<<: *base, path: /b}
                - file: *base
            """
        let works = try World().resolved(text).map { resolution in
            guard case .ready(let ready) = resolution else { throw Unexpected() }
            return ready.work.looks
        }
        #expect(works == ["/a", "/b", "/a"].map { [.path($0, hashing: .ifSize(1))] })
    }

    @Test func `many names for much`() {
        var text = "- hosts: all\n  vars:\n    a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for index in 1...9 {
            let items = Array(repeating: "*a\(index - 1)", count: 10).joined(separator: ", ")
            text += "    a\(index): &a\(index) [\(items)]\n"
        }
        #expect(problems(text + "  tasks: []\n").contains("error: "))
    }

    @Test(arguments: [
        "- hosts: all\n  tasks: " + String(repeating: "[", count: 200),
        "- hosts: all\n  tasks: [{run: \"" + String(repeating: "{{ (", count: 500) + "\"}]\n",
        String(repeating: "- ", count: 5000), "- hosts: all\n  vars: " + String(repeating: "{a: ", count: 500),
        "- hosts: " + String(repeating: "a", count: 1 << 20) + "\n  tusks: 1\n", "? [a]\n: b\n", "- *nope\n",
        "- &a [*a]\n", "--- a\n--- b\n",
        "- hosts: all\n  tasks: [{run: {cmd: a, 1: b, [c]: d}}]\n", "- 1: 2\n  ~: 3\n",
    ])
    func `nonsense`(text: String) { #expect(problems(text).contains("error: ")) }

    @Test func `templates that recurse`() {
        let world = World(files: ["root/templates/t": "{{ a }}"])
        #expect(
            world.problem("template: {src: t, dest: /a}\nvars: {a: \"{{ b }}\", b: \"{{ [a] }}\"}").contains(
                "a variable needs itself"
            )
        )
        #expect(world.problem("run: \"echo {{ 'x' * 99999999 }}\"").contains("more than 16777216 bytes"))
        #expect(world.problem("run: \"{% for a in range(3000000) %}x{% endfor %}\"").contains("error: "))
    }

    @Test func `a template file that is no text, and one that is not there`() {
        let world = World(files: ["root/templates/t": "a\n"])
        #expect(world.problem("template: {src: u, dest: /a}").contains("there is no file \"u\""))
        let bytes = Contents(root: "r", folder: "r") { (path) throws(ContentProblem) in
            if path == "r/templates/locked" { throw ContentProblem("permission denied") }
            return [0x61, 0xFF]
        }
        #expect(throws: DocumentError.self) { try bytes.template("r/templates/x", [0x61, 0xFF]) }
        #expect(throws: ContentProblem.self) { try bytes.file(["r/templates/locked", "r/locked"]) }
    }

    @Test func `files can be checked without an inventory`() throws {
        let text = """
            - hosts: all
              tasks:
                - {template: {src: bad, dest: /a}}
                - {template: {src: "{{ a }}", dest: /a}}
                - {file: {path: /a, src: nope}}
                - {file: {path: /a, src: there}}
            """
        let playbook = try Playbook.parse(SourceText(name: "play.yml", text: text))
        let world = World(files: ["root/templates/bad": "{% if %}", "root/files/there": ""])
        let found = playbook.checkFiles(world.contents()).items.map { "\($0.sourceName): \($0.message)" }
        #expect(found == ["root/templates/bad: an expression is missing here", "play.yml: there is no file \"nope\""])
    }
}
