import CSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A few threads for calls that block and cannot be asked otherwise. They start on first use, so a run that names its
/// hosts by address stays one thread, and they end with the process.
package final class Workers: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var idle = 0
        var threads = 0
    }

    /// Slow resolvers are waited for in parallel; more threads than this only queue up inside the resolver.
    private let limit = 16
    private let state = Mutex(State())
    private let signal = Semaphore()

    package init() {}

    /// Runs `body` on a worker and returns its value; the task suspends meanwhile.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            submit { continuation.resume(returning: body()) }
        }
    }

    /// Runs `work` on a worker, soon.
    func submit(_ work: @escaping @Sendable () -> Void) {
        let startsThread = state.withLock { state in
            state.waiting.append(work)
            if state.idle >= state.waiting.count || state.threads >= limit { return false }
            state.threads += 1
            return true
        }
        if startsThread { start() }
        signal.post()
    }

    private func start() {
        let context = Unmanaged.passRetained(self).toOpaque()
        let started = baton_thread_start({ Unmanaged<Workers>.fromOpaque($0!).takeRetainedValue().serve() }, context)
        // Without a thread the work would wait for ever: there is nothing sensible to go on with.
        precondition(started == 0, "cannot start a thread: \(SystemError.text(of: -started))")
    }

    private func serve() {
        while true {
            state.withLock { $0.idle += 1 }
            signal.wait()
            let work = state.withLock { state -> (@Sendable () -> Void)? in
                state.idle -= 1
                return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }
            work?()
        }
    }
}

/// A counting semaphore on a mutex and a condition; unnamed POSIX semaphores do not exist on Darwin.
private final class Semaphore: @unchecked Sendable {
    // Unchecked: the three words are only touched by pthread calls that are made for this.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var count = 0

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func post() {
        pthread_mutex_lock(mutex)
        count += 1
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    func wait() {
        pthread_mutex_lock(mutex)
        while count == 0 { pthread_cond_wait(condition, mutex) }
        count -= 1
        pthread_mutex_unlock(mutex)
    }
}
