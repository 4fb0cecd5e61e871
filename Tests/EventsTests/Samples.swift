import Events

/// One of each, for the tests of what is written of them.
enum Samples {
    static let execution: HostResult = {
        var result = HostResult(host: "web1", status: .failed, touched: true)
        var execution = HostResult.Execution(
            exit: 3,
            stdout: [104, 105, 0xff, 10],
            stderr: Array("oh hunter22\n".utf8)
        )
        execution.stdoutDropped = 7
        execution.stderrDropped = 8
        execution.milliseconds = 12
        result.execution = execution
        result.problem = HostResult.Problem(kind: "exit_status", message: "hunter22 failed", hint: "look at hunter22")
        return result
    }()

    static let lost: HostResult = {
        var result = HostResult(host: "web2", status: .failed, touched: true)
        result.execution = HostResult.Execution(exit: nil, stdout: [], stderr: [0x80, 0x81])
        result.problem = HostResult.Problem(kind: "link_lost", message: "the link broke")
        return result
    }()

    static let plain: HostResult = {
        var result = HostResult(host: "web3", status: .ok, touched: true)
        result.execution = HostResult.Execution(exit: 0, stdout: Array("x".utf8), stderr: [])
        return result
    }()

    static let facts: HostResult = {
        var result = HostResult(host: "web4", status: .ok, touched: true)
        result.facts = [.init(name: "os", value: "debian"), .init(name: "hostname", value: "hunter22")]
        return result
    }()

    static let untouched = HostResult(host: "web5", status: .untouched, touched: false)
    static let changed = HostResult(host: "web6", status: .changed, touched: true)

    static let unreachable: HostResult = {
        var result = HostResult(host: "web7", status: .unreachable, touched: false)
        result.problem = HostResult.Problem(kind: "refused", message: "refused", hint: nil)
        return result
    }()

    static let ranTask: TaskResult = {
        var task = TaskResult(number: 3, name: "warm hunter22", kind: "run", phase: "run", status: .failed)
        task.note = "note hunter22"
        task.execution = execution.execution
        task.milliseconds = 31
        task.problem = execution.problem
        return task
    }()

    static let plannedTask: TaskResult = {
        var task = TaskResult(number: 1, name: "motd", kind: "file", phase: "stage", status: .changed)
        task.isPlanned = true
        task.changes = ["content", "mode hunter22"]
        task.diff = "-old\n+hunter22\n"
        return task
    }()

    static let played: HostResult = {
        var result = HostResult(host: "web8", status: .failed, touched: true)
        result.tasks = TaskResult.Status.allCases.enumerated().map { index, status in
            TaskResult(number: index + 1, name: "t", kind: "run", phase: "run", status: status)
        }
        result.tasks?.append(ranTask)
        result.problem = HostResult.Problem(kind: "task_failed", message: "hunter22 failed", hint: nil)
        return result
    }()

    static let planned: HostResult = {
        var result = HostResult(host: "web9", status: .changed, touched: false)
        result.tasks = [plannedTask]
        result.digest = "sha256:0123"
        return result
    }()

    static let drifted = HostResult.drifted("web10")

    static let serving: HostResult = {
        var member = ServiceState.Member("web@0.service", "backoff")
        (member.pid, member.uptime, member.restarts) = (12, 3, 0)
        member.detail = "hunter22"
        var state = ServiceState("web", supervisor: "systemd 252")
        state.members = [member, ServiceState.Member("web@1.service", "absent")]
        state.notes = ["hunter22"]
        var result = HostResult(host: "web11", status: .failed, touched: true)
        result.services = [state]
        var release = ReleaseState("shop", root: "/srv/shop")
        (release.current, release.previous) = ("2-0123456789ab", "1-0123456789ab")
        release.releases = [
            ReleaseState.Row("2-0123456789ab", "active", at: 1_700_000_000, run: "r"),
            ReleaseState.Row("1-0123456789ab", "good", at: 0, run: "q"),
        ]
        release.lease = ReleaseState.Lease(owner: "baton run r", epoch: 7, secondsLeft: 59)
        (release.takeovers, release.notes) = (["armed"], ["current is a directory"])
        result.release = release
        result.isDown = true
        return result
    }()

