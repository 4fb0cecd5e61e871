import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where a service listens. No names: a load that waits for a resolver measures the resolver.
package enum Target: Hashable, Sendable, CustomStringConvertible {
    /// An IPv4 address in digits.
    case tcp(String, UInt16)
    case unix(String)

    package static func loopback(_ port: UInt16) -> Target { .tcp("127.0.0.1", port) }

    package var description: String {
        switch self {
        case .tcp(let address, let port): "\(address):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// A non-blocking socket on its way there, or -errno.
    func startConnecting() -> Int32 {
        switch self {
        case .tcp(let text, let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            guard inet_pton(AF_INET, text, &address.sin_addr) == 1 else { return -EINVAL }
            return connect(&address)
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return -ENAMETOOLONG }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            return connect(&address)
        }
    }

    private func connect<Address>(_ address: inout Address) -> Int32 {
        withUnsafeBytes(of: &address) {
            baton_connect_start($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }
}
