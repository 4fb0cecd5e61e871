package import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A TCP proxy on loopback that does to a connection what networks do. Confined to its loop; every copy is bounded.
package final class FaultyLink: Handler, @unchecked Sendable {
    // Unchecked: made, changed and told of readiness on its loop only, as `Loop` checks where it matters.
    /// What is done to the bytes that come from the server.
    package enum Fault: Sendable {
        case none
        /// The connection is cut when this many bytes have passed.
        case cutAfter(Int)
        /// Accepted, and then nothing: no byte passes in either direction.
        case silence
        /// The first bytes of a connection pass, then nothing more does; the connection stays.
        case silenceAfter(Int)
        /// Bytes go one by one, each in a packet of its own.
        case trickle
        /// Instead of a server: says this and hangs up.
        case says(String)
        /// The listener's queue is full: the kernel drops whoever wants to connect, as a firewall would.
        case full
    }

    package let port: UInt16
    private let loop: Loop
    private let listener: Int32
    private let target: UInt16
    private var fault: Fault
    private var registration: Registration?
    private var pipes: [Pipe] = []
    package private(set) var connections = 0
    /// Connections that are there now.
    package var standing: Int { pipes.count }
    /// Passed from server to client over all connections.
    package private(set) var passed = 0
    /// How often the client spoke after the server had: round trips, counted without a clock.
    package private(set) var turns = 0
    private var serverSpokeLast = true
    private var fillers: [Int32] = []

    package init(to target: UInt16, _ fault: Fault, on loop: Loop) throws {
        self.loop = loop
        self.target = target
        self.fault = fault
        if case .full = fault {
            (listener, port) = try Self.listen(backlog: 0)
            fillers = (0..<2).compactMap { _ in Self.connect(port, waiting: false) }
        } else {
            (listener, port) = try Self.listen(backlog: 64)
            registration = try loop.register(listener, .read, self)
        }
    }

    /// From now on for every connection, also those that stand.
    package func set(_ fault: Fault) { self.fault = fault }

    /// Cuts what stands.
    package func cut() {
        for pipe in pipes { pipe.close() }
        pipes = []
    }

    package func close() {
        cut()
        if let registration { loop.unregister(registration) }
        registration = nil
        for fd in fillers + [listener] { shutDescriptor(fd) }
    }

    package func ready(_ readiness: Readiness) {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        connections += 1
        switch fault {
        case .says(let text):
            _ = text.withCString { send(client, $0, strlen($0), Int32(MSG_NOSIGNAL.rawValueOrSelf)) }
            shutDescriptor(client)
        default:
            guard let server = Self.connect(target, waiting: true) else {
                shutDescriptor(client)
                return
            }
            for fd in [client, server] { _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) }
            if let pipe = try? Pipe(self, client, server) { pipes.append(pipe) }
        }
    }

    /// How many bytes of a chunk from the server may pass, and whether the connection ends behind them.
    fileprivate func allowance(_ count: Int) -> (pass: Int, cut: Bool) {
        switch fault {
        case .none, .trickle, .says, .full: return (count, false)
        case .silence: return (0, false)
        case .cutAfter(let limit):
            let pass = max(0, min(count, limit - passed))
            return (pass, passed + count >= limit)
        case .silenceAfter(let limit): return (max(0, min(count, limit - passed)), false)
        }
    }

    fileprivate var isTrickling: Bool { if case .trickle = fault { true } else { false } }
    fileprivate var isSilent: Bool { if case .silence = fault { true } else { false } }
    fileprivate func count(_ bytes: Int) { passed += bytes }
    fileprivate func spoke(server: Bool) {
        if !server, serverSpokeLast { turns += 1 }
        serverSpokeLast = server
    }
    fileprivate func ended(_ pipe: Pipe) { pipes.removeAll { $0 === pipe } }

    /// Two sockets and what is on its way between them.
    fileprivate final class Pipe {
        private final class Side: Handler {
            let fd: Int32
            unowned let pipe: Pipe
            var registration: Registration?
            init(_ fd: Int32, _ pipe: Pipe) {
                self.fd = fd
                self.pipe = pipe
            }
            func ready(_ readiness: Readiness) { pipe.move(self) }
        }

        private let link: FaultyLink
        private var sides: [Side] = []
        private var isClosed = false

        init(_ link: FaultyLink, _ client: Int32, _ server: Int32) throws {
            self.link = link
            sides = [Side(client, self), Side(server, self)]
            for side in sides { side.registration = try link.loop.register(side.fd, .read, side) }
        }

        private func move(_ from: Side) {
            let to = from === sides[0] ? sides[1] : sides[0]
            var buffer = [UInt8](repeating: 0, count: 16 * 1024)
            let count = recv(from.fd, &buffer, buffer.count, 0)
            if count < 0 && errno == EAGAIN { return }
            if count <= 0 {
                close()
                link.ended(self)
                return
            }
            link.spoke(server: from === sides[1])
            var (pass, cut) = (link.isSilent ? 0 : count, false)
            if from === sides[1] {
                (pass, cut) = link.allowance(count)
                link.count(pass)
            }
            let step = link.isTrickling ? 1 : max(pass, 1)
            var sent = 0
            // Loopback takes a chunk at once or soon: bounded waiting keeps the proxy simple.
            for _ in 0..<200_000 where sent < pass {
                let result = buffer[sent..<min(sent + step, pass)].withUnsafeBytes {
                    send(to.fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL.rawValueOrSelf))
                }
                if result > 0 { sent += result } else if errno == EAGAIN { usleep(50) } else { break }
            }
            if cut || sent < pass {
                close()
                link.ended(self)
            }
        }

        func close() {
            guard !isClosed else { return }
            isClosed = true
            for side in sides {
                if let registration = side.registration { link.loop.unregister(registration) }
                shutDescriptor(side.fd)
            }
        }
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func stream() -> Int32 { socket(AF_INET, Int32(SOCK_STREAM.rawValueOrSelf), 0) }

    private static func listen(backlog: Int32) throws -> (Int32, UInt16) {
        let fd = stream()
        var address = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, length) == 0 && getsockname(fd, $0, &length) == 0
            }
        }
        guard bound, systemListen(fd, backlog) == 0 else { throw SystemError(code: errno, doing: "listen on loopback") }
        _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
        return (fd, UInt16(bigEndian: address.sin_port))
    }

    private static func connect(_ port: UInt16, waiting: Bool) -> Int32? {
        let fd = stream()
        if !waiting { _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) }
        var address = address(port)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
        if connected == 0 || !waiting { return fd }
        shutDescriptor(fd)
        return nil
    }
}

// Outside the class, whose own names hide the system's.
private func shutDescriptor(_ fd: Int32) { _ = close(fd) }
private func systemListen(_ fd: Int32, _ backlog: Int32) -> Int32 { listen(fd, backlog) }
private func systemConnect(_ fd: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(fd, address, length)
}

// Glibc imports these constants as enums, Darwin as integers.
extension Int32 { fileprivate var rawValueOrSelf: Int32 { self } }
extension Int { fileprivate var rawValueOrSelf: Int32 { Int32(self) } }
#if canImport(Glibc)
extension __socket_type { fileprivate var rawValueOrSelf: UInt32 { rawValue } }
#endif
