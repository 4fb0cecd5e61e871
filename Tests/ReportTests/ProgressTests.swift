import Events
import Report
import Testing

/// The one line of a run, and what else people see while it goes on.
@Suite struct ProgressTests {
    private static let finished = RunResult(run: "r", command: "exec", hosts: [], interrupted: false)

    /// A run with about everything in it.
    private static let events = [
        event(.runStarted(command: "exec", hosts: 3)), event(.hostConnecting(attempt: 1), host: "web1"),
        event(.hostConnecting(attempt: 1), host: "web2"),
        event(.hostRetrying(attempt: 2, milliseconds: 512, reason: "refused"), host: "web2"),
        event(.hostKeyAccepted(fingerprint: "ED25519 SHA256:abc"), host: "web1"),
        event(.hostConnected(milliseconds: 31), host: "web1"),
        event(.hostOutput(stream: "stdout", text: "x\n"), host: "web1"),
        event(.hostFinished(HostResult(host: "web1", status: .ok, touched: true)), host: "web1"),
        event(.hostConnected(milliseconds: 40), host: "web2"),
        event(.hostFinished(HostResult(host: "web2", status: .failed, touched: true)), host: "web2"),
        event(.warning("odd hunter22 \u{1b}c")), event(.runStopping),
        event(.hostFinished(HostResult(host: "web3", status: .unreachable, touched: false)), host: "web3"),
        event(.runCancelling), event(.runFinished(finished)),
    ]

    private func progress(_ events: [Event], live: Bool, verbose: Bool, columns: Int = 80) -> String {
        var text = ""
        let progress = Progress(
            Redactor(["hunter22"]),
            Style(isColoured: false),
            isLive: live,
            detail: verbose ? .everything : .little,
            columns: columns
        ) { text += $0 }
        for event in events { progress.observe(event) }
        return text
    }

    private func boards(_ events: [Event], columns: Int = 80) -> [String] {
        var board = Board()
        return events.map {
            board.apply($0)
            return board.line(columns: columns)
        }
    }

