package import Handover
package import Reactor
package import SSH
import Shell

/// Does what a `HandoverSession` says, and tells it what came: connections, calls, time. It holds no rule.
///
/// Pinned to the loop of its connection. The connection that it is given stays with whoever gave it, also where it was
/// opened anew in between.
package actor TakeoverDriver {
    package nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// What comes back to the session.
    private enum Input: Sendable {
        case heard
        case answered(HandoverCall, HandoverAnswer)
        case connected(problem: String?, passes: Bool)
        case spareOpened(Bool)
    }

    private let job: TakeoverJob
    private let remote: SSHRemote
    private let tell: @Sendable (HandoverNews) -> Void
    /// For tests: called right before a call goes out, and when it was answered; says whether the answer is lost.
    private let seam: Seam?
    private var session: HandoverSession
    private let began: Instant
    private var ending: HandoverEnding?
    /// Connections of its own that are open, or being opened.
    private var own: [ObjectIdentifier: SSHRemote] = [:]
    private var spare: SSHRemote?
    private var callsOnRemote = 0

    // Time and interrupts, which one child task listens for.
    private var timer: Loop.Timer?
    private var isDue = false
    private var interrupts = 0
    private var isLeft = false
    private var listener: CheckedContinuation<Void, Never>?

    typealias Seam = @Sendable (HandoverCall, _ isAnswered: Bool) -> Bool

    /// `remote` is open. `tell` is called on its loop.
    package init(_ job: TakeoverJob, over remote: SSHRemote, tell: @escaping @Sendable (HandoverNews) -> Void) {
        self.init(job, over: remote, tell: tell, seam: nil)
    }

    init(
        _ job: TakeoverJob,
        over remote: SSHRemote,
        tell: @escaping @Sendable (HandoverNews) -> Void,
        seam: Seam?
    ) {
        self.seam = seam
        self.job = job
        self.remote = remote
        self.tell = tell
        loop = remote.loop
        began = remote.loop.now
        session = HandoverSession(job.terms, directory: job.directory)
    }

    private var elapsed: Duration { loop.now - began }

    /// Until it is over, or nobody waits any more. Call once.
    package func run() async -> HandoverEnding {
        await withTaskGroup(of: Input.self) { group in
            listen(&group)
            perform(session.begin(at: elapsed), &group)
            // Calls that are still on their way end with their connections.
            while let input = await group.next() {
                if ending != nil { continue }
                take(input, &group)
                if ending != nil { await letGo() }
            }
        }
        return ending ?? HandoverEnding(.unknown, "nothing is known of it", isTouched: true)
    }

    /// The first calls it off where that can be; at the second it is waited for no longer.
    package func interrupt() {
        interrupts += 1
        wake()
    }

    /// It is waited for no longer, and nothing is called off.
    package func leave() {
        isLeft = true
        wake()
    }

    // MARK: In and out

    private func take(_ input: Input, _ group: inout TaskGroup<Input>) {
        switch input {
        case .answered(let call, let answer): perform(session.answered(call, answer, at: elapsed), &group)
        case .connected(let problem, let passes):
            perform(session.connected(problem, passes: passes, at: elapsed), &group)
        case .spareOpened(let isOpen): perform(session.spareOpened(isOpen, at: elapsed), &group)
        case .heard:
            listen(&group)
            if isLeft { return perform(session.leave(at: elapsed), &group) }
            let count = interrupts
            interrupts = 0
            if count == 0 { perform(session.woke(at: elapsed), &group) }
            for _ in 0..<count where ending == nil { perform(session.interrupt(at: elapsed), &group) }
        }
    }

    private func perform(_ actions: [HandoverAction], _ group: inout TaskGroup<Input>) {
        for action in actions {
            switch action {
            case .tell(let news): tell(news)
            case .finish(let ending): self.ending = ending
            case .call(let call, let way):
                let line = session.line
                group.addTask(executorPreference: loop) { .answered(call, await self.call(call, way, line)) }
            case .connect: group.addTask(executorPreference: loop) { await self.reconnect() }
            case .openSpare: group.addTask(executorPreference: loop) { .spareOpened(await self.openSpare()) }
            }
        }
        setTimer()
    }

    // MARK: Listening

    private func listen(_ group: inout TaskGroup<Input>) {
        group.addTask(executorPreference: loop) {
            await self.listening()
            return .heard
        }
    }

    private func listening() async {
        if !isDue, interrupts == 0, !isLeft, ending == nil {
            await withCheckedContinuation { listener = $0 }
        }
        isDue = false
    }

    private func wake() {
        listener?.resume()
        listener = nil
    }

    private func setTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
        guard let wakeAt = session.wakeAt, ending == nil else { return }
        timer = loop.at(began + wakeAt) { [weak self] in
            self?.assumeIsolated {
                $0.timer = nil
                $0.isDue = true
                $0.wake()
            }
        }
    }

    // MARK: Calls

    private func call(_ call: HandoverCall, _ way: HandoverWay, _ line: Int) async -> HandoverAnswer {
        let answer = await answer(call, way, line)
        if case .replied = answer, seam?(call, true) == true { return .lost("the answer was lost") }
        return answer
    }

    private func answer(_ call: HandoverCall, _ way: HandoverWay, _ line: Int) async -> HandoverAnswer {
        switch way {
        case .main, .beside:
            callsOnRemote += 1
            defer { callsOnRemote -= 1 }
            return await send(call, line, remote, isBeside: way == .beside)
        case .fresh: return await sendFresh(call, line, nil)
        case .spare:
            let opened = spare
            spare = nil
            return await sendFresh(call, line, opened)
        }
    }

    /// Over a connection that ends with it.
    private func sendFresh(_ call: HandoverCall, _ line: Int, _ opened: SSHRemote?) async -> HandoverAnswer {
        let fresh: SSHRemote
        switch opened {
        case .some(let opened): fresh = opened
        case nil:
            switch await open() {
            case .success(let made): fresh = made
            case .failure(let error): return .unreachable(error.message, passes: error.isTransient)
            }
        }
        let answer = await send(call, line, fresh, isBeside: false)
        own[ObjectIdentifier(fresh)] = nil
        await fresh.close()
        return answer
    }

    private func send(
        _ call: HandoverCall,
        _ line: Int,
        _ remote: SSHRemote,
        isBeside: Bool
    ) async -> HandoverAnswer {
        let sent: TakeoverJob.Sent
        do throws(HandoverOrderError) {
            sent = try job.program(call, line: line)
        } catch {
            return .impossible(error.description)
        }
        _ = seam?(call, false)
        let (account, limits) = (job.account, job.limits(call))
        let authority = Authority.takeover(epoch: job.order.epoch)
        do throws(RemoteError) {
            let reply: Reply
            switch (sent, isBeside) {
            case (.reading(let program), false): reply = try await remote.run(program, as: account, limits, nil)
            case (.reading(let program), true): reply = try await remote.runBeside(program, as: account, limits)
            case (.changing(let program), false):
                reply = try await remote.run(program, as: account, under: authority, limits, nil)
            case (.changing(let program), true):
                reply = try await remote.runBeside(program, as: account, under: authority, limits)
            }
            return .replied(status: reply.status, stdout: reply.stdout.bytes, stderr: reply.stderr.bytes)
        } catch {
            switch error.kind {
            case .becomeRefused, .unsendable: return .impossible(error.detail)
            default: return .lost(error.detail)
            }
        }
    }

    // MARK: Connections

    private func open() async -> Result<SSHRemote, SSHError> {
        let fresh = remote.another()
        own[ObjectIdentifier(fresh)] = fresh
        do throws(SSHError) {
            _ = try await fresh.open()
        } catch {
            own[ObjectIdentifier(fresh)] = nil
            await fresh.close()
            return .failure(error)
        }
        // It may have been let go of before it had begun.
        if ending != nil {
            own[ObjectIdentifier(fresh)] = nil
            await fresh.close()
            return .failure(SSHError(.cancelled, "nobody waits for it any more"))
        }
        return .success(fresh)
    }

    private func openSpare() async -> Bool {
        guard case .success(let fresh) = await open() else { return false }
        spare = fresh
        return true
    }

    private func reconnect() async -> Input {
        callsOnRemote += 1
        defer { callsOnRemote -= 1 }
        do throws(SSHError) {
            try await remote.reopen()
            return .connected(problem: nil, passes: true)
        } catch {
            return .connected(problem: error.message, passes: error.isTransient)
        }
    }

    /// Nothing is waited for any more.
    private func letGo() async {
        setTimer()
        wake()
        for remote in own.values { await remote.close() }
        own = [:]
        if callsOnRemote > 0 { await remote.close() }
    }
}
