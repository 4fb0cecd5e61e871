package import Document
import Events
package import Fleet
package import Inventory
package import Playbook
package import Reactor
package import SSH

/// A playbook over hosts. First `prepare`, which contacts nobody and finds every error that can be known; then `run`, as
/// often as wanted: a plan, and after somebody has agreed to it the same for real.
///
/// Pinned to the loop of the fleet that it runs on.
package actor PlaybookRun {
    package nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let plays: [Play]
    private let inventory: Inventory
    private let surroundings: RunSurroundings

    /// `limit` are the hosts that the command line leaves; a play takes those of them that its pattern names. `variables`
    /// are those of the command line, the strongest.
    package init(
        _ plays: [Play],
        _ inventory: Inventory,
        limit: [Host],
        variables: [String: Value],
        _ surroundings: RunSurroundings,
        on loop: Loop
    ) {
        self.plays = plays
        self.inventory = inventory
        self.surroundings = surroundings
        self.loop = loop
        hosts = limit
    }

    /// The hosts that any play is for, in the order of the inventory. Known after `prepare`.
    package private(set) var hosts: [Host]

    /// Resolves every task of every host as far as it can be known before a host is contacted, and fetches the secrets
    /// that takes. All errors of all hosts are thrown together.
    package func prepare() async throws(DocumentError) {}

    /// Runs the plays. `targets` are those of `hosts` that can be tried. Emits the events of tasks through the fleet, and
    /// leaves those of hosts to the caller.
    package func run(_ options: RunOptions, on fleet: Fleet, _ targets: [Target]) async -> RunReport {
        RunReport(
            hosts: targets.map { HostReport(result: HostResult(host: $0.name, status: .untouched, touched: false)) }
        )
    }
}
