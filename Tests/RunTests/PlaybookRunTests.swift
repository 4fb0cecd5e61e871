import Events
import Fleet
import HostSide
import Lab
import Reactor
import Run
import SSH
import Shell
import TestSupport
import Testing

/// Playbooks over real sshd: exchanges, failures, phases, tasks that run once, plans.
@Suite(.serialized) struct PlaybookRunTests {
    private static let tenTasks = """
        - hosts: all
          tasks:
            - directory: "{{ base }}/srv"
            - directory: "{{ base }}/srv/shop"
            - directory: {path: "{{ base }}/log", mode: "0750"}
            - file: {path: "{{ base }}/srv/a", content: "a\\n"}
            - file: {path: "{{ base }}/srv/b", content: "b\\n", mode: "0600"}
            - file: {path: "{{ base }}/srv/shop/c", src: c}
            - template: {src: conf, dest: "{{ base }}/srv/conf"}
            - link: {path: "{{ base }}/srv/current", target: shop}
            - run: {cmd: "echo made > {{ base }}/made", creates: "{{ base }}/made"}
            - run: {cmd: "echo one > {{ base }}/one", creates: "{{ base }}/one"}
        """
    private static let sources = [
        "/project/files/c": "from the project\n", "/project/templates/conf.j2": "on {{ inventory_hostname }}\n",
    ]

    // MARK: Exchanges

    @Test func `a run that changes nothing costs one exchange, one that changes a second`() async throws {
        try await withField { field in
            let link = try FaultyLink(to: field.states[0].port, on: field.loop)
            let port = link.port
            var field = field
            field.files = Self.sources
            field.reach = { $0.port = port }
            // From the moment of being connected: before it what crosses on the way may count one more.
            let turns = Turns(link)
            field.watch = { event, _ in if case .hostConnected = event.kind { turns.begin() } }

            let plain = try await field.play("- hosts: all\n  tasks: [{run: \"true\", when: false}]\n")
            #expect(plain.statuses("lab1") == ["1 skipped"])
            let single = "- hosts: all\n  tasks: [{run: {cmd: 'true'}}]\n"
            #expect(try await field.play(single).result("lab1")?.status == .changed)
            let one = turns.count

            let first = try await field.play(Self.tenTasks)
            #expect(first.result("lab1")?.status == .changed, "\(String(describing: first.result("lab1")?.problem))")
            #expect(first.result("lab1")?.tasks?.count == 10)
            #expect(turns.count == one + 1)
            #expect(field.text("lab1", "srv/conf") == "on lab1\n")
            #expect(field.text("lab1", "srv/shop/c") == "from the project\n")

            let second = try await field.play(Self.tenTasks)
            #expect(second.result("lab1")?.status == .ok)
            #expect(second.result("lab1")?.touched == false)
            #expect(turns.count == one)
            link.close()
        }
    }

    @Test func `what a command changed is put right in the same run`() async throws {
        try await withField { field in
            let text = """
                - hosts: all
                  tasks:
                    - run: "echo spoilt > {{ base }}/a"
                    - file: {path: "{{ base }}/a", content: "right\\n"}
                """
            let first = try await field.play(text)
            #expect(first.statuses("lab1") == ["1 changed", "2 changed"])
            let second = try await field.play(text)
            #expect(second.statuses("lab1") == ["1 changed", "2 changed"])
            #expect(second.task(2, "lab1")?.changes == ["content"])
            #expect(field.text("lab1", "a") == "right\n")
        }
    }

