import Reactor
import Shell
import Text

/// Where the host connects to for us.
package enum ExchangePlace: Equatable, Sendable {
    case tcp(host: String, port: UInt16)
    case unix(String)
}

/// How an exchange went.
package enum Exchange: Equatable, Sendable {
    /// What came, which may be nothing.
    case answer([UInt8])
    /// The host could not connect, or may not do so for us.
    case refused(String)
    case timedOut
    /// This way to the host has no such thing.
    case impossible
    case lost(String)
}

/// Bytes to a place that the host reaches, and those that come back: a channel of the same connection, so that nothing
/// has to be there to ask with. Confined to the loop's thread.
final class TunnelExchange: ChannelConsumer {
    struct Terms {
        let place: ExchangePlace
        let sending: [UInt8]
        let limit: Int
        let within: Duration
        let isEnough: ([UInt8]) -> Bool
    }

    private let terms: Terms
    private let loop: Loop
    private var channel: (any CommandChannel)?
    private var timer: Loop.Timer?
    private var answer: [UInt8] = []
    private var complaint: [UInt8] = []
    private var done: ((Exchange) -> Void)?

    init(_ terms: Terms, on loop: Loop) {
        self.terms = terms
        self.loop = loop
    }

    func begin(_ link: any Link, _ done: @escaping (Exchange) -> Void) {
        self.done = done
        guard let channel = link.tunnel(to: terms.place, tells: terms.sending.isEmpty, self) else {
            finish(.impossible)
            return
        }
        self.channel = channel
        timer = loop.after(terms.within) { [weak self] in
            self?.timer = nil
            self?.finish(.timedOut)
        }
        channel.send([terms.sending])
        channel.start()
    }

    func finish(_ result: Exchange) {
        guard let done else { return }
        self.done = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        channel?.drop()
        channel = nil
        done(result)
    }

    // MARK: What the channel says

    func started() { if terms.sending.isEmpty { finish(.answer([])) } }

    func received(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer) {
        guard done != nil else { return }
        if stream == .stderr {
            complaint += bytes.prefix(4096 - min(4096, complaint.count))
            return
        }
        answer += bytes.prefix(terms.limit - answer.count)
        if answer.count >= terms.limit || terms.isEnough(answer) { finish(.answer(answer)) }
    }

    func ended(_ end: ChannelEnd) {
        switch end {
        case .linkLost(let reason): finish(.lost(reason))
        case .refused(let reason): finish(.refused(reason))
        // OpenSSH's client says why it could not, and ends.
        case .closed(let status?, _) where status != 0 && answer.isEmpty:
            finish(.refused(Printable.sentence(complaint, limit: 200)))
        case .closed: finish(.answer(answer))
        }
    }
}
