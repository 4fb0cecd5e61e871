import CLibSSH2
import Text

/// The way from an address to a logged-in session: which step comes next and what each failure means. A value without
/// I/O; `Session` does what it says and tells it how that went.
struct Lifecycle {
    enum Action: Equatable {
        case connect(address: Int)
        case handshake
        case judgeHostKey
        case logIn(Login.Action)
        case opened
        case fail(SSHError)
        /// The event came after the end, such as a timer that fired in the same turn of the loop.
        case nothing
    }

    private enum State: Equatable {
        case idle
        case connecting(Int)
        case handshaking
        case judging
        case loggingIn
        case open
        case ended
    }

    /// What a step of libssh2 came to, with what the wire knows of the server.
    struct Failure: Equatable {
        let code: Int32
        let text: String
        let linkEnded: Bool
        /// It ended in a way that will be the same the next time.
        var isPermanent = false
        let receivedAnything: Bool
        let firstBytes: [UInt8]
    }

    /// Nothing but the data that the messages need.
    struct Facts {
        let address: String
        let places: [String]
        let libraryVersion: String
        let login: Login.Facts
        /// Which algorithms had nothing in common, from the first bytes that the server sent.
        var explainsMismatch: ([UInt8]) -> String? = { _ in nil }
    }

    private let facts: Facts
    private var state = State.idle
    private var connectErrors: [String] = []
    private var lastConnect: SSHError.Kind = .unreachable

    private(set) var login: Login

    init(_ facts: Facts) {
        self.facts = facts
        login = Login(facts.login)
    }

    mutating func start() -> Action {
        precondition(state == .idle)
        if facts.places.isEmpty { return end(SSHError(.nameUnknown, "\(facts.address) has no address")) }
        state = .connecting(0)
        return .connect(address: 0)
    }

    /// Nil for a connection that stands.
    mutating func connectEnded(_ failure: ConnectFailure?) -> Action {
        guard case .connecting(let index) = state else { return .nothing }
        guard let failure else {
            state = .handshaking
            return .handshake
        }
        if let error = failure.error { return end(error) }
        return nextAddress(after: index, failure.reason, failure.refused ? .refused : .unreachable)
    }

    private mutating func nextAddress(after index: Int, _ reason: String, _ kind: SSHError.Kind) -> Action {
        // Where one address refuses and another does not answer, the refusal says more.
        if lastConnect != .refused { lastConnect = kind }
        connectErrors.append("\(facts.places[index]): \(reason)")
        if index + 1 < facts.places.count {
            state = .connecting(index + 1)
            return .connect(address: index + 1)
        }
        let tried = connectErrors.joined(separator: "; ")
        let hint =
            lastConnect == .refused
            ? "is sshd running there, and is the port right?" : "is the address right, and is the network up?"
        return end(SSHError(lastConnect, "cannot connect to \(tried)", hint: hint))
    }

    mutating func handshakeEnded(_ failure: Failure?) -> Action {
        guard state == .handshaking else { return .nothing }
        guard let failure else {
            state = .judging
            return .judgeHostKey
        }
        return end(explainHandshake(failure))
    }

    mutating func judged(_ key: HostKey?, _ verdict: KnownHosts.Verdict, accepting: Bool) -> Action {
        guard state == .judging else { return .nothing }
        guard let key else { return end(SSHError(.negotiation, "\(facts.address) showed no readable host key")) }
        switch verdict {
        case .trusted: return startLogin()
        case .unknown where accepting: return startLogin()
        default: return end(HostKeyWords(facts.address, key, facts.libraryVersion).error(verdict))
        }
    }

    private mutating func startLogin() -> Action {
        state = .loggingIn
        return perform(login.start())
    }

    mutating func loginAnswered(_ answer: Login.Answer) -> Action {
        guard state == .loggingIn else { return .nothing }
        return perform(login.answered(answer))
    }

    mutating func loginBroke(_ failure: Failure) -> Action {
        guard state == .loggingIn else { return .nothing }
        if failure.linkEnded { return perform(login.answered(.hungUp)) }
        return end(SSHError(.library(failure.code), "login to \(facts.address) failed: \(failure.text)"))
    }

    mutating func notePasswordWentOut() { login.notePasswordWentOut() }

    private mutating func perform(_ action: Login.Action) -> Action {
        switch action {
        case .open:
            state = .open
            return .opened
        case .fail(let error): return end(error)
        default: return .logIn(action)
        }
    }

    mutating func deadlinePassed(_ seconds: Double) -> Action {
        let phase: SSHError.Phase
        switch state {
        case .connecting(let index):
            if index + 1 < facts.places.count || !connectErrors.isEmpty {
                return nextAddress(after: index, "no answer within \(Self.text(seconds)) s", .timedOut(.connect))
            }
            phase = .connect
        case .handshaking, .judging: phase = .handshake
        case .loggingIn: phase = .login
        case .idle, .open, .ended: return .nothing
        }
        return end(
            SSHError(
                .timedOut(phase),
                "no answer from \(facts.address) within \(Self.text(seconds)) s during \(phase.rawValue)",
                hint: phase == .connect ? "a firewall that drops packets looks like this" : nil
            )
        )
    }

    private func explainHandshake(_ failure: Failure) -> SSHError {
        let isSSH = failure.firstBytes.starts(with: Array("SSH-".utf8))
        if !failure.receivedAnything, failure.linkEnded, !Self.detail(failure).isEmpty {
            // What carries the bytes says why, such as a proxy command.
            let kind: SSHError.Kind = failure.isPermanent ? .configuration : .droppedBeforeBanner
            return SSHError(kind, "\(facts.address) did not say anything" + Self.detail(failure))
        }
        if !failure.receivedAnything, failure.linkEnded {
            return SSHError(
                .droppedBeforeBanner,
                "\(facts.address) hung up before it said anything" + Self.detail(failure),
                hint: "sshd does that when too many log in at once (MaxStartups) or when it has banned this address"
            )
        }
        if !isSSH, failure.receivedAnything {
            let said = Printable.sentence(failure.firstBytes, limit: 60)
            // OpenSSH says so in plain words before it hangs up.
            if said.contains("MaxStartups") {
                return SSHError(.droppedBeforeBanner, "\(facts.address) has too many logins under way: \(said)")
            }
            return SSHError(
                .notSSH,
                "what answers at \(facts.address) does not speak SSH; it says \"\(said)\"",
                hint: "is the port right?"
            )
        }
        if failure.linkEnded {
            return SSHError(
                .dropped(.handshake),
                "\(facts.address) hung up in the middle of the SSH handshake" + Self.detail(failure)
            )
        }
        if [LIBSSH2_ERROR_KEX_FAILURE, LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE].contains(failure.code) {
            return SSHError(
                .negotiation,
                "\(facts.address) and libssh2 \(facts.libraryVersion) found no common way to exchange keys"
                    + (facts.explainsMismatch(failure.firstBytes).map { ": \($0)" } ?? ""),
                hint:
                    "`transport: openssh` reaches it through OpenSSH's own client; or give it an Ed25519 host key, or "
                    + "use a newer libssh2"
            )
        }
        return SSHError(.library(failure.code), "the SSH handshake with \(facts.address) failed: \(failure.text)")
    }

    /// What the carrier says beyond the end itself, such as the words of a proxy command.
    private static func detail(_ failure: Failure) -> String {
        failure.text.isEmpty || failure.text == Wire.End.orderly.reason ? "" : ": \(failure.text)"
    }

    private mutating func end(_ error: SSHError) -> Action {
        state = .ended
        return .fail(error)
    }

    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
    }
}
