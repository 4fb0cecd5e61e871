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

/// A continuation that two may want to resume; the first does. Used on the loop only.
private final class Once<Value: Sendable>: @unchecked Sendable {
    // Unchecked: made before it is shared, touched on the loop's thread from then on.
    private var continuation: CheckedContinuation<Value, Never>?
    var timer: Loop.Timer?
    var cancel: ((Loop.Timer) -> Void)?

    init(_ continuation: CheckedContinuation<Value, Never>) { self.continuation = continuation }

    func resume(_ value: Value) {
        continuation?.resume(returning: value)
        continuation = nil
        if let timer { cancel?(timer) }
        timer = nil
    }
}

extension Loop {
    /// The addresses of `name`, in the resolver's order; a literal address is not looked up and starts no thread.
    /// A resolver that does not answer within `limit` is an error; its thread is left to finish by itself.
    package func resolve(
        _ name: String,
        port: UInt16,
        within limit: Duration = .seconds(10)
    ) async throws(ResolveError) -> [SocketAddress] {
        if let literal = Self.lookUp(name, port, flags: AI_NUMERICHOST), case .success(let addresses) = literal {
            return addresses
        }
        typealias Answer = Result<[SocketAddress], ResolveError>?
        let answer = await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
            let once = Once(continuation)
            workers.submit {
                let answer = Self.lookUp(name, port, flags: 0)
                self.execute { once.resume(answer) }
            }
            execute {
                let late = ResolveError(name: name, reason: "the resolver did not answer in time")
                once.timer = self.after(limit) { once.resume(.failure(late)) }
                once.cancel = { self.cancel($0) }
            }
        }
        switch answer {
        case .success(let addresses): return addresses
        case .failure(let error): throw error
        case nil: throw ResolveError(name: name, reason: "no address")
        }
    }

    private static func lookUp(
        _ name: String,
        _ port: UInt16,
        flags: Int32
    ) -> Result<[SocketAddress], ResolveError>? {
        var hints = addrinfo()
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
