import Reactor
import TestSupport
import Testing

/// Deadlines in order, without a clock.
@Suite struct TimerQueueTests {
    private func instant(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

    @Test func `an empty queue has nothing due`() {
        var queue = TimerQueue<String>()
        #expect(queue.next() == nil)
        #expect(queue.popDue(instant(.max)) == nil)
        #expect(queue.count == 0)
    }

    @Test func `entries come out by moment, equal ones in the order they were added`() {
        var queue = TimerQueue<String>()
        for (name, at) in [("c", 3), ("a", 1), ("b1", 2), ("b2", 2), ("b3", 2)] {
            _ = queue.add(name, at: instant(Int64(at)))
        }
        #expect(queue.next() == instant(1))
        #expect(queue.popDue(instant(0)) == nil)
        #expect(queue.popDue(instant(2)) == "a")
        #expect(queue.popDue(instant(2)) == "b1")
        #expect(queue.popDue(instant(2)) == "b2")
        #expect(queue.popDue(instant(2)) == "b3")
        #expect(queue.popDue(instant(2)) == nil)
        #expect(queue.next() == instant(3))
        #expect(queue.count == 1)
    }

    @Test func `a removed entry never comes out, and removing twice is nothing`() {
        var queue = TimerQueue<String>()
        let first = queue.add("first", at: instant(1))
        let second = queue.add("second", at: instant(2))
        queue.remove(first)
        queue.remove(first)
        #expect(queue.count == 1)
        #expect(queue.next() == instant(2))
        #expect(queue.popDue(instant(9)) == "second")
        queue.remove(second)
        #expect(queue.count == 0)
        #expect(queue.next() == nil)
    }

    @Test(arguments: [1, 2, 3])
    func `ten thousand random steps agree with a sorted list`(seed: UInt64) {
        var random = Seeded(seed)
        var queue = TimerQueue<Int>()
        var model: [(at: Int64, payload: Int, token: TimerQueue<Int>.Token)] = []
        for step in 0..<10_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let at = Int64.random(in: 0..<50, using: &random)
                model.append((at, step, queue.add(step, at: instant(at))))
            case 5..<8:
                guard let index = model.indices.randomElement(using: &random) else { continue }
                queue.remove(model.remove(at: index).token)
            default:
                let now = Int64.random(in: 0..<50, using: &random)
                let first = model.indices.min { (model[$0].at, model[$0].payload) < (model[$1].at, model[$1].payload) }
                let due = first.flatMap { model[$0].at <= now ? $0 : nil }
                #expect(queue.popDue(instant(now)) == due.map { model[$0].payload })
                if let due { model.remove(at: due) }
            }
            #expect(queue.count == model.count)
            if step % 16 == 0 { #expect(queue.next() == model.map { instant($0.at) }.min()) }
        }
        #expect(model.count > 64)
    }

    @Test func `payloads of removed entries are let go at once`() {
        final class Thing {}
        var queue = TimerQueue<Thing>()
        weak var thing: Thing?
        var token: TimerQueue<Thing>.Token?
        do {
            let made = Thing()
            thing = made
            token = queue.add(made, at: instant(5))
        }
        #expect(thing != nil)
        queue.remove(token!)
        #expect(thing == nil)
    }
}
