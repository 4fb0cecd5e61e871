package import Reactor
package import SSH

/// Where keys live that are not files: the user's agents, each asked over one connection, and an agent of the run's own for
/// key files that were unlocked with a passphrase. One per run, confined to the loop's thread.
package final class KeyVault: @unchecked Sendable {
    // Unchecked: touched on the loop's thread only, as the agents hold it to.
    private let loop: Loop
    private var agents: [String: Agent] = [:]

    package enum Unlocking: Sendable {
        case unlocked(any Signer)
        case wrongPassphrase
        case failed(String)
    }

    package init(on loop: Loop) { self.loop = loop }

    func agent(_ path: String) -> Agent {
        if let agent = agents[path] { return agent }
        let agent = Agent(path, on: loop)
        agents[path] = agent
        return agent
    }

    func unlock(_ path: String, _ passphrase: String) async -> Unlocking {
        .failed("not yet")
    }

    /// Lets go of the agents and ends the run's own.
    package func close() {
        for agent in agents.values { agent.close() }
        agents = [:]
    }
}
