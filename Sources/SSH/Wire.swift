import CLibSSH2

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The bytes between a socket and libssh2: what has arrived and what is to go. libssh2 reads and writes through this and
/// never sees the socket, so a partially sent packet, which every version of it gets wrong in another way, cannot occur.
/// Confined to the loop's thread.
final class Wire {
    /// Valid during one `ready` only; what libssh2 leaves of it is copied to `leftover`.
    private var arriving = UnsafeRawBufferPointer(start: nil, count: 0)
    private var leftover: [UInt8] = []
    private var leftoverStart = 0

    private(set) var outgoing: [UInt8] = []
    private var outgoingStart = 0

    /// How the incoming side ended: 0 for an orderly end, else an errno.
    private(set) var ended: Int32?
    /// Until everything that had arrived has been read out, libssh2 is told "not yet" instead of the end: it hands out
    /// queued data only while it sees no error.
    private(set) var tellsEnd = false
    private var poisoned = false

    /// The first bytes the server sent, for saying what it is when it does not speak SSH.
    private(set) var firstBytes: [UInt8] = []
    private(set) var receivedAnything = false

    var outgoingCount: Int { outgoing.count - outgoingStart }

    // MARK: The socket's side

    func arrived(_ bytes: UnsafeRawBufferPointer) {
        arriving = bytes
        receivedAnything = true
        if firstBytes.count < 255 { firstBytes += bytes.prefix(255 - firstBytes.count) }
    }

    /// Keeps what was not consumed; call before the buffer behind `arrived` is used again.
    func settle() {
        if arriving.isEmpty { return }
        if leftoverStart == leftover.count {
            leftover.removeAll(keepingCapacity: true)
            leftoverStart = 0
        }
        leftover += arriving
        arriving = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    func incomingEnded(_ code: Int32) { if ended == nil { ended = code } }
    func startTellingEnd() { tellsEnd = true }

    func takeOutgoing(_ body: (UnsafeRawBufferPointer) -> Int) {
        let taken = outgoing.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[outgoingStart...])) }
        outgoingStart += taken
        if outgoingStart == outgoing.count {
            // A session that has once sent a large file must not keep its buffer for the rest of the run.
            outgoing.removeAll(keepingCapacity: outgoing.capacity <= 16 * 1024)
            outgoingStart = 0
        } else if outgoingStart > 1 << 20 {
            outgoing.removeFirst(outgoingStart)
            outgoingStart = 0
        }
    }

    /// From here on libssh2 gets errors and nothing is sent: its freeing functions then never wait.
    func poison() {
        poisoned = true
        outgoing = []
        outgoingStart = 0
    }

    // MARK: libssh2's side

    fileprivate func receive(_ into: UnsafeMutableRawPointer, _ room: Int) -> Int {
        if poisoned { return -Int(ECONNRESET) }
        if leftoverStart < leftover.count {
            let count = min(room, leftover.count - leftoverStart)
            leftover.withUnsafeBytes { into.copyMemory(from: $0.baseAddress! + leftoverStart, byteCount: count) }
            leftoverStart += count
            if leftoverStart == leftover.count {
                leftover = []
                leftoverStart = 0
            }
            return count
        }
        if !arriving.isEmpty {
            let count = min(room, arriving.count)
            into.copyMemory(from: arriving.baseAddress!, byteCount: count)
            arriving = UnsafeRawBufferPointer(rebasing: arriving[count...])
            return count
        }
        guard let ended, tellsEnd else { return -Int(EAGAIN) }
        return ended == 0 ? 0 : -Int(ended)
    }

    fileprivate func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        if !poisoned { outgoing += bytes }
        return bytes.count
    }

    /// Makes this the transport of a session whose `abstract` points here.
    static func attach(to session: OpaquePointer) {
        baton_ssh2_set_callbacks(
            session,
            { _, bytes, count, _, context in
                let wire = Unmanaged<Wire>.fromOpaque(context!.pointee!).takeUnretainedValue()
                return wire.send(UnsafeRawBufferPointer(start: bytes, count: count))
            },
            { _, into, room, _, context in
                let wire = Unmanaged<Wire>.fromOpaque(context!.pointee!).takeUnretainedValue()
                return wire.receive(into!, room)
            }
        )
    }
}
