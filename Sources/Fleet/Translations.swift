package import Events
package import SSH
package import Shell

extension Duration {
    package var inMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}

/// From what the rooms below say to what the result says: the stable words of the contract.
extension HostResult.Execution {
    /// What was kept goes through the redactor here, where it is still known where the middle is missing.
    package init(_ reply: Reply, _ redactor: Redactor) {
        self.init(exit: Int(reply.status), stdout: reply.stdout.clean(redactor), stderr: reply.stderr.clean(redactor))
        stdoutDropped = reply.stdout.dropped
        stderrDropped = reply.stderr.dropped
        milliseconds = reply.duration.inMilliseconds
    }
}

extension HostResult {
    /// A program whose end was not seen is a failure, with what it had said.
    package init(host: String, failedWith error: RemoteError, _ redactor: Redactor) {
        // Nothing of ours ran where the shell or sudo never came up.
        let ran: Bool =
            switch error.kind {
            case .becomeRefused, .unsendable: false
            default: true
            }
        self.init(host: host, status: .failed, touched: ran)
        problem = Problem(kind: error.kind.word, message: error.detail)
        if ran {
            var execution = Execution(
                exit: nil,
                stdout: error.stdout.clean(redactor),
                stderr: error.stderr.clean(redactor)
            )
            execution.stdoutDropped = error.stdout.dropped
            execution.stderrDropped = error.stderr.dropped
            execution.milliseconds = error.duration.inMilliseconds
            self.execution = execution
        }
    }
}

extension HostResult {
    package init(host: String, unreachable error: SSHError, attempts: Int) {
        self.init(host: host, status: .unreachable, touched: false)
        let tries = attempts > 1 ? " (\(attempts) attempts)" : ""
        problem = Problem(kind: error.kind.word, message: error.message + tries, hint: error.hint)
    }
}

extension RemoteError.Kind {
    package var word: String {
        switch self {
        case .linkLost: return "link_lost"
        case .shellLost: return "shell_lost"
        case .timedOut: return "timed_out"
        case .cancelled: return "cancelled"
        case .becomeRefused: return "become_refused"
        case .protocolBroken: return "protocol_broken"
        case .unsendable: return "unsendable"
        }
    }
}

extension SSHError.Kind {
    package var word: String {
        switch self {
        case .nameUnknown: return "name_unknown"
        case .refused: return "refused"
        case .unreachable: return "unreachable"
        case .timedOut: return "timed_out"
        case .droppedBeforeBanner: return "dropped_before_banner"
        case .notSSH: return "not_ssh"
        case .dropped: return "dropped"
        case .negotiation: return "negotiation"
        case .hostKeyUnknown: return "host_key_unknown"
        case .hostKeyChanged: return "host_key_changed"
        case .hostKeyRevoked: return "host_key_revoked"
        case .hostKeyRefused: return "host_key_refused"
        case .authentication: return "authentication"
        case .configuration: return "configuration"
        case .cancelled: return "cancelled"
        case .hostKeyUncheckable: return "host_key_uncheckable"
        case .library: return "library"
        }
    }
}

extension Capture {
    package func clean(_ redactor: Redactor) -> [UInt8] {
        dropped == 0 ? redactor.clean(bytes) : redactor.clean(beginning: beginning, end: Array(end))
    }
}
