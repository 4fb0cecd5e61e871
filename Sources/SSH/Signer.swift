package import Reactor

/// What a user key is, as far as signing goes.
package enum KeyAlgorithm: Equatable, Sendable {
    case ed25519
    case ecdsa(bits: Int)
    case rsa

    /// From a public key's own type; nil for what libssh2 cannot log in with.
    init?(type: String) {
        switch type {
        case "ssh-ed25519": self = .ed25519
        case "ecdsa-sha2-nistp256": self = .ecdsa(bits: 256)
        case "ecdsa-sha2-nistp384": self = .ecdsa(bits: 384)
        case "ecdsa-sha2-nistp521": self = .ecdsa(bits: 521)
        case "ssh-rsa": self = .rsa
        default: return nil
        }
    }
}

/// A user key that a login can offer, wherever its secret half is: in a file that was read, or with an agent.
package protocol Signer: AnyObject, Sendable {
    /// The public half as the wire carries it.
    var blob: [UInt8] { get }
    /// For messages: the file, or `comment (agent)`.
    var name: String { get }
    var algorithm: KeyAlgorithm { get }

    /// Signs `data` as the SSH method `method` wants it: the raw signature without the method's name, which is what
    /// libssh2's callback hands back. Call on the loop; `done` is called there exactly once, possibly before this returns.
    func sign(
        _ data: [UInt8],
        method: String,
        on loop: Loop,
        _ done: @escaping (Result<[UInt8], SignFailure>) -> Void
    )
}

extension Signer {
    package var fingerprint: String { HostKey(blob: blob)?.fingerprint ?? "" }

    /// `TYPE FINGERPRINT (NAME)`
    package var summary: String {
        let type = HostKey(blob: blob)?.shortType ?? "key"
        return "\(type) \(fingerprint) (\(name))"
    }

    /// The blob to offer. libssh2 before 1.11 takes the signature method from the blob's own name and knows only SHA-1
    /// for RSA, which OpenSSH has refused since 8.8; a blob that names rsa-sha2-512 is parsed as an RSA key by OpenSSH
    /// and compared by value (measured against 9.2). Removable when libssh2 1.10 is out of use.
    package func offeredBlob(libraryNamesRSAMethod: Bool) -> [UInt8] {
        guard algorithm == .rsa, !libraryNamesRSAMethod else { return blob }
        return WireFormat.string("rsa-sha2-512") + blob.dropFirst(WireFormat.string("ssh-rsa").count)
    }
}

/// Why there is no signature: a sentence for the login's message.
package struct SignFailure: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
