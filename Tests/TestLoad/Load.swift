package import Reactor

/// Requests at an even pace to a service that is being changed, each of them judged once. An open load: it sends when
/// a request is due, whether the service keeps up or not, and it never tries again. Confined to its loop; it listens to
/// nothing and starts nothing. Bounded in rate, time and connections by its profile.
package final class Load: @unchecked Sendable {
    // Unchecked: touched on its loop's thread only, as `preconditionOnLoop` holds at every way in.

    /// One stream to one target.
    private final class Lane {
        let stream: Stream
        let target: Target
        let pause: Duration
        var next: Instant
        var idle: [Connection] = []
        var open = 0

        init(_ stream: Stream, _ target: Target, pause: Duration, first: Instant) {
            self.stream = stream
            self.target = target
            self.pause = pause
            next = first
        }

        var keeps: Int {
            switch stream.reuse {
            case .fresh: 0
            case .kept(let count), .standing(let count): count
            }
        }

        /// One more connection is to stand, whether others are idle or not.
        var wantsMore: Bool { if case .standing(let count) = stream.reuse { open < count } else { false } }
    }

    private struct Waiter {
        let isDone: @Sendable (Report) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
        let timer: Loop.Timer
    }

    private static let madeUpFor: Duration = .milliseconds(250)

    private let loop: Loop
    private let targets: [Target]
    private let profile: Profile
    private var rule: VersionRule
    private var lanes: [Lane] = []
    private var begun: Instant?
    private var isSending = false
    private var end = Instant(nanoseconds: 0)
    private var endTimer: Loop.Timer?
    private var busy: [ObjectIdentifier: Connection] = [:]
    private var waiters: [Int: Waiter] = [:]
    private var lastWaiter = 0
    private var whenQuiet: (() -> Void)?

    package private(set) var report = Report()

    /// `versions`: the releases that may answer; nil allows any, also one that names none.
    package init(
        _ targets: [Target],
        _ profile: Profile,
        versions: Set<String>? = nil,
        on loop: Loop
    ) throws(LoadError) {
        try profile.check()
        guard !targets.isEmpty else { throw LoadError("a load needs a target") }
        self.targets = targets
        self.profile = profile
        self.loop = loop
        rule = VersionRule(versions, from: loop.now)
    }

    /// Begins to send. Call once.
    package func start() {
        loop.preconditionOnLoop()
        precondition(begun == nil, "a load starts once")
        let now = loop.now
        begun = now
        isSending = true
        for (row, stream) in profile.streams.enumerated() {
            let pause = Duration.nanoseconds(Int64(1e9 * Double(targets.count) / stream.perSecond))
            for (column, target) in targets.enumerated() {
                // Begun one after the other, so that streams of the same pace do not fire together for ever.
                let share = Double(column) / Double(targets.count) + Double(row) / Double(profile.streams.count * 7)
                let first = now + .nanoseconds(Int64(Double(pause.inNanoseconds) * share))
                lanes.append(Lane(stream, target, pause: pause, first: first))
            }
        }
        for lane in lanes { arm(lane) }
        end = now + profile.longest
        endTimer = loop.at(end) { [self] in isSending = false }
    }

    /// From now on these releases may answer; requests on their way may still be answered by the earlier ones.
    package func allow(_ versions: Set<String>?) {
        loop.preconditionOnLoop()
        rule.allow(versions, from: loop.now)
    }

    /// Waits until the report satisfies `isDone`; false when that took too long.
    package func until(
        within limit: Duration = .seconds(60),
        _ isDone: @escaping @Sendable (Report) -> Bool
    ) async -> Bool {
        loop.preconditionOnLoop()
        if isDone(report) { return true }
        return await withCheckedContinuation { continuation in
            lastWaiter += 1
            let number = lastWaiter
            let timer = loop.after(limit) { [self] in
                waiters.removeValue(forKey: number)?.continuation.resume(returning: false)
            }
            waiters[number] = Waiter(isDone: isDone, continuation: continuation, timer: timer)
        }
    }

    /// Waits for so many more requests to be judged: the service has been watched for that long under this load.
    package func settle(_ count: Int = 50, within limit: Duration = .seconds(60)) async -> Bool {
        let goal = report.total + count
        return await until(within: limit) { $0.total >= goal }
    }

    /// Sends nothing more, gives what is on its way so long to end, and closes everything.
    package func stop(drain: Duration = .seconds(10)) async -> Report {
        loop.preconditionOnLoop()
        isSending = false
        if let endTimer { loop.cancel(endTimer) }
        if !busy.isEmpty {
            await withCheckedContinuation { continuation in
                let timer = loop.after(drain) { [self] in
                    for connection in busy.values { connection.abandon() }
                }
                whenQuiet = { [self] in
                    loop.cancel(timer)
                    continuation.resume()
                }
            }
        }
        for lane in lanes {
            for connection in lane.idle { connection.close() }
            lane.idle = []
        }
        if let begun { report.lasted = loop.now - begun }
        return report
    }

    // MARK: Sending

    private func arm(_ lane: Lane) { loop.at(lane.next) { [self] in fire(lane) } }

    private func fire(_ lane: Lane) {
        leaveOutMissed(lane)
        while isSending, lane.next <= min(loop.now, end) {
            send(lane)
            lane.next = lane.next + lane.pause
        }
        if isSending, lane.next <= end { arm(lane) }
    }

    /// This loop waits for no service: when it is late, the machine was busy. A little is made up for; more than that
    /// would be a blow to the service that no client ever deals.
    private func leaveOutMissed(_ lane: Lane) {
        let late = min(loop.now, end) - lane.next
        guard isSending, late > Self.madeUpFor else { return }
        let missed = Int(late.inNanoseconds / lane.pause.inNanoseconds)
        report.missed += missed
        lane.next = lane.next + lane.pause * missed
    }

    private func send(_ lane: Lane) {
        let due = lane.next
        let added = lane.wantsMore ? makeConnection(lane) : nil
        guard let connection = added ?? takeIdle(lane) ?? makeConnection(lane) else {
            return count(.unsent, lane, nil, due)
        }
        busy[ObjectIdentifier(connection)] = connection
        connection.send(lane.stream.request, due: due, lane.stream.limits)
    }

    /// The longest idle connection that still stands.
    private func takeIdle(_ lane: Lane) -> Connection? {
        while !lane.idle.isEmpty {
            let connection = lane.idle.removeFirst()
            if connection.isStillOpen() { return connection }
            connection.close()
            lane.open -= 1
            report.idleClosed += 1
        }
        return nil
    }

    private func makeConnection(_ lane: Lane) -> Connection? {
        guard lanes.reduce(0, { $0 + $1.open }) < profile.mostConnections else { return nil }
        let connection = Connection(
            lane.target,
            keeps: lane.open < lane.keeps,
            on: loop,
            rule: { [self] in rule },
            whenIdleEnds: { [self] in idleEnded($0, lane) },
            whenDone: { [self] in done($0, $1, $2, lane) }
        )
        lane.open += 1
        return connection
    }

    // MARK: Judged

    private func idleEnded(_ connection: Connection, _ lane: Lane) {
        lane.idle.removeAll { $0 === connection }
        lane.open -= 1
        report.idleClosed += 1
    }

    private func done(_ connection: Connection, _ exchange: Exchange, _ outcome: Outcome, _ lane: Lane) {
        busy[ObjectIdentifier(connection)] = nil
        if connection.isClosed {
            lane.open -= 1
        } else if isSending {
            lane.idle.append(connection)
        } else {
            connection.close()
            lane.open -= 1
        }
        count(outcome, lane, exchange, exchange.due)
        if !isSending, busy.isEmpty {
            whenQuiet?()
            whenQuiet = nil
        }
    }

    private func count(_ outcome: Outcome, _ lane: Lane, _ exchange: Exchange?, _ due: Instant) {
        let now = loop.now
        report.count(
            outcome,
            stream: lane.stream.name,
            version: exchange?.version,
            latency: exchange?.parser.isComplete == true ? now - due : nil,
            at: now - (begun ?? now),
            detail: exchange?.detail ?? ""
        )
        for (number, waiter) in waiters where waiter.isDone(report) {
            waiters[number] = nil
            loop.cancel(waiter.timer)
            waiter.continuation.resume(returning: true)
        }
    }
}