    static let locked: HostResult = {
        var result = HostResult(host: "web12", status: .failed, touched: false)
        result.problem = HostResult.Problem(kind: HostResult.lockedKind, message: "somebody", hint: nil)
        return result
    }()

    static let hosts = [
        serving, locked,
        execution, lost, plain, facts, untouched, changed, unreachable, played, planned, drifted,
    ]

    static let results = [
        RunResult(run: "20241231-235959-z", command: "exec", hosts: hosts.filter { !$0.isDown }, interrupted: false),
        RunResult(run: "r", command: "exec", hosts: [plain], interrupted: false),
        RunResult(run: "r", command: "exec", hosts: [lost], interrupted: false),
        RunResult(run: "r", command: "exec", hosts: [unreachable], interrupted: false),
        RunResult(run: "r", command: "facts", hosts: [facts], interrupted: true),
        RunResult(run: "r", command: "facts", hosts: [], interrupted: false),
        RunResult(run: "r", command: "deploy", hosts: [played], interrupted: false),
        RunResult(run: "r", command: "deploy", hosts: [drifted], interrupted: false),
        RunResult(run: "r", command: "restart", hosts: [serving, plain], interrupted: false, purpose: .services),
        RunResult(run: "r", command: "restart", hosts: [lost], interrupted: false, purpose: .services),
        RunResult(run: "r", command: "restart", hosts: [locked], interrupted: false, purpose: .services),
        RunResult(
            run: "r",
            command: "plan",
            hosts: [planned],
            interrupted: false,
            purpose: .plan(signalsChanges: true)
        ),
        RunResult(
            run: "r",
            command: "plan",
            hosts: [planned],
            interrupted: false,
            purpose: .plan(signalsChanges: false)
        ),
    ]

    static let kinds: [(host: String?, kind: Event.Kind)] =
        [
            (nil, .runStarted(command: "exec", hosts: 7)), ("web1", .hostConnecting(attempt: 1)),
            ("web1", .hostRetrying(attempt: 2, milliseconds: 512, reason: "refused by hunter22")),
            ("web1", .hostConnected(milliseconds: 31)), ("web1", .hostKeyAccepted(fingerprint: "ED25519 SHA256:abc")),
            ("web1", .hostOutput(stream: "stdout", text: "a\nhunter22")),
            ("web1", .hostOutput(stream: "stderr", text: "")),
            ("web1", .taskStarted(number: 3, name: "warm hunter22", kind: "run")),
            (
                "web1",
                .handover(
                    service: "web",
                    .state("draining", meaning: "m hunter22", milliseconds: 900, oldWorkers: 2, newWorkers: 2)
                )
            ),
            (
                "web1",
                .handover(
                    service: "web",
                    .state("armed", meaning: "", milliseconds: 0, oldWorkers: nil, newWorkers: nil)
                )
            ),
            ("web1", .handover(service: "web", .newMaster(pid: 17))),
            ("web1", .handover(service: "web", .signal("USR2", pid: 100, purpose: "upgrade"))),
            (
                "web1",
                .handover(
                    service: "web",
                    .finished(.init(.dirty, message: "hunter22", hint: "do", touched: true, milliseconds: 4))
                )
            ),
            ("web1", .taskFinished(ranTask)), ("web1", .taskFinished(plannedTask)), (nil, .runStopping),
            (nil, .runCancelling),
            (nil, .warning("odd hunter22")), ("web1", .warning("odd")),
        ]
        + HandoverEvent.Note.allCases.map { ("web1", .handover(service: "web", .note($0, "hunter22"))) }
        + HandoverEvent.Ending.Outcome.allCases.map {
            ("web1", .handover(service: "web", .finished(.init($0, message: "m", touched: false, milliseconds: 1))))
        }
        + hosts.map { ($0.host, .hostFinished($0)) } + results.map { (nil, .runFinished($0)) }

    static let events = kinds.enumerated().map { index, sample in
        Event(
            sequence: index + 1,
            run: "20241231-235959-z",
            at: Timestamp(nanosecondsSince1970: 1_735_689_599_123_000_000 + Int64(index) * 1_000_000),
            host: sample.host,
            kind: sample.kind
        )
    }
}
