import Reactor
import TestSupport
import Testing

@testable import Fleet

/// Who may connect when, without clock or socket.
@Suite struct StartGateTests {
    private let start = Instant(nanoseconds: 1_000)

    /// A gate with this many hosts waiting, each at a destination of its own unless one is named.
    private func gate(forks: Int, hosts: Int, destination: String? = nil) -> StartGate {
        var gate = StartGate(forks: forks)
        for id in 0..<hosts { gate.ask(id, destination ?? "host\(id):22", notBefore: start) }
        return gate
    }

    @Test func `no more are worked on than forks`() {
        var gate = gate(forks: 3, hosts: 5)
        #expect(gate.take(at: start).start == [0, 1, 2])
        #expect(gate.take(at: start).start == [])
        gate.opened(0)
        #expect(gate.take(at: start).start == [])
        gate.finished(0)
        #expect(gate.take(at: start).start == [3])
        gate.failed(1, crowded: false)
        #expect(gate.take(at: start).start == [4])
        #expect(gate.take(at: start).wake == nil)
    }

    @Test(arguments: [0, -5])
    func `fewer forks than one are one`(forks: Int) {
        var gate = gate(forks: forks, hosts: 2)
        #expect(gate.take(at: start).start == [0])
    }

    @Test func `logins to one destination are eight, and others do not wait behind them`() {
        var gate = gate(forks: 100, hosts: 10, destination: "jump:22")
        gate.ask(10, "other:22", notBefore: start)
        #expect(gate.take(at: start).start == [0, 1, 2, 3, 4, 5, 6, 7, 10])
        gate.opened(3)
        gate.failed(4, crowded: false)
        #expect(gate.take(at: start).start == [8, 9])
    }

    @Test func `the window of logins grows by one with each that stands, up to its bound`() {
        var gate = gate(forks: 1000, hosts: 200)
        var waiting = gate.take(at: start).start
        #expect(waiting == Array(0..<16))
        gate.opened(waiting.removeFirst())
        #expect(gate.loginLimit == 17)
        waiting += gate.take(at: start).start
        #expect(waiting.count == 17)
        while !waiting.isEmpty {
            gate.opened(waiting.removeFirst())
            waiting += gate.take(at: start).start
            #expect(waiting.count <= 64)
        }
        #expect(gate.loginLimit == 64)
    }

    @Test func `the window halves when a server hangs up, and is never shut`() {
        var gate = gate(forks: 1000, hosts: 100)
        let first = gate.take(at: start).start
        gate.failed(first[0], crowded: true)
        #expect(gate.loginLimit == 8)
        #expect(gate.take(at: start).start == [])
        for id in first[1...4] { gate.failed(id, crowded: true) }
        #expect(gate.loginLimit == 1)
        for id in first[5...] { gate.failed(id, crowded: false) }
        #expect(gate.loginLimit == 1)
        #expect(gate.take(at: start).start == [16])
    }

    @Test func `a host that must wait is not started before its moment`() {
        var gate = StartGate(forks: 10)
        gate.ask(0, "a", notBefore: start + .seconds(2))
        gate.ask(1, "b", notBefore: start + .seconds(1))
        gate.ask(2, "c", notBefore: start)
        var (started, wake) = gate.take(at: start)
        #expect(started == [2])
        #expect(wake == start + .seconds(1))
        (started, wake) = gate.take(at: start + .seconds(1))
        #expect(started == [1])
        #expect(wake == start + .seconds(2))
        (started, wake) = gate.take(at: start + .seconds(3))
        #expect(started == [0])
        #expect(wake == nil)
    }

    @Test func `nobody is woken for hosts that wait for a place`() {
        var gate = StartGate(forks: 1)
        gate.ask(0, "a", notBefore: start)
        gate.ask(1, "b", notBefore: start + .seconds(1))
        let (started, wake) = gate.take(at: start)
        #expect(started == [0])
        #expect(wake == nil)
        gate.opened(0)
        gate.finished(0)
        #expect(gate.take(at: start).wake == start + .seconds(1))
    }

