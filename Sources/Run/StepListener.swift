import Events
import Fleet
import HostSide
import Playbook
import Reactor
import SSH
import Shell

/// Hears a program's steps while they run: holds each to its time, and hands on how it ended. Confined to the loop.
final class StepListener: @unchecked Sendable {
    // Unchecked: the remote calls it on the loop's thread, where it was made.
    private unowned let driver: HostDriver
    private let labels: [Int: String]
    /// Steps that a host goes on with by itself, whoever listens.
    private let detached: Set<Int>
    private var reader: OperationsReader
    private var timer: Loop.Timer?
    private var began: [Int: Instant] = [:]
    private var timedOut: (number: Int, after: Duration)?
    /// The step that runs.
    private(set) var current: (number: Int, label: String)?

    init(_ driver: HostDriver, _ key: Marker, _ steps: ArraySlice<Step>) {
        self.driver = driver
        labels = Dictionary(steps.map { ($0.number, $0.label) }) { first, _ in first }
        detached = Set(steps.filter { if case .script = $0.operation { true } else { false } }.map(\.number))
        var limits: [Int: Int] = [:]
        for step in steps where driver.progress.outline(of: step.number)?.isAsked == true {
            limits[step.number] = TaskOutcome.keptOutput
        }
        let numbers = steps.map(\.number)
        reader = OperationsReader(key: key, steps: numbers, keep: driver.common.keptOutput, limits: limits)
    }

    func heard(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer) {
        reader.feed(stream, bytes) { event in
            switch event {
            case .began(let number): begin(number)
            case .output: break
            case .ended(let number, let end, let stdout, let stderr, let note):
                let duration = driver.loop.now - (began.removeValue(forKey: number) ?? driver.loop.now)
                // The two streams are heard one after the other: the next step may have begun already.
                if current?.number == number {
                    stopTimer()
                    current = nil
                }
                let common = driver.common
                let redactor = common.surroundings.redactor
                let report = StepReport(end, stdout, stderr, duration, note, redactor, shown: common.keptOutput)
                driver.ended(number, report)
            }
        }
    }

    /// The program has ended, or is lost.
    func end() { stopTimer() }

    private func begin(_ number: Int) {
        current = (number, labels[number] ?? "")
        began[number] = driver.loop.now
        stopTimer()
        driver.began(number)
        let limit = driver.progress.deadline(of: number)
        timer = driver.loop.after(limit) { [weak self] in
            guard let self else { return }
            timer = nil
            timedOut = (number, limit)
            driver.remote.assumeIsolated { $0.cancel() }
        }
    }

    private func stopTimer() {
        if let timer { driver.loop.cancel(timer) }
        timer = nil
    }

    /// The step that was ended because of its time, where the host says that it did end.
    func overdue(_ error: RemoteError) -> Int? {
        guard case .cancelled(ended: true) = error.kind, let timedOut, timedOut.number == current?.number else {
            return nil
        }
        return timedOut.number
    }

    func problem(_ error: RemoteError) -> HostResult.Problem {
        if let timedOut, timedOut.number == current?.number, case .cancelled(let isEnded) = error.kind {
            if detached.contains(timedOut.number) {
                return HostResult.Problem(
                    kind: "timed_out",
                    message: "nobody waits for it any more after \(Waiting.text(timedOut.after)): it goes on by itself",
                    hint: "`baton status` says how it ends; `timeout:` gives a task more time"
                )
            }
            let doubt = isEnded ? "and was ended" : "and may still run on the host"
            return HostResult.Problem(
                kind: "timed_out",
                message: "it ran longer than \(Waiting.text(timedOut.after)), \(doubt)",
                hint: "`timeout:` gives a task more time"
            )
        }
        let problem = HostDriver.problem(error, during: current?.label)
        guard let current, detached.contains(current.number), error.kind != .becomeRefused else { return problem }
        return HostResult.Problem(
            kind: problem.kind,
            message: error.detail + "; the host goes on with it by itself",
            hint: "`baton status` says how it ends"
        )
    }
}

extension HostDriver {
    func began(_ number: Int) {
        guard let outline = progress.outline(of: number) else { return }
        common.fleet.assumeIsolated {
            $0.emit(.taskStarted(number: outline.number, name: outline.name, kind: outline.kind), host: host)
        }
    }

    /// In sentences that say whether something may have happened.
    static func problem(_ error: RemoteError, during label: String? = nil) -> HostResult.Problem {
        let again = "run again: what is done is done, and is not done twice"
        switch error.kind {
        case .linkLost, .shellLost, .protocolBroken:
            let doubt = label == nil ? "" : "; what it was doing may have been done"
            return HostResult.Problem(kind: error.kind.word, message: error.detail + doubt, hint: again)
        case .cancelled(let isEnded):
            let doubt = isEnded ? "" : ", and may still run on the host"
            return HostResult.Problem(kind: error.kind.word, message: "it was ended on request\(doubt)", hint: again)
        case .timedOut, .becomeRefused, .unsendable:
            return HostResult.Problem(kind: error.kind.word, message: error.detail)
        }
    }
}

extension StepReport {
    init(
        _ end: StepEnd,
        _ stdout: Capture,
        _ stderr: Capture,
        _ duration: Duration,
        _ note: String?,
        _ redactor: Redactor,
        shown limit: Int = .max
    ) {
        var status = 0
        if case .failed(let number) = end { status = Int(number) }
        let (out, errors) = (stdout.shortened(limit), stderr.shortened(limit))
        var shown = HostResult.Execution(
            exit: status,
            stdout: out.capture.clean(redactor),
            stderr: errors.capture.clean(redactor)
        )
        shown.stdoutDropped = stdout.dropped + out.dropped
        shown.stderrDropped = stderr.dropped + errors.dropped
        shown.milliseconds = duration.inMilliseconds
        var outcome = TaskOutcome()
        outcome.status = status
        outcome.stdout = stdout.bytes
        outcome.stderr = stderr.bytes
        outcome.stdoutIsCut = stdout.dropped > 0
        outcome.stderrIsCut = stderr.dropped > 0
        self.init(end, shown: shown, outcome: outcome, note: note)
    }

    /// An upload that failed.
    init(_ reply: Reply, _ redactor: Redactor) {
        self.init(.failed(status: reply.status), reply.stdout, reply.stderr, reply.duration, nil, redactor)
    }
}

extension Capture {
    /// As much as results hold of it, and how much that leaves out.
    fileprivate func shortened(_ limit: Int) -> (capture: Capture, dropped: Int) {
        let kept = bytes
        if kept.count <= limit { return (self, 0) }
        var short = Capture(limit: limit)
        kept.withUnsafeBytes { short.append($0) }
        return (short, short.dropped)
    }
}
