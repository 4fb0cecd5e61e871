import CCrypto
import Text

/// A server's public key as it is compared and shown.
package struct HostKey: Hashable, Sendable {
    /// The key's own type, such as `ssh-ed25519`: what known_hosts says, not the signature algorithm.
    package let type: String
    package let blob: [UInt8]

    /// From the wire or a file: the type is the blob's first string. Nil if there is none.
    package init?(blob: [UInt8]) {
        var reader = WireReader(blob)
        guard let name = reader.string(), let type = String(validating: name, as: UTF8.self), !type.isEmpty,
            type.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return nil }
        self.type = type
        self.blob = blob
    }

    /// From the two words of a line, as bytes.
    init?(type: some Collection<UInt8>, base64: some Collection<UInt8>) {
        guard let blob = Base64.decode(base64), let key = HostKey(blob: blob), type.elementsEqual(key.type.utf8) else {
            return nil
        }
        self = key
    }

    /// From the two words of a known_hosts line or an inventory's `host_key`.
    package init?(line: some StringProtocol) {
        let words = line.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count >= 2, let blob = Base64.decode(words[1].utf8), let key = HostKey(blob: blob),
            key.type == words[0]
        else { return nil }
        self = key
    }

    /// As OpenSSH shows it: `SHA256:` and unpadded base64.
    package var fingerprint: String {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = baton_sha256(blob, blob.count, &digest)
        return "SHA256:" + Base64.encode(digest, padded: false)
    }

    /// The type in the word people use.
    package var shortType: String {
        switch type {
        case "ssh-ed25519": return "ED25519"
        case "ssh-rsa": return "RSA"
        case let type where type.hasPrefix("ecdsa-"): return "ECDSA"
        default: return type
        }
    }

    package var line: String { "\(type) \(Base64.encode(blob))" }
}
