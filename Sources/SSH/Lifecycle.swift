import CLibSSH2
import Text

/// The way from an address to a logged-in session: which step comes next and what each failure means. A value without
/// I/O; `Session` does what it says and tells it how that went.
struct Lifecycle {
    enum Action: Equatable {
        case connect(address: Int)
        case handshake
        case judgeHostKey
        case offer(key: Int)
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
        case offering(Int)
        case open
        case ended
    }

    /// What a step of libssh2 came to, with what the wire knows of the server.
    struct Failure: Equatable {
        let code: Int32
        let text: String
        let linkEnded: Bool
        let receivedAnything: Bool
        let firstBytes: [UInt8]
    }

    /// Nothing but the data that the messages need.
    struct Facts {
        let address: String
        let addresses: [String]
        let user: String
        let keyNames: [String]
        let libraryVersion: String
    }

    /// sshd counts every offered key against MaxAuthTries (6 by default), and a ban may follow.
    static let offerLimit = 5

    private let facts: Facts
    private var state = State.idle
    private var connectErrors: [String] = []
    private var lastConnect: SSHError.Kind = .unreachable

    init(_ facts: Facts) { self.facts = facts }

    mutating func start() -> Action {
        precondition(state == .idle)
        if facts.addresses.isEmpty { return end(SSHError(.nameUnknown, "\(facts.address) has no address")) }
        state = .connecting(0)
        return .connect(address: 0)
    }

    /// `reason` is the kernel's text; nil for a connection that stands.
    mutating func connectEnded(_ reason: String?, refused: Bool) -> Action {
        guard case .connecting(let index) = state else { return .nothing }
        guard let reason else {
            state = .handshaking
            return .handshake
        }
        return nextAddress(after: index, reason, refused ? .refused : .unreachable)
    }

    private mutating func nextAddress(after index: Int, _ reason: String, _ kind: SSHError.Kind) -> Action {
        // Where one address refuses and another does not answer, the refusal says more.
        if lastConnect != .refused { lastConnect = kind }
        connectErrors.append("\(facts.addresses[index]): \(reason)")
        if index + 1 < facts.addresses.count {
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
        case .trusted: return offer(0)
        case .unknown where accepting: return offer(0)
        case .unknown:
            return end(
                SSHError(
                    .hostKeyUnknown(key),
                    "the host key of \(facts.address) is not known: \(key.shortType) \(key.fingerprint)",
                    hint: "compare it, then run again with --accept-new-host-keys"
                )
            )
        case .changed(let known):
            let was = known.map { "\($0.shortType) \($0.fingerprint)" }.joined(separator: ", ")
            return end(
                SSHError(
                    .hostKeyChanged(offered: key, known: known),
                    "the host key of \(facts.address) has changed: it shows \(key.shortType) \(key.fingerprint), "
                        + "known is \(was)",
                    hint: "either somebody is in between, or the host was set up anew: find out which, then correct "
                        + "known_hosts or host_key"
                )
            )
        case .uncheckable(let known):
            let types = Set(known.map(\.shortType)).sorted().joined(separator: ", ")
            return end(
                SSHError(
                    .hostKeyUncheckable(offered: key, known: known),
                    "of \(facts.address) only a host key of type \(types) is known, which libssh2 "
                        + "\(facts.libraryVersion) cannot check; the host shows \(key.shortType) \(key.fingerprint)",
                    hint: "compare that fingerprint on the host, then add the key to known_hosts or as host_key"
                )
            )
        case .revoked:
            return end(
                SSHError(
                    .hostKeyRevoked(key),
                    "the host key of \(facts.address) is revoked: \(key.shortType) \(key.fingerprint)"
                )
            )
        }
    }

    private mutating func offer(_ index: Int) -> Action {
        if index < min(facts.keyNames.count, Self.offerLimit) {
            state = .offering(index)
            return .offer(key: index)
        }
        let tried = facts.keyNames.prefix(Self.offerLimit).joined(separator: ", ")
        let what = facts.keyNames.isEmpty ? "there is no key to offer" : "none of these keys was accepted: \(tried)"
        return end(
            SSHError(
                .authentication,
                "cannot log in to \(facts.address) as \(facts.user): \(what)",
                hint: "name the key with --private-key or ansible_ssh_private_key_file, and the user with -u"
            )
        )
    }

    mutating func offerEnded(_ failure: Failure?) -> Action {
        guard case .offering(let index) = state else { return .nothing }
        guard let failure else {
            state = .open
            return .opened
        }
        // Refused at the question, or with the signature.
        let refusals = [LIBSSH2_ERROR_AUTHENTICATION_FAILED, LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED]
        if refusals.contains(failure.code), !failure.linkEnded { return offer(index + 1) }
        if failure.linkEnded {
            return end(
                SSHError(
                    .authentication,
                    "\(facts.address) hung up during the login of \(facts.user) "
                        + "(keys offered: \(facts.keyNames.prefix(index + 1).joined(separator: ", ")))",
                    hint: "its log says why: too many attempts, or a user who may not log in"
                )
            )
        }
        return end(SSHError(.library(failure.code), "login to \(facts.address) failed: \(failure.text)"))
    }

    mutating func deadlinePassed(_ seconds: Double) -> Action {
        let phase: SSHError.Phase
        switch state {
        case .connecting(let index):
            if index + 1 < facts.addresses.count || !connectErrors.isEmpty {
                return nextAddress(after: index, "no answer within \(Self.text(seconds)) s", .timedOut(.connect))
            }
            phase = .connect
        case .handshaking, .judging: phase = .handshake
        case .offering: phase = .login
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
        if !failure.receivedAnything, failure.linkEnded {
            return SSHError(
                .droppedBeforeBanner,
                "\(facts.address) hung up before it said anything",
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
            return SSHError(.dropped(.handshake), "\(facts.address) hung up in the middle of the SSH handshake")
        }
        if [LIBSSH2_ERROR_KEX_FAILURE, LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE].contains(failure.code) {
            return SSHError(
                .negotiation,
                "\(facts.address) and libssh2 \(facts.libraryVersion) found no common way to exchange keys",
                hint: "usual reasons: the server has only an RSA host key or only -etm MACs, which libssh2 before 1.11 "
                    + "does not know; give it an Ed25519 host key, or use a newer libssh2"
            )
        }
        return SSHError(.library(failure.code), "the SSH handshake with \(facts.address) failed: \(failure.text)")
    }

    private mutating func end(_ error: SSHError) -> Action {
        state = .ended
        return .fail(error)
    }

    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
    }
}
