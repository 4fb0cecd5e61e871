import Document
import HostSide
import Inventory
import Playbook
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Changed playbooks, by seed: whatever they are, they are read and resolved or refused, in bounded time and memory.
///
/// `make fuzz` runs many more: BATON_FUZZ is how many of each seed.
struct FuzzTests {
    private static let rounds = getenv("BATON_FUZZ").flatMap { Int(String(cString: $0)) } ?? 1000

    private static let playbook = """
        - name: Shop
          hosts: web
          become: true
          vars: {version: 2.10, token: !secret env:TOKEN, list: [1, "{{ version }}"], map: {a: "{{ list }}"}}
          environment: {A: "{{ version }}", B: 1}
          tags: [web]
          tasks:
            - directory: {path: "/srv/{{ version }}", mode: "u=rwx,g=rx", owner: shop}
              when: version is defined and list | length > 1
            - file: {path: /etc/a, content: "x {{ token }}", mode: 0640, backup: yes, validate: "test %s"}
              register: conf
            - template: {src: t, dest: /etc/b}
              phase: stage
            - link: {path: /srv/current, target: "releases/{{ version }}", force: true}
            - name: Run {{ version }}
              run: {cmd: "echo {{ list[1] }} {{ map.a | to_json | quote }}", creates: /a, unless: "true", stdin: "{{ token }}"}
              environment: {T: "{{ token }}"}
              retries: 3
              delay: 500ms
              timeout: 1m
            - run: {argv: [ls, -l, "{{ version }}"], chdir: /srv, changed_when: "conf.changed"}
              become_user: "{{ inventory_hostname }}"
              tags: a, b
            - run: {cmd: kill, when_older: {than: [/etc/a], pidfile: /run/a, children: true}}
              when: [conf.changed, facts.os == 'linux']
              once: true
            - check: {http: "http://127.0.0.1:8000/x?y", status: [200, 300-399], headers: {A: b}, version: "{{ version }}"}
            - check: {tcp: 22}
            - pause: 30s

        """
    private static let words = [
        "{{", "}}", "{% if x %}", "{% endif %}", "version", "token", "conf.changed", "facts", "inventory_hostname",
        "\n", "  ", "- ",
        ": ", "{", "}", "[", "]", "\"", "'", "|\n", "&x ", "*x", "<<: *x", "!secret env:TOKEN", "!vault x", "~", "true",
        "0644",
        "u+x", "/", "..", "//", "\0", "\t", "\r\n", "é", "\u{FEFF}", "99999999999999999999", "-1", "1e9", "30s", "%s",
        "file: ",
        "run: ", "when: ", "register: ", "vars: ", "tags: ", "hosts: ", "tasks: ", "state: absent", "recursive: true",
        "copy: ",
        "http://", ":", "@", "#", "content: ", "src: ", "| quote", "| raw", "| default('x')", "is defined", "loop",
        "with_items: ",
    ]

    @Test(arguments: [UInt64(1), 2])
    func `playbooks`(seed: UInt64) throws {
        var random = Seeded(seed)
        var limits = Limits()
        limits.nodes = 5000
        var templates = TemplateLimits()
        templates.steps = 5000
        templates.outputBytes = 1 << 16
        templates.madeBytes = 1 << 18
        let inventory = try Inventory.parse([
            SourceText(name: "hosts.yml", text: "web: {hosts: {web1: {a: \"{{ b }}\", b: 1}}}\n")
        ])
        let run = RunScope(inventory, playbookFolder: "root", limits: templates) { (_) throws(SecretProblem) in
            "hunter2-secret"
        }
        let host = try #require(inventory.host(named: "web1"))
        var (read, ready, refused) = (0, 0, 0)
        for round in 0..<FuzzTests.rounds {
            var bytes = Array(FuzzTests.playbook.utf8)
            for _ in 0...random.next() % 3 { FuzzTests.change(&bytes, &random) }
            let playbook: Playbook
            do throws(DocumentError) {
                playbook = try Playbook.parse(SourceText(name: "p", bytes: bytes), limits: limits)
            } catch {
                refused += 1
                #expect(error.diagnostics.hasErrors)
                if round % 16 == 0 { FuzzTests.inspect(error, bytes) }
                continue
            }
            read += 1
            let contents = Contents(root: "root", folder: "root") { (path) throws(ContentProblem) in
                if path.hasSuffix("/t") { return Array("{{ version }} {{ token }}".utf8) }
                throw ContentProblem("no such file", isMissing: true)
            }
            var scope = HostScope(host, run)
            for play in playbook.plays {
                scope.enter(PlayScope(play, hosts: ["web1"]))
                for task in play.order {
                    do throws(DocumentError) {
                        if case .ready(let found) = try scope.resolve(task, contents) {
                            ready += 1
                            FuzzTests.inspect(found, bytes)
                        }
                        scope.record(TaskOutcome(changed: round % 2 == 0), of: task)
                    } catch {
                        if round % 16 == 0 { FuzzTests.inspect(error, bytes) }
                    }
                }
            }
        }
        #expect(read > FuzzTests.rounds / 50 && refused > FuzzTests.rounds / 50 && ready > FuzzTests.rounds / 10)
    }

    // Nothing that is sent where others see it holds the secret, whatever the playbook says.
    private static func inspect(_ task: ResolvedTask, _ bytes: [UInt8]) {
        if task.name.contains("hunter2") { Issue.record("a name shows a secret: \(bytes)") }
        for look in task.work.looks {
            switch look {
            case .path(let path, _), .content(let path, _):
                if !path.hasPrefix("/") || path.contains("/../") || path.contains("hunter2") {
                    Issue.record("\(path): \(bytes)")
                }
            case .command(let command):
                if FuzzTests.shows(command) { Issue.record("a command shows a secret: \(bytes)") }
            case .script(let script):
                if script.call.contains(where: { $0.contains("hunter2") }) {
                    Issue.record("a script shows a secret: \(bytes)")
                }
            case .name(_, let name):
                if name.contains("hunter2") { Issue.record("a name shows a secret: \(bytes)") }
            case .age: break
            }
        }
        let seen = Dictionary(task.work.looks.map { ($0, Sighting.path(PathState(.missing))) }) { first, _ in first }
        if case .carryOut(.command(let run)) = task.work.decide(seen), FuzzTests.shows(run.command) {
            Issue.record("a command shows a secret: \(bytes)")
        }
        _ = task.work.decide([:])
    }

    private static func shows(_ command: ShellCommand) -> Bool {
        switch command.body {
        case .line(let line): line.contains("hunter2")
        case .words(let words): words.contains { $0.contains("hunter2") }
        }
    }

    private static func inspect(_ error: DocumentError, _ bytes: [UInt8]) {
        let shown = error.description
        if shown.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }) { Issue.record("control bytes: \(bytes)") }
        if shown.contains("hunter2") { Issue.record("an error shows a secret: \(bytes)") }
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout Seeded) {
        let place = Int(random.next() % UInt64(bytes.count + 1))
        let end = min(bytes.count, place + Int(random.next() % 6))
        switch random.next() % 6 {
        case 0 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + Int(random.next() % 60))], at: place)
        default: bytes.replaceSubrange(place..<end, with: words[Int(random.next() % UInt64(words.count))].utf8)
        }
    }
}
