import Text

extension Event {
    package static let schema = "baton.event/1"

    /// One line of `-o jsonl`.
    package func json(_ redactor: Redactor) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "schema", value: .string(Self.schema)), .init(name: "run", value: .string(run)),
            .init(name: "sequence", value: .integer(sequence)), .init(name: "at", value: .string(at.description)),
            .init(name: "type", value: .string(kind.type)),
        ]
        if let host { members.append(.init(name: "host", value: .string(host))) }
        if case .object(let more) = kind.details(redactor) { members += more }
        return .object(members)
    }
}

extension Event.Kind {
    fileprivate var type: String {
        switch self {
        case .runStarted: return "run.started"
        case .hostConnecting: return "host.connecting"
        case .hostRetrying: return "host.retrying"
        case .hostConnected: return "host.connected"
        case .hostKeyAccepted: return "host.key_accepted"
        case .hostOutput: return "host.output"
        case .taskStarted: return "task.started"
        case .taskFinished: return "task.finished"
        case .handover(_, let event): return event.type
        case .hostFinished: return "host.finished"
        case .runStopping: return "run.stopping"
        case .runCancelling: return "run.cancelling"
        case .warning: return "warning"
        case .runFinished: return "run.finished"
        }
    }

    fileprivate func details(_ redactor: Redactor) -> JSON {
        switch self {
        case .runStarted(let command, let hosts):
            return .members(["command": .string(command), "hosts": .integer(hosts)])
        case .hostConnecting(let attempt): return .members(["attempt": .integer(attempt)])
        case .hostRetrying(let attempt, let milliseconds, let reason):
            return .members([
                "attempt": .integer(attempt), "delay_ms": .integer(milliseconds),
                "reason": .string(redactor.clean(reason)),
            ])
        case .hostConnected(let milliseconds): return .members(["duration_ms": .integer(milliseconds)])
        case .hostKeyAccepted(let fingerprint): return .members(["fingerprint": .string(fingerprint)])
        case .hostOutput(let stream, let text):
            return .members(["stream": .string(stream), "text": .string(redactor.clean(text))])
        case .taskStarted(let number, let name, let kind):
            return .members([
                "number": .integer(number), "name": .string(redactor.clean(name)), "kind": .string(kind),
            ])
        case .taskFinished(let result): return .members(["task": result.json(redactor)])
        case .handover(let service, let event): return event.details(service, redactor)
        case .hostFinished(let result): return .members(["result": result.json(redactor)])
        case .runStopping, .runCancelling: return .members([:])
        case .warning(let text): return .members(["message": .string(redactor.clean(text))])
        case .runFinished(let result): return .members(["result": result.json(redactor)])
        }
    }
}

extension RunResult {
    package static let schema = "baton.result/1"

    /// The one value of `-o json`.
    package func json(_ redactor: Redactor) -> JSON {
        .members([
            "schema": .string(Self.schema), "run": .string(run), "command": .string(command),
            "outcome": .string(outcome.rawValue), "exit": .integer(Int(exit.rawValue)), "touched": .integer(touched),
            "releases": releases, "hosts": .array(hosts.map { $0.json(redactor) }),
        ])
    }
}

extension RunResult {
    /// The hosts of each release, in their order.
    private var releases: JSON {
        var ids: [String] = []
        for case let id? in hosts.map({ $0.release?.current }) where !ids.contains(id) { ids.append(id) }
        return .object(
            ids.map { id in
                let names = hosts.filter { $0.release?.current == id }.map { JSON.string($0.host) }
                return JSON.Member(name: id, value: .array(names))
            }
        )
    }
}

extension HostResult {
    package func json(_ redactor: Redactor) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "host", value: .string(host)), .init(name: "status", value: .string(status.rawValue)),
        ]
        if let execution { members += execution.members(redactor) }
        if let facts {
            let values = facts.map { JSON.Member(name: $0.name, value: .string(redactor.clean($0.value))) }
            members.append(.init(name: "facts", value: .object(values)))
        }
        if let release { members.append(.init(name: "release", value: release.json(redactor))) }
        if let services {
            members.append(.init(name: "services", value: .array(services.map { $0.json(redactor) })))
        }
        if let tasks { members.append(.init(name: "tasks", value: .array(tasks.map { $0.json(redactor) }))) }
        if let digest { members.append(.init(name: "digest", value: .string(digest))) }
        if let problem { members.append(.init(name: "error", value: problem.json(redactor))) }
        return .object(members)
    }
}

extension ServiceState {
    fileprivate func json(_ redactor: Redactor) -> JSON {
        .members([
            "service": .string(name), "supervisor": .string(supervisor),
            "enabled": isEnabled.map { .bool($0) } ?? .null,
            "members": .array(members.map { $0.json(redactor) }),
            "notes": .array(notes.map { .string(redactor.clean($0)) }),
        ])
    }
}

extension ServiceState.Member {
    fileprivate func json(_ redactor: Redactor) -> JSON {
        .members([
            "member": .string(name), "state": .string(state), "pid": pid.map { .integer($0) },
            "uptime_s": uptime.map { .integer($0) }, "restarts": restarts.map { .integer($0) },
            "due": isDue.map { .bool($0) } ?? .null,
            "detail": .string(redactor.clean(detail)),
        ])
    }
}

extension HostResult.Problem {
    fileprivate func json(_ redactor: Redactor) -> JSON {
        .members([
            "kind": .string(kind), "message": .string(redactor.clean(message)),
            "hint": hint.map { .string(redactor.clean($0)) },
        ])
    }
}

extension TaskResult {
    package func json(_ redactor: Redactor) -> JSON {
        let object = JSON.members([
            "number": .integer(number), "name": .string(redactor.clean(name)), "kind": .string(kind),
            "phase": .string(phase), "status": .string(status.rawValue), "planned": isPlanned ? .bool(true) : nil,
            "changes": .array(changes.map { .string(redactor.clean($0)) }),
            "raw": raws.isEmpty ? nil : .array(raws.map { .string(redactor.clean($0)) }),
            "diff": diff.map { .string(redactor.clean($0)) }, "note": note.map { .string(redactor.clean($0)) },
        ])
        guard case .object(var members) = object else { return object }
        if let execution { members += execution.members(redactor).filter { $0.name != "duration_ms" } }
        members.append(.init(name: "duration_ms", value: .integer(milliseconds)))
        if let problem { members.append(.init(name: "error", value: problem.json(redactor))) }
        return .object(members)
    }
}

extension HostResult.Execution {
    fileprivate func members(_ redactor: Redactor) -> [JSON.Member] {
        let object = JSON.members([
            "exit": exit.map { .integer($0) } ?? .null,
            "stdout": .string(Self.text(redactor.clean(stdout))),
            "stderr": .string(Self.text(redactor.clean(stderr))),
            "stdout_base64": Self.base64IfNeeded(redactor.clean(stdout)),
            "stderr_base64": Self.base64IfNeeded(redactor.clean(stderr)),
            "stdout_dropped": stdoutDropped > 0 ? .integer(stdoutDropped) : nil,
            "stderr_dropped": stderrDropped > 0 ? .integer(stderrDropped) : nil,
            "duration_ms": .integer(milliseconds),
        ])
        guard case .object(let members) = object else { return [] }
        return members
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Bytes that are no text would be lost in a JSON string: they travel a second time, exactly.
    private static func base64IfNeeded(_ bytes: [UInt8]) -> JSON? {
        String(validating: bytes, as: UTF8.self) == nil ? .string(Base64.encode(bytes)) : nil
    }
}