    @Test func `the board counts and names who is waited for`() {
        #expect(
            boards(Self.events) == [
                "0/3", "0/3", "0/3", "0/3", "0/3", "0/3, waiting for web1", "0/3, waiting for web1", "1/3",
                "1/3, waiting for web2", "2/3, 1 failed", "2/3, 1 failed", "2/3, 1 failed, stopping",
                "3/3, 1 failed, 1 unreachable, stopping", "3/3, 1 failed, 1 unreachable, stopping",
                "3/3, 1 failed, 1 unreachable, stopping",
            ]
        )
    }

    @Test func `the board shortens names, not counts`() {
        let hosts = (1...20).map { event(.hostConnected(milliseconds: 1), host: "web\($0)") }
        let lines = boards([event(.runStarted(command: "exec", hosts: 20))] + hosts, columns: 40)
        #expect(lines.last == "0/20, waiting for web1 web2 and 18 more")
        #expect(boards([event(.runStarted(command: "exec", hosts: 20))] + hosts, columns: 1).last?.isEmpty == false)
    }

    @Test func `without a terminal only what people must know is said, a line each`() {
        #expect(
            progress(Self.events, live: false, verbose: false) == """
                web2: refused; attempt 2 in 512 ms
                web1: new host key accepted: ED25519 SHA256:abc
                warning: odd (secret) \\u{1b}c
                stopping: nothing more starts, what runs goes on; interrupt again to end it
                ending what still runs; interrupt once more to leave at once

                """
        )
    }

    @Test func `asked for more, every step is said`() {
        #expect(
            progress(Self.events, live: false, verbose: true) == """
                web1: connecting (attempt 1)
                web2: connecting (attempt 1)
                web2: refused; attempt 2 in 512 ms
                web1: new host key accepted: ED25519 SHA256:abc
                web1: connected in 31 ms
                web1: ok
                web2: connected in 40 ms
                web2: failed
                warning: odd (secret) \\u{1b}c
                stopping: nothing more starts, what runs goes on; interrupt again to end it
                web3: unreachable
                ending what still runs; interrupt once more to leave at once

                """
        )
    }

    /// A service that is handed over, and what is out of the ordinary on the way.
    private static let handedOver: [Event] = [
        event(.runStarted(command: "deploy", hosts: 1)), event(.hostConnected(milliseconds: 1), host: "web1"),
        handover(.state("armed", meaning: "m", milliseconds: 0, oldWorkers: nil, newWorkers: nil)),
        handover(.signal("USR2", pid: 100, purpose: "upgrade")), handover(.newMaster(pid: 17)),
        handover(.state("doubled", meaning: "m", milliseconds: 200, oldWorkers: 2, newWorkers: 1)),
        handover(.note(.linkLost, "cut \u{1b}; hunter22")),
        handover(
            .finished(
                .init(.committed, message: "handed over", touched: true, probes: 9, badProbes: 0, milliseconds: 5)
            )
        ),
    ]

    private static func handover(_ handover: HandoverEvent) -> Event {
        event(.handover(service: "web", handover), host: "web1")
    }

    @Test func `of a handover only what is odd is said, and asked for more each step`() {
        #expect(progress(Self.handedOver, live: false, verbose: false) == "web1: web: cut \\u{1b}; (secret)\n")
        #expect(
            progress(Self.handedOver, live: false, verbose: true) == """
                web1: connected in 1 ms
                web1: web: armed after 0 ms
                web1: web: USR2 to process 100 (upgrade)
                web1: web: the new master is process 17
                web1: web: doubled after 200 ms, 2 old and 1 new workers
                web1: web: cut \\u{1b}; (secret)
                web1: web: committed: handed over; 0 of 9 probes failed

                """
        )
        #expect(boards(Array(Self.handedOver.prefix(6))).last == "0/1, waiting for web1: web doubled")
    }

    /// A playbook on two hosts, one of which fails.
    private static let played: [Event] = {
        var failed = HostResult(host: "web2", status: .failed, touched: true)
        failed.tasks = [task(1, .ok), task(2, .failed, "warm up", problem: "exit status 3")]
        var changed = HostResult(host: "web1", status: .changed, touched: true)
        changed.tasks = [task(1, .ok), task(2, .changed, "hunter22", changes: ["content"])]
        var fine = HostResult(host: "web3", status: .ok, touched: false)
        fine.tasks = [task(1, .ok)]
        return [
            event(.runStarted(command: "deploy", hosts: 3)), event(.hostConnected(milliseconds: 1), host: "web1"),
            event(.taskStarted(number: 2, name: "hunter22", kind: "file"), host: "web1"),
            event(.taskFinished(changed.tasks![1]), host: "web1"), event(.hostFinished(changed), host: "web1"),
            event(.taskFinished(failed.tasks![1]), host: "web2"), event(.hostFinished(failed), host: "web2"),
            event(.hostFinished(fine), host: "web3"), event(.hostFinished(unreachable("web4", "gone")), host: "web4"),
        ]
    }()

    @Test func `a playbook has a line for each host when it is done`() {
        var text = ""
        let observer = Progress(
            Redactor(["hunter22"]),
            Style(isColoured: false),
            isLive: false,
            detail: .hosts,
            columns: 80
        ) { text += $0 }
        for event in Self.played { observer.observe(event) }
        #expect(
            text == """
                web1: changed, 1 of 2 tasks
                web2: failed at task 2, warm up: exit status 3
                web3: ok, 1 task
                web4: unreachable: gone

                """
        )
    }

    @Test func `asked for more, a playbook has a line for each task`() {
        #expect(
            progress(Self.played, live: false, verbose: true) == """
                web1: connected in 1 ms
                web1: changed: task 2, (secret): content
                web1: changed, 1 of 2 tasks
                web2: failed: task 2, warm up: exit status 3
                web2: failed at task 2, warm up: exit status 3
                web3: ok, 1 task
                web4: unreachable: gone

                """
        )
    }

    @Test func `the last host is shown with the task that it is at`() {
        #expect(boards(Self.played)[2] == "0/3, waiting for web1: task 2, hunter22")
        #expect(boards(Self.played)[3] == "0/3, waiting for web1")
        #expect(!progress(Self.played, live: true, verbose: false).contains("hunter22"))
    }

    @Test func `on a terminal one line is kept up to date and gone at the end`() {
        let events = [
            event(.runStarted(command: "exec", hosts: 1)), event(.hostConnected(milliseconds: 1), host: "a"),
            event(.warning("w")), event(.hostFinished(HostResult(host: "a", status: .ok, touched: true)), host: "a"),
            event(.runFinished(Self.finished)),
        ]
        let clear = "\r\u{1b}[K"
        #expect(
            progress(events, live: true, verbose: false)
                == "\(clear)0/1\(clear)0/1, waiting for a\(clear)warning: w\n"
                + "\(clear)0/1, waiting for a\(clear)1/1\(clear)"
        )
    }

    @Test func `the kept line is never as wide as the terminal`() {
        let hosts = (1...9).map { event(.hostConnected(milliseconds: 1), host: "web\($0)") }
        for columns in [1, 2, 10, 20, 40] {
            let text = progress(hosts, live: true, verbose: false, columns: columns)
            for line in text.split(separator: "\r\u{1b}[K") { #expect(line.count < max(columns, 1)) }
        }
    }

    @Test func `jsonl is one line for each event`() {
        var lines: [String] = []
        let observer = JSONLines(Redactor(["hunter22"])) { lines.append($0) }
        for event in Self.events { observer.observe(event) }
        #expect(lines.count == Self.events.count)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"schema\":\"baton.event/1\",\"run\":\"r\",") })
        #expect(lines.allSatisfy { $0.hasSuffix("}\n") && $0.utf8.count { $0 == 10 } == 1 })
        #expect(!lines.joined().contains("hunter22"))
    }
}
