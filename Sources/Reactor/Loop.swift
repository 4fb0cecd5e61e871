import CSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One thread, one kernel queue: readiness, timers, and the jobs of every actor and task that is pinned to it.
///
/// The thread that calls `run()` owns the loop. Everything but `execute`, `enqueue` and `stop` may be called on that
/// thread only, and says so with a precondition: libssh2's sessions rely on it. The program's main thread is loop 0.
package final class Loop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    // Unchecked because the compiler cannot see the confinement: `inbox` is the only state other threads touch, and it
    // is behind its own lock; `owner` is written before any other thread knows the loop, or by `run()`.

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var stopped = false
        var isEmpty: Bool { jobs.isEmpty && calls.isEmpty }
    }

    private struct Slot {
        let generation: UInt32
        var interest: Interest
        let handler: any Handler
    }

    package typealias Timer = TimerQueue<() -> Void>.Token

    private let inbox = Mutex(Inbox())
    private var owner: pthread_t
    private var poller: Poller
    private var slots: [Int32: Slot] = [:]
    private var generation: UInt32 = 0
    private var timers = TimerQueue<() -> Void>()

    /// Where every reader of this loop's thread receives into; valid only inside one `ready` call.
    package let scratch: UnsafeMutableRawBufferPointer
    /// A second buffer for what is made of the first, with the same rule.
    package let spare: UnsafeMutableRawBufferPointer

    /// Threads for what cannot be asked without blocking: names, and files on slow disks.
    package let workers = Workers()

    package init() throws(SystemError) {
        owner = pthread_self()
        poller = try Poller()
        scratch = .allocate(byteCount: 256 * 1024, alignment: 16)
        spare = .allocate(byteCount: 64 * 1024, alignment: 16)
    }

    deinit {
        poller.close()
        scratch.deallocate()
        spare.deallocate()
    }

    package var now: Instant { .now() }

    package var isOnLoop: Bool { pthread_equal(pthread_self(), owner) != 0 }

    package func preconditionOnLoop(_ file: StaticString = #fileID, _ line: UInt = #line) {
        precondition(isOnLoop, "used off its loop's thread", file: file, line: line)
    }

    // MARK: Running

    /// Runs until `stop()`. The calling thread becomes the loop's own.
    package func run() {
        owner = pthread_self()
        while true {
            let (jobs, calls, stopped) = inbox.withLock { inbox in
                defer {
                    inbox.jobs.removeAll(keepingCapacity: true)
                    inbox.calls.removeAll()
                }
                return (inbox.jobs, inbox.calls, inbox.stopped)
            }
            for call in calls { call() }
            for job in jobs {
                job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(),
                    taskExecutor: asUnownedTaskExecutor()
                )
            }
            if stopped { return }
            // Held up for long, this thread finds deadlines past and what would have met them side by side. Only what was
            // due before the kernel was asked may fire, after everything that was ready by then.
            let asked = now
            let sawAll = poll(asked)
            if sawAll { fireTimers(dueAt: asked) }
        }
    }

    /// Makes `run()` return after the jobs at hand; from any thread.
    package func stop() {
        inbox.withLock { $0.stopped = true }
        poller.wake()
    }

    /// Delivers what is ready; false when there was room for only a part of it, and the next turn has more room.
    private func poll(_ now: Instant) -> Bool {
        var timeout: Duration? = timers.next().map { max(.zero, $0 - now) }
        if inbox.withLock({ !$0.isEmpty || $0.stopped }) { timeout = .zero }
        for index in 0..<poller.wait(timeout: timeout) {
            guard let (registration, readiness) = poller.event(index) else { continue }
            // Looked up at the moment of delivery: a handler of this very batch may have closed this one.
            guard let slot = slots[registration.fd], slot.generation == registration.generation else { continue }
            slot.handler.ready(readiness)
        }
        return !poller.isFull
    }

    private func fireTimers(dueAt moment: Instant) {
        while let body = timers.popDue(moment) { body() }
    }

    // MARK: Work from other threads

    /// Runs `body` on the loop's thread, soon; from any thread.
    package func execute(_ body: @escaping @Sendable () -> Void) {
        let first = inbox.withLock { inbox in
            inbox.calls.append(body)
            return inbox.calls.count == 1 && inbox.jobs.isEmpty
        }
        if first && !isOnLoop { poller.wake() }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let first = inbox.withLock { inbox in
            inbox.jobs.append(job)
            return inbox.jobs.count == 1 && inbox.calls.isEmpty
        }
        // On the loop's own thread no wake-up is needed: it looks at the inbox before it waits.
        if first && !isOnLoop { poller.wake() }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
    package func checkIsolated() { precondition(isOnLoop, "not on the loop's thread") }
    package func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    // MARK: Descriptors

    /// Watches a descriptor until `unregister`; the handler is kept alive by the loop meanwhile.
    package func register(_ fd: Int32, _ interest: Interest, _ handler: any Handler) throws(SystemError) -> Registration
    {
        let registration = claim(fd, interest, handler)
        do {
            try poller.add(registration, interest)
        } catch {
            slots[fd] = nil
            throw error
        }
        return registration
    }

    package func update(_ registration: Registration, _ interest: Interest) throws(SystemError) {
        preconditionOnLoop()
        guard let slot = slots[registration.fd], slot.generation == registration.generation else { return }
        if slot.interest == interest { return }
        try poller.change(registration, to: interest, from: slot.interest)
        slots[registration.fd]?.interest = interest
    }

    /// Call before the descriptor is closed.
    package func unregister(_ registration: Registration) {
        preconditionOnLoop()
        guard let slot = slots[registration.fd], slot.generation == registration.generation else { return }
        slots[registration.fd] = nil
        poller.remove(registration, slot.interest)
    }

    private func claim(_ fd: Int32, _ interest: Interest, _ handler: any Handler) -> Registration {
        preconditionOnLoop()
        precondition(slots[fd] == nil, "descriptor \(fd) is watched already")
        generation &+= 1
        slots[fd] = Slot(generation: generation, interest: interest, handler: handler)
        return Registration(fd: fd, generation: generation)
    }

    #if canImport(Darwin)
    /// kqueue watches processes and signals by number. Numbers are kept apart from descriptors by their sign.
    func watch(number: Int32, filter: Int32, fflags: UInt32, _ handler: any Handler) throws(SystemError) -> Registration
    {
        preconditionOnLoop()
        generation &+= 1
        let registration = Registration(fd: number, generation: generation)
        slots[number] = Slot(generation: generation, interest: [], handler: handler)
        try poller.watch(registration, filter: filter, fflags: fflags)
        return registration
    }
    #endif

    // MARK: Timers

    /// Calls `body` once, on the loop, not before `instant`.
    @discardableResult
    package func at(_ instant: Instant, _ body: @escaping () -> Void) -> Timer {
        preconditionOnLoop()
        return timers.add(body, at: instant)
    }

    @discardableResult
    package func after(_ delay: Duration, _ body: @escaping () -> Void) -> Timer { at(now + delay, body) }

    package func cancel(_ timer: Timer) {
        preconditionOnLoop()
        timers.remove(timer)
    }

    /// Suspends the calling task; on any executor, but without starting a thread as `Task.sleep` would.
    package func sleep(_ delay: Duration) async {
        await withCheckedContinuation { continuation in
            execute { self.after(delay) { continuation.resume() } }
        }
    }
}
