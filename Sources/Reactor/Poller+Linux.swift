#if os(Linux)
import CSystem
import Glibc

/// epoll, with an eventfd to wake it.
struct Poller: Polling, ~Copyable {
    private let epoll: Int32
    let waker: Int32
    private var events: [epoll_event]
    private(set) var isFull = false

    /// No registration has generation 0; the waker does.
    private static let wakerMark: UInt64 = .max

    init() throws(SystemError) {
        // Assigned together at the end: a noncopyable value may not be half made when an error leaves.
        let epoll = Int32(try SystemError.check(baton_epoll_create(), "create an epoll instance"))
        let waker = Int32(try SystemError.check(baton_eventfd(), "create an eventfd"))
        try SystemError.check(
            baton_epoll_control(epoll, EPOLL_CTL_ADD, waker, EPOLLIN.rawValue, Self.wakerMark),
            "watch the eventfd"
        )
        self.epoll = epoll
        self.waker = waker
        events = Array(repeating: epoll_event(), count: 128)
    }

    mutating func add(_ registration: Registration, _ interest: Interest) throws(SystemError) {
        try control(EPOLL_CTL_ADD, registration, interest)
    }

    mutating func change(_ registration: Registration, to interest: Interest, from: Interest) throws(SystemError) {
        try control(EPOLL_CTL_MOD, registration, interest)
    }

    mutating func remove(_ registration: Registration, _ interest: Interest) {
        _ = baton_epoll_control(epoll, EPOLL_CTL_DEL, registration.fd, 0, 0)
    }

    private func control(_ operation: Int32, _ registration: Registration, _ interest: Interest) throws(SystemError) {
        var mask: UInt32 = 0
        if interest.contains(.read) { mask |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if interest.contains(.write) { mask |= EPOLLOUT.rawValue }
        let data = UInt64(registration.generation) << 32 | UInt64(UInt32(bitPattern: registration.fd))
        try SystemError.check(
            baton_epoll_control(epoll, operation, registration.fd, mask, data),
            "watch descriptor \(registration.fd)"
        )
    }

    mutating func wait(timeout: Duration?) -> Int {
        // Rounded up: rounding down would spin through the last millisecond before a deadline.
        let milliseconds = timeout.map { Int32(clamping: ($0.inNanoseconds + 999_999) / 1_000_000) } ?? -1
        if isFull { events.append(contentsOf: repeatElement(epoll_event(), count: events.count)) }
        let count = Int(
            events.withUnsafeMutableBufferPointer {
                baton_epoll_wait(epoll, $0.baseAddress, Int32($0.count), milliseconds)
            }
        )
        precondition(count >= 0, "epoll_wait: \(SystemError.text(of: Int32(-count)))")
        isFull = count == events.count
        return count
    }

    mutating func event(_ index: Int) -> (Registration, Readiness)? {
        let data = baton_epoll_data(&events[index])
        let mask = events[index].events
        if data == Self.wakerMark {
            var value: UInt64 = 0
            _ = baton_read(waker, &value, 8)
            return nil
        }
        var readiness: Readiness = []
        let ending = EPOLLHUP.rawValue | EPOLLERR.rawValue
        if mask & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | ending) != 0 { readiness.insert(.read) }
        if mask & (EPOLLOUT.rawValue | ending) != 0 { readiness.insert(.write) }
        if mask & ending != 0 { readiness.insert(.closed) }
        return (Registration(fd: Int32(truncatingIfNeeded: data), generation: UInt32(data >> 32)), readiness)
    }

    borrowing func wake() {
        var one: UInt64 = 1
        _ = baton_write(waker, &one, 8)
    }

    mutating func close() {
        Glibc.close(waker)
        Glibc.close(epoll)
    }
}
#endif