    @Test func `results, facts and conditions`() async throws {
        try await withField { field in
            let played = try await field.play(
                """
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/a", content: "a"}
                      register: conf
                    - run: "echo reload >> {{ base }}/log"
                      when: conf.changed
                    - run: "echo 7"
                      register: answer
                      changed_when: "'8' in answer.stdout"
                    - file: {path: "{{ base }}/b", content: "{{ answer.stdout }} {{ facts.os }}"}
                    - run: "exit 3"
                      register: bad
                      ignore_errors: true
                    - run: "echo {{ bad.rc }} > {{ base }}/rc"
                      when: bad.failed
                    - run: "exit 4"
                      failed_when: result.rc != 4
                      register: result
                """
            )
            let problem = played.result("lab1")?.problem
            #expect(
                played.statuses("lab1") == [
                    "1 changed", "2 changed", "3 ok", "4 changed", "5 ignored", "6 changed", "7 changed",
                ],
                "\(String(describing: problem))"
            )
            #expect(field.text("lab1", "b")?.hasPrefix("7 ") == true)
            #expect(field.text("lab1", "rc") == "3\n")
        }
    }

    @Test func `large contents and those that are no text arrive as they are`() async throws {
        try await withField { field in
            var field = field
            let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            field.bytes = ["/project/files/large": large, "/project/files/odd": [0, 255, 10, 0]]
            let text = """
                - hosts: all
                  tasks:
                    - directory: "{{ base }}/deep"
                    - file: {path: "{{ base }}/deep/large", src: large, mode: "0640"}
                    - file: {path: "{{ base }}/odd", src: odd}
                """
            let first = try await field.play(text)
            #expect(
                first.statuses("lab1") == ["1 changed", "2 changed", "3 changed"],
                "\(String(describing: first.result("lab1")?.problem))"
            )
            #expect(try Files.read("\(field.base("lab1"))/deep/large") == large)
            #expect(try Files.read("\(field.base("lab1"))/odd") == [0, 255, 10, 0])
            #expect(try await field.play(text).result("lab1")?.status == .ok)
            // Nothing of the way there is left.
            let left = try await field.loop.run(
                ChildRequest(["find", field.base("lab1"), "-name", ".*"], environment: Surroundings.environment)
            )
            #expect(left.stdout.isEmpty, "\(String(decoding: left.stdout, as: UTF8.self))")
        }
    }

    @Test(arguments: [false, true])
    func `a large file is read while it is sent, and one that changes meanwhile is told`(asksNobody: Bool) async throws
    {
        try await withField { field in
            let source = "\(field.lab.layout.directory)/large"
            let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            try Files.write(large, to: source)
            func text(_ before: String = "true") -> String {
                """
                - hosts: all
                  tasks:
                    - run: "\(before)"
                      changed_when: false
                      register: it
                    - file: {path: "{{ base }}/large", src: "\(source)"}
                    - file: {path: "{{ base }}/after{{ it.rc }}", content: ""}
                """
            }
            let first = try await field.play(text(), asksNobody: asksNobody)
            #expect(
                first.statuses("lab1") == ["1 ok", "2 changed", "3 changed"],
                "\(String(describing: first.result("lab1")?.problem))"
            )
            #expect(try Files.read("\(field.base("lab1"))/large") == large)
            let second = try await field.play(text(), asksNobody: asksNobody)
            #expect(second.statuses("lab1") == ["1 ok", "2 ok", "3 ok"])
            // As large as the one that is there.
            try Files.write(Array(large.reversed()), to: source)
            let third = try await field.play(text(), asksNobody: asksNobody)
            #expect(third.statuses("lab1") == ["1 ok", "2 changed", "3 ok"])
            #expect(try Files.read("\(field.base("lab1"))/large") == large.reversed())

            try Files.write(large + [1], to: source)
            let changed = try await field.play(text("echo more >> \(source)"), asksNobody: asksNobody)
            let message = changed.result("lab1")?.problem?.message ?? "none"
            #expect(message.contains("was written after this run had looked at it"), "\(message)")
            #expect(try Files.read("\(field.base("lab1"))/large") == large.reversed())
            let left = try await field.loop.run(
                ChildRequest(["find", field.base("lab1"), "-name", ".large*"], environment: Surroundings.environment)
            )
            #expect(left.stdout.isEmpty, "\(String(decoding: left.stdout, as: UTF8.self))")
        }
    }

    @Test func `expressions use no output that was cut, on the way to the host and back`() async throws {
        try await withField { field in
            func text(_ count: Int) -> String {
                """
                - hosts: all
                  tasks:
                    - directory: "{{ base }}"
                    - run: "printf '%\(count)s' x; echo short >&2"
                      register: long
                    - file: {path: "{{ base }}/short", content: "{{ long.stderr }} {{ long.rc }}"}
                    - file: {path: "{{ base }}/long", content: "{{ long.stdout | length }}"}
                """
            }
            let fits = try await field.play(text(1 << 20))
            #expect(fits.statuses("lab1") == ["1 ok", "2 changed", "3 changed", "4 changed"])
            #expect(try Files.read("\(field.base("lab1"))/long") == Array("1048576".utf8))
            let cut = try await field.play(text(1 << 20 | 1))
            #expect(cut.statuses("lab1") == ["1 ok", "2 changed", "3 ok", "4 failed"])
            let message = cut.result("lab1")?.problem?.message ?? ""
            #expect(message.contains("play.yml:7:57:"), "\(message)")
            #expect(message.contains("stdout of long was longer than 1 MiB"), "\(message)")
        }
    }

    // MARK: Failures

    @Test func `a failure ends one host, the others go on, and a second run finishes the work`() async throws {
        try await withField(3) { field in
            let text = """
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/a", content: a}
                    - run: "echo trying; echo why >&2; test ! -e {{ base }}/broken"
                    - file: {path: "{{ base }}/b", content: b}
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/c", content: c}
                """
            try Files.write([], to: "\(field.base("lab2"))/broken")
            let first = try await field.play(text)
            #expect(first.report.results.map(\.status) == [.changed, .failed, .changed])
            #expect(first.statuses("lab2") == ["1 changed", "2 failed"])
            let task = try #require(first.task(2, "lab2"))
            #expect(task.execution?.exit == 1)
            #expect(task.execution?.stdout == Array("trying\n".utf8))
            #expect(task.execution?.stderr == Array("why\n".utf8))
            #expect(first.result("lab2")?.problem?.message.hasPrefix("task 2, ") == true)
            #expect(field.text("lab2", "a") == "a")
            #expect(field.text("lab2", "b") == nil)
            #expect(field.text("lab1", "c") == "c")

            try Files.removeTree("\(field.base("lab2"))/broken")
            let second = try await field.play(text)
            #expect(second.statuses("lab2") == ["1 ok", "2 changed", "3 changed", "4 changed"])
        }
    }

    @Test func `a task that takes longer than it may is ended and named`() async throws {
        try await withField { field in
            let played = try await field.play(
                """
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/a", content: a}
                    - run: {cmd: "echo begun; exec sleep 600"}
                      timeout: 1
                    - file: {path: "{{ base }}/b", content: b}
                """
            )
            #expect(played.statuses("lab1") == ["1 changed", "2 failed"])
            #expect(played.result("lab1")?.problem?.kind == "timed_out")
            #expect(played.result("lab1")?.problem?.message.hasSuffix("ran longer than 1 s, and was ended") == true)
            #expect(field.text("lab1", "b") == nil)
        }
    }

    @Test func `an attempt that takes too long is tried again, and ignored where that is wanted`() async throws {
        try await withField { field in
            let played = try await field.play(
                """
                - hosts: all
                  tasks:
                    - run: {cmd: "echo x >> {{ base }}/tries; exec sleep 600"}
                      timeout: 1
                      retries: 1
                      delay: 0
                      ignore_errors: true
                      register: it
                    - file: {path: "{{ base }}/b", content: "{{ it.rc }}"}
                    - run: {cmd: "echo try; [ -e {{ base }}/c ] || { touch {{ base }}/c; exit 1; }"}
                      retries: 1
                      delay: 0
                      register: again
                    - file: {path: "{{ base }}/d", content: "{{ again.stdout }}"}
                """
            )
            #expect(played.statuses("lab1") == ["1 ignored", "2 changed", "3 changed", "4 changed"])
            #expect(played.task(1, "lab1")?.problem?.kind == "timed_out")
            #expect(field.text("lab1", "tries") == "x\nx\n")
            #expect(field.text("lab1", "b") == "124")
            #expect(field.text("lab1", "d") == "try")
        }
    }

    @Test func `an upload that fails can be ignored, and what comes after it is done`() async throws {
        try await withField { field in
            var field = field
            field.bytes["/project/files/large"] = Array(repeating: 7, count: 100_000)
            let played = try await field.play(
                """
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/a", content: a}
                    - file: {path: "{{ base }}/none/large", src: large}
                      ignore_errors: true
                    - file: {path: "{{ base }}/c", content: c}
                """
            )
            #expect(played.statuses("lab1") == ["1 changed", "2 ignored", "3 changed"])
            #expect(field.text("lab1", "c") == "c")
        }
    }

    @Test func `a plan is not that of a playbook or of files that were edited since`() async throws {
        try await withField { field in
            func digest(_ text: String, _ file: String = "x") async throws -> String {
                var field = field
                field.files = ["/project/files/f": file]
                let played = try await field.play(text, RunOptions(changes: false))
                return try #require(played.result("lab1")?.digest)
            }
            let text = """
                - hosts: all
                  tasks:
                    - {run: "date", register: it}
                    - file: {path: /tmp/nowhere, src: f}
                      when: it.rc == 0
                """
            let first = try await digest(text)
            #expect(try await digest(text) == first)
            #expect(try await digest(text, "y") != first)
            #expect(try await digest(text.replacing("it.rc == 0", with: "it.rc == 1")) != first)
        }
    }

    @Test func `a link that breaks in a step is a failure of that task, and a second run goes on`() async throws {
        try await withField { field in
            let link = try FaultyLink(to: field.states[0].port, on: field.loop)
            let port = link.port
            var broken = field
            broken.reach = { $0.port = port }
            broken.watch = { event, _ in
                if case .taskStarted(2, _, _) = event.kind { link.cut() }
            }
            let text = """
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/a", content: a}
                    - run: {cmd: "sleep 0.3; echo b > {{ base }}/b", creates: "{{ base }}/b"}
                    - file: {path: "{{ base }}/c", content: c}
                """
            let first = try await broken.play(text)
            link.close()
            #expect(first.statuses("lab1") == ["1 changed", "2 failed"])
            #expect(first.result("lab1")?.status == .failed)
            #expect(first.result("lab1")?.problem?.message.contains("may have been done") == true)
            let second = try await field.play(text)
            #expect(second.result("lab1")?.status == .changed)
            #expect(field.text("lab1", "a") == "a")
            #expect(field.text("lab1", "b") == "b\n")
            #expect(field.text("lab1", "c") == "c")
        }
    }

    @Test func `after the first interrupt the running task ends and the next one does not begin`() async throws {
        try await withField { field in
            var field = field
            field.watch = { event, fleet in
                if case .taskStarted(2, _, _) = event.kind { fleet.assumeIsolated { $0.stop() } }
            }
            let played = try await field.play(
                """
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/a", content: a}
                    - run: "sleep 1; echo done > {{ base }}/b"
                    - run: "echo never > {{ base }}/c"
                """
            )
            #expect(played.statuses("lab1") == ["1 changed", "2 changed"])
            #expect(played.result("lab1")?.problem?.kind == "interrupted")
            #expect(field.text("lab1", "b") == "done\n")
            #expect(field.text("lab1", "c") == nil)
        }
    }

    // MARK: Many hosts

    @Test func `plays and stages are finished on all hosts before the next, however few may be worked on at once`()
        async throws
    {
        try await withField(5) { field in
            for forks in [2, 50] {
                var field = field
                field.forks = forks
                let order = "\(field.lab.layout.directory)/order-\(forks)"
                let played = try await field.play(
                    """
                    - hosts: all
                      tasks:
                        - run: "echo second >> \(order)"
                        - run: "echo first >> \(order)"
                          phase: stage
                        - run: "echo once >> \(order)"
                          once: true
                    - hosts: all
                      tasks:
                        - run: "echo third >> \(order)"
                    """
                )
                #expect(played.report.results.map(\.status) == Array(repeating: .changed, count: 5))
                let lines = String(decoding: try Files.read(order), as: UTF8.self).split(separator: "\n")
                let stages = lines.filter { $0 != "once" }
                #expect(stages == ["first", "second", "third"].flatMap { Array(repeating: Substring($0), count: 5) })
                #expect(lines.count { $0 == "once" } == 1)
                let connections = played.events.count { if case .hostConnected = $0.kind { true } else { false } }
                #expect(connections == (forks == 2 ? 15 : 5))
                #expect(played.events.count { if case .hostFinished = $0.kind { true } else { false } } == 5)
            }
        }
    }

    @Test func `a task that runs once runs on the first host that is there, and all have its result`() async throws {
        try await withField(3) { field in
            var field = field
            field.reach = { if $0.name == "lab1" { $0.port = 1 } }
            let marker = "\(field.lab.layout.directory)/once"
            let played = try await field.play(
                """
                - hosts: all
                  tasks:
                    - run: "echo ran >> \(marker); echo value"
                      once: true
                      register: it
                    - file: {path: "{{ base }}/it", content: "{{ it.stdout }}"}
                """
            )
            #expect(played.report.results.map(\.status) == [.unreachable, .changed, .changed])
            #expect(try Files.read(marker) == Array("ran\n".utf8))
            #expect(field.text("lab2", "it") == "value")
            #expect(field.text("lab3", "it") == "value")
            let notes = ["lab2", "lab3"].compactMap { played.task(1, $0)?.note }
            #expect(notes.count == 1)
        }
    }

    @Test func `a task that runs once and fails ends all of them`() async throws {
        try await withField(2) { field in
            let played = try await field.play(
                """
                - hosts: all
                  tasks:
                    - run: "exit 3"
                      once: true
                    - file: {path: "{{ base }}/it", content: "no"}
                """
            )
            #expect(played.report.results.map(\.status) == [.failed, .failed])
            let messages = played.report.results.compactMap { $0.problem?.message }
            #expect(messages.count { $0.contains("it runs once for all hosts, and failed on lab") } == 1)
        }
    }

    @Test func `a question is asked once for all hosts, and no answer ends the run`() async throws {
        try await withField(3) { field in
            let text = """
                - hosts: all
                  tasks:
                    - pause: {prompt: "Go on?"}
                    - file: {path: "{{ base }}/a", content: a}
                """
            #expect(await errors(field, text).contains("there is no terminal to ask on"))
            let asked = Counter()
            var field = field
            field.confirm = { prompt, _ in asked.add(prompt) }
            #expect(try await field.play(text).report.results.map(\.status) == [.changed, .changed, .changed])
            #expect(asked.all == ["Go on?"])
            field.confirm = { _, _ in false }
            let refused = try await field.play(text)
            #expect(refused.report.results.map(\.status) == [.untouched, .untouched, .untouched])
        }
    }

    // MARK: Plans

    @Test func `a plan changes nothing, and a deploy with its digests does what it said or nothing`() async throws {
        try await withField(2) { field in
            let text = """
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/a", content: "new\\n"}
                      register: conf
                    - run: "echo reload >> {{ base }}/log"
                      when: conf.changed
                """
            for name in ["lab1", "lab2"] { try Files.write(Array("old\n".utf8), to: "\(field.base(name))/a") }
            let options = RunOptions(changes: false, wantsDiffs: true, keepsPrograms: true)
            let plan = try await field.play(text, options)
            #expect(plan.report.results.map(\.status) == [.changed, .changed])
            #expect(plan.report.results.map(\.touched) == [false, false])
            #expect(plan.task(1, "lab1")?.diff?.contains("-old\n+new\n") == true)
            #expect(field.text("lab1", "a") == "old\n")
            #expect(
                plan.report.hosts[0].programs.map(\.label) == ["look", "read what would change", "change, 2 steps"]
            )
            let digests = Dictionary(uniqueKeysWithValues: plan.report.results.map { ($0.host, $0.digest!) })
            #expect(
                try await field.play(text, options).report.results.map(\.digest) == plan.report.results.map(\.digest)
            )

            try Files.write(Array("drifted\n".utf8), to: "\(field.base("lab2"))/a")
            let refused = try await field.play(text, RunOptions(changes: true, expectedDigests: digests))
            #expect(refused.report.isRefused)
            #expect(refused.report.results.map(\.isDrifted) == [false, true])
            #expect(refused.report.results.map(\.touched) == [false, false])
            #expect(field.text("lab1", "a") == "old\n")

            try Files.write(Array("old\n".utf8), to: "\(field.base("lab2"))/a")
            let done = try await field.play(text, RunOptions(changes: true, expectedDigests: digests))
            #expect(done.report.results.map(\.status) == [.changed, .changed])
            #expect(field.text("lab2", "a") == "new\n")
        }
    }

    @Test func `what never counts as a change is none in a plan, and is carried out`() async throws {
        try await withField { field in
            let text = """
                - hosts: all
                  tasks:
                    - run: "echo seen >> {{ base }}/log"
                      changed_when: false
                    - check: {command: "test -e {{ base }}/log"}
                """
            let plan = try await field.play(text, RunOptions(changes: false))
            #expect(plan.statuses("lab1") == ["1 ok", "2 ok"])
            #expect(plan.task(1, "lab1")?.note == "runs")
            #expect(plan.task(2, "lab1")?.note == "will be checked")
            #expect(plan.result("lab1")?.status == .ok)
            #expect(field.text("lab1", "log") == nil)
            let done = try await field.play(text)
            #expect(done.statuses("lab1") == ["1 ok", "2 ok"])
            #expect(field.text("lab1", "log") == "seen\n")
        }
    }

    @Test func `a task without a name is called by what it works on, but for secrets`() async throws {
        try await withField(2) { field in
            var field = field
            field.secrets = ["TOKEN": "hunter2-secret"]
            let text = """
                - hosts: all
                  tasks:
                    - directory: "{{ base }}/srv"
                    - run: "echo {{ inventory_hostname }} {{ 'a b' }}"
                    - run: {argv: [echo, "{{ inventory_hostname }}"]}
                    - pause: {prompt: "{{ token }} on {{ inventory_hostname }}?"}
                      when: false
                  vars: {token: !secret env:TOKEN}
                """
            let played = try await field.play(text)
            let names = played.result("lab2")?.tasks?.map(\.name) ?? []
            #expect(
                names == [
                    "directory \(field.base("lab2"))/srv", "run echo lab2 'a b'", "run echo",
                    "pause {{ token }} on {{ inventory_hostname }}?",
                ]
            )
            let begun = played.events.compactMap { event -> String? in
                if case .taskStarted(1, let name, _) = event.kind { name } else { nil }
            }
            #expect(begun.sorted() == ["directory \(field.base("lab1"))/srv", "directory \(field.base("lab2"))/srv"])
        }
    }

    @Test func `a plan marks what is inserted in commands without quotes`() async throws {
        try await withField { field in
            let text = "- hosts: all\n  tasks: [{run: \"echo {{ 'a b' | raw }} {{ 'c' }}\"}]\n"
            let plan = try await field.play(text, RunOptions(changes: false))
            #expect(plan.task(1, "lab1")?.raws == ["a b"])
            #expect(try await field.play(text).task(1, "lab1")?.raws == [])
        }
    }

    // MARK: Before anything is contacted

    @Test func `everything that can be known to be wrong is said before anything is contacted`() async throws {
        try await withField(2) { field in
            let message = await errors(
                field,
                """
                - hosts: all
                  tasks:
                    - file: {path: "{{ base }}/a", content: "{{ nobody }}"}
                    - template: {src: nowhere, dest: "{{ base }}/b"}
                    - file: {path: "{{ base }}/c", content: !secret env:NONE}
                """
            )
            #expect(message.contains("play.yml:3:"))
            #expect(message.contains("\"nobody\" is not defined"))
            #expect(message.contains("nowhere"))
            #expect(message.contains("(for lab1, lab2)"))
        }
    }

    private func errors(_ field: Field, _ text: String) async -> String {
        do {
            let run = try field.playbookRun(text)
            try await run.prepare()
            return "no error"
        } catch {
            return "\(error)"
        }
    }
}

/// How often a client spoke since it was connected. Used on the loop.
private final class Turns: @unchecked Sendable {
    // Unchecked: the link is touched on its loop only.
    private let link: FaultyLink
    private var start = 0
    init(_ link: FaultyLink) { self.link = link }
    func begin() { start = link.turns }
    var count: Int { link.turns - start }
}

/// Words that came, from wherever.
private final class Counter: @unchecked Sendable {
    // Unchecked: used on one loop.
    private(set) var all: [String] = []
    func add(_ word: String) -> Bool {
        all.append(word)
        return true
    }
}
