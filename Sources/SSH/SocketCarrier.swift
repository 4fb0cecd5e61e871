import CSystem
import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A TCP connection.
final class SocketCarrier: Carrier, Handler {
    weak var owner: (any CarrierOwner)?
    let places: [String]
    private let addresses: [SocketAddress]
    private let loop: Loop
    /// After so long without an answer the kernel gives a connection up.
    private let patience: Duration
    private var fd: Int32 = -1
    private var registration: Registration?
    private var isConnecting = false
    private var isFull = false
    private var hasEnded = false

    init(_ addresses: [SocketAddress], port: UInt16, patience: Duration, on loop: Loop) {
        self.addresses = addresses
        self.loop = loop
        self.patience = patience
        places = addresses.map { Self.place($0.description, port) }
    }

    deinit { precondition(fd < 0, "a connection was dropped without being closed") }

    private static func place(_ address: String, _ port: UInt16) -> String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    func connect(to place: Int, within limit: Duration) {
        close()
        let result = addresses[place].startConnecting()
        if result < 0 {
            owner?.carrierConnected(Self.failure(-result))
            return
        }
        fd = result
        isConnecting = true
        hasEnded = false
        do {
            registration = try loop.register(fd, .write, self)
        } catch {
            owner?.carrierConnected(ConnectFailure(reason: error.reason))
        }
    }

    private static func failure(_ code: Int32) -> ConnectFailure {
        ConnectFailure(reason: SystemError.text(of: code), refused: code == ECONNREFUSED)
    }

    func ready(_ readiness: Readiness) {
        if isConnecting {
            connectIsReady()
            return
        }
        if readiness.contains(.read) { receive() }
        guard fd >= 0, isFull, readiness.contains(.write) else { return }
        isFull = false
        owner?.carrierHasRoom()
        updateInterest()
    }

    private func connectIsReady() {
        let code = baton_socket_error(fd)
        if code != 0 {
            owner?.carrierConnected(Self.failure(code))
            return
        }
        isConnecting = false
        baton_socket_liveness(fd, Int32(clamping: patience.inNanoseconds / 1_000_000))
        updateInterest()
        owner?.carrierConnected(nil)
    }

    private func receive() {
        let count = baton_receive(fd, loop.scratch.baseAddress, loop.scratch.count)
        if count > 0 {
            owner?.carrierReceived(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
        } else if count != -Int(EAGAIN) {
            end(count == 0 ? .orderly : .failed(Int32(-count)))
        }
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard fd >= 0, !isConnecting else { return 0 }
        var sent = 0
        while sent < bytes.count {
            let count = baton_send(fd, bytes.baseAddress! + sent, bytes.count - sent)
            if count == -Int(EAGAIN) {
                isFull = true
                updateInterest()
                break
            }
            if count < 0 {
                end(.failed(Int32(-count)))
                break
            }
            sent += count
        }
        return sent
    }

    // Delayed acknowledgement costs 40 ms each.
    func expectsAnswer() { baton_quick_ack(fd) }

    private func end(_ end: Wire.End) {
        hasEnded = true
        updateInterest()
        owner?.carrierEnded(end)
    }

    private func updateInterest() {
        guard let registration else { return }
        var interest: Interest = hasEnded ? [] : .read
        if isFull { interest.insert(.write) }
        do {
            try loop.update(registration, interest)
        } catch {
            owner?.carrierEnded(Wire.End(code: EIO, reason: error.description))
        }
    }

    func close() {
        if let registration { loop.unregister(registration) }
        registration = nil
        if fd >= 0 { shut(fd) }
        fd = -1
        isFull = false
    }
}

/// Outside the class, where `close` is the carrier's.
private func shut(_ fd: Int32) { _ = close(fd) }
