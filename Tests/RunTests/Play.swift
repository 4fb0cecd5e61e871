import Events
import HostSide
import Playbook

@testable import Run

/// Plays a script against a host that is a few lines of test: its files are texts whose sum and fingerprint are the text
/// itself. What the machine asked for is written down.
struct Stage {
    var progress: HostProgress<Script>
    var files: [String: String] = [:]
    var directories: Set<String> = []
    /// What commands do, by their line: a status, and changes to the files.
    var commands: [String: (inout Stage) -> Int] = [:]
    /// Called before each program, with how many there were before.
    var meddle: (inout Stage, Int) -> Void = { _, _ in }
    /// What the host says to checks, and what the controller gets told, one after another; then all is well.
    var checks: [StepReport] = []
    var answers: [HostProgress<Script>.Answer] = []
    private(set) var log: [String] = []
    private(set) var results: [TaskResult] = []
    private var programs = 0

    init(
        _ mode: HostProgress<Script>.Mode = .change,
        diffs: Bool = false,
        uploads: Set<String> = [],
        _ write: (inout Script) -> Void
    ) {
        var script = Script()
        write(&script)
        let tools = FileTools(
            needsUpload: { uploads.contains($0.expected.path) },
            diff: { path, old, new in
                let old = old.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"
                return "\(path): \(old) -> \(String(decoding: new ?? [], as: UTF8.self))"
            }
        )
        progress = HostProgress(script, mode, wantsDiffs: diffs, tools)
    }

    func result(_ number: Int) -> TaskResult? { results.first { $0.number == number } }

    /// One word per result.
    var statuses: [String] { results.map { "\($0.number) \($0.status)" } }

    /// Until it is finished, or `until` says so.
    mutating func play(until: (HostProgress<Script>.Action) -> Bool = { _ in false }) {
        for _ in 0..<100 {
            let action = progress.next()
            results += progress.takeFinished()
            if until(action) { return }
            switch action {
            case .finished: return
            case .learnFacts:
                log.append("facts")
                progress.learned([])
            case .fetch:
                log.append("secrets")
                progress.fetched()
            case .look(let looks):
                log.append("look " + looks.values.joined().map(Self.word).sorted().joined(separator: " "))
                progress.saw(looks.mapValues { seen($0) })
            case .claim(let number):
                log.append("claim \(number)")
                progress.claimed(number, .leads)
            case .follow(let number):
                log.append("follow \(number)")
                return
            case .pause(let number, _):
                log.append("pause \(number)")
                progress.paused()
            case .deploy(let number, let deployment, _):
                log.append("deploy \(number) \(deployment.part.rawValue)")
                progress.deployed(.done(), deployment.part)
            case .rest: log.append("rest")
            case .apply(let batch): apply(batch)
            case .ask(let number, let question, _):
                log.append("ask \(question.name)")
                progress.answered(number, answers.isEmpty ? .fine : answers.removeFirst())
            }
        }
        log.append("without end")
    }

    private static func word(_ look: Look) -> String {
        switch look {
        case .path(let path, _): path
        case .content(let path, _): "content:\(path)"
        case .command, .age, .name, .script: "?"
        }
    }

    private func seen(_ looks: [Look]) -> Sightings {
        var seen: Sightings = [:]
        for look in looks {
            switch look {
            case .path(let path, _): seen[look] = .path(state(path))
            case .content(let path, _): seen[look] = .content(Array((files[path] ?? "").utf8), isWhole: true)
            case .command, .age, .name, .script: seen[look] = .failed("not in this test")
            }
        }
        return seen
    }

    private func state(_ path: String) -> PathState {
        if let text = files[path] { return PathState(.file, sha256: text, fingerprint: text) }
        if directories.contains(path) { return PathState(.directory, fingerprint: "directory") }
        return PathState(.missing, fingerprint: "missing")
    }

    private mutating func apply(_ batch: HostProgress<Script>.Batch) {
        meddle(&self, programs)
        programs += 1
        log.append("apply \(batch.account.word)" + batch.steps.map { " " + Self.word($0.operation) }.joined())
        for step in batch.steps {
            let report = carryOut(step.operation)
            let end = report.end
            progress.ended(step.number, report)
            results += progress.takeFinished()
            if case .stale = end { break }
            if case .failed = end, !step.ignoresFailure { break }
        }
        progress.applied()
    }

    private mutating func carryOut(_ operation: Operation) -> StepReport {
        switch operation {
        case .file(let change):
            guard state(change.expected.path).fingerprint == change.expected.fingerprint else {
                return StepReport(.stale)
            }
            files[change.expected.path] = change.content!.sha256
        case .directory(let change):
            guard state(change.expected.path).fingerprint == change.expected.fingerprint else {
                return StepReport(.stale)
            }
            directories.insert(change.expected.path)
        case .verify(let expectations):
            for expected in expectations where state(expected.path).fingerprint != expected.fingerprint {
                return StepReport(.stale)
            }
            return StepReport(.skipped("as it was"))
        case .command(let run):
            if let creates = run.creates, state(creates).kind != .missing { return StepReport(.skipped("it exists")) }
            guard case .line(let line) = run.command.body else { return StepReport(.done) }
            let status = commands[line]?(&self) ?? 0
            let execution = HostResult.Execution(exit: status, stdout: Array(line.utf8), stderr: [])
            var outcome = TaskOutcome()
            outcome.status = status
            outcome.stdout = execution.stdout
            let end = status == 0 ? StepEnd.done : .failed(status: Int32(status))
            return StepReport(end, shown: execution, outcome: outcome)
        case .check: if !checks.isEmpty { return checks.removeFirst() }
        case .link, .remove, .script: break
        }
        return StepReport(.done, shown: HostResult.Execution(exit: 0, stdout: [], stderr: []))
    }

    private static func word(_ operation: Operation) -> String {
        switch operation {
        case .file(let change): "+" + change.expected.path
        case .directory(let change): "+" + change.expected.path
        case .verify(let expectations): "?" + expectations.map(\.path).joined(separator: ",")
        case .command(let run): if case .line(let line) = run.command.body { "!\(line)" } else { "!" }
        case .check: "check"
        case .link(let change): "+" + change.expected.path
        case .remove(let removal): "-" + removal.expected.path
        case .script(let script): "&" + script.call.joined(separator: " ")
        }
    }
}

extension TaskAccount {
    fileprivate var word: String {
        switch self {
        case .standard: "standard"
        case .login: "login"
        case .become(let user): user
        }
    }
}
