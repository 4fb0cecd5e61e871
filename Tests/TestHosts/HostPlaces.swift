/// How many hosts may be up at once, and who is next. First come, first served, so that a large fleet gets its turn.
struct HostPlaces {
    let total: Int
    private(set) var taken = 0
    private var queue: [(ticket: Int, count: Int)] = []
    private var tickets = 0

    init(total: Int) { self.total = total }

    /// A ticket for so many hosts, and whoever may start now.
    mutating func ask(for count: Int) -> (ticket: Int, mayStart: [Int]) {
        precondition(count <= total, "a fleet has at most \(total) hosts")
        tickets += 1
        queue.append((tickets, count))
        return (tickets, admit())
    }

    /// So many hosts are gone; whoever may start now.
    mutating func give(back count: Int) -> [Int] {
        taken -= count
        precondition(taken >= 0, "more hosts given back than taken")
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

/// The places of this process, for tests that run side by side.
actor HostQueue {
    static let shared = HostQueue()

    private var places = HostPlaces(total: 6)
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]

    /// Returns when so many hosts may be started, with a number that no other fleet of this process has.
    func enter(_ count: Int) async -> Int {
        let (ticket, admitted) = places.ask(for: count)
        wake(admitted.filter { $0 != ticket })
        if admitted.contains(ticket) { return ticket }
        await withCheckedContinuation { waiting[ticket] = $0 }
        return ticket
    }

    func leave(_ count: Int) { wake(places.give(back: count)) }

    private func wake(_ tickets: [Int]) {
        for ticket in tickets { waiting.removeValue(forKey: ticket)?.resume() }
    }
}
