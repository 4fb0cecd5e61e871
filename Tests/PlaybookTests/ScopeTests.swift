import Document
import HostSide
import Inventory
import Playbook
import Testing

/// The variables of hosts, who tasks are, and what hosts share.
struct ScopeTests {
    private static let inventory = """
        all:
          vars: {a: inventory, b: inventory, c: inventory, d: inventory, groups: mine}
          children:
            web: {hosts: {web1.example.com: {own: 1}, web2: {}}}
            db: {hosts: {db1: {}}}
        """

    private func echo(_ expression: String, _ more: String = "", host: String = "web1.example.com") throws -> String {
        var world = World(inventory: Self.inventory)
        let origin = Origin(SourceText(name: "-e", text: ""), .start)
        world.extra = ["a": Value(.string("extra"), origin: origin)]
        let text = """
            - hosts: all
              vars: {a: play, b: play, c: play}
              tasks:
                - {run: {argv: [echo, "{{ \(expression) }}"]}, vars: {a: task, b: task}\(more)}
            """
        guard case .ready(let ready) = try world.resolved(text, host: host)[0], let words = ready.work.decide([:]).words
        else {
            throw Unexpected()
        }
        return words[1]
    }

    @Test func `the strongest counts`() throws {
        #expect(try ["a", "b", "c", "d"].map { try echo($0) } == ["extra", "task", "play", "inventory"])
    }

    @Test func `output that was not kept whole is an error where it is used, and only there`() throws {
        let text = """
            - hosts: all
              tasks:
                - {run: ask, register: it}
                - {run: "echo {{ it.rc }}"}
                - {run: "echo {{ it.stdout }}"}
                - {run: "echo", when: "'x' in it.stderr_lines"}
            """
        let world = World()
        let play = try Playbook.parse(SourceText(name: "play.yml", text: text)).plays[0]
        var scope = try world.scope()
        scope.enter(PlayScope(play, hosts: ["web1"]))
        var outcome = TaskOutcome.skipped(isCommand: true)
        outcome.stdoutIsCut = true
        outcome.stderrIsCut = true
        scope.record(outcome, of: play.tasks[0])
        _ = try scope.resolve(play.tasks[1], world.contents())
        for (task, name) in [(2, "stdout"), (3, "stderr")] {
            let error = #expect(throws: DocumentError.self) { try scope.resolve(play.tasks[task], world.contents()) }
            #expect("\(error!)".contains("\(name) of it was longer than 1 MiB"), "\(error!)")
        }
    }

    @Test func `magic names`() throws {
        #expect(try echo("inventory_hostname") == "web1.example.com")
        #expect(try echo("inventory_hostname_short") == "web1")
        #expect(try echo("group_names | join(' ')") == "web")
        #expect(try echo("groups.web | join(' ')") == "web1.example.com web2")
        #expect(try echo("groups | join(' ')") == "all ungrouped web db")
        #expect(try echo("playbook_dir") == "root/playbooks")
        #expect(try echo("play_hosts | join(' ')") == "web1 web2")
        #expect(try echo("inventory_dir | default('none')") == "none")
    }

