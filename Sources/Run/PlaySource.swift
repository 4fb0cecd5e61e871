import Document
import Events
import HostSide
import Playbook
import Synchronization
import Text

/// The tasks of a play for one host, evaluated as far as they can be.
struct PlaySource: TaskSource {
    let tasks: [TaskDefinition]
    private(set) var host: HostScope
    /// Secrets that are to be fetched before more can be said.
    var wanted: Set<SecretReference> = []
    private let contents: Contents
    private let vocabulary: Vocabulary

    init(_ tasks: [TaskDefinition], _ host: HostScope, _ contents: Contents, _ vocabulary: Vocabulary) {
        self.tasks = tasks
        self.host = host
        self.contents = contents
        self.vocabulary = vocabulary
    }

    var outlines: [TaskOutline] {
        tasks.map { task in
            var outline = TaskOutline(
                number: task.number,
                name: task.title,
                kind: task.kind,
                phase: task.phase.rawValue
            )
            outline.register = task.register
            outline.isOnce = task.once
            outline.ignoresErrors = task.ignoresErrors
            outline.retries = task.retries
            outline.delay = task.delay
            outline.timeout = task.timeout
            outline.namesTimeout = task.namesTimeout
            outline.isJudged = !task.failedWhen.isEmpty
            outline.isAsked = task.register != nil || !task.changedWhen.isEmpty || !task.failedWhen.isEmpty
            outline.neverChanges = task.neverChanges
            return outline
        }
    }

    mutating func understand(_ index: Int) -> Understanding {
        defer { vocabulary.learn(contents.secrets) }
        do throws(DocumentError) {
            switch try host.resolve(tasks[index], contents) {
            case .ready(let task): return .ready(task)
            case .skipped(let reason): return .skipped(reason)
            case .waits(let name): return .waits(for: name)
            case .needs(let reference):
                wanted.insert(reference)
                return .wantsMore
            case .needsFiles: return .wantsMore
            }
        } catch {
            return .wrong(Self.problem(error))
        }
    }

    mutating func wantSum(of path: String) -> HostResult.Problem? {
        if let problem = contents.problem(of: path) {
            return HostResult.Problem(kind: "file", message: "\(Printable.quoted(path)): \(problem.message)")
        }
        contents.wantSum(of: path)
        return nil
    }

    mutating func register(_ index: Int, _ outcome: TaskOutcome) { host.record(outcome, of: tasks[index]) }

    mutating func forget(_ index: Int) { host.forget(tasks[index]) }

    func written(_ index: Int) -> [String] { [host.written] }

    mutating func judge(_ index: Int, _ outcome: TaskOutcome) -> Judgement {
        defer { vocabulary.learn(contents.secrets) }
        do throws(DocumentError) {
            switch try host.judge(tasks[index], outcome, contents) {
            case .judged(let changed, let failed): return .judged(changed: changed, failed: failed)
            case .waits(let name):
                let words = "its condition needs \(name), which is not known"
                return .wrong(HostResult.Problem(kind: "unknown_result", message: words))
            case .needs(let reference):
                wanted.insert(reference)
                return .wantsSecret
            }
        } catch {
            return .wrong(Self.problem(error))
        }
    }

    mutating func learn(_ facts: [Facts.Fact]) {
        let origin = Origin(SourceText(name: "facts", text: ""), .start)
        let pairs = facts.map { Value.Pair(name: $0.name, value: Value(.string($0.value), origin: origin)) }
        host.facts = Value(.map(pairs), origin: origin).asData
    }

    /// On one line: where, and what.
    private static func problem(_ error: DocumentError) -> HostResult.Problem {
        guard let first = error.diagnostics.items.first else {
            return HostResult.Problem(kind: "evaluation", message: "it cannot be evaluated")
        }
        let place = first.position.map { ":\($0.line):\($0.column)" } ?? ""
        return HostResult.Problem(
            kind: "evaluation",
            message: "\(first.sourceName)\(place): \(first.message)",
            hint: first.hint
        )
    }
}

/// Tells the redactor what was made of secrets, once for each.
final class Vocabulary: Sendable {
    private let redactor: Redactor
    private let known = Mutex<Set<String>>([])

    init(_ redactor: Redactor) { self.redactor = redactor }

    func learn(_ secrets: Set<String>) {
        let fresh = known.withLock { known in
            if secrets.count <= known.count { return Set<String>() }
            defer { known = secrets }
            return secrets.subtracting(known)
        }
        for secret in fresh { redactor.add(secret) }
    }
}
