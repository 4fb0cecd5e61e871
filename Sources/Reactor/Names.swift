import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where a connection goes: one socket address, kept as bytes.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]
    package let description: String

    /// A non-blocking socket on its way there, or -errno.
    package func startConnecting() -> Int32 {
        bytes.withUnsafeBytes { buffer in
            baton_connect_start(
                buffer.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(buffer.count)
            )
        }
    }
}

/// A name that did not become an address.
package struct ResolveError: Error, Equatable, Sendable {
    package let name: String
    package let reason: String
}

/// A callback that two may want to make; the first does. Used on the loop only.
private final class Once<Value: Sendable>: @unchecked Sendable {
    // Unchecked: made before it is shared, touched on the loop's thread from then on.
    private var done: ((Value) -> Void)?
    var timer: Loop.Timer?
    private let loop: Loop

    init(_ loop: Loop, _ done: @escaping (Value) -> Void) {
        self.loop = loop
        self.done = done
    }

    func finish(_ value: Value) {
        let done = done
        self.done = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        done?(value)
    }
}

/// Which kinds of addresses are wanted.
package enum AddressFamily: Sendable {
    case any
    case inet
    case inet6

    fileprivate var code: Int32 {
        switch self {
        case .any: AF_UNSPEC
        case .inet: AF_INET
        case .inet6: AF_INET6
        }
    }
}

extension Loop {
    package typealias Addresses = Result<[SocketAddress], ResolveError>

    /// The addresses of `name`, in the resolver's order; a literal address is not looked up and starts no thread.
    /// A resolver that does not answer within `limit` is an error; its thread is left to finish by itself. `done` is
    /// called once, on the loop, possibly before this returns.
    package func resolve(
        _ name: String,
        port: UInt16,
        _ family: AddressFamily = .any,
        within limit: Duration = .seconds(10),
        _ done: @escaping (Addresses) -> Void
    ) {
        preconditionOnLoop()
        let code = family.code
        if let literal = Self.lookUp(name, port, code, flags: AI_NUMERICHOST), case .success = literal {
            done(literal)
            return
        }
        let once = Once<Addresses>(self, done)
        once.timer = after(limit) {
            once.timer = nil
            once.finish(.failure(ResolveError(name: name, reason: "the resolver did not answer in time")))
        }
        workers.submit {
            let answer = Self.lookUp(name, port, code, flags: 0)
            self.execute { once.finish(answer ?? .failure(ResolveError(name: name, reason: "no address"))) }
        }
    }

    private static func lookUp(
        _ name: String,
        _ port: UInt16,
        _ family: Int32,
        flags: Int32
    ) -> Result<[SocketAddress], ResolveError>? {
        var hints = addrinfo()
        hints.ai_family = family
        hints.ai_flags = flags | AI_NUMERICSERV
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, String(port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        if code != 0 { return .failure(ResolveError(name: name, reason: String(cString: gai_strerror(code)))) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next, addresses.count < 16 {
            if let address = entry.pointee.ai_addr {
                let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.pointee.ai_addrlen))
                addresses.append(
                    SocketAddress(bytes: Array(bytes), description: text(address, entry.pointee.ai_addrlen))
                )
            }
            next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? nil : .success(addresses)
    }

    private static func text(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { host in
            let code = getnameinfo(address, length, host.baseAddress, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
            return code == 0 ? String(cString: host.baseAddress!) : "an unprintable address"
        }
    }
}
