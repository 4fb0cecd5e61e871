import CLibSSH2
import Reactor
import Shell

/// One SSH connection, confined to the loop's thread: synchronous, without a task or a suspension inside. Bytes go from
/// the carrier through `Wire` into libssh2 and out to the channels' owners.
///
/// libssh2 allows one request with a reply at a time per session (opening, starting a command, logging in): those are
/// `operations`, taken in turn. Reading and writing on channels goes on beside them.
///
/// This file is the session's life: channels, signs of life, ending. How it comes up is in `Session+Opening.swift`, how
/// libssh2 is stepped in `Session+Driving.swift`.
final class Session: Link, CarrierOwner {
    enum Operation {
        case handshake
        case offer(KeyOffer)
        case password(String)
        case answers(PromptAnswers)
        case listMethods
        case open(Channel)
    }

    let loop: Loop
    let target: Target
    let library: Library
    let carrier: any Carrier
    /// What libssh2 takes for its socket; it never reads or writes it.
    let placeholder: Int32
    let wire = Wire()
    let spare: UnsafeMutableRawBufferPointer

    var lifecycle: Lifecycle
    var handle: SessionHandle?
    var operations: [Operation] = []
    var channels: [Channel] = []
    /// Channels that are not used any more and wait for the server's answer to their end.
    var retired: [Channel] = []
    var deadline: Loop.Timer?
    private var heartbeat: Loop.Timer?
    private var heardSinceHeartbeat = true
    private lazy var lastHeard = loop.now
    private var missedHeartbeats = 0
    var isDriving = false
    var mustDriveAgain = false
    var whenOpen: ((SSHError?) -> Void)?
    var isUp = false
    /// Called once, when a session that was up is not any more.
    var whenLost: ((String) -> Void)?

    var hostKey: HostKey?
    var isKnownKey = false
    var usedKey: (any Signer)?
    /// Stops once the host has shown its key.
    let onlyHostKey: Bool

    /// Above this the channels wait: what libssh2 has encrypted sits in memory until the network takes it.
    static let highWater = 256 * 1024

    init(
        _ target: Target,
        _ carrier: any Carrier,
        _ library: Library,
        placeholder: Int32,
        alreadyTried: [String] = [],
        onlyHostKey: Bool = false,
        on loop: Loop
    ) {
        self.loop = loop
        self.target = target
        self.library = library
        self.carrier = carrier
        self.placeholder = placeholder
        self.onlyHostKey = onlyHostKey
        spare = loop.spare
        let login = Login.Facts(
            address: target.place,
            user: target.user,
            keys: target.keys.map(\.summary),
            hasPassword: target.password != nil,
            order: target.loginMethods,
            alreadyTried: alreadyTried,
            asksFirst: !alreadyTried.isEmpty,
            remarks: target.loginRemarks
        )
        let (types, algorithms) = (target.knownTypes, target.algorithms)
        lifecycle = Lifecycle(
            .init(
                address: target.place,
                places: carrier.places,
                libraryVersion: library.version,
                login: login,
                explainsMismatch: { bytes in
                    KeyExchangeOffer(bytes).flatMap {
                        Mismatch.explain(
                            server: $0,
                            ours: library.offered(knownHostKeys: types, algorithms),
                            library: "libssh2 \(library.version)"
                        )
                    }
                }
            )
        )
        carrier.owner = self
    }

    deinit { precondition(handle == nil, "a session was dropped without being closed") }

    var opened: SSHRemote.Opened {
        SSHRemote.Opened(
            hostKey: hostKey,
            isNewHostKey: hostKey != nil && !isKnownKey,
            key: usedKey
        )
    }

    // MARK: Channels

    func channel(_ command: String, _ consumer: any ChannelConsumer) -> any CommandChannel {
        Channel(.command(command), on: self, consumer: consumer)
    }

    func tunnel(to place: ExchangePlace, tells: Bool, _ consumer: any ChannelConsumer) -> (any CommandChannel)? {
        switch place {
        case .tcp(let host, let port): Channel(.tunnel(to: host, port: port), on: self, consumer: consumer)
        case .unix(let path): Channel(.tunnel(toSocket: path), on: self, consumer: consumer)
        }
    }

    /// Starts a channel; its consumer is told the rest. Input may be queued at once.
    func start(_ channel: Channel) {
        loop.preconditionOnLoop()
        guard isUp, handle != nil else {
            channel.state = .ended
            channel.consumer.ended(.linkLost("the connection is closed"))
            return
        }
        channels.append(channel)
        operations.append(.open(channel))
        drive()
    }

