import Document
import Events
import Fleet
import HostSide
import Playbook
import Reactor
import SSH
import Shell
import Text

/// Does what `HostProgress` says on one host, and tells it what came. Confined to the loop.
final class HostDriver: @unchecked Sendable {
    // Unchecked: made, used and called back on the loop's thread only.
    typealias Progress = HostProgress<PlaySource>

    /// What all hosts of a run share.
    struct Common: @unchecked Sendable {
        // Unchecked: the rendezvous is touched on the loop's thread only.

        let fleet: Fleet
        let secrets: SecretStore
        let rendezvous: Rendezvous
        let surroundings: RunSurroundings
        let keepsPrograms: Bool
        /// What is kept of each stream of a step.
        let keptOutput: Int
        /// Nothing is told of what happens: somebody only wants to know.
        var isQuiet = false
    }

    let host: String
    let remote: SSHRemote
    let common: Common
    let loop: Loop
    var progress: Progress
    /// Whether anything of ours ran there that may have changed something.
    private(set) var isTouched = false
    private(set) var programs: [SentProgram] = []
    private let sleep: Sleep
    private(set) var isStopped = false
    private var whenStopped: (() -> Void)?

    init(_ host: String, _ remote: SSHRemote, _ progress: Progress, _ common: Common, on loop: Loop) {
        self.host = host
        self.remote = remote
        self.progress = progress
        self.common = common
        self.loop = loop
        sleep = Sleep(on: loop)
    }

    /// Goes on until there is nothing more to do, or to be done.
    func drive() async {
        while true {
            let action = progress.next()
            report()
            switch action {
            case .finished:
                for number in progress.takeReleasedOnces() { common.rendezvous.release(number) }
                if common.keepsPrograms { programs += progress.planned.map { SentProgram($0) } }
                return
            case .learnFacts: await learnFacts()
            case .fetchSecrets:
                let wanted = progress.source.wanted
                progress.source.wanted = []
                await common.secrets.fetch(wanted)
                progress.fetched()
            case .look(let looks): await look(looks)
            case .claim(let number): progress.claimed(number, common.rendezvous.claim(number, host))
            case .follow(let number):
                if let claim = await common.rendezvous.follow(number, host) {
                    progress.claimed(number, claim)
                } else {
                    progress.stop()
                }
            case .apply(let batch): await apply(batch)
            case .ask(let number, let question, let limit): await ask(number, question, within: limit)
            case .pause(let number, let pause): await wait(number, pause)
            case .rest(let duration): await sleep.wait(duration)
            }
        }
    }

    /// Nothing more is begun.
    func stop() {
        isStopped = true
        progress.stop()
        sleep.end()
        whenStopped?()
    }

    func ended(_ number: Int, _ step: StepReport) {
        progress.ended(number, step)
        report()
    }

    /// Tells what became of tasks, in their order.
    private func report() {
        for result in progress.takeFinished() where !common.isQuiet {
            common.fleet.assumeIsolated { $0.emit(.taskFinished(result), host: host) }
        }
        for (number, result) in progress.takeSettledOnces(host: host) { common.rendezvous.settle(number, result) }
    }

    // MARK: Looking

    private func learnFacts() async {
        do throws(RemoteError) {
            let reply = try await remote.run(Facts.program, Limits(), nil)
            progress.learned(Facts.parse(reply.stdout.bytes))
        } catch {
            progress.broke(nil, Self.problem(error))
        }
    }

    private func look(_ looks: [TaskAccount: [Look]]) async {
        var answers: [TaskAccount: Sightings] = [:]
        let asked = looks.sorted { "\($0.key)" < "\($1.key)" }
        await withTaskGroup(of: (TaskAccount, Result<Sightings, Unseen>).self) { group in
            for (account, looks) in asked {
                let program = Looking.program(looks)
                if common.keepsPrograms {
                    let shown = progress.holdsSecrets ? Looking.program(looks.map(\.withoutSecrets)) : program
                    programs.append(SentProgram(Self.label(looks), account, shown.text))
                }
                let remote = remote
                group.addTask(executorPreference: loop) {
                    (account, await Self.look(looks, program, Account(account), remote))
                }
            }
            for await (account, result) in group {
                switch result {
                case .success(let seen): answers[account] = seen
                case .failure(let unseen) where unseen.isRefused: progress.refused(account, unseen.problem)
                case .failure(let unseen): progress.broke(nil, unseen.problem)
                }
            }
        }
        progress.saw(answers)
    }

