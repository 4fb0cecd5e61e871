package import Handover
package import Shell

/// One takeover on one host, as whoever wants it says it.
package struct TakeoverJob: Sendable {
    package var order: HandoverOrder
    package var terms: HandoverTerms
    /// The directory on the host that is kept beside what is handed over. Only who the account is may write it.
    package var state: String
    package var account: Account

    /// `owner` is whose lease it is, for people.
    package init(_ order: HandoverOrder, owner: String, state: String, as account: Account = .standard) {
        self.order = order
        self.state = state
        self.account = account
        terms = HandoverTerms(order, owner: owner)
    }

    package var directory: String { HandoverProgram.directory(in: state, nonce: order.nonce) }

    // MARK: Calls as programs

    enum Sent {
        case reading(ReadingProgram)
        case changing(ChangingProgram)
    }

    /// What a call is on the host. `line` is the first of the journal that is wanted.
    func program(_ call: HandoverCall, line: Int) throws(HandoverOrderError) -> Sent {
        let owner = terms.owner
        switch call {
        case .put: return .changing(HandoverProgram.lay(try order.files(), in: state, nonce: order.nonce))
        case .renew:
            let seconds = terms.leaseSeconds
            return .changing(HandoverProgram.renew(in: directory, seconds: seconds, epoch: order.epoch, owner: owner))
        case .release: return .changing(HandoverProgram.release(in: directory, epoch: order.epoch, owner: owner))
        case .arm, .rearm: return .changing(HandoverProgram.arm(in: directory))
        case .proof: return .reading(HandoverProgram.proof(in: directory))
        case .go: return .changing(HandoverProgram.go(in: directory))
        case .look: return .reading(HandoverProgram.look(in: directory, from: line))
        case .confirm:
            return .changing(HandoverProgram.confirm(in: directory, nonce: order.nonce, epoch: order.epoch))
        case .abort: return .changing(HandoverProgram.abort(in: directory, nonce: order.nonce))
        case .heal: return .changing(HandoverProgram.heal(in: directory))
        }
    }

    /// So long the host may take to answer; the connection counts as lost after that.
    func limits(_ call: HandoverCall) -> Limits {
        switch call {
        case .put: Limits(timeout: .seconds(60), output: 16 << 10)
        // They wait on the host, ten seconds at most, until somebody stands.
        case .arm, .rearm, .go: Limits(timeout: .seconds(40), output: 128 << 10)
        case .look: Limits(timeout: .seconds(15), output: 512 << 10)
        default: Limits(timeout: .seconds(15), output: 128 << 10)
        }
    }
}
