/// Deadlines in order: a binary heap of moments with lazily removed entries. A value without a clock; `Loop` tells it
/// the time and runs what it hands back.
package struct TimerQueue<Payload> {
    package struct Token: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let at: Instant
        let number: UInt64
    }

    private var heap: [Entry] = []
    private var payloads: [UInt64: Payload] = [:]
    private var last: UInt64 = 0

    package init() {}

    package var count: Int { payloads.count }

    /// Entries of equal moment come out in the order they were added.
    package mutating func add(_ payload: Payload, at: Instant) -> Token {
        last += 1
        payloads[last] = payload
        heap.append(Entry(at: at, number: last))
        siftUp(heap.count - 1)
        return Token(number: last)
    }

    /// Removing what has fired already does nothing.
    package mutating func remove(_ token: Token) {
        guard payloads.removeValue(forKey: token.number) != nil else { return }
        // A deadline is set and dropped for every operation: without this the heap would keep a run's whole history.
        if heap.count > 64, heap.count > payloads.count * 4 { compact() }
    }

    /// When the earliest live entry is due.
    package mutating func next() -> Instant? {
        dropRemoved()
        return heap.first?.at
    }

    /// Takes one entry that is due at `now`.
    package mutating func popDue(_ now: Instant) -> Payload? {
        dropRemoved()
        guard let first = heap.first, first.at <= now else { return nil }
        popFirst()
        return payloads.removeValue(forKey: first.number)
    }

    private mutating func dropRemoved() {
        while let first = heap.first, payloads[first.number] == nil { popFirst() }
    }

    private mutating func compact() {
        let live = heap.filter { payloads[$0.number] != nil }
        heap.removeAll(keepingCapacity: true)
        for entry in live {
            heap.append(entry)
            siftUp(heap.count - 1)
        }
    }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        (heap[one].at, heap[one].number) < (heap[other].at, heap[other].number)
    }

    private mutating func popFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(child, least) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private mutating func siftUp(_ index: Int) {
        var child = index
        while child > 0, precedes(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }
}