    private static func label(_ looks: [Look]) -> String {
        if case .content? = looks.first { "read what would change" } else { "look" }
    }

    private struct Unseen: Error {
        let problem: HostResult.Problem
        /// It could not become the account.
        var isRefused = false
    }

    private static func look(
        _ looks: [Look],
        _ program: ReadingProgram,
        _ account: Account,
        _ remote: SSHRemote
    ) async -> Result<Sightings, Unseen> {
        let reply: Reply
        do throws(RemoteError) {
            reply = try await remote.run(
                program,
                as: account,
                Limits(timeout: .seconds(600), output: room(for: looks)),
                nil
            )
        } catch {
            return .failure(Unseen(problem: problem(error), isRefused: error.kind == .becomeRefused))
        }
        do throws(LookingError) {
            return .success(try Looking.read(reply.stdout.bytes, looks))
        } catch {
            let said = Printable.sentence(reply.stderr.bytes, limit: 200)
            let more = said.isEmpty ? "" : "; it said: \(said)"
            return .failure(
                Unseen(
                    problem: .init(kind: "look_failed", message: "it cannot be looked at: \(error.description)\(more)")
                )
            )
        }
    }

    /// What an honest answer may take.
    private static func room(for looks: [Look]) -> Int {
        looks.reduce(64 << 10) { room, look in
            switch look {
            case .path: room + (10 << 10)
            case .content(_, let limit): room + limit * 4 + (4 << 10)
            case .command, .age: room + (4 << 10)
            }
        }
    }

    // MARK: Waiting

    private func wait(_ number: Int, _ pause: Pause) async {
        let goesOn = await common.rendezvous.pause(number) {
            guard let prompt = pause.prompt else {
                await sleep.wait(pause.duration ?? .zero)
                return true
            }
            guard let confirm = common.surroundings.confirm else { return false }
            return await confirm(prompt, pause.duration)
        }
        if isStopped { return }
        if goesOn { return progress.paused() }
        await common.fleet.stop()
    }

    // MARK: Changing

    private func apply(_ batch: Progress.Batch) async {
        let key = Marker.random()
        var staged: [Int: String] = [:]
        for step in batch.steps {
            guard case .file(let change) = step.operation, OperationsProgram.needsStaging(change),
                let content = change.content
            else { continue }
            let path = OperationsProgram.stagingPath(for: change, key: key)
            let upload = Upload(destination: path, mode: 0o600, sha256: content.sha256, size: content.size)
            isTouched = true
            let failed: Result<Reply, RemoteError>
            do throws(RemoteError) {
                let limits = Limits(timeout: progress.timeout(of: step.number))
                let reply = try await remote.put(
                    content.file.map { LargeFiles.upload($0, content.size) } ?? .bytes(content.bytes),
                    upload,
                    as: Account(batch.account),
                    under: .playbook,
                    limits
                )
                if reply.status == 0 {
                    staged[step.number] = path
                    continue
                }
                failed = .success(content.file.map { LargeFiles.explained(reply, $0) } ?? reply)
            } catch {
                guard case .timedOut(ended: true) = error.kind else {
                    return progress.broke(step.number, Self.problem(error, during: step.label))
                }
                failed = .failure(error)
            }
            // What comes before it is carried out all the same, and what comes after it if that is to be ignored.
            let before = batch.steps.prefix { $0.number != step.number }
            guard await run(before, batch.account, key, staged) else { return }
            switch failed {
            case .success(let reply): progress.ended(step.number, StepReport(reply, redactor))
            case .failure(let error): progress.timedOut(step.number, Self.problem(error, during: step.label))
            }
            return progress.applied(before.count + 1)
        }
        if await run(batch.steps[...], batch.account, key, staged) { progress.applied() }
    }

