#if canImport(Darwin)
import CSystem
import Darwin

/// kqueue, with EVFILT_USER to wake it.
struct Poller: Polling, ~Copyable {
    private let queue: Int32
    private var events: [kevent]
    private(set) var isFull = false

    init() throws(SystemError) {
        let queue = kqueue()
        if queue < 0 { throw SystemError(code: errno, doing: "create a kqueue") }
        _ = fcntl(queue, F_SETFD, FD_CLOEXEC)
        self.queue = queue
        events = Array(repeating: kevent(), count: 128)
        try apply([Self.event(ident: 0, filter: EVFILT_USER, flags: EV_ADD | EV_CLEAR)])
    }

    private static func event(
        ident: UInt,
        filter: Int32,
        flags: Int32,
        fflags: UInt32 = 0,
        generation: UInt32 = 0
    ) -> kevent {
        kevent(
            ident: ident,
            filter: Int16(filter),
            flags: UInt16(flags),
            fflags: fflags,
            data: 0,
            udata: UnsafeMutableRawPointer(bitPattern: UInt(generation))
        )
    }

    private func apply(_ changes: [kevent]) throws(SystemError) {
        let result = changes.withUnsafeBufferPointer { kevent(queue, $0.baseAddress, Int32($0.count), nil, 0, nil) }
        if result < 0 { throw SystemError(code: errno, doing: "change a kqueue") }
    }

    private func changes(_ registration: Registration, _ wanted: Interest, _ had: Interest) -> [kevent] {
        [(Interest.read, EVFILT_READ), (.write, EVFILT_WRITE)].compactMap { interest, filter in
            let (want, have) = (wanted.contains(interest), had.contains(interest))
            if want == have { return nil }
            return Self.event(
                ident: UInt(registration.fd),
                filter: Int32(filter),
                flags: want ? EV_ADD : EV_DELETE,
                generation: registration.generation
            )
        }
    }

    mutating func add(_ registration: Registration, _ interest: Interest) throws(SystemError) {
        try apply(changes(registration, interest, []))
    }

    mutating func change(_ registration: Registration, to interest: Interest, from: Interest) throws(SystemError) {
        try apply(changes(registration, interest, from))
    }

    mutating func remove(_ registration: Registration, _ interest: Interest) {
        try? apply(changes(registration, [], interest))
    }

    /// Watches a child's end or a signal. The registration's `fd` is the pid or the signal's number with its sign
    /// turned, so that it never meets a descriptor.
    mutating func watch(_ registration: Registration, filter: Int32, fflags: UInt32) throws(SystemError) {
        try apply([
            Self.event(
                ident: UInt(-registration.fd),
                filter: filter,
                flags: EV_ADD,
                fflags: fflags,
                generation: registration.generation
            )
        ])
    }

    mutating func wait(timeout: Duration?) -> Int {
        var limit = timespec()
        if let timeout {
            limit.tv_sec = Int(timeout.inNanoseconds / 1_000_000_000)
            limit.tv_nsec = Int(timeout.inNanoseconds % 1_000_000_000)
        }
        if isFull { events.append(contentsOf: repeatElement(kevent(), count: events.count)) }
        let count = Int(
            events.withUnsafeMutableBufferPointer { buffer in
                withUnsafePointer(to: &limit) {
                    kevent(queue, nil, 0, buffer.baseAddress, Int32(buffer.count), timeout == nil ? nil : $0)
                }
            }
        )
        precondition(count >= 0 || errno == EINTR, "kevent: \(SystemError.text(of: errno))")
        isFull = count == events.count
        return max(0, count)
    }

    mutating func event(_ index: Int) -> (Registration, Readiness)? {
        let event = events[index]
        if Int32(event.filter) == EVFILT_USER { return nil }
        var readiness: Readiness = Int32(event.filter) == EVFILT_WRITE ? .write : .read
        if Int32(event.flags) & EV_EOF != 0 { readiness.insert(.closed) }
        let generation = UInt32(UInt(bitPattern: event.udata))
        let isDescriptor = [EVFILT_READ, EVFILT_WRITE].contains(Int32(event.filter))
        let number = Int32(truncatingIfNeeded: event.ident)
        return (Registration(fd: isDescriptor ? number : -number, generation: generation), readiness)
    }

    borrowing func wake() {
        try? apply([Self.event(ident: 0, filter: EVFILT_USER, flags: 0, fflags: NOTE_TRIGGER)])
    }

    mutating func close() { Darwin.close(queue) }
}
#endif
