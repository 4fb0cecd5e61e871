import ClientConfig
import SSH

/// What ssh's configuration says against a key.
struct KeyRules {
    private let settings: HostSettings

    init(_ settings: HostSettings) { self.settings = settings }

    /// Why a user's key must not be offered; nil if it may.
    func objection(to key: any Signer) -> String? {
        if let bits = HostKey(blob: key.blob)?.rsaBits, let least = settings.requiredRSASize, bits < least {
            return "has \(bits) bits, and RequiredRSASize is \(least)"
        }
        if let list = settings.pubkeyAcceptedAlgorithms {
            let names = Self.names(key.algorithm)
            if Set(list.applied(to: Self.all)).isDisjoint(with: names) {
                return "is ruled out by PubkeyAcceptedAlgorithms"
            }
        }
        return nil
    }

    private static func names(_ algorithm: KeyAlgorithm) -> [String] {
        switch algorithm {
        case .ed25519: ["ssh-ed25519"]
        case .ecdsa(let bits): ["ecdsa-sha2-nistp\(bits)"]
        case .rsa: ["rsa-sha2-512", "rsa-sha2-256"]
        }
    }

    private static let all =
        ([.ed25519, .ecdsa(bits: 256), .ecdsa(bits: 384), .ecdsa(bits: 521), .rsa] as [KeyAlgorithm])
        .flatMap(names)
}