    @Test func `stopping gives back who was waiting and starts nobody more`() {
        var gate = gate(forks: 2, hosts: 5)
        #expect(gate.take(at: start).start == [0, 1])
        #expect(!gate.isStopped)
        #expect(gate.stop() == [2, 3, 4])
        #expect(gate.isStopped)
        gate.opened(0)
        gate.finished(0)
        let (started, wake) = gate.take(at: start)
        #expect(started == [] && wake == nil)
        #expect(gate.stop() == [])
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `twenty thousand random steps keep every bound and start everybody once`(seed: UInt64) {
        var random = Seeded(seed)
        let forks = [3, 40, 200][Int(seed) - 1]
        var gate = StartGate(forks: forks)
        var now = start
        var asked = 0
        var waiting: [Int: (destination: String, notBefore: Instant)] = [:]
        var loggingIn: [Int: String] = [:]
        var working: Set<Int> = []
        var mostLogins = 0
        var startedInAll = 0

        func take() {
            let (started, wake) = gate.take(at: now)
            for id in started {
                let entry = waiting.removeValue(forKey: id)
                #expect(entry != nil, "\(id) was not waiting")
                guard let entry else { continue }
                #expect(entry.notBefore <= now)
                loggingIn[id] = entry.destination
                startedInAll += 1
            }
            #expect(loggingIn.count + working.count <= forks)
            if !started.isEmpty { #expect(loggingIn.count <= gate.loginLimit) }
            #expect((1...64).contains(gate.loginLimit))
            let counts = Dictionary(loggingIn.values.map { ($0, 1) }, uniquingKeysWith: +)
            #expect(counts.values.allSatisfy { $0 <= 8 })
            if let wake { #expect(wake > now) }
            mostLogins = max(mostLogins, loggingIn.count)
            // Nobody is forgotten: whoever could start has started.
            if loggingIn.count + working.count < forks, loggingIn.count < gate.loginLimit {
                for entry in waiting.values where counts[entry.destination, default: 0] < 8 {
                    #expect(entry.notBefore > now)
                    if let wake { #expect(wake <= entry.notBefore) } else { #expect(wake != nil) }
                }
            }
        }

        for _ in 0..<20_000 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<4 where waiting.count < 300:
                let entry = (
                    destination: "d\(Int.random(in: 0..<12, using: &random))",
                    notBefore: now + .nanoseconds(Int64.random(in: -5...20, using: &random))
                )
                waiting[asked] = entry
                gate.ask(asked, entry.destination, notBefore: entry.notBefore)
                asked += 1
            case 4..<7:
                guard let id = loggingIn.keys.min() else { continue }
                loggingIn[id] = nil
                working.insert(id)
                gate.opened(id)
            case 7:
                guard let id = loggingIn.keys.max() else { continue }
                loggingIn[id] = nil
                gate.failed(id, crowded: Int.random(in: 0..<8, using: &random) == 0)
            case 8..<11:
                guard let id = working.min() else { continue }
                working.remove(id)
                gate.finished(id)
            default:
                now = now + .nanoseconds(Int64.random(in: 0...10, using: &random))
            }
            take()
        }
        // To the end: everybody gets a turn.
        while !waiting.isEmpty || !loggingIn.isEmpty || !working.isEmpty {
            for id in working { gate.finished(id) }
            working = []
            for id in loggingIn.keys.sorted() {
                gate.opened(id)
                working.insert(id)
            }
            loggingIn = [:]
            now = now + .nanoseconds(30)
            take()
            if waiting.isEmpty, loggingIn.isEmpty, working.isEmpty { break }
        }
        #expect(startedInAll == asked)
        #expect(asked > 1000)
        #expect(mostLogins > 1)
    }

    // MARK: Cohorts

    @Test func `of hosts with the same untried keys one goes first, and the rest when it is in`() {
        var gate = StartGate(forks: 50)
        for id in 0..<4 { gate.ask(id, "h\(id)", cohort: "keys", notBefore: start) }
        gate.ask(9, "other", notBefore: start)
        #expect(gate.take(at: start).start == [0, 9])
        #expect(gate.take(at: start).start == [])
        gate.opened(0)
        #expect(gate.take(at: start).start == [1, 2, 3])
    }

    @Test func `a scout that could not be reached is followed by another, one that was refused by all`() {
        var gate = StartGate(forks: 50)
        for id in 0..<4 { gate.ask(id, "h\(id)", cohort: "keys", notBefore: start) }
        #expect(gate.take(at: start).start == [0])
        gate.failed(0, crowded: false)
        #expect(gate.take(at: start).start == [1])
        gate.failed(1, crowded: false, refused: true)
        #expect(gate.take(at: start).start == [2, 3])
    }

    @Test func `a scout that does not answer is not waited for long`() {
        var gate = StartGate(forks: 50)
        for id in 0..<3 { gate.ask(id, "h\(id)", cohort: "keys", notBefore: start) }
        #expect(gate.take(at: start).start == [0])
        let later = start + StartGate.scoutPatience
        #expect(gate.take(at: start).wake == later)
        // Nor are those behind it, one after the other: they may be as dead.
        #expect(gate.take(at: later).start == [1, 2])
        gate.failed(0, crowded: false)
        #expect(gate.take(at: later).wake == nil)
    }

    @Test func `cohorts do not wait for each other`() {
        var gate = StartGate(forks: 50)
        gate.ask(0, "h0", cohort: "a", notBefore: start)
        gate.ask(1, "h1", cohort: "b", notBefore: start)
        #expect(gate.take(at: start).start == [0, 1])
    }
}
