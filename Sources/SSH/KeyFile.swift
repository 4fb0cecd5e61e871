/// What a private key file is, as far as can be told without asking anybody.
package enum KeyFile: Sendable {
    case plain(PrivateKey)
    /// It needs a passphrase. Where the public half is known, an agent that has the key makes asking unnecessary.
    case encrypted(publicBlob: [UInt8]?)
    case unusable(reason: String)

    /// `pub` is the content of the `.pub` file beside it, if there is one: a PEM file hides its public half.
    package static func inspect(_ bytes: [UInt8], pub: [UInt8]? = nil, name: String) -> KeyFile {
        do throws(PrivateKey.Unusable) {
            return .plain(try PrivateKey(file: bytes, name: name))
        } catch {
            guard error.reason == PrivateKey.encryptedReason else { return .unusable(reason: error.reason) }
        }
        let own = OpenSSHKeyFile.body(of: bytes).flatMap(OpenSSHKeyFile.publicBlob)
        guard let blob = own ?? pub.flatMap(publicBlob) else { return .encrypted(publicBlob: nil) }
        guard let key = HostKey(blob: blob), KeyAlgorithm(type: key.type) != nil else {
            return .unusable(reason: AgentIdentities.reason(HostKey(blob: blob)?.type))
        }
        return .encrypted(publicBlob: blob)
    }

    /// The key of a `.pub` file's first line.
    static func publicBlob(of file: [UInt8]) -> [UInt8]? {
        let words = file.prefix { $0 != 10 && $0 != 13 }.split(whereSeparator: { $0 == 32 || $0 == 9 })
        return words.count >= 2 ? HostKey(type: words[0], base64: words[1])?.blob : nil
    }
}