    private var redactor: Redactor { common.surroundings.redactor }

    /// False if its end was not seen.
    @discardableResult
    private func run(_ steps: ArraySlice<Step>, _ account: TaskAccount, _ key: Marker, _ staged: [Int: String]) async
        -> Bool
    {
        if steps.isEmpty { return true }
        isTouched = true
        hasEnded = false
        let listener = StepListener(self, key, steps)
        let program = OperationsProgram(Array(steps), key: key, staged: staged).program
        let account = Account(account)
        async let stopping: Bool = stopBetweenSteps(key, account)
        let outcome: Result<Reply, RemoteError>
        do throws(RemoteError) {
            let limits = Limits(timeout: nil, output: 16 << 10)
            let reply = try await remote.run(program, as: account, under: .playbook, limits) { listener.heard($0, $1) }
            outcome = .success(reply)
        } catch {
            outcome = .failure(error)
        }
        listener.end()
        hasEnded = true
        whenEnded?()
        if await stopping { await beside(OperationsProgram.unstop(key: key), account) }
        switch outcome {
        case .success: return true
        case .failure(let error):
            if let number = listener.overdue(error) {
                progress.timedOut(number, listener.problem(error))
                return false
            }
            // Where sudo refuses, no step begins: the first shows it.
            let first = error.kind == .becomeRefused ? steps.first?.number : nil
            progress.broke(listener.current?.number ?? first, listener.problem(error))
            return false
        }
    }

    // MARK: Stopping between two steps

    private var whenEnded: (() -> Void)?
    /// The program may end before anybody has begun to wait for that: child tasks begin when they get their turn.
    private var hasEnded = false

    /// Waits until the program has ended, or tells it not to begin another step: true if it did.
    private func stopBetweenSteps(_ key: Marker, _ account: Account) async -> Bool {
        let isAsked = await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
            if hasEnded { return continuation.resume(returning: false) }
            if isStopped { return continuation.resume(returning: true) }
            whenStopped = { [self] in
                (whenStopped, whenEnded) = (nil, nil)
                continuation.resume(returning: true)
            }
            whenEnded = { [self] in
                (whenStopped, whenEnded) = (nil, nil)
                continuation.resume(returning: false)
            }
        }
        if isAsked { await beside(OperationsProgram.stop(key: key), account) }
        return isAsked
    }

    /// If it cannot be run, all steps of the program end, and nothing comes after them.
    private func beside(_ program: ReadingProgram, _ account: Account) async {
        do throws(RemoteError) {
            _ = try await remote.runBeside(program, as: account, Limits(timeout: .seconds(30)))
        } catch {}
    }
}

extension Account {
    init(_ account: TaskAccount) {
        switch account {
        case .standard: self = .standard
        case .login: self = .login
        case .become(let user): self = .become(user)
        }
    }
}

extension SentProgram {
    init(_ label: String, _ account: TaskAccount, _ text: String) {
        switch account {
        case .standard: self.init(label: label, text: text)
        case .login: self.init(label: "\(label), as who logs in", text: text)
        case .become(let user): self.init(label: "\(label), as \(user)", text: text)
        }
    }

    fileprivate init(_ batch: HostProgress<PlaySource>.Batch) {
        // The key is another one each time; what is shown should not be.
        let key = Marker((0, 0))
        var staged: [Int: String] = [:]
        for step in batch.steps {
            guard case .file(let change) = step.operation, change.content?.file != nil else { continue }
            staged[step.number] = OperationsProgram.stagingPath(for: change, key: key)
        }
        let program = OperationsProgram(batch.steps, key: key, staged: staged)
        let count = batch.steps.count
        self.init("change, \(count) step\(count == 1 ? "" : "s")", batch.account, program.program.text)
    }
}
