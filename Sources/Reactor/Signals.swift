import CSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Signals of this process as events of the loop. Taken by descriptor (signalfd, EVFILT_SIGNAL), so nothing ever runs
/// in a signal handler.
package final class Signals: Handler {
    private let loop: Loop
    private let body: (Int32) -> Void
    private var registrations: [Registration] = []
    #if os(Linux)
    private let fd: Int32
    #endif

    /// Call on the loop's thread and before any other thread starts: a thread that was there before would still die of
    /// the signal.
    package init(_ signals: [Int32], on loop: Loop, _ body: @escaping (Int32) -> Void) throws(SystemError) {
        self.loop = loop
        self.body = body
        #if os(Linux)
        try SystemError.check(baton_block_signals(signals, Int32(signals.count)), "block signals")
        fd = Int32(
            try SystemError.check(baton_signal_descriptor(signals, Int32(signals.count)), "open a signalfd")
        )
        registrations = [try loop.register(fd, .read, self)]
        #else
        for number in signals {
            signal(number, SIG_IGN)  // kqueue reports a signal that the process ignores; a default one would end it
            let delivery = SignalNumber(number, body)
            registrations.append(
                try loop.watch(number: -number, filter: Int32(EVFILT_SIGNAL), fflags: 0, delivery)
            )
        }
        #endif
    }

    package func ready(_ readiness: Readiness) {
        #if os(Linux)
        // Bounded: one read per pending signal, and a level-triggered loop comes back for the rest.
        let number = baton_read_signal(fd)
        if number != 0 { body(number) }
        #endif
    }
}

#if canImport(Darwin)
private final class SignalNumber: Handler {
    private let number: Int32
    private let body: (Int32) -> Void
    init(_ number: Int32, _ body: @escaping (Int32) -> Void) {
        self.number = number
        self.body = body
    }
    func ready(_ readiness: Readiness) { body(number) }
}
#endif
