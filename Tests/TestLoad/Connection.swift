import CSystem
import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One connection with at most one request on it; confined to its loop. It holds no rule: what an event means is the
/// exchange's to say.
final class Connection: Handler {
    private let target: Target
    private let keeps: Bool
    private let loop: Loop
    private let rule: () -> VersionRule
    /// Told once per exchange.
    private let whenDone: (Connection, Exchange, Outcome) -> Void
    /// Told when the server ends a connection that carries no request.
    private let whenIdleEnds: (Connection) -> Void

    private var fd: Int32 = -1
    private var registration: Registration?
    private var isConnected = false
    private var hasAnswered = false
    private var exchange: Exchange?
    private var pending: [UInt8] = []
    private var piecesSent = 0
    private var timers: [Loop.Timer] = []
    private(set) var isClosed = false

    init(
        _ target: Target,
        keeps: Bool,
        on loop: Loop,
        rule: @escaping () -> VersionRule,
        whenIdleEnds: @escaping (Connection) -> Void = { _ in },
        whenDone: @escaping (Connection, Exchange, Outcome) -> Void
    ) {
        self.target = target
        self.keeps = keeps
        self.loop = loop
        self.rule = rule
        self.whenIdleEnds = whenIdleEnds
        self.whenDone = whenDone
    }

    // MARK: A request

    func send(_ request: Request, due: Instant, _ limits: Exchange.Limits) {
        precondition(exchange == nil && !isClosed, "one request at a time")
        exchange = Exchange(request, due: due, limits: limits, isReused: hasAnswered)
        timers = [loop.after(limits.answer) { [self] in finish(isConnected ? .unanswered : .connectTimeout) }]
        if isConnected {
            begin()
        } else {
            timers.append(loop.after(limits.connect) { [self] in if !isConnected { finish(.connectTimeout) } })
            connect()
        }
    }

    /// Whether the server has not ended it in the meantime; a client looks before it sends, too.
    func isStillOpen() -> Bool {
        isConnected && baton_receive(fd, loop.scratch.baseAddress, 1) == -Int(EAGAIN)
    }

    /// Ends it, and its request as one whose end nobody saw.
    func abandon() {
        if exchange != nil { finish(.abandoned) }
        close()
    }

    private func connect() {
        fd = target.startConnecting()
        switch fd {
        case -EAGAIN:
            // The queue of a unix socket is full. A blocking client would wait for its turn, and so does this one.
            timers.append(loop.after(.milliseconds(2)) { [self] in if exchange != nil { connect() } })
        case -ECONNREFUSED, -ENOENT: finish(.refused)
        case ..<0: finish(.connectFailed)
        default: watch()
        }
    }

    private func watch() {
        do {
            registration = try loop.register(fd, .write, self)
        } catch {
            finish(.connectFailed)
        }
    }

    private func begin() {
        guard let request = exchange?.request else { return }
        exchange?.begin(at: loop.now)
        pending = request.head(keeping: keeps)
        piecesSent = 0
        if request.pieces > 0 { sendPiece() }
        write()
    }

    private func sendPiece() {
        guard let request = exchange?.request, piecesSent < request.pieces else { return }
        let count = request.bodyEnd(of: piecesSent + 1) - request.bodyEnd(of: piecesSent)
        pending.append(contentsOf: repeatElement(UInt8(ascii: "x"), count: count))
        piecesSent += 1
        guard piecesSent < request.pieces else { return }
        timers.append(
            loop.after(request.bodyTime / request.pieces) { [self] in
                sendPiece()
                write()
            }
        )
    }

    // MARK: Readiness

    func ready(_ readiness: Readiness) {
        if !isConnected {
            let problem = baton_socket_error(fd)
            switch problem {
            case 0: isConnected = true
            case ECONNREFUSED: return finish(.refused)
            case ECONNRESET, EPIPE: return finish(.reset)
            case ETIMEDOUT: return finish(.connectTimeout)
            default: return finish(.connectFailed)
            }
            return begin()
        }
        if readiness.contains(.read) { read() }
        if readiness.contains(.write), !isClosed { write() }
    }

    private func read() {
        let count = baton_receive(fd, loop.scratch.baseAddress, loop.scratch.count)
        if count == -Int(EAGAIN) { return }
        guard exchange != nil else {
            // Nothing was asked: an end, or a word such as "408 Request Timeout" before one.
            close()
            return whenIdleEnds(self)
        }
        if count > 0 {
            let bytes = UnsafeRawBufferPointer(rebasing: loop.scratch[..<count])
            if let outcome = exchange?.received(bytes, at: loop.now, rule()) { finish(outcome) }
        } else if let outcome = exchange?.ended(count == 0 ? .closed : .reset, at: loop.now, rule()) {
            finish(outcome)
        }
    }

    private func write() {
        guard exchange != nil, isConnected, let registration else { return }
        while !pending.isEmpty {
            let count = pending.withUnsafeBytes { baton_send(fd, $0.baseAddress, $0.count) }
            if count == -Int(EAGAIN) { break }
            if count < 0 {
                // The server may have answered before it hung up: its word counts first. Reading ends by itself.
                pending = []
                for _ in 0..<64 where exchange != nil && !isClosed { read() }
                if exchange != nil { finish(exchange?.ended(.reset, at: loop.now, rule()) ?? .reset) }
                return
            }
            pending.removeFirst(count)
        }
        if pending.isEmpty, piecesSent == exchange?.request.pieces { exchange?.wrote(at: loop.now) }
        do {
            try loop.update(registration, pending.isEmpty ? .read : [.read, .write])
        } catch {
            finish(.connectFailed)
        }
    }

    // MARK: The end

    private func finish(_ outcome: Outcome) {
        guard let done = exchange else { return }
        exchange = nil
        for timer in timers { loop.cancel(timer) }
        timers = []
        let bodySent = piecesSent == done.request.pieces && pending.isEmpty
        hasAnswered = true
        let isUsable = done.parser.isComplete && done.parser.keepsConnection && bodySent
        if !keeps || !isUsable || outcome == .malformed { close() }
        whenDone(self, done, outcome)
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        if let registration { loop.unregister(registration) }
        registration = nil
        if fd >= 0 { Self.shut(fd) }
    }

    // The class's own name hides the system's.
    private static func shut(_ fd: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(fd)
        #else
        _ = Darwin.close(fd)
        #endif
    }
}
