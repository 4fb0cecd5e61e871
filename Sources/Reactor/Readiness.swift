/// What a handler wants to hear of.
package struct Interest: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let read = Interest(rawValue: 1)
    package static let write = Interest(rawValue: 2)
}

/// What the kernel says of a descriptor. `closed` comes with `read`: reading tells how it ended.
package struct Readiness: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let read = Readiness(rawValue: 1)
    package static let write = Readiness(rawValue: 2)
    package static let closed = Readiness(rawValue: 4)
}

/// A descriptor together with the number of its registration, so that an event that was already on its way when the
/// descriptor was closed and its number used again reaches nobody.
package struct Registration: Hashable, Sendable {
    package let fd: Int32
    let generation: UInt32
}

/// Whoever is told of readiness. Called on the loop's thread; must not block and must not suspend.
package protocol Handler: AnyObject {
    func ready(_ readiness: Readiness)
}

/// The one shape behind epoll and kqueue: `Poller` in `Poller+Linux.swift` and `Poller+Darwin.swift`. Level-triggered:
/// a handler that does not read everything is told again, so no wake-up can be lost.
protocol Polling: ~Copyable {
    init() throws(SystemError)
    mutating func add(_ registration: Registration, _ interest: Interest) throws(SystemError)
    mutating func change(_ registration: Registration, to interest: Interest, from: Interest) throws(SystemError)
    mutating func remove(_ registration: Registration, _ interest: Interest)
    /// Waits at most `timeout` (nil: for ever) and says how many events there are.
    mutating func wait(timeout: Duration?) -> Int
    /// The last wait had no room for more, so that there may be more; the next one has twice as much.
    var isFull: Bool { get }
    /// One event of the last wait; nil for the waker. Asked one by one, because handlers change the poller.
    mutating func event(_ index: Int) -> (Registration, Readiness)?
    /// Ends a wait; the only member that any thread may call.
    borrowing func wake()
    mutating func close()
}
