import Events
package import HostSide
import Playbook
import SSH
import Shell

/// What a plan comes to, as one sum: what would be done, and the state that it starts from. Two plans that say and find
/// the same have the same.
///
/// It is kept in files, so nothing goes into it from which a short secret could be found by trying: of tasks that hold a
/// secret what is in it of contents counts only where the plan shows it, or where the work says that everybody may know it.
package struct PlanDigest: Sendable {
    private var lines: [UInt8] = []

    mutating func add(_ outline: TaskOutline, _ decision: String, _ more: [String] = []) {
        for field in [String(outline.number), outline.kind, decision] + more { add(field) }
        lines.append(UInt8(ascii: "\n"))
    }

    mutating func add(_ outline: TaskOutline, _ change: Change, _ task: ResolvedTask, _ seen: Sightings) {
        var fields = change.words + change.paths
        for look in task.work.looks {
            guard case .path(let path, _) = look, case .path(let state)? = seen[look] else { continue }
            fields += [path, "\(state.kind)", String(state.mode, radix: 8), "\(state.user):\(state.group)"]
            if !task.isTainted { fields += [String(state.size), state.sha256 ?? ""] }
        }
        if task.isTainted {
            fields += Self.shown(change, seen)
            fields += task.work.writtenOpenly
        }
        fields += Self.written(change.operation, isTainted: task.isTainted)
        add(outline, "change", fields + ["\(task.account)"])
    }

    mutating func add(_ outline: TaskOutline, _ operation: Operation, _ task: ResolvedTask) {
        add(outline, "carry out", Self.written(operation, isTainted: task.isTainted) + ["\(task.account)"])
    }

    /// A task for which there is nothing to do, or of which it is not known: what it would do if that were otherwise.
    mutating func add(_ outline: TaskOutline, _ decision: String, _ task: ResolvedTask) {
        var fields = ["\(task.account)"]
        if !task.isTainted {
            fields += task.work.written
        } else {
            fields += task.work.writtenOpenly
            if let operation = task.work.conditional { fields += Self.written(operation, isTainted: true) }
        }
        add(outline, decision, fields)
    }

    /// What the plan shows is no secret: both sides of its differences.
    private static func shown(_ change: Change, _ seen: Sightings) -> [String] {
        change.differences.flatMap { difference -> [String] in
            var fields = [difference.path, difference.new.map { Checksum.sha256($0) } ?? "", difference.hidden ?? ""]
            guard difference.old != nil else { return fields }
            for hashing in [Look.Hashing.always, .never] {
                guard case .path(let state)? = seen[.path(difference.path, hashing: hashing)] else { continue }
                fields += [String(state.size), state.sha256 ?? ""]
            }
            return fields
        }
    }

    package var sum: String { Checksum.sha256(lines) }

    /// Fields cannot run into each other.
    private mutating func add(_ field: String) {
        lines += "\(field.utf8.count):".utf8
        lines += field.utf8
    }

    /// All of an operation, but for how its path was seen: what counts of that is said elsewhere.
    private static func written(_ operation: Operation, isTainted: Bool) -> [String] {
        func owner(_ ownership: Ownership) -> [String] { [ownership.user ?? "", ownership.group ?? ""] }
        switch operation {
        case .file(let change):
            let sum = isTainted ? "secret" : change.content?.sha256 ?? ""
            return [change.expected.path, sum, String(change.mode, radix: 8)] + owner(change.ownership)
                + ["\(change.backup)", change.validate ?? ""]
        case .directory(let change):
            return [change.expected.path, String(change.mode, radix: 8)] + owner(change.ownership)
        case .link(let change): return [change.expected.path, change.target] + owner(change.ownership)
        case .remove(let removal):
            return [removal.expected.path, "\(removal.recursively)", "\(removal.backup)"]
        case .script(let script):
            // Its functions are Baton's own, and how its paths were seen is said elsewhere.
            return script.call + (isTainted ? [] : [script.text])
        case .command, .check, .verify: return ["\(isTainted ? operation.withoutSecrets : operation)"]
        }
    }
}

extension Operation {
    /// The same, with everything left out that may hold a secret: what is shown, or kept in files.
    package var withoutSecrets: Operation {
        switch self {
        case .file(var change):
            if change.content != nil {
                let mark = Array("(secret)\n".utf8)
                change.content = FileChange.Content(bytes: mark, sha256: Checksum.sha256(mark))
            }
            return .file(change)
        case .command(var run):
            run.command = run.command.withoutSecrets
            run.unless = run.unless?.withoutSecrets
            run.onlyIf = run.onlyIf?.withoutSecrets
            return .command(run)
        case .check(var check):
            switch check.target {
            case .http(var http):
                http.headers = http.headers.map { ShellCommand.Setting(name: $0.name, value: "(secret)") }
                http.answerHeaders = http.answerHeaders.map { ShellCommand.Setting(name: $0.name, value: "(secret)") }
                if http.body != nil { http.body = "(secret)" }
                if http.version != nil { http.version = "(secret)" }
                check.target = .http(http)
            case .command(let command): check.target = .command(command.withoutSecrets)
            case .tcp, .unix: break
            }
            return .check(check)
        case .script(let script): return .script(script.withoutSecrets)
        case .directory, .link, .remove, .verify: return self
        }
    }
}

extension Look {
    package var withoutSecrets: Look {
        switch self {
        case .command(let command): .command(command.withoutSecrets)
        case .script(let script): .script(script.withoutSecrets)
        case .path, .content, .age, .name: self
        }
    }
}

extension ShellCommand {
    fileprivate var withoutSecrets: ShellCommand {
        var command = self
        command.environment = environment.map { Setting(name: $0.name, value: "(secret)") }
        if command.input != nil { command.input = Array("(secret)\n".utf8) }
        return command
    }
}
