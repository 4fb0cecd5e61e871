import CLibSSH2
import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The bytes between a carrier and libssh2: what has arrived and what is to go. libssh2 reads and writes through this and
/// never sees a socket, so a partially sent packet, which every version of it gets wrong in another way, cannot occur.
/// Confined to the loop's thread.
final class Wire {
    /// Valid during one `ready` only; what libssh2 leaves of it is copied to `leftover`.
    private var arriving = UnsafeRawBufferPointer(start: nil, count: 0)
    private var leftover: [UInt8] = []
    private var leftoverStart = 0

    private(set) var outgoing: [UInt8] = []
    private var outgoingStart = 0

    /// How the incoming side ended.
    struct End: Equatable {
        /// 0 for an orderly end, else an errno: what libssh2 is told.
        let code: Int32
        let reason: String
        /// It will be the same the next time.
        var isPermanent = false

        static let orderly = End(code: 0, reason: "the server closed it")
        static func failed(_ code: Int32) -> End { End(code: code, reason: SystemError.text(of: code)) }
    }

    private(set) var ended: End?
    /// Until everything that had arrived has been read out, libssh2 is told "not yet" instead of the end: it hands out
    /// queued data only while it sees no error.
    private(set) var tellsEnd = false
    private var poisoned = false

    /// The first bytes the server sent, for saying what it is when it does not speak SSH, or which algorithms it wanted
    /// when it does and there is no agreement.
    private(set) var firstBytes: [UInt8] = []
    private static let firstBytesKept = 8192
    private(set) var receivedAnything = false
    private var keepsFirstBytes = true
    /// What came before the key exchange was over, and no honest server has so much to say.
    private var earlyBytes = 0
    var isFlooded: Bool { earlyBytes > 1 << 20 }

    /// What answers a keyboard-interactive login while libssh2 is in it: its callback gets this object and nothing else.
    var answers: PromptAnswers?

    var outgoingCount: Int { outgoing.count - outgoingStart }

    // MARK: The carrier's side

    func arrived(_ bytes: UnsafeRawBufferPointer) {
        arriving = bytes
        receivedAnything = true
        if keepsFirstBytes { earlyBytes += bytes.count }
        if keepsFirstBytes, firstBytes.count < Self.firstBytesKept {
            firstBytes += bytes.prefix(Self.firstBytesKept - firstBytes.count)
        }
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

    func incomingEnded(_ end: End) { if ended == nil { ended = end } }
    func startTellingEnd() { tellsEnd = true }

    /// The handshake is over: nobody will ask what the server said first.
    func forgetFirstBytes() {
        keepsFirstBytes = false
        firstBytes = []
    }

    /// Hands out what is to go; `body` says how much of it has gone. More may be added, or all be dropped, meanwhile.
    func takeOutgoing(_ body: (UnsafeRawBufferPointer) -> Int) {
        var pending: [UInt8] = []
        swap(&pending, &outgoing)
        let start = outgoingStart
        outgoingStart = 0
        let end = start + pending.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        if poisoned { return }
        if end < pending.count {
            pending += outgoing
            outgoing = pending
            outgoingStart = end
            if outgoingStart > 1 << 20 {
                outgoing.removeFirst(outgoingStart)
                outgoingStart = 0
            }
        } else if outgoing.isEmpty {
            pending.removeAll(keepingCapacity: true)
            outgoing = pending
        }
    }

    /// Nothing more is to go for now: a session that has once sent a large file must not keep its buffer for the rest of the
    /// run. While it sends one, fresh memory for each round would cost more than the bytes.
    func rest() { if outgoing.isEmpty, outgoing.capacity > 16 * 1024 { outgoing = [] } }

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
        return -Int(ended.code)
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
