import Document
import HostSide
import Playbook
import Testing

/// Where secrets may be, and where they may not.
struct SecretTests {
    @Test(arguments: [
        "run: \"echo {{ t }}\"", "run: \"echo {{ t | quote }}\"", "run: {argv: [echo, \"{{ t }}\"]}",
        "run: {cmd: ls, chdir: \"/{{ t }}\"}", "run: {cmd: ls, creates: \"/{{ t }}\"}",
        "run: {cmd: ls, unless: \"test {{ t }}\"}", "file: {path: \"/{{ t }}\", content: x}",
        "file: {path: /a, content: x, mode: \"{{ t }}\"}", "file: {path: /a, content: x, owner: \"{{ t }}\"}",
        "file: {path: /a, content: x, validate: \"{{ t }} %s\"}", "link: {path: /a, target: \"{{ t }}\"}",
        "check: {http: \"http://a/{{ t }}\"}", "check: {command: \"{{ t }}\"}", "check: {tcp: \"{{ t }}:1\"}",
        "file: {path: /a, src: \"{{ t }}\"}", "run: {cmd: !secret env:TOKEN}", "pause: {prompt: \"{{ t }}\"}",
        "run: ls\nbecome_user: \"{{ t }}\"", "run: {cmd: ls, when_older: {than: [\"/{{ t }}\"], pidfile: /a}}",
    ])
    func `is refused`(task: String) {
        let problem = World().problem(task + "\nvars: {t: !secret env:TOKEN}")
        #expect(problem.contains("holds a secret"), "\(problem)")
        #expect(problem.contains("hint: secrets can be in"))
        #expect(!problem.contains("hunter2"))
    }

    @Test(arguments: [
        "run: {cmd: ls, stdin: \"{{ t }}\"}", "run: ls\nenvironment: {A: \"{{ t }}\"}",
        "file: {path: /a, content: \"{{ t }}\"}",
        "check: {http: \"http://a/\", headers: {A: \"{{ t }}\"}, body: \"{{ t }}\"}", "template: {src: t, dest: /a}",
        "run: ls\nenvironment: {A: !secret env:TOKEN}",
    ])
    func `is taken`(task: String) throws {
        var world = World()
        world.files["root/templates/t"] = "x {{ t }}"
        let text =
            "- hosts: all\n  vars: {t: !secret env:TOKEN}\n  tasks:\n    - "
            + task.split(separator: "\n").joined(separator: "\n      ")
        guard case .ready(let ready) = try world.resolved(text + "\n")[0] else { throw Unexpected() }
        #expect(ready.isTainted)
    }

    @Test func `what was made of them is known`() throws {
        let contents = World().contents()
        let text =
            "- hosts: all\n  vars: {t: !secret env:TOKEN}\n  tasks: [{file: {path: /a, content: \"{{ t | upper }}\"}}]\n"
        let play = try Playbook.parse(SourceText(name: "p", text: text)).plays[0]
        var scope = try World().scope()
        scope.enter(PlayScope(play, hosts: ["web1"]))
        _ = try scope.resolve(play.tasks[0], contents)
        #expect(contents.secrets == ["hunter2-secret", "HUNTER2-SECRET"])
    }

    @Test func `one of the inventory is fetched where it is used`() throws {
        var world = World(secrets: [:])
        world.inventory = "all: {hosts: {web1: {}}, vars: {key: !secret env:TOKEN, word: !vault x}}\n"
        // Having it is no error, also where it cannot be had.
        #expect(world.problem("run: \"echo {{ inventory_hostname }}\"") == "")
        let task = "run: ls\nenvironment: {K: \"{{ key }}\"}"
        #expect(
            world.problem(task).contains("hosts.yml:1:38: error: the secret \"env:TOKEN\" cannot be had: it is not set")
        )
        world.secrets["TOKEN"] = "hunter2-secret"
        guard case .carryOut(.command(let run)) = try world.work(task).decide([:]) else { throw Unexpected() }
        #expect(run.command.environment == [ShellCommand.Setting(name: "K", value: "hunter2-secret")])
        #expect(world.problem("run: \"echo {{ word }}\"").contains("this needs a value that cannot be read: !vault"))
    }

    @Test func `a name never holds one`() throws {
        let text = "- hosts: all\n  tasks: [{name: \"a {{ t }}\", run: ls, vars: {t: !secret env:TOKEN}}]\n"
        guard case .ready(let ready) = try World().resolved(text)[0] else { throw Unexpected() }
        #expect(ready.name == "a {{ t }}" && !ready.isTainted)
    }

    @Test func `what a command printed that had one may hold it`() throws {
        var outcome = TaskOutcome(changed: true)
        outcome.status = 0
        outcome.stdout = Array("x".utf8)
        outcome.isTainted = true
        guard case .map(let pairs) = outcome.value.content else { throw Unexpected() }
        #expect(pairs.filter { $0.value.isTainted }.map(\.name) == ["stdout", "stdout_lines"])
    }

    @Test func `one that is missing is an error at its place`() {
        let problem = World(secrets: [:]).problem("run: ls\nenvironment: {A: !secret env:TOKEN}")
        #expect(problem.hasPrefix("play.yml:4:24: error: the secret \"env:TOKEN\" cannot be had: it is not set"))
    }
}
