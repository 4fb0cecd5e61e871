import Events
import HostSide
import Playbook

@testable import Run

/// Tasks that a test writes down: what they need and what they come to.
struct Script: TaskSource {
    typealias Known = [String: TaskOutcome]

    struct Entry {
        var outline: TaskOutline
        /// Names that must be known before it is understood.
        var needs: [String] = []
        /// What it is made of, while it is not understood.
        var written: [String] = []
        var condition: (@Sendable (Known) -> Bool)?
        var account = TaskAccount.standard
        var work: any Work
        var judge: (@Sendable (TaskOutcome) -> TaskOutcome)?
    }

    var entries: [Entry] = []
    private var results: [Int: TaskOutcome] = [:]
    private(set) var hasFacts = false

    var outlines: [TaskOutline] { entries.map(\.outline) }

    func understand(_ index: Int) -> Understanding {
        let entry = entries[index]
        var known: Known = [:]
        for (task, other) in entries[..<index].enumerated() {
            if let name = other.outline.register { known[name] = results[task] }
        }
        for name in entry.needs where name == "facts" ? !hasFacts : known[name] == nil { return .waits(for: name) }
        if let condition = entry.condition, !condition(known) { return .skipped("its condition does not hold") }
        return .ready(
            ResolvedTask(
                number: entry.outline.number,
                name: entry.outline.name,
                account: entry.account,
                work: entry.work,
                isTainted: false
            )
        )
    }

    func wantSum(of path: String) -> HostResult.Problem? { nil }

    mutating func register(_ index: Int, _ outcome: TaskOutcome) {
        if entries[index].outline.register != nil { results[index] = outcome }
    }

    mutating func forget(_ index: Int) { results[index] = nil }

    func judge(_ index: Int, _ outcome: TaskOutcome) -> Judgement {
        let judged = entries[index].judge?(outcome) ?? outcome
        return .judged(changed: judged.changed, failed: judged.failed)
    }

    func written(_ index: Int) -> [String] { entries[index].written }

    mutating func learn(_ facts: [Facts.Fact]) { hasFacts = true }
}

extension Script {
    /// Adds a task and lets the test change it.
    mutating func add(_ kind: String, _ work: any Work, _ change: (inout Entry) -> Void = { _ in }) {
        let number = entries.count + 1
        var entry = Entry(outline: TaskOutline(number: number, name: "\(kind) \(number)", kind: kind), work: work)
        change(&entry)
        entries.append(entry)
    }

    /// A file that should hold `text`.
    mutating func file(_ path: String, _ text: String, _ change: (inout Entry) -> Void = { _ in }) {
        add("file", FileWork(path: path, text: text), change)
    }

    mutating func directory(_ path: String, _ change: (inout Entry) -> Void = { _ in }) {
        add("directory", DirectoryWork(path: path), change)
    }

    mutating func run(_ line: String, _ change: (inout Entry) -> Void = { _ in }) {
        add("run", CommandWork(line: line), change)
    }
}

/// Wants a file with this text; a directory there cannot be replaced.
struct FileWork: Work {
    var path: String
    var text: String
    var look: Look { .path(path, hashing: .always) }
    var looks: [Look] { [look] }

    func decide(_ seen: Sightings) -> Decision {
        guard case .path(let state)? = seen[look] else { return .impossible(.init(kind: "unseen", message: "unseen")) }
        if state.kind == .directory { return .impossible(.init(kind: "in_the_way", message: "\(path) is a directory")) }
        if state.sha256 == text { return .none() }
        let content = FileChange.Content(bytes: Array(text.utf8), sha256: text)
        let change = FileChange(
            expected: Expectation(path: path, fingerprint: state.fingerprint),
            content: content,
            mode: 0o644
        )
        let isNew = state.kind == .missing
        let old: Look? = isNew ? nil : .content(path, limit: 100)
        return .change(
            Change(
                .file(change),
                words: [isNew ? "created" : "content"],
                difference: .init(path: path, old: old, new: content.bytes),
                paths: [path]
            )
        )
    }
}

struct DirectoryWork: Work {
    var path: String
    var look: Look { .path(path, hashing: .never) }
    var looks: [Look] { [look] }

    func decide(_ seen: Sightings) -> Decision {
        guard case .path(let state)? = seen[look] else { return .impossible(.init(kind: "unseen", message: "unseen")) }
        if state.kind == .directory { return .none() }
        let expected = Expectation(path: path, fingerprint: state.fingerprint)
        return .change(
            Change(.directory(DirectoryChange(expected: expected, mode: 0o755)), words: ["created"], paths: [path])
        )
    }
}

struct CommandWork: Work {
    var line: String
    var looks: [Look] { [] }
    func decide(_ seen: Sightings) -> Decision { .carryOut(.command(CommandRun(ShellCommand(.line(line))))) }
}

/// Runs only if a file is not there.
struct CreatingWork: Work {
    var line: String
    var creates: String
    var look: Look { .path(creates, hashing: .never) }
    var looks: [Look] { [look] }
    var operation: Operation {
        var run = CommandRun(ShellCommand(.line(line)))
        run.creates = creates
        return .command(run)
    }
    var conditional: Operation? { operation }

    func decide(_ seen: Sightings) -> Decision {
        guard case .path(let state)? = seen[look] else { return .impossible(.init(kind: "unseen", message: "unseen")) }
        return state.kind == .missing ? .carryOut(operation) : .none(note: "\(creates) exists")
    }
}

struct PauseWork: Work {
    var looks: [Look] { [] }
    func decide(_ seen: Sightings) -> Decision { .pause(Pause(duration: .seconds(1), prompt: nil)) }
}

struct CheckWork: Work {
    var target = Check.Target.tcp(host: "localhost", port: 80)
    var looks: [Look] { [] }
    func decide(_ seen: Sightings) -> Decision { .carryOut(.check(Check(target, timeout: .seconds(1)))) }
}
