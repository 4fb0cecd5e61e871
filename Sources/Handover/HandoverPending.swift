internal import CPrograms
package import HostSide
internal import Text

/// A takeover that another run began and that is not over.
package struct HandoverPending: Hashable, Sendable {
    package let nonce: String
    /// Where it goes when nobody is heard of any more.
    package let lost: HandoverOrder.Lost
    /// Off where its host went down in the middle, and nothing goes on there.
    package let isDriven: Bool
    package let token: HandoverStatus.Token

    /// Those of a state directory.
    package static func look(in state: String) -> Look {
        let libraries = [("lay", baton_handover_lay_sh()), ("pending", baton_handover_pending_sh())]
        return .script(
            HostScript(
                libraries: libraries.map { name, file in
                    ScriptLibrary("handover \(name)", source: HandoverProgram.text(of: file))
                },
                parts: [.state, .way],
                call: ["baton_lay_pending", state]
            )
        )
    }

    /// Nil where the host did not answer what was asked.
    package static func read(_ sighting: Sighting?) -> [HandoverPending]? {
        guard case .script(0, let stdout, _)? = sighting, stdout.count <= 64 << 10 else { return nil }
        var found: [HandoverPending] = []
        for line in stdout.split(separator: 10) {
            guard found.count < 100, let own = HandoverPending(String(decoding: line, as: UTF8.self)) else {
                return nil
            }
            found.append(own)
        }
        return found
    }

    private init?(_ line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, words[0] == "pending", (16...64).contains(words[1].utf8.count),
            words[1].utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }),
            let lost = HandoverOrder.Lost(rawValue: String(words[2])), words[3] == "driven" || words[3] == "idle",
            let token = HandoverStatus.Token(rawValue: String(words[4]))
        else { return nil }
        (nonce, self.lost, isDriven, self.token) = (String(words[1]), lost, words[3] == "driven", token)
    }
}
