import Document
import HostSide
import Inventory
import Playbook
import Testing

/// Tasks of hosts, understood as far as they can be.
struct ResolveTests {
    private func shown(_ resolution: Resolution) -> String {
        switch resolution {
        case .ready(let task): "ready: \(task.name)"
        case .skipped(let why): "skipped: \(why)"
        case .waits(let name): "waits for \(name)"
        case .needs(let secret): "needs \(secret.written)"
        case .needsFiles: "needs files"
        }
    }

    private func shown(_ playbook: String, _ world: World = World()) throws -> [String] {
        try world.resolved(playbook).map(shown)
    }

    @Test func `conditions and results`() throws {
        let text = """
            - hosts: all
              vars: {up: true, nested: "{{ conf.changed }}"}
              tasks:
                - {name: "a {{ inventory_hostname }}", run: "true", when: up}
                - {run: "true", when: [up, not up]}
                - {file: {path: /etc/a, content: x}, register: conf}
                - {run: systemctl restart a, when: conf.changed}
                - {run: echo, when: conf is defined}
                - {run: "echo {{ nested | default('x') }}"}
                - {run: "echo {{ facts.os }}"}
                - {name: "say {{ conf.changed }}", run: "true"}
                - {run: "echo", environment: {A: !secret "file:/a"}}
                - {run: "echo {{ inventory_hostname }}", phase: stage}
            """
        let found = try shown(text).joined(separator: "\n")
        #expect(
            found
                == [
                    "ready: run echo web1",
                    "ready: a web1", "skipped: \"not up\" does not hold", "ready: file /etc/a", "waits for conf",
                    "waits for conf",
                    "waits for conf", "waits for facts", "ready: say {{ conf.changed }}", "needs file:/a",
                ].joined(separator: "\n")
        )
    }

    @Test func `a result is known from its task on`() throws {
        let text = """
            - hosts: all
              vars: {r: {rc: 7}}
              tasks:
                - {run: "echo {{ r.rc }}"}
                - {run: "one", register: r}
                - {run: "echo {{ r.rc }}"}
                - {run: "two", register: r}
                - {run: "echo {{ r.rc }}"}
            """
        let world = World()
        let play = try Playbook.parse(SourceText(name: "play.yml", text: text)).plays[0]
        let contents = world.contents()
        var scope = try world.scope()
        scope.enter(PlayScope(play, hosts: ["web1"]))
        func command(_ index: Int) throws -> String {
            let resolution = try scope.resolve(play.tasks[index], contents)
            guard case .ready(let task) = resolution, let work = task.work.decide([:]).command else {
                return shown(resolution)
            }
            return work
        }
        #expect(try command(0) == "echo 7")
        #expect(try command(2) == "waits for r")
        var outcome = TaskOutcome(changed: true)
        outcome.status = 1
        outcome.stdout = Array("a {{ b }}\r\nc\n\n".utf8)
        scope.record(outcome, of: play.tasks[1])
        #expect(try command(0) == "echo 7")
        #expect(try command(2) == "echo 1")
        #expect(try command(4) == "waits for r")
        outcome.status = 2
        scope.record(outcome, of: play.tasks[3])
        #expect(try [command(2), command(4)] == ["echo 1", "echo 2"])
        // A later play sees the last of them.
        scope.enter(PlayScope(play, hosts: ["web1"]))
        #expect(try command(0) == "echo 2")
    }
}

extension Decision {
    var command: String? {
        guard case .carryOut(.command(let run)) = self, case .line(let line) = run.command.body else { return nil }
        return line
    }
}
