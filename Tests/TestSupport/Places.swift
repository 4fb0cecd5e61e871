/// How many may be in at once, and who is next. First come, first served, so that one who needs many places gets a turn.
package struct Places {
    package let total: Int
    package private(set) var taken = 0
    private var queue: [(ticket: Int, count: Int)] = []
    private var tickets = 0

    package init(total: Int) { self.total = total }

    /// A ticket for so many places, and whoever may start now.
    package mutating func ask(for count: Int) -> (ticket: Int, mayStart: [Int]) {
        precondition(count <= total, "there are \(total) places")
        tickets += 1
        queue.append((tickets, count))
        return (tickets, admit())
    }

    /// So many places are free again; whoever may start now.
    package mutating func give(back count: Int) -> [Int] {
        taken -= count
        precondition(taken >= 0, "more places given back than taken")
        return admit()
    }

    private mutating func admit() -> [Int] {
        var admitted: [Int] = []
        while let next = queue.first, taken + next.count <= total {
            taken += next.count
            admitted.append(next.ticket)
            queue.removeFirst()
        }
        return admitted
    }
}

/// Places of this process, for tests that run side by side.
package actor PlaceQueue {
    private var places: Places
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]

    package init(total: Int) { places = Places(total: total) }

    /// Returns when so many places are taken, with a number that nobody else here has.
    package func enter(_ count: Int) async -> Int {
        let (ticket, admitted) = places.ask(for: count)
        wake(admitted.filter { $0 != ticket })
        if admitted.contains(ticket) { return ticket }
        await withCheckedContinuation { waiting[ticket] = $0 }
        return ticket
    }

    package func leave(_ count: Int) { wake(places.give(back: count)) }

    private func wake(_ tickets: [Int]) {
        for ticket in tickets { waiting.removeValue(forKey: ticket)?.resume() }
    }
}