    @Test func `what is not defined is an error with its place`() throws {
        let text = """
            - hosts: all
              tasks:
                - {run: "echo {{ vresion }}"}
                - {run: "echo {{ later }}"}
                - {run: "echo", register: later}
                - {run: "echo {{ quiet.rc }}"}
                - {run: "echo", register: quiet, tags: never}
                - {run: "echo {{ x }}", vars: {x: "{{ y }}", y: "{{ x }}"}}
                - {template: {src: nope, dest: /a}}
                - {file: {path: /a, src: "{{ x }}.conf"}, vars: {x: nope}}
                - {template: {src: bad, dest: /a}}
            """
        let play = try Playbook.parse(SourceText(name: "play.yml", text: text)).plays[0]
        let world = World(
            inventory: "all: {hosts: {web1: {}, web2: {}}, vars: {version: 1}}\n",
            files: ["root/templates/bad.j2": "\n{% if %}"]
        )
        let contents = world.contents()
        var problems = HostProblems()
        for host in ["web1", "web2"] {
            var scope = try world.scope(host)
            scope.enter(PlayScope(play, tasks: TagSelection().tasks(of: play), hosts: ["web1", "web2"]))
            for task in TagSelection().tasks(of: play) {
                do throws(DocumentError) { _ = try scope.resolve(task, contents) } catch {
                    problems.add(error, host: host)
                }
            }
        }
        let heads = problems.diagnostics.rendered.split(separator: "\n").filter {
            !$0.hasPrefix("    ") && !$0.contains("^")
        }
        #expect(
            heads.joined(separator: "\n") == """
                play.yml:3:22: error: "vresion" is not defined (for web1, web2)
                  hint: did you mean "version"?
                play.yml:4:22: error: "later" is not defined (for web1, web2)
                  hint: it is registered by a task that comes later
                play.yml:6:22: error: "quiet" is not defined (for web1, web2)
                  hint: the task in line 7 registers it, and tags leave it out
                play.yml:8:57: error: a variable needs itself: x -> y -> x (for web1, web2)
                play.yml:8:39: note: "x" is defined here
                play.yml:8:53: note: "y" is defined here
                play.yml:9:24: error: there is no file "nope" (for web1, web2)
                  hint: looked for root/templates/nope, root/templates/nope.j2, root/playbooks/templates/nope, root/playbooks/templates/nope.j2, root/nope, root/nope.j2, root/playbooks/nope, root/playbooks/nope.j2
                play.yml:10:30: error: there is no file "nope.conf" (for web1, web2)
                  hint: looked for root/files/nope.conf, root/playbooks/files/nope.conf, root/nope.conf, root/playbooks/nope.conf
                root/templates/bad.j2:2:7: error: an expression is missing here (for web1, web2)
                  {% if %}
                """
        )
    }

    @Test(arguments: [
        ("", "", "standard"), ("become: true", "", "become deploy"), ("", "become: true", "become deploy"),
        ("become: true", "become: false", "login"), ("become: false", "", "login"),
        ("become_user: shop", "", "become shop"),
        ("become_user: shop", "become: false", "login"), ("become: true", "become_user: \"{{ u }}\"", "become web1"),
        ("become: false", "become_user: shop", "become shop"),
    ])
    func `accounts`(play: String, task: String, expected: String) throws {
        let text = """
            - hosts: all
              vars: {u: "{{ inventory_hostname }}"}
              \(play)
              tasks:
                - run: ls
                  \(task)
            """
        let parsed = try Playbook.parse(SourceText(name: "p", text: text)).plays[0]
        let world = World()
        let contents = world.contents()
        let inventory = try Inventory.parse([SourceText(name: "hosts.yml", text: world.inventory)])
        var found: [String] = []
        for user in ["root", "deploy"] {
            var scope = HostScope(try #require(inventory.host(named: "web1")), try world.run(), becomeUser: user)
            scope.enter(PlayScope(parsed, hosts: ["web1"]))
            guard case .ready(let ready) = try scope.resolve(parsed.tasks[0], contents) else { throw Unexpected() }
            switch ready.account {
            case .standard: found.append("standard")
            case .login: found.append("login")
            case .become(let user): found.append("become \(user)")
            }
        }
        #expect(found == [expected == "become deploy" ? "become root" : expected, expected])
    }

    @Test func `what is the same for hosts is kept once`() throws {
        var world = World()
        world.inventory = "all: {hosts: {\"web[1:1000]\": {}}}\n"
        world.files = [
            "root/files/big": String(repeating: "x", count: 100_000),
            "root/templates/t": "{{ n }}" + String(repeating: "y", count: 1000),
        ]
        let text = """
            - hosts: all
              vars: {n: 1}
              tasks:
                - {file: {path: /a, src: big}}
                - {template: {src: t, dest: /b}}
            """
        let play = try Playbook.parse(SourceText(name: "p", text: text)).plays[0]
        let contents = world.contents()
        let inventory = try Inventory.parse([SourceText(name: "hosts.yml", text: world.inventory)])
        let run = try world.run()
        let shared = PlayScope(play, hosts: inventory.hosts.map(\.name))
        var kept: Set<UnsafeRawPointer> = []
        var works: [any Work] = []
        for host in inventory.hosts {
            var scope = HostScope(host, run)
            scope.enter(shared)
            for task in play.tasks {
                guard case .ready(let ready) = try scope.resolve(task, contents) else { throw Unexpected() }
                works.append(ready.work)
                guard let look = ready.work.looks.first,
                    case .change(let change) = ready.work.decide([look: .path(PathState(.missing))]),
                    case .file(let file) = change.operation, let content = file.content
                else { throw Unexpected() }
                content.bytes.withUnsafeBytes { if let base = $0.baseAddress { kept.insert(base) } }
            }
        }
        #expect(works.count == 2000 && kept.count == 2)
    }

    @Test func `verdicts`() throws {
        let text = """
            - hosts: all
              tasks:
                - {run: {cmd: a, changed_when: "'new' in r.stdout", failed_when: r.rc > 2}, register: r}
                - {run: {cmd: a, changed_when: false}}
                - {run: b, failed_when: [facts.a, true], register: x}
                - {run: c}
            """
        let play = try Playbook.parse(SourceText(name: "p", text: text)).plays[0]
        var scope = try World().scope()
        scope.enter(PlayScope(play, hosts: ["web1"]))
        let contents = World().contents()
        func verdict(_ index: Int, _ status: Int, _ output: String) throws -> Verdict {
            var outcome = TaskOutcome(changed: true, failed: status != 0)
            outcome.status = status
            outcome.stdout = Array(output.utf8)
            return try scope.judge(play.tasks[index], outcome, contents)
        }
        #expect(try verdict(0, 2, "a new thing") == .judged(changed: true, failed: false))
        #expect(try verdict(0, 3, "old") == .judged(changed: false, failed: true))
        #expect(try verdict(1, 0, "") == .judged(changed: false, failed: false))
        #expect(try verdict(2, 0, "") == .waits(for: "facts"))
        #expect(try verdict(3, 1, "") == .judged(changed: true, failed: true))
        #expect(throws: DocumentError.self) { try scope.judge(play.tasks[0], TaskOutcome(), contents) }
    }
}
