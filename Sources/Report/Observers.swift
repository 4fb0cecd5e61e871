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
    private let redactor: Redactor
    private let style: Style
    private let isLive: Bool
    private let isVerbose: Bool
    private let columns: Int
    private let write: (String) -> Void
    private var board = Board()
    private var isShown = false

    package init(
        _ redactor: Redactor,
        _ style: Style,
        isLive: Bool,
        isVerbose: Bool,
        columns: Int,
        _ write: @escaping (String) -> Void
    ) {
        self.redactor = redactor
        self.style = style
        self.isLive = isLive
        self.isVerbose = isVerbose
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
            write("\r\u{1b}[K" + String(board.line(columns: columns).prefix(columns - 1)))
            isShown = true
        }
    }

    private func clear() {
        if isShown { write("\r\u{1b}[K") }
        isShown = false
    }

    private func sentence(_ event: Event) -> String? {
        let host = event.host ?? ""
        switch event.kind {
        case .hostRetrying(let attempt, let milliseconds, let reason):
            return "\(host): \(reason); attempt \(attempt) in \(milliseconds) ms"
        case .hostKeyAccepted(let fingerprint): return "\(host): new host key accepted: \(fingerprint)"
        case .hostConnecting(let attempt): return isVerbose ? "\(host): connecting (attempt \(attempt))" : nil
        case .hostConnected(let milliseconds): return isVerbose ? "\(host): connected in \(milliseconds) ms" : nil
        case .hostFinished(let result): return isVerbose ? "\(result.host): \(result.status.rawValue)" : nil
        case .runStopping: return "stopping: nothing more starts, what runs goes on; interrupt again to end it"
        case .runCancelling: return "ending what still runs; interrupt once more to leave at once"
        case .warning(let text): return "warning: \(text)"
        case .runStarted, .hostOutput, .taskStarted, .taskFinished, .runFinished: return nil
        }
    }
}
