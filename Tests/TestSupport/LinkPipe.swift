import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One connection through a `FaultyLink`: two sockets, and in each direction what is on its way.
final class LinkPipe {
    enum End {
        case cut
        case reset
    }

    /// One of the two sockets. It is watched for what the lanes want of it, and for nothing else: a socket whose other
    /// side is gone would be ready all the time.
    private final class Side: Handler {
        let fd: Int32
        private let loop: Loop
        unowned let pipe: LinkPipe
        private var registration: Registration?

        init(_ fd: Int32, _ pipe: LinkPipe, on loop: Loop) {
            self.fd = fd
            self.pipe = pipe
            self.loop = loop
        }

        func watch(_ interest: Interest) throws(SystemError) {
            if let registration, !interest.isEmpty { return try loop.update(registration, interest) }
            if let registration { loop.unregister(registration) }
            registration = interest.isEmpty ? nil : try loop.register(fd, interest, self)
        }

        func ready(_ readiness: Readiness) { pipe.ready(self, readiness) }

        func close(_ end: End) {
            try? watch([])
            if end == .reset { LinkSocket.resetOnClose(fd) }
            LinkSocket.close(fd)
        }
    }

    /// What is on its way in one direction.
    private struct Lane {
        let direction: FaultyLink.Direction
        private var chunks: [(due: Instant, bytes: ArraySlice<UInt8>)] = []
        private(set) var count = 0
        /// When the last byte that is on its way has left the sender.
        private var sentUntil: Instant?
        /// The last bytes that passed, for markers that come in pieces.
        private(set) var tail: [UInt8] = []
        /// Nothing more comes; how the pipe ends when all has arrived.
        var end: End?
        /// The receiver takes nothing at the moment.
        var isBlocked = false

        init(_ direction: FaultyLink.Direction) { self.direction = direction }

        /// As much as a pipe holds; the sender waits then, as it would for an acknowledgement.
        var isFull: Bool { count >= 256 * 1024 }
        var isEmpty: Bool { chunks.isEmpty }
        var due: Instant? { chunks.first?.due }

        mutating func add(_ bytes: ArraySlice<UInt8>, _ conditions: FaultyLink.Conditions, memory: Int, now: Instant) {
            var left = max(now, sentUntil ?? now)
            if let bandwidth = conditions.bandwidth {
                left = left + .nanoseconds(Int64(bytes.count) * 1_000_000_000 / Int64(max(1, bandwidth)))
            }
            sentUntil = left
            tail = (tail + bytes).suffix(memory)
            guard !bytes.isEmpty else { return }
            chunks.append((left + conditions.latency, bytes))
            count += bytes.count
        }

        /// What may be sent by now.
        func next(_ now: Instant) -> ArraySlice<UInt8>? { chunks.first.flatMap { $0.due <= now ? $0.bytes : nil } }

        mutating func drop(_ sent: Int) {
            count -= sent
            chunks[0].bytes = chunks[0].bytes.dropFirst(sent)
            if chunks[0].bytes.isEmpty { chunks.removeFirst() }
        }
    }

    private let link: FaultyLink
    private var client: Side?
    private var server: Side?
    private var toServer = Lane(.toServer)
    private var toClient = Lane(.toClient)
    private var timers: [FaultyLink.Direction: Loop.Timer] = [:]

    init(_ link: FaultyLink, _ client: Int32, _ server: Int32) throws {
        self.link = link
        self.client = Side(client, self, on: link.loop)
        self.server = Side(server, self, on: link.loop)
        try watch()
    }

    private func ready(_ side: Side, _ readiness: Readiness) {
        // Writing first: what it frees may be filled again.
        if side === client { toClient.isBlocked = false } else { toServer.isBlocked = false }
        pump(side === client ? \.toClient : \.toServer, to: side)
        guard client != nil else { return }
        let lane = side === client ? \LinkPipe.toServer : \.toClient
        if self[keyPath: lane].end == nil, !self[keyPath: lane].isFull { read(side, lane) }
        guard let client, let server else { return }
        pump(lane, to: side === client ? server : client)
        do { try watch() } catch { close(.cut) }
    }

    private func read(_ from: Side, _ lane: ReferenceWritableKeyPath<LinkPipe, Lane>) {
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = LinkSocket.receive(from.fd, &buffer)
        if count == -Int(EAGAIN) { return }
        if count <= 0 {
            self[keyPath: lane].end = .cut
            return
        }
        let direction = self[keyPath: lane].direction
        let (pass, end) = link.allowance(buffer[..<count], behind: self[keyPath: lane].tail, direction)
        link.spoke(direction, passing: pass)
        self[keyPath: lane].add(buffer[..<pass], link.conditions, memory: link.markerMemory, now: link.loop.now)
        if let end { self[keyPath: lane].end = end }
    }

    /// Sends what is due, and sees to the rest being sent when it is.
    private func pump(_ lane: ReferenceWritableKeyPath<LinkPipe, Lane>, to: Side) {
        while !self[keyPath: lane].isBlocked, let bytes = self[keyPath: lane].next(link.loop.now) {
            let sent = LinkSocket.send(to.fd, link.isTrickling ? bytes.prefix(1) : bytes)
            if sent == -Int(EAGAIN) {
                self[keyPath: lane].isBlocked = true
            } else if sent <= 0 {
                return close(.cut)
            } else {
                self[keyPath: lane].drop(sent)
            }
        }
        if self[keyPath: lane].isEmpty, let end = self[keyPath: lane].end { return close(end) }
        guard let due = self[keyPath: lane].due, !self[keyPath: lane].isBlocked else { return }
        let direction = self[keyPath: lane].direction
        if let timer = timers[direction] { link.loop.cancel(timer) }
        timers[direction] = link.loop.at(due) { [weak self, weak to] in
            guard let self, let to, self.client != nil else { return }
            self.timers[direction] = nil
            self.pump(lane, to: to)
            do { try self.watch() } catch { self.close(.cut) }
        }
    }

    private func watch() throws(SystemError) {
        try client?.watch(Self.interest(reading: toServer, writing: toClient))
        try server?.watch(Self.interest(reading: toClient, writing: toServer))
    }

    private static func interest(reading: Lane, writing: Lane) -> Interest {
        var interest: Interest = []
        if reading.end == nil, !reading.isFull { interest.insert(.read) }
        if writing.isBlocked { interest.insert(.write) }
        return interest
    }

    func close(_ end: End) {
        for timer in timers.values { link.loop.cancel(timer) }
        timers = [:]
        for side in [client, server] { side?.close(end) }
        (client, server) = (nil, nil)
        link.ended(self)
    }
}
