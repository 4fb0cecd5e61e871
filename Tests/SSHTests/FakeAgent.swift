import CSystem
import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Something that listens where an agent would, and answers as the test wants. Confined to its loop.
final class FakeAgent: Handler {
    enum Reaction {
        /// These bytes, as they are.
        case bytes([UInt8])
        case hangUp
        case silence
    }

    private let loop: Loop
    private let listener: Int32
    private let answer: (_ connection: Int, _ message: [UInt8]) -> Reaction
    private var registration: Registration?
    private var connections: [Connection] = []
    private(set) var accepted = 0

    init(_ path: String, on loop: Loop, answer: @escaping (_ connection: Int, _ message: [UInt8]) -> Reaction) throws {
        self.loop = loop
        self.answer = answer
        #if canImport(Glibc)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
        listener = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let bound = withUnsafeBytes(of: &address) {
            bind(listener, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
        guard bound == 0, listen(listener, 16) == 0 else { throw SystemError(code: errno, doing: "listen at \(path)") }
        _ = baton_set_nonblocking(listener)
        registration = try loop.register(listener, .read, self)
    }

    func ready(_ readiness: Readiness) {
        let fd = accept(listener, nil, nil)
        guard fd >= 0 else { return }
        accepted += 1
        let number = accepted
        _ = baton_set_nonblocking(fd)
        connections.append(Connection(fd, loop) { [unowned self] in answer(number, $0) })
    }

    /// Says something unasked to everybody.
    func send(_ bytes: [UInt8]) {
        for connection in connections { connection.send(bytes) }
    }

    /// Hangs up on everybody; new ones are still welcome.
    func hangUp() {
        for connection in connections { connection.end() }
        connections = []
    }

    func end() {
        hangUp()
        if let registration { loop.unregister(registration) }
        registration = nil
        close(listener)
    }

    private final class Connection: Handler {
        private let fd: Int32
        private let loop: Loop
        private let answer: ([UInt8]) -> Reaction
        private var registration: Registration?
        private var received: [UInt8] = []

        init(_ fd: Int32, _ loop: Loop, _ answer: @escaping ([UInt8]) -> Reaction) {
            self.fd = fd
            self.loop = loop
            self.answer = answer
            registration = try? loop.register(fd, .read, self)
        }

        func ready(_ readiness: Readiness) {
            let count = baton_read(fd, loop.scratch.baseAddress, loop.scratch.count)
            if count == -Int(EAGAIN) { return }
            if count <= 0 {
                end()
                return
            }
            received += loop.scratch.prefix(count)
            while received.count >= 4, registration != nil {
                let length = received[..<4].reduce(0) { $0 << 8 | Int($1) }
                guard received.count >= 4 + length else { return }
                let message = Array(received[4..<4 + length])
                received.removeFirst(4 + length)
                switch answer(message) {
                case .bytes(let bytes): send(bytes)
                case .hangUp: end()
                case .silence: break
                }
            }
        }

        func send(_ bytes: [UInt8]) { _ = baton_write(fd, bytes, bytes.count) }

        func end() {
            guard let registration else { return }
            loop.unregister(registration)
            self.registration = nil
            close(fd)
        }
    }
}
