import Reactor
import Shell

/// A connection that a jump host makes for us, inside a session with it.
final class TunnelCarrier: Carrier, ChannelConsumer {
    weak var owner: (any CarrierOwner)?
    let places: [String]
    private let host: String
    private let port: UInt16
    private let bastion: Bastion
    private let loop: Loop
    private var channel: Channel?
    private weak var session: Session?
    private var limit = Duration.zero
    private var timer: Loop.Timer?
    private var isConnected = false
    /// Nobody waits any more for a request that cannot be taken back.
    private var isGivenUp = false
    private var isWaiting = false

    init(to target: Target, through bastion: Bastion, on loop: Loop) {
        host = target.address
        port = target.port
        self.bastion = bastion
        self.loop = loop
        places = ["\(target.place) through \(bastion.target.name)"]
    }

    // MARK: The bastion's side

    func connect(to place: Int, within limit: Duration) {
        self.limit = limit
        isWaiting = true
        bastion.ask(self)
    }

    // The jump host may have to be logged in to first; and requests wait for each other, as long as those are slow.
    func patience(_ limit: Duration) -> Duration {
        let hops = bastion.target.jumps + [bastion.target]
        return hops.reduce(limit + limit) { $0 + $1.timeouts.connect + $1.timeouts.login }
    }

    /// It is this request's turn.
    func start(on session: Session) {
        isWaiting = false
        self.session = session
        let channel = Channel(.tunnel(to: host, port: port), on: session, consumer: self)
        self.channel = channel
        timer = loop.after(limit) { [weak self] in
            guard let self else { return }
            timer = nil
            isGivenUp = true
            owner?.carrierConnected(ConnectFailure(reason: "no answer within \(Seconds.text(limit))"))
        }
        session.start(channel)
    }

    func fail(_ error: SSHError) {
        isWaiting = false
        owner?.carrierConnected(ConnectFailure(reason: error.message, error: error))
    }

    // MARK: The channel's side

    func started() {
        stopTimer()
        isConnected = true
        bastion.answered(self)
        if isGivenUp {
            channel?.drop()
            channel = nil
        } else {
            owner?.carrierConnected(nil)
        }
    }

    func received(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer) {
        // The session inside reads into the buffer that these bytes are in.
        Array(bytes).withUnsafeBytes { owner?.carrierReceived($0) }
    }

    func hasRoom() { owner?.carrierHasRoom() }

    func ended(_ end: ChannelEnd) {
        stopTimer()
        channel = nil
        let jump = bastion.target.name
        if isConnected {
            switch end {
            case .linkLost(let reason):
                owner?.carrierEnded(
                    Wire.End(code: 0, reason: "the connection to jump host \(jump) was lost: \(reason)")
                )
            case .closed, .refused: owner?.carrierEnded(.orderly)
            }
            return
        }
        bastion.answered(self)
        if isGivenUp { return }
        switch end {
        case .refused(let reason):
            // OpenSSH's words for a host that is not there, and for one that it may not connect to.
            let passes = reason.contains("connect failed")
            owner?.carrierConnected(ConnectFailure(reason: "jump host \(jump): \(reason)", refused: passes))
        case .linkLost(let reason):
            let text = "the connection to jump host \(jump) was lost: \(reason)"
            owner?.carrierConnected(ConnectFailure(reason: text, error: SSHError(.dropped(.handshake), text)))
        case .closed:
            owner?.carrierConnected(ConnectFailure(reason: "jump host \(jump) closed the connection", refused: true))
        }
    }

    // MARK: The owner's side

    func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        // What the outer session has not taken yet waits in the inner one, which then stops taking from its channels.
        guard isConnected, let channel, channel.queuedCount < Session.highWater else { return 0 }
        channel.send([Array(bytes)])
        return bytes.count
    }

    func expectsAnswer() { session?.carrier.expectsAnswer() }

    func close() {
        stopTimer()
        owner = nil
        if isWaiting { bastion.withdraw(self) }
        isWaiting = false
        isGivenUp = true
        // A request that is out stays with its session until it is answered; `started` then drops it.
        guard isConnected else { return }
        channel?.drop()
        channel = nil
    }

    private func stopTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }
}
