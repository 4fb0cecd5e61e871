package import Reactor
import SSH

/// Where keys live that are not files: the user's agents, each asked over one connection, and an agent of the run's own for
/// key files that were unlocked with a passphrase. One per run, confined to the loop's thread.
package final class KeyVault: @unchecked Sendable {
    // Unchecked: touched on the loop's thread only, as the agents hold it to.
    private let loop: Loop
    private let environment: [String: String]
    private var agents: [String: Agent] = [:]
    private var own: PrivateAgent?

    /// `environment` is that of the programs which are started: OpenSSH's agent and ssh-add.
    package init(environment: [String: String], on loop: Loop) {
        self.environment = environment
        self.loop = loop
    }

    func agent(_ path: String) -> Agent {
        if let agent = agents[path] { return agent }
        let agent = Agent(path, on: loop)
        agents[path] = agent
        return agent
    }

    func unlock(_ path: String, _ passphrase: String, blob: [UInt8]?) async throws(PrivateAgent.Failure) -> any Signer {
        let agent: PrivateAgent
        if let own {
            agent = own
        } else {
            let places = ["XDG_RUNTIME_DIR", "TMPDIR"].compactMap { environment[$0] } + ["/tmp"]
            agent = try await PrivateAgent.start(in: places, environment: environment, on: loop)
            own = agent
        }
        return try await agent.unlock(path, passphrase: Array(passphrase.utf8), blob: blob)
    }

    /// Whether OpenSSH's client is 8.7 or newer; asked only where it is needed.
    func opensshIsNewer() async -> Bool {
        var request = ChildRequest(["ssh", "-V"], environment: environment)
        request.deadline = .seconds(10)
        let said: ChildResult
        do throws(SystemError) { said = try await loop.run(request) } catch { return false }
        guard let start = said.errors.firstRange(of: "OpenSSH_")?.upperBound else { return false }
        let numbers = said.errors[start...].prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap {
            Int($0)
        }
        return numbers.count >= 2 && (numbers[0], numbers[1]) >= (8, 7)
    }

    /// Lets go of the agents and ends the run's own.
    package func close() async {
        for agent in agents.values { agent.close() }
        agents = [:]
        await own?.close()
        own = nil
    }
}
