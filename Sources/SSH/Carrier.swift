/// What carries the bytes of a session: a socket, the pipes of a program, a channel of another session. Confined to the
/// loop's thread like the session that owns it.
protocol Carrier: AnyObject {
    /// Where it can go, for messages; tried in this order, never empty.
    var places: [String] { get }

    /// Starts to connect to one of the places; the owner is told how that went.
    func connect(to place: Int, within limit: Duration)
    /// How long all of that may take where each host on the way gets `limit`.
    func patience(_ limit: Duration) -> Duration
    /// Takes what it can: a count, or less than `bytes.count` when it is full; the owner is told when there is room.
    func send(_ bytes: UnsafeRawBufferPointer) -> Int
    /// The next bytes are an answer that somebody waits for.
    func expectsAnswer()
    /// Lets go of everything at once; the owner is not told.
    func close()

    var owner: (any CarrierOwner)? { get set }
}

extension Carrier {
    func patience(_ limit: Duration) -> Duration { limit }
}

protocol CarrierOwner: AnyObject {
    func carrierConnected(_ failure: ConnectFailure?)
    func carrierReceived(_ bytes: UnsafeRawBufferPointer)
    func carrierEnded(_ end: Wire.End)
    func carrierHasRoom()
}

/// Why one place could not be connected to.
struct ConnectFailure: Equatable {
    let reason: String
    /// Somebody answered, and the answer was no.
    var refused = false
    /// An error that is complete already, such as that of a jump host.
    var error: SSHError?
}
