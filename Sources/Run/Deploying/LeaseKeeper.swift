import HostSide
import Reactor
import SSH
import Shell

/// The leases of a run, as it holds them on its hosts: each is renewed three times before it would run out, beside whatever
/// else goes over the connection of its host, until it is given back. A controller that is killed holds nothing for long.
///
/// Pinned to the loop of its connections.
actor LeaseKeeper {
    nonisolated let loop: Loop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// How long each holds from its last renewal.
    nonisolated let seconds: Int
    private struct Held {
        let lease: Lease
        let remote: SSHRemote
        let account: Account
    }
    private struct Place: Hashable {
        let host: String
        let root: String
    }
    private var held: [Place: Held] = [:]
    private var isOver = false
    private var rest: Sleep?

    static let usualSeconds = 120
    /// Where connections do not stay open between the parts of a deploy, nothing can be renewed.
    static let longSeconds = 900

    init(seconds: Int, on loop: Loop) { (self.seconds, self.loop) = (seconds, loop) }

    /// It was taken over this connection.
    func hold(_ lease: Lease, of host: String, _ remote: SSHRemote, _ account: Account) {
        held[Place(host: host, root: lease.root.path)] = Held(lease: lease, remote: remote, account: account)
    }

    /// It was given back, or is to run out.
    func drop(_ root: ReleaseRoot, of host: String) { held[Place(host: host, root: root.path)] = nil }

    func lease(_ root: ReleaseRoot, of host: String) -> Lease? { held[Place(host: host, root: root.path)]?.lease }

    /// Before `keep`, which renews until `end`.
    func begin() { isOver = false }

    func keep() async {
        while !isOver {
            let sleep = Sleep(on: loop)
            rest = sleep
            await sleep.wait(.seconds(seconds) / 3)
            if isOver { return }
            let now = held
            await withTaskGroup(of: Void.self) { group in
                for (place, one) in now {
                    group.addTask(executorPreference: loop) { await self.renew(place, one) }
                }
            }
        }
    }

    func end() {
        isOver = true
        held = [:]
        rest?.end()
    }

    /// What does not get through is tried again the next time; where somebody else has it, there is nothing more to renew: the
    /// host says so to whatever comes next.
    private func renew(_ place: Place, _ one: Held) async {
        guard await one.remote.isWell, held[place]?.lease == one.lease else { return }
        do throws(ReleaseError) {
            let program = try LeaseRequest.renew(one.lease, seconds: seconds).changingProgram("renew the lease")
            let reply = try? await one.remote.runBeside(
                program,
                as: one.account,
                under: one.lease.authority,
                Limits(timeout: .seconds(30))
            )
            if reply?.status == ReleaseStatus.fenced, held[place]?.lease == one.lease { held[place] = nil }
        } catch {}
    }
}
