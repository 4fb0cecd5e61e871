import CSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Writes one stream of the process on a thread of its own, so that a reader who does not read (a full pipe, a stopped
/// terminal) holds up neither the hosts nor Ctrl-C. The thread starts with the first byte.
final class OutputWriter: @unchecked Sendable {
    // Unchecked: every field below is touched under `mutex` only.

    private let fd: Int32
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var queue: [[UInt8]] = []
    private var queued = 0
    private var isBusy = false
    private var hasThread = false
    private var failure: Int32 = 0

    /// More than this is waited for: memory has a bound even where the reader has none.
    private static let limit = 64 << 20
    private static let wait: Int = 50_000_000

    /// Lives as long as the process.
    init(_ fd: Int32) {
        self.fd = fd
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    func write(_ text: String) {
        if text.isEmpty { return }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if !hasThread {
            hasThread = true
            let context = Unmanaged.passRetained(self).toOpaque()
            let started = baton_thread_start(
                { Unmanaged<OutputWriter>.fromOpaque($0!).takeUnretainedValue().serve() },
                context
            )
            precondition(started == 0, "cannot start a thread")
        }
        queue.append(Array(text.utf8))
        queued += text.utf8.count
        pthread_cond_broadcast(changed)
        waitLocked { queued <= Self.limit }
    }

    /// Waits until everything is written, or an interrupt says that nobody wants to wait. The kernel's reason if
    /// something was lost; a reader that has gone is none.
    func finish() -> String? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        waitLocked { queue.isEmpty && !isBusy }
        return failure == 0 || failure == EPIPE ? nil : String(cString: strerror(failure))
    }

    /// Signals are blocked and read by the loop, which stands still here: so they are looked for by hand.
    private func waitLocked(until isDone: () -> Bool) {
        while !isDone(), failure == 0 {
            var until = timespec()
            clock_gettime(CLOCK_REALTIME, &until)
            until.tv_nsec += Self.wait
            if until.tv_nsec >= 1_000_000_000 {
                until.tv_sec += 1
                until.tv_nsec -= 1_000_000_000
            }
            pthread_cond_timedwait(changed, mutex, &until)
            if !isDone(), baton_is_pending([SIGINT, SIGTERM], 2) == 1 { exit(8) }
        }
    }

    private func serve() {
        while true {
            pthread_mutex_lock(mutex)
            while queue.isEmpty { pthread_cond_wait(changed, mutex) }
            let batch = queue
            queue = []
            isBusy = true
            let isBroken = failure != 0
            pthread_mutex_unlock(mutex)
            var code: Int32 = 0
            var written = 0
            for bytes in batch {
                if !isBroken, code == 0 { code = put(bytes) }
                written += bytes.count
            }
            pthread_mutex_lock(mutex)
            isBusy = false
            queued -= written
            if failure == 0 { failure = code }
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
    }

    private func put(_ bytes: [UInt8]) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = baton_write(fd, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count == -Int(EAGAIN) {
                    // Somebody made the descriptor non-blocking; it is shared with whoever started us.
                    var wanted = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wanted, 1, 1000)
                    continue
                }
                if count < 0 { return Int32(-count) }
                rest = rest.dropFirst(count)
            }
            return 0
        }
    }
}
