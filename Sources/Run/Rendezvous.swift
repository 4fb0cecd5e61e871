import Playbook
import Reactor

/// Where the hosts of a run meet: tasks that one of them runs for all, and pauses that all of them make. Confined to the
/// loop.
final class Rendezvous {
    typealias Claim = HostProgress<PlaySource>.Claim

    private enum Once {
        case led(by: String, waiting: [CheckedContinuation<Claim?, Never>])
        case settled(OnceResult)
    }

    private enum Wait {
        case running([CheckedContinuation<Bool, Never>])
        case over(Bool)
    }

    private var onces: [Int: Once] = [:]
    private var pauses: [Int: Wait] = [:]
    private var isStopped = false

    // MARK: Tasks that run once for all hosts

    /// The first that asks has it.
    func claim(_ number: Int, _ host: String) -> Claim {
        switch onces[number] {
        case nil:
            onces[number] = .led(by: host, waiting: [])
            return .leads
        case .led(by: host, _)?: return .leads
        case .led?: return .taken
        case .settled(let result)?: return .settled(result)
        }
    }

    /// Waits for what becomes of it. Nil when nothing more is to begin.
    func follow(_ number: Int, _ host: String) async -> Claim? {
        if isStopped { return nil }
        guard case .led(let leader, _)? = onces[number], leader != host else { return claim(number, host) }
        return await withCheckedContinuation { continuation in
            guard case .led(let leader, let waiting)? = onces[number] else { return }
            onces[number] = .led(by: leader, waiting: waiting + [continuation])
        }
    }

    func settle(_ number: Int, _ result: OnceResult) {
        guard case .led(_, let waiting)? = onces[number] else { return }
        onces[number] = .settled(result)
        for continuation in waiting { continuation.resume(returning: .settled(result)) }
    }

    /// Its host will not run it: the next one has it.
    func release(_ number: Int) {
        guard case .led(_, let waiting)? = onces[number] else { return }
        onces[number] = nil
        guard let next = waiting.first else { return }
        onces[number] = .led(by: "", waiting: Array(waiting.dropFirst()))
        next.resume(returning: .leads)
    }

    // MARK: Pauses

    /// The first host that comes to a pause begins it with `wait`; all go on when it is over. False where somebody wants
    /// the run to end.
    func pause(_ number: Int, _ wait: () async -> Bool) async -> Bool {
        switch pauses[number] {
        case .over(let goesOn)?: return goesOn
        case .running?:
            return await withCheckedContinuation { continuation in
                guard case .running(let waiting)? = pauses[number] else { return }
                pauses[number] = .running(waiting + [continuation])
            }
        case nil:
            pauses[number] = .running([])
            let goesOn = await wait()
            guard case .running(let waiting)? = pauses[number] else { return goesOn }
            pauses[number] = .over(goesOn)
            for continuation in waiting { continuation.resume(returning: goesOn) }
            return goesOn
        }
    }

    /// Nothing more begins: nobody waits any longer for another host.
    func stop() {
        isStopped = true
        for (number, once) in onces {
            guard case .led(let leader, let waiting) = once else { continue }
            onces[number] = .led(by: leader, waiting: [])
            for continuation in waiting { continuation.resume(returning: nil) }
        }
    }
}

/// A wait on the loop that can be ended early. Confined to the loop.
final class Sleep {
    private let loop: Loop
    private var timer: Loop.Timer?
    private var continuation: CheckedContinuation<Void, Never>?
    private var isEnded = false

    init(on loop: Loop) { self.loop = loop }

    func wait(_ duration: Duration) async {
        if isEnded { return }
        await withCheckedContinuation { continuation in
            self.continuation = continuation
            timer = loop.after(duration) { [weak self] in self?.wake() }
        }
    }

    /// From now on nothing is waited for.
    func end() {
        isEnded = true
        wake()
    }

    private func wake() {
        if let timer { loop.cancel(timer) }
        timer = nil
        continuation?.resume()
        continuation = nil
    }
}
