import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The system calls of a `FaultyLink`. Sockets are non-blocking and send at once; failures are -errno.
enum LinkSocket {
    static func listen(backlog: Int32) throws(SystemError) -> (descriptor: Int32, port: UInt16) {
        let fd = make()
        var address = address("127.0.0.1", 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, length) == 0 && getsockname(fd, $0, &length) == 0
            }
        }
        guard bound, systemListen(fd, backlog) == 0 else { throw SystemError(code: errno, doing: "listen on loopback") }
        return (fd, UInt16(bigEndian: address.sin_port))
    }

    static func accept(_ listener: Int32) -> Int32? {
        let fd = systemAccept(listener, nil, nil)
        guard fd >= 0 else { return nil }
        prepare(fd)
        return fd
    }

    /// Begins to connect; whether it comes about shows when the socket is used.
    static func connect(_ address: String, _ port: UInt16) -> Int32? {
        let fd = make()
        var address = self.address(address, port)
        let begun = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 || errno == EINPROGRESS
            }
        }
        if begun { return fd }
        close(fd)
        return nil
    }

    static func receive(_ fd: Int32, _ buffer: inout [UInt8]) -> Int {
        let count = recv(fd, &buffer, buffer.count, 0)
        return count < 0 ? -Int(errno) : count
    }

    static func send(_ fd: Int32, _ bytes: ArraySlice<UInt8>) -> Int {
        let count = bytes.withUnsafeBytes { systemSend(fd, $0.baseAddress, $0.count, noSignal) }
        return count < 0 ? -Int(errno) : count
    }

    static func close(_ fd: Int32) { systemClose(fd) }

    /// The other side is told of a reset instead of an end.
    static func resetOnClose(_ fd: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        _ = setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    private static func make() -> Int32 {
        let fd = socket(AF_INET, streamType, 0)
        prepare(fd)
        return fd
    }

    private static func prepare(_ fd: Int32) {
        _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
        _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)
        var yes: Int32 = 1
        _ = setsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func address(_ text: String, _ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let isAddress = inet_pton(AF_INET, text, &address.sin_addr) == 1
        precondition(isAddress, "a link goes to an IPv4 address, not to \(text)")
        return address
    }
}

// Outside the type, whose own names hide the system's.
private func systemClose(_ fd: Int32) { _ = close(fd) }
private func systemListen(_ fd: Int32, _ backlog: Int32) -> Int32 { listen(fd, backlog) }
private func systemAccept(
    _ fd: Int32,
    _ address: UnsafeMutablePointer<sockaddr>?,
    _ length: UnsafeMutablePointer<socklen_t>?
) -> Int32 { accept(fd, address, length) }
private func systemConnect(_ fd: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    connect(fd, address, length)
}
private func systemSend(_ fd: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(fd, bytes, count, flags)
}

// Glibc and Darwin have these as different types.
#if canImport(Glibc)
private let streamType = Int32(SOCK_STREAM.rawValue)
private let noSignal = Int32(MSG_NOSIGNAL)
#else
private let streamType = SOCK_STREAM
private let noSignal = MSG_NOSIGNAL
#endif
