import Events
import SSH
import Shell

/// From what the rooms below say to what the result says: the stable words of the contract.
extension HostResult.Execution {
    init(_ reply: Reply) {
        self.init(exit: Int(reply.status), stdout: reply.stdout.bytes, stderr: reply.stderr.bytes)
        stdoutDropped = reply.stdout.dropped
        stderrDropped = reply.stderr.dropped
        milliseconds =
            Int(reply.duration.components.seconds) * 1000
            + Int(reply.duration.components.attoseconds / 1_000_000_000_000_000)
    }
}

extension HostResult {
    /// A program whose end was not seen is a failure, with what it had said.
    init(host: String, failedWith error: RemoteError) {
        // Nothing of ours ran where the shell or sudo never came up.
        let ran: Bool =
            switch error.kind {
            case .becomeRefused, .unsendable: false
            default: true
            }
        self.init(host: host, status: .failed, touched: ran)
        problem = Problem(kind: error.kind.word, message: error.detail)
        if ran {
            var execution = Execution(exit: nil, stdout: error.stdout.bytes, stderr: error.stderr.bytes)
            execution.stdoutDropped = error.stdout.dropped
            execution.stderrDropped = error.stderr.dropped
            self.execution = execution
        }
    }
}

extension RemoteError.Kind {
    var word: String {
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
    var word: String {
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
        case .authentication: return "authentication"
        case .configuration: return "configuration"
        case .library: return "library"
        }
    }
}
