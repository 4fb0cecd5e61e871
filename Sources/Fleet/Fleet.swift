package import Events
package import Reactor
package import SSH
import Shell

/// Many hosts at once: connects them within bounds, tries again where that helps, runs one body per host, reports.
/// Pinned to its loop like the connections it makes.
package actor Fleet {
    package nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// What became of one host.
    package enum Outcome<Value: Sendable>: Sendable {
        case done(Value)
        case unreachable(SSHError, attempts: Int)
        /// Never started: the run was stopped before its turn.
        case untouched
    }

    private let connector: Connector
    private let events: EventStream
    /// The run's own name, as every event has it.
    package nonisolated let runName: String
    private let retries = RetryPolicy()
    private var gate: StartGate
    private var permissions: [StartGate.ID: CheckedContinuation<Bool, Never>] = [:]
    private var wakeUp: Loop.Timer?
    /// Hosts that are logging in, and hosts that run their body.
    private var connecting: [StartGate.ID: SSHRemote] = [:]
    private var remotes: [StartGate.ID: (name: String, remote: SSHRemote)] = [:]
    /// Connections that the next run over the same hosts goes on with.
    private var kept: [String: SSHRemote] = [:]
    private let forks: Int
    private var whenStopped: (@Sendable () -> Void)?
    private var whenCancelled: (@Sendable () -> Void)?
    /// Hosts that are tidied up after a stop.
    private var tidied: [StartGate.ID: SSHRemote] = [:]
    private var isTidyingOver = false
    private var isLeaving = false
    /// The keys that opened a door in this run, the last one first.
    private var provenKeys: [any Signer] = []

    /// `events` is handed over: from here on only this actor's loop emits through it.
    package init(_ library: Library, forks: Int, events: sending EventStream, on loop: Loop) {
        connector = Connector(library, on: loop)
        self.loop = loop
        runName = events.run
        self.events = events
        self.forks = forks
        gate = StartGate(forks: forks)
    }

    /// Lets go of what hosts share, such as the sessions with jump hosts. Call when everything is done.
    package func close() async {
        await closeKept()
        connector.close()
    }

    package func closeKept() async {
        let remotes = kept.values
        kept = [:]
        for remote in remotes { await remote.close() }
    }

    /// Called once when nothing more is to start; at once if that is so already.
    package func onStop(_ body: @escaping @Sendable () -> Void) {
        if gate.isStopped { body() } else { whenStopped = body }
    }

    /// Called once when nobody waits any more for what runs, before that is ended; at once if that is so already.
    package func onCancel(_ body: @escaping @Sendable () -> Void) {
        if isLeaving { body() } else { whenCancelled = body }
    }

    // MARK: Running

    /// Runs `body` on every host. The results have the order of `targets`. With `keeping`, connections stay open for the
    /// next run over the same hosts, unless there are more hosts than may be worked on at once.
    package func run<Value: Sendable>(
        _ targets: [Target],
        keeping: Bool = false,
        _ body: @escaping @Sendable (Target, SSHRemote) async -> Value
    ) async -> [Outcome<Value>] {
        var outcomes: [Outcome<Value>?] = Array(repeating: nil, count: targets.count)
        connector.whenAccepted = { [events] target, key in
            events.emit(.hostKeyAccepted(fingerprint: "\(key.shortType) \(key.fingerprint)"), host: target.name)
        }
        // A first wave that starts in one instant meets itself at the other end. A small one keeps its order.
        let spread = targets.count > StartGate.firstLogins ? Duration.microseconds(200) * min(targets.count, 50) : .zero
        let keeps = keeping && keepsConnections(to: targets.count)
        await withTaskGroup(of: (Int, Outcome<Value>).self) { group in
            for (id, target) in targets.enumerated() {
                let delay = spread * Double.random(in: 0...1)
                group.addTask(executorPreference: loop) { (id, await self.serve(id, target, delay, keeps, body)) }
            }
            for await (id, outcome) in group { outcomes[id] = outcome }
        }
        return outcomes.map { $0 ?? .untouched }
    }

    package func keepsConnections(to count: Int) -> Bool { count <= forks }

    /// Goes on with the connection that was kept, if there is one that is still there.
    private func serve<Value: Sendable>(
        _ id: StartGate.ID,
        _ target: Target,
        _ firstDelay: Duration,
        _ keeps: Bool,
        _ body: @escaping @Sendable (Target, SSHRemote) async -> Value
    ) async -> Outcome<Value> {
        guard let remote = kept.removeValue(forKey: target.name) else {
            return await connect(id, target, firstDelay, keeps, body)
        }
        guard await remote.isWell else {
            await remote.close()
            return await connect(id, target, firstDelay, keeps, body)
        }
        if gate.isStopped {
            kept[target.name] = remote
            return .untouched
        }
        remotes[id] = (target.name, remote)
        let value = await body(target, remote)
        await part(from: id, target, remote, keeps)
        return .done(value)
    }

    private func part(from id: StartGate.ID, _ target: Target, _ remote: SSHRemote, _ keeps: Bool) async {
        remotes[id] = nil
        // Also after a stop: there may be something to tidy up.
        if keeps { kept[target.name] = remote } else { await remote.close() }
    }

    private func connect<Value: Sendable>(
        _ id: StartGate.ID,
        _ target: Target,
        _ firstDelay: Duration,
        _ keeps: Bool,
        _ body: @escaping @Sendable (Target, SSHRemote) async -> Value
    ) async -> Outcome<Value> {
        var attempt = 1
        var delay = firstDelay
        while true {
            guard await permission(id, target.place, delay, cohort: cohort(of: target)) else { return .untouched }
            emit(.hostConnecting(attempt: attempt), target)
            let began = loop.now
            let remote = SSHRemote(preferring(target), connector)
            connecting[id] = remote
            do throws(SSHError) {
                let opened = try await remote.open()
                if let key = opened.key { prove(key) }
                connecting[id] = nil
                gate.opened(id)
                startNext()
                emit(.hostConnected(milliseconds: milliseconds(since: began)), target)
            } catch {
                connecting[id] = nil
                await remote.close()
                gate.failed(
                    id,
                    crowded: error.kind == .droppedBeforeBanner,
                    refused: error.kind == .authentication
                )
                startNext()
                if gate.isStopped { return .untouched }
                guard error.isTransient,
                    let pause = retries.pause(before: attempt + 1, chance: .random(in: 0...1)), !gate.isStopped
                else { return .unreachable(error, attempts: attempt) }
                attempt += 1
                delay = pause
                let wait = Int(pause.inNanoseconds / 1_000_000)
                emit(.hostRetrying(attempt: attempt, milliseconds: wait, reason: error.message), target)
                continue
            }
            // Stopped while it logged in: it has not begun, and now it does not.
            if gate.isStopped {
                await remote.close()
                gate.finished(id)
                return .untouched
            }
            remotes[id] = (target.name, remote)
            let value = await body(target, remote)
            await part(from: id, target, remote, keeps)
            gate.finished(id)
            startNext()
            return .done(value)
        }
    }

    private func milliseconds(since began: Instant) -> Int { Int((loop.now - began).inNanoseconds / 1_000_000) }

    // MARK: Trust

    /// What a host showed when nothing was known of it.
    package struct Stranger: Sendable {
        package let target: Target
        package let key: HostKey

        package var isRevoked: Bool { target.revoked.contains(key) }
        /// It is known for the same address at another port.
        package var isBelieved: Bool { !isRevoked && target.knownElsewhere.contains(key) }
    }

    /// Asks hosts for their keys, within the same bounds as logins; nobody logs in. Hosts that do not answer are left to
    /// the run itself, which says why.
    package func introduce(_ targets: [Target]) async -> [Stranger] {
        var strangers: [Stranger?] = Array(repeating: nil, count: targets.count)
        await withTaskGroup(of: (Int, HostKey?).self) { group in
            for (id, target) in targets.enumerated() {
                group.addTask(executorPreference: loop) { (id, await self.hostKey(of: target, -1 - id)) }
            }
            for await (id, key) in group { strangers[id] = key.map { Stranger(target: targets[id], key: $0) } }
        }
        return strangers.compactMap { $0 }
    }

    private func hostKey(of target: Target, _ id: StartGate.ID) async -> HostKey? {
        guard await permission(id, target.place, .zero) else { return nil }
        let remote = SSHRemote(target, connector)
        connecting[id] = remote
        let key: HostKey?
        do throws(SSHError) { key = try await remote.readHostKey() } catch { key = nil }
        connecting[id] = nil
        gate.failed(id, crowded: false)
        startNext()
        return key
    }

    // MARK: Events

    private func emit(_ kind: Event.Kind, _ target: Target) { events.emit(kind, host: target.name) }

    /// For the body's own events, which belong into the same numbered stream.
    package func emit(_ kind: Event.Kind, host: String? = nil) { events.emit(kind, host: host) }

    // MARK: What one host teaches about the next

    private func prove(_ key: any Signer) {
        if provenKeys.first === key { return }
        provenKeys.removeAll { $0 === key }
        provenKeys.insert(key, at: 0)
    }

    /// Keys that worked are offered first: each refused one counts against MaxAuthTries.
    private func preferring(_ target: Target) -> Target {
        guard target.keys.count > 1, !provenKeys.isEmpty else { return target }
        let first = provenKeys.filter { proven in target.keys.contains { $0 === proven } }
        if first.isEmpty { return target }
        var changed = target
        changed.keys = first + target.keys.filter { key in !first.contains { $0 === key } }
        return changed
    }

    /// Two keys are tried anywhere without harm.
    private static let fewKeys = 2

    private func cohort(of target: Target) -> StartGate.Cohort? {
        guard target.keys.count > Self.fewKeys else { return nil }
        return "\(target.user) " + target.keys.map(\.fingerprint).joined(separator: " ")
    }

    /// Host keys that were accepted in this run, for writing into known_hosts.
    package var newHostKeys: [(target: Target, key: HostKey)] { connector.acceptedKeys }

    // MARK: Starting and stopping

    private func permission(
        _ id: StartGate.ID,
        _ destination: String,
        _ delay: Duration,
        cohort: StartGate.Cohort? = nil
    ) async -> Bool {
        if gate.isStopped { return false }
        gate.ask(id, destination, cohort: cohort, notBefore: loop.now + delay)
        return await withCheckedContinuation { continuation in
            permissions[id] = continuation
            startNext()
        }
    }

    private func startNext() {
        let (start, wake) = gate.take(at: loop.now)
        for id in start { permissions.removeValue(forKey: id)?.resume(returning: true) }
        if let wakeUp { loop.cancel(wakeUp) }
        wakeUp = wake.map { moment in
            loop.at(moment) { [weak self] in self?.assumeIsolated { $0.startNext() } }
        }
    }

    /// The first interrupt: nothing more starts; what runs goes on to its end.
    package func stop() {
        guard !gate.isStopped else { return }
        events.emit(.runStopping)
        for id in gate.stop() { permissions.removeValue(forKey: id)?.resume(returning: false) }
        // Where only keys are asked for, nothing is lost.
        for (id, remote) in connecting where id < 0 { remote.assumeIsolated { $0.close() } }
        whenStopped?()
        whenStopped = nil
    }

    package var isStopped: Bool { gate.isStopped }

    /// The second: what runs is ended on the hosts.
    package func cancel() async {
        stop()
        events.emit(.runCancelling)
        isLeaving = true
        // Who waits for what the hosts end by themselves says now where that is.
        whenCancelled?()
        whenCancelled = nil
        endTidying()
        for remote in connecting.values { await remote.close() }
        for (_, remote) in remotes.values { await remote.cancel() }
    }

    // MARK: After a stop

    /// Although nothing more is to start: a body on each of these hosts, over the connection that was kept or over a new
    /// one, for what must not stay as it is. It ends when this time is over, if one is given, and at the second interrupt.
    package func tidy(
        _ targets: [Target],
        within limit: Duration?,
        _ body: @escaping @Sendable (Target, SSHRemote) async -> Void
    ) async -> [Outcome<Void>] {
        var outcomes: [Outcome<Void>] = Array(repeating: .untouched, count: targets.count)
        if isLeaving { return outcomes }
        isTidyingOver = false
        let timer = limit.map { limit in loop.after(limit) { [weak self] in self?.assumeIsolated { $0.endTidying() } } }
        await withTaskGroup(of: (Int, Outcome<Void>).self) { group in
            var waiting = targets.enumerated().makeIterator()
            func begin(_ group: inout TaskGroup<(Int, Outcome<Void>)>) {
                guard let (id, target) = waiting.next() else { return }
                group.addTask(executorPreference: loop) { (id, await self.tidy(id, target, body)) }
            }
            for _ in 0..<max(1, forks) { begin(&group) }
            for await (id, outcome) in group {
                outcomes[id] = outcome
                begin(&group)
            }
        }
        if let timer { loop.cancel(timer) }
        return outcomes
    }

    private func tidy(
        _ id: Int,
        _ target: Target,
        _ body: @Sendable (Target, SSHRemote) async -> Void
    ) async -> Outcome<Void> {
        if isTidyingOver { return .untouched }
        let remote: SSHRemote
        if let own = kept.removeValue(forKey: target.name), await own.isWell {
            remote = own
            tidied[id] = own
        } else {
            remote = SSHRemote(preferring(target), connector)
            tidied[id] = remote
            do throws(SSHError) {
                _ = try await remote.open()
            } catch {
                tidied[id] = nil
                await remote.close()
                return .unreachable(error, attempts: 1)
            }
        }
        if !isTidyingOver { await body(target, remote) }
        tidied[id] = nil
        if isTidyingOver {
            await remote.close()
            return .untouched
        }
        kept[target.name] = remote
        return .done(())
    }

    private func endTidying() {
        isTidyingOver = true
        for remote in tidied.values { remote.assumeIsolated { $0.close() } }
    }

    /// Hosts that are being worked on, for saying so when nobody waits any more.
    package var running: [String] { remotes.values.map(\.name).sorted() }
}
