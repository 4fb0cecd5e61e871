import CLibSSH2
import CSystem
import Reactor
import Shell

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One SSH connection, confined to the loop's thread: synchronous, without a task or a suspension inside. Readiness goes
/// from the kernel through `Wire` into libssh2 and out to the channels' owners.
///
/// libssh2 allows one request with a reply at a time per session (opening, starting a command, logging in): those are
/// `operations`, taken in turn. Reading and writing on channels goes on beside them.
///
/// This file is the session's life: opening, readiness, signs of life, ending. How libssh2 is stepped is in
/// `Session+Driving.swift`.
final class Session: Handler {
    enum Operation {
        case handshake
        case offer(PrivateKey)
        case open(Channel)
    }

    let loop: Loop
    let target: Target
    let library: Library
    private let addresses: [SocketAddress]
    let wire = Wire()
    let spare: UnsafeMutableRawBufferPointer

    var lifecycle: Lifecycle
    var fd: Int32 = -1
    var registration: Registration?
    var handle: SessionHandle?
    var operations: [Operation] = []
    var channels: [Channel] = []
    private var deadline: Loop.Timer?
    private var heartbeat: Loop.Timer?
    private var heardSinceHeartbeat = true
    private var missedHeartbeats = 0
    var isDriving = false
    var mustDriveAgain = false
    private var whenOpen: ((SSHError?) -> Void)?
    private var isUp = false

    private(set) var hostKey: HostKey?
    private(set) var usedKey: PrivateKey?

    /// Above this the channels wait: what libssh2 has encrypted sits in memory until the network takes it.
    static let highWater = 256 * 1024
    private static let missedHeartbeatLimit = 3

    init(_ target: Target, _ addresses: [SocketAddress], _ library: Library, on loop: Loop) {
        self.loop = loop
        self.target = target
        self.library = library
        self.addresses = addresses
        spare = loop.spare
        lifecycle = Lifecycle(
            .init(
                address: target.place,
                addresses: addresses.map { Self.place($0.description, target.port) },
                user: target.user,
                keyNames: target.keys.map(\.name),
                libraryVersion: library.version
            )
        )
    }

    deinit { precondition(fd < 0, "a session was dropped without being closed") }

    private static func place(_ address: String, _ port: UInt16) -> String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    // MARK: Opening

    func open(_ done: @escaping (SSHError?) -> Void) {
        loop.preconditionOnLoop()
        whenOpen = done
        perform(lifecycle.start())
    }

    func perform(_ action: Lifecycle.Action) {
        switch action {
        case .connect(let index): connect(to: addresses[index])
        case .handshake: startHandshake()
        case .judgeHostKey: judgeHostKey()
        case .offer(let index):
            usedKey = target.keys[index]
            operations.append(.offer(target.keys[index]))
            drive()
        case .opened: becomeUp()
        case .fail(let error): fail(error)
        case .nothing: break
        }
    }

    private func connect(to address: SocketAddress) {
        closeSocket()
        setDeadline(target.timeouts.connect)
        let result = address.startConnecting()
        if result < 0 {
            perform(lifecycle.connectEnded(SystemError.text(of: -result), refused: -result == ECONNREFUSED))
            return
        }
        fd = result
        do {
            registration = try loop.register(fd, .write, self)
        } catch {
            perform(lifecycle.connectEnded(error.reason, refused: false))
        }
    }

    private func connectIsReady() {
        let code = baton_socket_error(fd)
        if code != 0 {
            perform(lifecycle.connectEnded(SystemError.text(of: code), refused: code == ECONNREFUSED))
            return
        }
        let silence = target.timeouts.heartbeat.inNanoseconds / 1_000_000 * Int64(Self.missedHeartbeatLimit + 1)
        baton_socket_liveness(fd, Int32(clamping: silence))
        perform(lifecycle.connectEnded(nil, refused: false))
    }

