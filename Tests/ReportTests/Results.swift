import Events

/// A host's answer for tests.
func answer(
    _ host: String,
    _ stdout: String,
    exit: Int? = 0,
    stderr: String = "",
    status: HostResult.Status = .ok,
    problem: HostResult.Problem? = nil
) -> HostResult {
    var result = HostResult(host: host, status: status, touched: true)
    result.execution = HostResult.Execution(exit: exit, stdout: Array(stdout.utf8), stderr: Array(stderr.utf8))
    result.problem = problem
    return result
}

/// A host that could not be reached.
func unreachable(_ host: String, _ message: String, hint: String? = nil) -> HostResult {
    var result = HostResult(host: host, status: .unreachable, touched: false)
    result.problem = HostResult.Problem(kind: "refused", message: message, hint: hint)
    return result
}

func event(_ kind: Event.Kind, host: String? = nil) -> Event {
    Event(sequence: 1, run: "r", at: Timestamp(nanosecondsSince1970: 0), host: host, kind: kind)
}

func task(
    _ number: Int,
    _ status: TaskResult.Status,
    _ name: String = "motd",
    kind: String = "file",
    phase: String = "run",
    changes: [String] = [],
    diff: String? = nil,
    note: String? = nil,
    execution: HostResult.Execution? = nil,
    problem: String? = nil
) -> TaskResult {
    var task = TaskResult(number: number, name: name, kind: kind, phase: phase, status: status)
    task.changes = changes
    task.diff = diff
    task.note = note
    task.execution = execution
    task.problem = problem.map { HostResult.Problem(kind: "task_failed", message: $0) }
    return task
}
