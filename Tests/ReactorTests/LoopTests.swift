import CSystem
import Reactor
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Timers and blocking work of a loop.
@Suite struct LoopTests {
    @Test func `timers fire in the order of their moments`() async throws {
        let order = try await withLoop { loop in
            var order: [Int] = []
            await withCheckedContinuation { continuation in
                let start = loop.now
                loop.at(start + .milliseconds(30)) {
                    order.append(3)
                    continuation.resume()
                }
                loop.at(start + .milliseconds(20)) { order.append(2) }
                loop.at(start) { order.append(1) }
                loop.at(start + .milliseconds(20)) { order.append(22) }
            }
            return order
        }
        #expect(order == [1, 2, 22, 3])
    }

    @Test func `a timer never fires before its moment`() async throws {
        try await withLoop { loop in
            for milliseconds in [0, 1, 5, 20] {
                let due = loop.now + .milliseconds(milliseconds)
                await loop.sleep(.milliseconds(milliseconds))
                #expect(loop.now >= due)
            }
        }
    }

    /// What answers and a deadline, as a session has them: whatever comes first wins.
    private final class Answer: Handler {
        var body: () -> Void = {}
        func ready(_ readiness: Readiness) { body() }
    }

    @Test func `after a stall what is ready comes before the deadlines that have passed`() async throws {
        let order = try await withLoop { loop in
            var ends: [[Int32]] = [[-1, -1], [-1, -1]]
            for index in ends.indices { try SystemError.check(baton_pipe(&ends[index]), "make a pipe") }
            defer { for end in ends.joined() { close(end) } }
            var order: [String] = []
            var byte: UInt8 = 0
            let (stalls, answers) = (Answer(), Answer())
            let registrations = [
                try loop.register(ends[0][0], .read, stalls), try loop.register(ends[1][0], .read, answers),
            ]
            await withCheckedContinuation { continuation in
                let deadline = loop.now + .milliseconds(50)
                loop.at(deadline) {
                    order.append("deadline")
                    continuation.resume()
                }
                answers.body = {
                    _ = baton_read(ends[1][0], &byte, 1)
                    order.append("answer")
                }
                stalls.body = {
                    _ = baton_read(ends[0][0], &byte, 1)
                    // The answer comes in time, and this thread is held up until after the deadline.
                    _ = baton_write(ends[1][1], &byte, 1)
                    while loop.now < deadline {}
                }
                _ = baton_write(ends[0][1], &byte, 1)
            }
            for registration in registrations { loop.unregister(registration) }
            return order
        }
        #expect(order == ["answer", "deadline"])
    }

    @Test func `a cancelled timer does not fire`() async throws {
        let fired = try await withLoop { loop in
            var fired: [String] = []
            let timer = loop.after(.milliseconds(1)) { fired.append("cancelled") }
            loop.cancel(timer)
            loop.cancel(timer)
            await withCheckedContinuation { continuation in
                loop.after(.milliseconds(5)) {
                    fired.append("kept")
                    continuation.resume()
                }
            }
            return fired
        }
        #expect(fired == ["kept"])
    }

    @Test func `a timer set or cancelled by a timer counts at once`() async throws {
        let fired = try await withLoop { loop in
            var fired: [String] = []
            await withCheckedContinuation { continuation in
                let now = loop.now
                var victim: Loop.Timer?
                loop.at(now) {
                    fired.append("first")
                    if let victim { loop.cancel(victim) }
                    loop.at(now) {
                        fired.append("nested")
                        continuation.resume()
                    }
                }
                victim = loop.at(now) { fired.append("victim") }
            }
            return fired
        }
        #expect(fired == ["first", "nested"])
    }

    @Test func `many sleepers on one loop all wake`() async throws {
        let woken = try await withLoop { loop in
            await withTaskGroup(of: Int.self) { group in
                for index in 0..<200 {
                    group.addTask(executorPreference: loop) {
                        await loop.sleep(.microseconds(index * 37 % 5000))
                        return index
                    }
                }
                return await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
        }
        #expect(woken == Set(0..<200))
    }

    @Test func `work from other threads runs on the loop, in order`() async throws {
        let isOnLoop = try await withLoop { loop in
            await withCheckedContinuation { continuation in
                let seen = Mutex<[Bool]>([])
                let both = { @Sendable (last: Bool) in
                    seen.withLock { $0.append(loop.isOnLoop) }
                    if last { continuation.resume(returning: seen.withLock { $0 }) }
                }
                loop.execute { both(false) }
                loop.execute { both(true) }
            }
        }
        #expect(isOnLoop == [true, true])
        let loop = try Loop()
        #expect(loop.isOnLoop)
    }

    @Test func `blocking work gives its value and leaves the loop free`() async throws {
        try await withLoop { loop in
            // The worker waits for something that only the loop can do.
            let gate = Mutex(false)
            loop.after(.milliseconds(1)) { gate.withLock { $0 = true } }
            let offLoop = await loop.workers.run {
                while !gate.withLock({ $0 }) {}
                return !loop.isOnLoop
            }
            #expect(offLoop)
            #expect(loop.isOnLoop)
        }
    }

    @Test func `more blocking work than threads is all done`() async throws {
        let sum = try await withLoop { loop in
            await withTaskGroup(of: Int.self) { group in
                for index in 0..<300 {
                    group.addTask(executorPreference: loop) { await loop.workers.run { index } }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(sum == 300 * 299 / 2)
    }

    // MARK: Names

    @Test func `literal addresses are not looked up`() async throws {
        try await withLoop { loop in
            let four = try await loop.resolve("127.0.0.1", port: 2222)
            #expect(four.map(\.description) == ["127.0.0.1"])
            let six = try await loop.resolve("::1", port: 22)
            #expect(six.map(\.description) == ["::1"])
            #expect(Set(four.map(\.bytes.count)) != Set(six.map(\.bytes.count)))
            // The port is in the address, in the network's order.
            #expect(Array(four[0].bytes[2..<4]) == [2222 >> 8, 2222 & 0xff])
        }
    }

    @Test func `a known name has an address`() async throws {
        try await withLoop { loop in
            let found = try await loop.resolve("localhost", port: 22)
            #expect(found.contains { $0.description == "127.0.0.1" || $0.description == "::1" })
        }
    }

    @Test(arguments: ["no-such-host.invalid", "300.1.2.3", "", "a b"])
    func `an unknown name is an error that names it`(name: String) async throws {
        let error = await #expect(throws: ResolveError.self) {
            try await withLoop { loop in try await loop.resolve(name, port: 22) }
        }
        #expect(error?.name == name)
        #expect(error?.reason.isEmpty == false)
    }
}
