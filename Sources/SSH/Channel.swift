import CLibSSH2
import Shell

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A command or a tunnel on a session: its input queue and its state. `Session` drives it; its owner writes into it.
final class Channel: CommandChannel {
    enum Kind {
        case command(String)
        /// A connection that the server makes for us; `message` is the request's own part (RFC 4254, 7.2; OpenSSH's
        /// PROTOCOL, 2.4).
        case tunnel(type: String, message: [UInt8])

        static func tunnel(to host: String, port: UInt16) -> Kind {
            let origin = WireFormat.string("127.0.0.1") + WireFormat.number(0)
            let message = WireFormat.string(host) + WireFormat.number(Int(port)) + origin
            return .tunnel(type: "direct-tcpip", message: message)
        }

        static func tunnel(toSocket path: String) -> Kind {
            let message = WireFormat.string(path) + WireFormat.string("") + WireFormat.number(0)
            return .tunnel(type: "direct-streamlocal@openssh.com", message: message)
        }
    }

    enum State: Equatable {
        case waiting
        case opening
        case requesting
        case running
        /// The remote side has sent its last byte; its word on how the command ended may follow.
        case closing
        case ended
    }

    let kind: Kind
    let consumer: any ChannelConsumer
    private weak var session: Session?
    var state = State.waiting
    /// libssh2 has been asked to open it.
    var openingBegan = false
    /// Set once the command is known to have ended while its output is still open.
    var isDying = false
    var pointer: OpaquePointer?

    private var input: [[UInt8]] = []
    private var inputStart = 0

    /// How much the server may send before it must wait. Everything is read at once, so this is what can be on its way:
    /// at 50 ms round trip, 2 MiB are 40 MB/s.
    static let window: UInt32 = 2 << 20

    init(_ kind: Kind, on session: Session, consumer: any ChannelConsumer) {
        self.kind = kind
        self.session = session
        self.consumer = consumer
    }

    // MARK: The owner's side

    func start() {
        if let session { session.start(self) } else { consumer.ended(.linkLost("the connection is closed")) }
    }

    func send(_ pieces: [[UInt8]]) {
        for piece in pieces where !piece.isEmpty { input.append(piece) }
        session?.inputQueued()
    }

    func drop() { session?.drop(self) }

    var hasInput: Bool { !input.isEmpty }
    var queuedCount: Int { input.reduce(-inputStart) { $0 + $1.count } }

    // MARK: The session's side

    /// Gives libssh2 what it takes. Nil: nothing was taken; a negative code: the session is broken.
    func writeSome() -> Int32? {
        guard let pointer, let first = input.first else { return nil }
        let count = first.withUnsafeBytes {
            libssh2_channel_write_ex(pointer, 0, $0.baseAddress! + inputStart, $0.count - inputStart)
        }
        if count == Int(LIBSSH2_ERROR_EAGAIN) { return nil }
        if count < 0 { return Int32(count) }
        inputStart += Int(count)
        if inputStart == first.count {
            input.removeFirst()
            inputStart = 0
        }
        return count == 0 ? nil : 0
    }

    /// Reads both streams until they block. `.done` means that something came.
    func readAll(into buffer: UnsafeMutableRawBufferPointer) -> Step {
        guard let pointer else { return .wouldBlock }
        var progressed = false
        for stream in StandardStream.allCases {
            while true {
                let count = libssh2_channel_read_ex(
                    pointer,
                    Int32(stream.rawValue),
                    buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                    buffer.count
                )
                if count == 0 || count == Int(LIBSSH2_ERROR_EAGAIN) { break }
                if count < 0 { return .failed(code: Int32(count), text: "") }
                progressed = true
                consumer.received(stream, UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
                // The consumer may have had enough.
                if self.pointer == nil || state == .ended { return .done }
            }
        }
        return progressed ? .done : .wouldBlock
    }

    /// The command has ended as far as the server told, though something still holds its output open. A status of 0
    /// cannot be told from none (libssh2 #2515).
    var fate: ChannelEnd? {
        guard case .command = kind, let pointer else { return nil }
        if libssh2_channel_get_exit_status(pointer) != 0 {
            return .closed(status: libssh2_channel_get_exit_status(pointer), signal: nil)
        }
        return signal(pointer).map { .closed(status: nil, signal: $0) }
    }

    private func signal(_ pointer: OpaquePointer) -> String? {
        var name: UnsafeMutablePointer<CChar>?
        var length = 0
        libssh2_channel_get_exit_signal(pointer, &name, &length, nil, nil, nil, nil)
        guard let name else { return nil }
        defer { free(name) }
        return String(cString: name)
    }

    /// Ends it in order; false while the server has not answered yet.
    func freeStep() -> Bool {
        guard let pointer else { return true }
        if libssh2_channel_free(pointer) == LIBSSH2_ERROR_EAGAIN { return false }
        self.pointer = nil
        return true
    }

    var remoteHasFinished: Bool { pointer.map { libssh2_channel_eof($0) == 1 } ?? false }

    /// The last word: status or signal, once the remote side has closed.
    func closeStep() -> ChannelEnd? {
        guard let pointer else { return .closed(status: nil, signal: nil) }
        let code = libssh2_channel_wait_closed(pointer)
        if code == LIBSSH2_ERROR_EAGAIN { return nil }
        if let signal = signal(pointer) { return .closed(status: nil, signal: signal) }
        // 0 also means that no status came (libssh2 #2515): the truth travels inside the stream.
        return .closed(status: libssh2_channel_get_exit_status(pointer), signal: nil)
    }
}
