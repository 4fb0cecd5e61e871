/// How a change goes over a fleet: in which batches, how much may go wrong, and what becomes of what did.
package struct RolloutPolicy: Equatable, Sendable {
    /// So many hosts, or so much of all hosts of the play.
    package enum Share: Equatable, Sendable {
        case count(Int)
        case percent(Int)

        /// Of a batch: at least one.
        func batch(of total: Int) -> Int { max(1, number(of: total)) }

        /// Of what may go wrong: never rounded up.
        func number(of total: Int) -> Int {
            switch self {
            case .count(let count): max(0, min(count, total))
            case .percent(let percent): total * max(0, min(percent, 100)) / 100
            }
        }
    }

    /// What becomes of hosts when one has failed. What undoes itself on its host is undone whatever is said here.
    package enum OnFailure: String, CaseIterable, Sendable {
        /// All stay as they are.
        case stop
        /// The host that failed goes back.
        case rollbackHost = "rollback_host"
        /// And those of its batch, where the run ends because of it.
        case rollbackBatch = "rollback_batch"
        /// And every host that this run has switched.
        case rollbackAll = "rollback_all"
    }

    /// The sizes of batches, in their order; the last repeats. None: one host at a time.
    package var serial: [Share]
    package var maxFail: Share
    package var maxUnreachable: Share
    /// A batch must stay healthy so long before the next one begins.
    package var minHealthyTime: Duration
    package var onFailure: OnFailure
    /// Whether there is something to do once, on one host, when all are staged.
    package var migrates: Bool

    package init(
        serial: [Share] = [.count(1)],
        maxFail: Share = .count(0),
        maxUnreachable: Share = .count(0),
        minHealthyTime: Duration = .seconds(10),
        onFailure: OnFailure = .rollbackHost,
        migrates: Bool = false
    ) {
        self.serial = serial
        self.maxFail = maxFail
        self.maxUnreachable = maxUnreachable
        self.minHealthyTime = minHealthyTime
        self.onFailure = onFailure
        self.migrates = migrates
    }

    /// How many hosts the batch with this number has, counted from 0.
    func size(ofBatch number: Int, of total: Int) -> Int {
        guard let last = serial.last else { return 1 }
        return (number < serial.count ? serial[number] : last).batch(of: total)
    }
}
