import CSystem
import Reactor
import TestLoad
import TestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A listener that does to each connection what its script says, and nothing else. Confined to its loop.
final class ScriptedServer: Handler, @unchecked Sendable {
    // Unchecked: touched on its loop only.
    enum Step: Sendable {
        /// Waits for a whole request, body and all.
        case read
        /// Waits for any bytes, and leaves them in the kernel.
        case wait
        case send(String)
        case close
        case reset
        /// Does nothing more; the connection stays.
        case hold
    }

    let target: Target
    private let loop: Loop
    private let listener: Int32
    private let script: @Sendable (Int) -> [Step]
    private var registration: Registration?
    private(set) var accepted = 0
    private var guests: [Guest] = []

    /// `script` is asked with the number of each connection, from 0.
    init(unix path: String? = nil, on loop: Loop, _ script: @escaping @Sendable (Int) -> [Step]) throws {
        self.loop = loop
        self.script = script
        (listener, target) = try listenSomewhere(unix: path, backlog: 64)
        _ = baton_set_nonblocking(listener)
        registration = try loop.register(listener, .read, self)
    }

    func ready(_ readiness: Readiness) {
        let fd = accept(listener, nil, nil)
        guard fd >= 0 else { return }
        _ = baton_set_nonblocking(fd)
        _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
        let guest = Guest(fd, script(accepted), loop)
        accepted += 1
        guests.append(guest)
        guest.begin()
    }

    func close() {
        for guest in guests { guest.end() }
        if let registration { loop.unregister(registration) }
        shut(listener)
    }

    static func answer(_ body: String = "", version: String = "1", status: String = "200 OK", _ more: String = "")
        -> String
    {
        "HTTP/1.1 \(status)\r\nX-Release: \(version)\r\n\(more)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private final class Guest: Handler {
        private let fd: Int32
        private let loop: Loop
        private var steps: [Step]
        private var received: [UInt8] = []
        private var registration: Registration?
        private var isOver = false

        init(_ fd: Int32, _ steps: [Step], _ loop: Loop) {
            self.fd = fd
            self.steps = steps
            self.loop = loop
        }

        func begin() {
            registration = try? loop.register(fd, .read, self)
            perform()
        }

        func ready(_ readiness: Readiness) {
            guard !isOver else { return }
            if case .wait = steps.first {
                steps.removeFirst()
                return perform()
            }
            let count = baton_receive(fd, loop.scratch.baseAddress, loop.scratch.count)
            if count == -Int(EAGAIN) { return }
            if count <= 0 { return end() }
            received.append(contentsOf: loop.scratch[..<count])
            perform()
        }

        private func perform() {
            while !isOver, let step = steps.first {
                switch step {
                case .wait, .hold: return
                case .read:
                    guard takeRequest() else { return }
                case .send(let text):
                    let bytes = Array(text.utf8)
                    _ = bytes.withUnsafeBytes { baton_send(fd, $0.baseAddress, $0.count) }
                case .close: return end()
                case .reset:
                    var linger = linger(l_onoff: 1, l_linger: 0)
                    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
                    return end()
                }
                steps.removeFirst()
            }
        }

        private func takeRequest() -> Bool {
            let text = String(decoding: received, as: UTF8.self)
            guard let (head, rest) = split(text, "\r\n\r\n") else { return false }
            let length = split(head, "Content-Length: ").flatMap { Int($0.1.prefix { $0.isNumber }) } ?? 0
            guard rest.utf8.count >= length else { return false }
            received.removeFirst(head.utf8.count + 4 + length)
            return true
        }

        private func split(_ text: String, _ mark: String) -> (String, String)? {
            guard let place = text.utf8.indices.first(where: { text.utf8[$0...].starts(with: mark.utf8) }) else {
                return nil
            }
            let rest = text.utf8.index(place, offsetBy: mark.utf8.count)
            return (String(text[..<place]), String(text[rest...]))
        }

        func end() {
            guard !isOver else { return }
            isOver = true
            if let registration { loop.unregister(registration) }
            shut(fd)
        }
    }
}

/// A port that is taken and that nobody listens at.
struct DeafPort: ~Copyable {
    let fd: Int32
    let target: Target

    init() throws { (fd, target) = try listenSomewhere(unix: nil, backlog: nil) }
    deinit { shut(fd) }
}

/// A descriptor that listens on loopback or at a path, and where.
func listenSomewhere(unix path: String?, backlog: Int32?) throws -> (Int32, Target) {
    #if canImport(Glibc)
    let kind = Int32(SOCK_STREAM.rawValue)
    #else
    let kind = SOCK_STREAM
    #endif
    let fd = socket(path == nil ? AF_INET : AF_UNIX, kind, 0)
    _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
    var isBound = false
    var target = Target.loopback(0)
    if let path {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        isBound = withUnsafeBytes(of: &address) { bindTo(fd, $0) }
        target = .unix(path)
    } else {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        isBound = withUnsafeBytes(of: &address) { bindTo(fd, $0) }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(fd, $0, &length) }
        }
        target = .loopback(UInt16(bigEndian: address.sin_port))
    }
    guard isBound, backlog.map({ listen(fd, $0) == 0 }) ?? true else {
        throw SystemError(code: errno, doing: "listen for a test")
    }
    return (fd, target)
}

private func bindTo(_ fd: Int32, _ address: UnsafeRawBufferPointer) -> Bool {
    bind(fd, address.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count)) == 0
}

func shut(_ fd: Int32) { _ = close(fd) }
