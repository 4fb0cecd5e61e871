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
final class Session: Handler {
    private enum Operation {
        case handshake
        case offer(PrivateKey)
        case open(Channel)
    }

    private let loop: Loop
    private let target: Target
    private let library: Library
    private let addresses: [SocketAddress]
    private let wire = Wire()
    private let spare: UnsafeMutableRawBufferPointer

    private var lifecycle: Lifecycle
    private var fd: Int32 = -1
    private var registration: Registration?
    private var handle: SessionHandle?
    private var operations: [Operation] = []
    private var channels: [Channel] = []
    private var deadline: Loop.Timer?
    private var heartbeat: Loop.Timer?
    private var heardSinceHeartbeat = true
    private var missedHeartbeats = 0
    private var isDriving = false
    private var mustDriveAgain = false
    private var whenOpen: ((SSHError?) -> Void)?
    private var isUp = false

    private(set) var hostKey: HostKey?
    private(set) var usedKey: PrivateKey?

    /// Above this the channels wait: what libssh2 has encrypted sits in memory until the network takes it.
    private static let highWater = 256 * 1024
    private static let missedHeartbeatLimit = 3

    init(_ target: Target, _ addresses: [SocketAddress], _ library: Library, on loop: Loop) {
        self.loop = loop
        self.target = target
        self.library = library
        self.addresses = addresses
        spare = loop.spare
        lifecycle = Lifecycle(
            .init(
                address: target.place, addresses: addresses.map { Self.place($0.description, target.port) },
                user: target.user, keyNames: target.keys.map(\.name), libraryVersion: library.version))
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

    private func perform(_ action: Lifecycle.Action) {
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
        let verdict = hostKey.map { KnownHosts.judge($0, known: target.known, revoked: target.revoked) } ?? .unknown
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

    // MARK: Driving libssh2

    /// Steps everything until all of it would block. Each turn needs progress, so it ends when the bytes do.
    private func drive() {
        if isDriving {
            mustDriveAgain = true
            return
        }
        isDriving = true
        repeat {
            mustDriveAgain = false
            while handle != nil, turn() {}
            flush()
            guard handle != nil, wire.ended != nil else { continue }
            if wire.tellsEnd {
                linkIsLost(wire.ended == 0 ? "the server closed it" : SystemError.text(of: wire.ended ?? 0))
            } else {
                // All that had arrived is read out by now; libssh2 may hear of the end, and once more nothing blocks.
                wire.startTellingEnd()
                mustDriveAgain = true
            }
        } while mustDriveAgain
        isDriving = false
    }

    private func turn() -> Bool {
        var progressed = false
        if !operations.isEmpty { progressed = stepOperation() }
        for channel in channels where channel.state != .ended && handle != nil {
            progressed = serve(channel) || progressed
        }
        return progressed
    }

    private func stepOperation() -> Bool {
        let step: Step
        switch operations[0] {
        case .handshake: step = handle!.handshake(fd: fd)
        case .offer(let key): step = handle!.authenticate(user: target.user, with: key, library: library)
        case .open(let channel): step = stepOpening(channel)
        }
        if step == .wouldBlock { return false }
        // A step that ended everything has emptied the queue.
        guard handle != nil, !operations.isEmpty else { return false }
        switch operations.removeFirst() {
        case .handshake: perform(lifecycle.handshakeEnded(failure(step)))
        case .offer: perform(lifecycle.offerEnded(failure(step)))
        case .open(let channel): openingEnded(channel, step)
        }
        return true
    }

    private func stepOpening(_ channel: Channel) -> Step {
        if channel.state == .waiting { channel.state = .opening }
        if channel.state == .opening {
            let (pointer, step) = handle!.openChannel(window: Channel.window)
            guard step == .done else { return step }
            channel.pointer = pointer
            channel.state = .requesting
        }
        guard let pointer = channel.pointer else { return .done }
        let step = handle!.startCommand(pointer, channel.command)
        // The request is on its way; what the command is to read may follow right behind it, a round trip early.
        // libssh2 keeps the request's state in the channel and the input's elsewhere, so the two do not meet.
        if step == .wouldBlock, channel.state == .requesting { write(channel) }
        return step
    }

    private func openingEnded(_ channel: Channel, _ step: Step) {
        if channel.state == .ended { return }
        if case .failed(let code, let text) = step {
            if isLinkFailure(code) {
                linkIsLost(text)
                return
            }
            let wasOpen = channel.state == .requesting
            end(channel, .refused("the server \(wasOpen ? "did not start the command" : "opened no channel"): \(text)"))
            return
        }
        channel.state = .running
        channel.consumer.started()
    }

    private func serve(_ channel: Channel) -> Bool {
        var progressed = false
        if channel.state == .running || channel.state == .closing {
            switch channel.readAll(into: spare) {
            case .done: progressed = true
            case .wouldBlock: break
            case .failed(let code, _):
                if wire.ended == nil || wire.tellsEnd { linkIsLost(handle?.lastError() ?? "error \(code)") }
                return false
            }
            if channel.state == .running, channel.remoteHasFinished {
                channel.state = .closing
                // The server's word on how the command ended usually comes with the end; it is not waited for long.
                loop.after(.seconds(2)) { [weak self, weak channel] in
                    guard let self, let channel else { return }
                    end(channel, .closed(status: nil, signal: nil))
                }
            }
            if channel.state == .closing, let pointer = handle?.pointer, let last = channel.closeStep(pointer) {
                end(channel, last)
                return true
            }
        }
        if channel.state == .running { progressed = write(channel) || progressed }
        return progressed
    }

    @discardableResult
    private func write(_ channel: Channel) -> Bool {
        var progressed = false
        while channel.hasInput, wire.outgoingCount < Self.highWater, let code = channel.writeSome() {
            if code < 0 {
                if wire.ended == nil || wire.tellsEnd { linkIsLost(handle?.lastError() ?? "error \(code)") }
                return false
            }
            progressed = true
        }
        return progressed
    }

    private func flush() {
        guard fd >= 0, handle != nil else { return }
        while wire.outgoingCount > 0 {
            var result = 0
            wire.takeOutgoing { bytes in
                result = baton_send(fd, bytes.baseAddress, bytes.count)
                return max(0, result)
            }
            if result == -Int(EAGAIN) { break }
            if result < 0 {
                wire.incomingEnded(Int32(-result))
                mustDriveAgain = true
                break
            }
            // The ring has room again; whoever waited for it goes on.
            if wire.outgoingCount == 0, channels.contains(where: { $0.hasInput && $0.state == .running }) {
                mustDriveAgain = true
            }
        }
        updateInterest()
    }

    private func updateInterest() {
        guard let registration else { return }
        var interest: Interest = wire.ended == nil ? .read : []
        if wire.outgoingCount > 0 { interest.insert(.write) }
        do {
            try loop.update(registration, interest)
        } catch {
            linkIsLost(error.description)
        }
    }

    private func failure(_ step: Step) -> Lifecycle.Failure? {
        guard case .failed(let code, let text) = step else { return nil }
        return Lifecycle.Failure(
            code: code, text: text, linkEnded: wire.ended != nil || isLinkFailure(code),
            receivedAnything: wire.receivedAnything, firstBytes: wire.firstBytes)
    }

    private func isLinkFailure(_ code: Int32) -> Bool {
        code == LIBSSH2_ERROR_SOCKET_DISCONNECT
            || wire.ended != nil
                && [LIBSSH2_ERROR_SOCKET_NONE, LIBSSH2_ERROR_SOCKET_SEND, LIBSSH2_ERROR_SOCKET_RECV].contains(code)
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
            let silence = target.timeouts.heartbeat.inSeconds * Double(Self.missedHeartbeatLimit)
            linkIsLost("no sign of life for \(Int(silence)) s")
            return
        }
        handle?.keepAlive()
        scheduleHeartbeat()
        drive()
    }

    // MARK: Ending

    private func end(_ channel: Channel, _ end: Channel.End) {
        guard channel.state != .ended else { return }
        channel.state = .ended
        channels.removeAll { $0 === channel }
        channel.consumer.ended(end)
    }

    private func linkIsLost(_ reason: String) {
        guard handle != nil else { return }
        if !isUp {
            let failure = Lifecycle.Failure(
                code: LIBSSH2_ERROR_SOCKET_DISCONNECT, text: reason, linkEnded: true, receivedAnything: wire.receivedAnything,
                firstBytes: wire.firstBytes)
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