    private func startHandshake() {
        setDeadline(target.timeouts.login)
        handle = SessionHandle(wire: wire, library: library, knownHostKeys: target.known.map(\.type))
        guard handle != nil else {
            fail(SSHError(.configuration, "libssh2 has no memory for a session"))
            return
        }
        operations.append(.handshake)
        updateInterest()
        drive()
    }

    private func judgeHostKey() {
        hostKey = handle?.hostKey()
        let verdict =
            hostKey.map {
                KnownHosts.judge($0, known: target.known, revoked: target.revoked, askable: library.canAskFor)
            } ?? .unknown
        perform(lifecycle.judged(hostKey, verdict, accepting: target.acceptsNewHostKey))
    }

    private func becomeUp() {
        cancelDeadline()
        isUp = true
        scheduleHeartbeat()
        whenOpen?(nil)
        whenOpen = nil
    }

    private func setDeadline(_ delay: Duration) {
        cancelDeadline()
        deadline = loop.after(delay) { [self] in
            deadline = nil
            perform(lifecycle.deadlinePassed(delay.inSeconds))
        }
    }

    private func cancelDeadline() {
        if let deadline { loop.cancel(deadline) }
        deadline = nil
    }

    // MARK: Channels

    /// Starts a command; its consumer is told the rest. Input may be queued at once.
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
        // Freed together with the session: freeing one alone would have to wait for the server (libssh2 #232), and a
        // channel whose request is still out must not be freed at all.
        channel.state = .ended
        channels.removeAll { $0 === channel }
    }

    // MARK: Readiness

    func ready(_ readiness: Readiness) {
        if handle == nil {
            connectIsReady()
            return
        }
        if readiness.contains(.read) { receive() }
        drive()
        wire.settle()
    }

    private func receive() {
        let count = baton_receive(fd, loop.scratch.baseAddress, loop.scratch.count)
        if count > 0 {
            heardSinceHeartbeat = true
            // Until a shell stands, answers are small and waited for; the delayed acknowledgement costs 40 ms each.
            if operations.isEmpty == false { baton_quick_ack(fd) }
            wire.arrived(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
        } else if count == 0 {
            wire.incomingEnded(0)
        } else if count != -Int(EAGAIN) {
            wire.incomingEnded(Int32(-count))
        }
    }

    // MARK: Liveness

    private func scheduleHeartbeat() {
        heartbeat = loop.after(target.timeouts.heartbeat) { [weak self] in self?.beat() }
    }

    private func beat() {
        guard handle != nil else { return }
        // Counted in beats, not in time: after the machine slept, the server gets the chance to answer first.
        missedHeartbeats = heardSinceHeartbeat ? 0 : missedHeartbeats + 1
        heardSinceHeartbeat = false
        if missedHeartbeats >= Self.missedHeartbeatLimit {
            linkIsLost("no sign of life for \(Seconds.text(target.timeouts.heartbeat * Self.missedHeartbeatLimit))")
            return
        }
        handle?.keepAlive()
        scheduleHeartbeat()
        drive()
    }

    // MARK: Ending

    func end(_ channel: Channel, _ end: Channel.End) {
        guard channel.state != .ended else { return }
        channel.state = .ended
        channels.removeAll { $0 === channel }
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
            case .offer: perform(lifecycle.offerEnded(failure))
            default: perform(lifecycle.handshakeEnded(failure))
            }
            return
        }
        let ended = channels
        close()
        for channel in ended where channel.state != .ended {
            channel.state = .ended
            channel.consumer.ended(.linkLost(reason))
        }
    }

    private func fail(_ error: SSHError) {
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
                wire.takeOutgoing { max(0, baton_send(fd, $0.baseAddress, $0.count)) }
            }
            wire.poison()
            for channel in channels { channel.pointer = nil }
            operations = []
            channels = []
            handle = nil
        }
        isUp = false
        closeSocket()
    }

    private func closeSocket() {
        if let registration { loop.unregister(registration) }
        registration = nil
        if fd >= 0 { shut(fd) }
        fd = -1
    }
}

/// Outside the class, where `close` is the system's.
private func shut(_ fd: Int32) { _ = close(fd) }
