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
        let measuring: Measuring
        let rendezvous: Rendezvous
        let surroundings: RunSurroundings
        let keepsPrograms: Bool
        /// Of what is switched to in this run.
        let keeper: LeaseKeeper
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
    var isTouched = false
    /// What was to run does not, or nobody knows.
    var isDown = false
    var programs: [SentProgram] = []
    private let sleep: Sleep
    /// What goes on to an end of its own, whoever wants it to stop.
    private var deployment: HostDeployment?
    private(set) var isStopped = false
    var whenStopped: (() -> Void)?
    var whenEnded: (() -> Void)?
    /// The program may end before anybody has begun to wait for that: child tasks begin when they get their turn.
    var hasEnded = false

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
                await lookAfter()
                if common.keepsPrograms { programs += progress.planned.map { SentProgram($0) } }
                return
            case .learnFacts: await learnFacts()
            case .fetch:
                let wanted = progress.source.wanted
                progress.source.wanted = []
                await common.secrets.fetch(wanted)
                await common.measuring.all()
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
            case .deploy(_, let deployment, let account): await deploy(deployment, Account(account))
            case .rest(let duration): await sleep.wait(duration)
            }
        }
    }

    /// Nothing more is begun.
    func stop() {
        isStopped = true
        progress.stop()
        deployment?.interrupt()
        sleep.end()
        whenStopped?()
    }

    /// Nobody waits any more for what goes on by itself on the host.
    func cancel() { deployment?.cancel() }

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

    // MARK: Releases

    private func deploy(_ wanted: Deployment, _ account: Account) async {
        let (fleet, host) = (common.fleet, host)
        let redactor = common.surroundings.redactor
        let own = HostDeployment(host, remote, as: account, run: fleet.runName, common.keeper, redactor) {
            let event = Event.Kind.handover(service: $0, $1)
            fleet.assumeIsolated { $0.emit(event, host: host) }
        }
        deployment = own
        let report = await own.carryOut(wanted)
        deployment = nil
        isTouched = isTouched || own.isTouched
        isDown = isDown || report.word == .dirty
        progress.deployed(report, wanted.part)
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