    /// Input was queued.
    func inputQueued() { drive() }

    /// Lets go of one channel without waiting for the other side.
    func drop(_ channel: Channel) {
        // A channel whose request is still out must not be freed at all.
        let wasRunning = channel.state == .running || channel.state == .closing
        channel.state = .ended
        channels.removeAll { $0 === channel }
        if wasRunning { retire(channel) }
    }

    /// A channel holds a connection or one of few sessions (MaxSessions) on the server until both sides have closed it:
    /// it is freed as soon as the server has answered its end, and that is not waited for (libssh2 #232).
    func retire(_ channel: Channel) {
        guard channel.pointer != nil, handle != nil else { return }
        retired.append(channel)
        drive()
    }

    // MARK: The carrier

    func carrierConnected(_ failure: ConnectFailure?) { perform(lifecycle.connectEnded(failure)) }

    func carrierReceived(_ bytes: UnsafeRawBufferPointer) {
        guard handle != nil else { return }
        if !wire.receivedAnything { setDeadline(target.timeouts.login) }
        heardSinceHeartbeat = true
        lastHeard = loop.now
        // Until a shell stands, answers are small and waited for.
        if !operations.isEmpty { carrier.expectsAnswer() }
        wire.arrived(bytes)
        if wire.isFlooded {
            let text = "what answers at \(target.place) prints without end and does not speak SSH"
            fail(SSHError(.notSSH, text, hint: "is the port right?"))
            return
        }
        drive()
        wire.settle()
    }

    func carrierEnded(_ end: Wire.End) {
        wire.incomingEnded(end)
        drive()
    }

    func carrierHasRoom() { drive() }

    // MARK: Liveness

    func scheduleHeartbeat() {
        heartbeat = loop.after(target.timeouts.heartbeat) { [weak self] in self?.beat() }
    }

    private func beat() {
        guard handle != nil else { return }
        // Counted in beats, not in time: after the machine slept, the server gets the chance to answer first.
        missedHeartbeats = heardSinceHeartbeat ? 0 : missedHeartbeats + 1
        heardSinceHeartbeat = false
        let limit = target.timeouts.missedHeartbeats
        if missedHeartbeats >= limit {
            linkIsLost("no sign of life for \(Int((loop.now - lastHeard).inSeconds.rounded())) s")
            return
        }
        handle?.keepAlive()
        scheduleHeartbeat()
        drive()
    }

    // MARK: Ending

    func end(_ channel: Channel, _ end: ChannelEnd) {
        guard channel.state != .ended else { return }
        channel.state = .ended
        channels.removeAll { $0 === channel }
        retire(channel)
        channel.consumer.ended(end)
    }

    func linkIsLost(_ reason: String) {
        guard handle != nil else { return }
        if !isUp {
            let failure = Lifecycle.Failure(
                code: LIBSSH2_ERROR_SOCKET_DISCONNECT,
                text: reason,
                linkEnded: true,
                receivedAnything: wire.receivedAnything,
                firstBytes: wire.firstBytes
            )
            switch operations.first {
            case .handshake, nil: perform(lifecycle.handshakeEnded(failure))
            default: perform(lifecycle.loginBroke(failure))
            }
            return
        }
        let ended = channels
        let lost = whenLost
        whenLost = nil
        close()
        lost?(reason)
        for channel in ended where channel.state != .ended {
            channel.state = .ended
            channel.consumer.ended(.linkLost(reason))
        }
    }

    func fail(_ error: SSHError) {
        let done = whenOpen
        whenOpen = nil
        close()
        done?(error)
    }

    /// Lets go of everything at once; nothing is waited for. The owners of channels are not told.
    func close() {
        cancelDeadline()
        let waiting = whenOpen
        whenOpen = nil
        defer { waiting?(SSHError(.cancelled, "the connection to \(target.place) was given up")) }
        if let heartbeat { loop.cancel(heartbeat) }
        heartbeat = nil
        if handle != nil {
            if isUp, wire.ended == nil {
                handle?.disconnect()
                wire.takeOutgoing { carrier.send($0) }
            }
            wire.poison()
            for channel in channels + retired { channel.pointer = nil }
            operations = []
            channels = []
            retired = []
            handle = nil
        }
        isUp = false
        whenLost = nil
        carrier.close()
    }
}
