import CLibSSH2
import Shell

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Whoever owns a channel is told through this, on the loop's thread.
protocol ChannelConsumer: AnyObject {
    /// The server has accepted the command; input that was queued follows.
    func started()
    func received(_ stream: StandardStream, _ bytes: UnsafeRawBufferPointer)
    func ended(_ end: Channel.End)
}

/// One command on a session: its input queue and its state. `Session` drives it; its owner writes into it.
final class Channel {
    enum End: Equatable {
        /// The remote side closed it; status or signal as far as the server told.
        case closed(status: Int32?, signal: String?)
        /// The server did not open it or did not accept the command.
        case refused(String)
        case linkLost(String)
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

    let command: String
    let consumer: any ChannelConsumer
    var state = State.waiting
    /// Set once the command is known to have ended while its output is still open.
    var isDying = false
    var pointer: OpaquePointer?

    private var input: [[UInt8]] = []
    private var inputStart = 0

    /// How much the server may send before it must wait. Everything is read at once, so this is what can be on its way:
    /// at 50 ms round trip, 2 MiB are 40 MB/s.
    static let window: UInt32 = 2 << 20

    init(command: String, consumer: any ChannelConsumer) {
        self.command = command
        self.consumer = consumer
    }

    var hasInput: Bool { !input.isEmpty }

    func queue(_ bytes: [UInt8]) { if !bytes.isEmpty { input.append(bytes) } }

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
                if self.pointer == nil { return .done }
            }
        }
        return progressed ? .done : .wouldBlock
    }

    /// The command has ended as far as the server told, though something still holds its output open. A status of 0
    /// cannot be told from none (libssh2 #2515).
    var fate: End? {
        guard let pointer else { return nil }
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

    var remoteHasFinished: Bool { pointer.map { libssh2_channel_eof($0) == 1 } ?? false }

    /// The last word: status or signal, once the remote side has closed.
    func closeStep() -> End? {
        guard let pointer else { return .closed(status: nil, signal: nil) }
        let code = libssh2_channel_wait_closed(pointer)
        if code == LIBSSH2_ERROR_EAGAIN { return nil }
        if let signal = signal(pointer) { return .closed(status: nil, signal: signal) }
        // 0 also means that no status came (libssh2 #2515): the truth travels inside the stream.
        return .closed(status: libssh2_channel_get_exit_status(pointer), signal: nil)
    }
}
