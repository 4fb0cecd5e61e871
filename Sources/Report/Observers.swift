package import Events

/// `-o jsonl`: every event a line.
package final class JSONLines: EventObserver {
    private let redactor: Redactor
    private let write: (String) -> Void

    package init(_ redactor: Redactor, _ write: @escaping (String) -> Void) {
        self.redactor = redactor
        self.write = write
    }

    package func observe(_ event: Event) { write(event.json(redactor).line + "\n") }
}

/// Progress for people, on stderr: a line that is kept up to date on a terminal, plain lines elsewhere. What each host
/// said is not repeated here: that is the result's.
package final class Progress: EventObserver {
    /// What is worth a line of its own.
    package enum Detail: Comparable, Sendable {
        /// Only what is out of the ordinary.
        case little
        /// Each host, when it is done.
        case hosts
        /// Each step of a host.
        case everything
    }

    private let redactor: Redactor
    private let style: Style
    private let isLive: Bool
    private let detail: Detail
    private let columns: Int
    private let write: (String) -> Void
    private var board = Board()
    private var shown: String?

    package init(
        _ redactor: Redactor,
        _ style: Style,
        isLive: Bool,
        detail: Detail,
        columns: Int,
        _ write: @escaping (String) -> Void
    ) {
        self.redactor = redactor
        self.style = style
        self.isLive = isLive
        self.detail = detail
        self.columns = columns
        self.write = write
    }

    package func observe(_ event: Event) {
        board.apply(event)
        if let text = sentence(event) {
            clear()
            write(Screen.safe(redactor.clean(text)) + "\n")
        }
        guard isLive else { return }
        if case .runFinished = event.kind {
            clear()
        } else {
            let line = String(redactor.clean(board.line(columns: columns)).prefix(columns - 1))
            if line == shown { return }
            write("\r\u{1b}[K" + line)
            shown = line
        }
    }

    private func clear() {
        if shown != nil { write("\r\u{1b}[K") }
        shown = nil
    }

    private func sentence(_ event: Event) -> String? {
        let host = event.host ?? ""
        switch event.kind {
        case .hostRetrying(let attempt, let milliseconds, let reason):
            return "\(host): \(reason); attempt \(attempt) in \(milliseconds) ms"
        case .hostKeyAccepted(let fingerprint): return "\(host): new host key accepted: \(fingerprint)"
        case .hostFinished(let result): return detail >= .hosts ? Sentences.finished(result) : nil
        case .runStopping: return "stopping: nothing more starts, what runs goes on; interrupt again to end it"
        case .runCancelling: return "ending what still runs; interrupt once more to leave at once"
        case .warning(let text): return "warning: \(text)"
        case .handover(let service, .note(_, let text)): return "\(host): \(service): \(text)"
        case .handover(let service, .finished(let ending)):
            return detail >= .hosts ? Sentences.finished(ending, service, on: host) : nil
        case .runStarted, .hostOutput, .runFinished: return nil
        case .hostConnecting, .hostConnected, .taskStarted, .taskFinished, .handover:
            return detail == .everything ? step(event.kind, host) : nil
        }
    }

    private func step(_ kind: Event.Kind, _ host: String) -> String? {
        switch kind {
        case .hostConnecting(let attempt): "\(host): connecting (attempt \(attempt))"
        case .hostConnected(let milliseconds): "\(host): connected in \(milliseconds) ms"
        case .taskFinished(let task): Sentences.finished(task, on: host)
        case .handover(let service, let event): Sentences.step(event).map { "\(host): \(service): \($0)" }
        default: nil
        }
    }
}
