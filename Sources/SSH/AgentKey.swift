package import Reactor
import Text

/// A key that an agent holds.
package final class AgentKey: Signer {
    package let blob: [UInt8]
    package let algorithm: KeyAlgorithm
    package let name: String
    let agent: Agent

    init(_ blob: [UInt8], _ algorithm: KeyAlgorithm, name: String, _ agent: Agent) {
        self.blob = blob
        self.algorithm = algorithm
        self.name = name
        self.agent = agent
    }

    package func sign(
        _ data: [UInt8],
        method: String,
        on loop: Loop,
        _ done: @escaping (Result<[UInt8], SignFailure>) -> Void
    ) {
        precondition(loop === agent.loop, "an agent's key is used on its agent's loop")
        // The agent knows its key by the real blob, whatever was offered to the server.
        let request = AgentRequest.sign(blob: blob, data: data, flags: AgentRequest.flags(forMethod: method))
        agent.ask(request) { [self] answer in done(judge(answer, method)) }
    }

    private func judge(_ answer: Result<AgentAnswer, AgentError>, _ method: String) -> Result<[UInt8], SignFailure> {
        switch answer {
        case .failure(let error): return .failure(SignFailure(error.description))
        case .success(.signature(let format, let bytes)):
            let expected = algorithm == .rsa ? method : HostKey(blob: blob)?.type ?? method
            if format == expected { return .success(bytes) }
            if format == "ssh-rsa" {
                return .failure(SignFailure("\(agent.place) signs RSA keys with SHA-1 only, which servers refuse"))
            }
            let got = Printable.quoted(format)
            return .failure(SignFailure("\(agent.place) signed with \(got) where \(expected) was asked for"))
        case .success(.failure):
            return .failure(
                SignFailure(
                    "\(agent.place) refused to sign with \(name): it is locked, a confirmation was declined, or it does "
                        + "not have the key any more"
                )
            )
        case .success(.identities):
            return .failure(SignFailure("\(agent.place) answered with a list where a signature was asked for"))
        }
    }
}

/// What an agent has: keys for a login, and those that libssh2 cannot use, with the reason.
package struct AgentIdentities: Sendable {
    package struct Unusable: Equatable, Sendable {
        package let name: String
        /// The key's type as it says itself, made printable.
        package let type: String
        package let blob: [UInt8]
        package let reason: String
    }

    package var keys: [AgentKey] = []
    package var unusable: [Unusable] = []

    init(_ list: [AgentAnswer.Identity], _ agent: Agent) {
        for identity in list {
            let key = HostKey(blob: identity.blob)
            let name = Self.name(identity, key)
            if let type = key?.type, let algorithm = KeyAlgorithm(type: type) {
                keys.append(AgentKey(identity.blob, algorithm, name: name, agent))
            } else {
                let type = Printable.line(key?.type ?? "", limit: 64)
                unusable.append(
                    Unusable(name: name, type: type, blob: identity.blob, reason: Self.reason(key?.type))
                )
            }
        }
    }

    /// A key without a comment is known by its fingerprint.
    private static func name(_ identity: AgentAnswer.Identity, _ key: HostKey?) -> String {
        let comment = Printable.sentence(identity.comment, limit: 100)
        return "\(comment.isEmpty ? key?.fingerprint ?? "a key without a name" : comment) (agent)"
    }

    static func reason(_ type: String?) -> String {
        switch type {
        case nil: "is no public key"
        case let type? where type.contains("-cert-v0"): "is a certificate, which libssh2 cannot use"
        case let type? where type.hasPrefix("sk-"): "lives in a hardware token, which libssh2 cannot use"
        case "ssh-dss": "is a DSA key, which servers have refused for years"
        default: "has a type that libssh2 does not know"
        }
    }
}
