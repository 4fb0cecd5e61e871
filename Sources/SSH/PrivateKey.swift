import CCrypto
package import Reactor
import Text

/// A private key, read and parsed once before the first connect and shared by every host: a host pays for one signature
/// and nothing else.
package final class PrivateKey: Signer, @unchecked Sendable {
    // Unchecked: the EVP_PKEY is only read after init, and libcrypto allows that from any thread.
    private let key: OpaquePointer
    package let algorithm: KeyAlgorithm
    /// The public half as the wire carries it.
    package let blob: [UInt8]
    /// Where it came from, for messages.
    package let name: String

    package struct Unusable: Error, Equatable, Sendable {
        package let name: String
        package let reason: String
        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// Parses an unencrypted key file: OpenSSH's own format, or PEM (PKCS#1, SEC1, PKCS#8).
    package init(file bytes: [UInt8], name: String) throws(Unusable) {
        self.name = name
        let key: OpaquePointer
        if let body = OpenSSHKeyFile.body(of: bytes) {
            key = try OpenSSHKeyFile.key(from: body, name)
        } else {
            var encrypted: Int32 = 0
            guard let parsed = baton_pem_key(bytes, bytes.count, &encrypted) else {
                let reason = encrypted != 0 ? Self.encryptedReason : "is not a private key that Baton can read"
                throw Unusable(name: name, reason: reason)
            }
            key = parsed
        }
        guard let (algorithm, blob) = Self.publicHalf(of: key) else {
            EVP_PKEY_free(key)
            throw Unusable(name: name, reason: "is neither an Ed25519, an ECDSA (NIST) nor an RSA key")
        }
        self.key = key
        self.algorithm = algorithm
        self.blob = blob
    }

    deinit { EVP_PKEY_free(key) }

    static let encryptedReason = "is encrypted with a passphrase, which this version of Baton cannot ask for yet"

    package func sign(
        _ data: [UInt8],
        method: String,
        on loop: Loop,
        _ done: @escaping (Result<[UInt8], SignFailure>) -> Void
    ) {
        guard let signature = data.withUnsafeBufferPointer({ sign($0, method: method) }) else {
            done(.failure(SignFailure("the key \(Printable.line(name)) cannot be used to sign: libcrypto refuses it")))
            return
        }
        done(.success(signature))
    }

    /// A signature over `data`, in the form the SSH method `algorithm` wants (without the method's name).
    func sign(_ data: UnsafeBufferPointer<UInt8>, method: String) -> [UInt8]? {
        let digest: String?
        switch algorithm {
        case .ed25519: digest = nil
        case .ecdsa(let bits): digest = bits == 256 ? "SHA256" : bits == 384 ? "SHA384" : "SHA512"
        case .rsa:
            digest = method == "rsa-sha2-512" ? "SHA512" : method == "rsa-sha2-256" ? "SHA256" : "SHA1"
        }
        var signature = [UInt8](repeating: 0, count: 2048)
        let count = baton_sign(key, digest, data.baseAddress, data.count, &signature, signature.count)
        if count == 0 { return nil }
        signature.removeLast(signature.count - count)
        guard case .ecdsa = algorithm else { return signature }
        return Self.sshForm(ofECDSA: signature)
    }

    private static func sshForm(ofECDSA der: [UInt8]) -> [UInt8]? {
        var first = [UInt8](repeating: 0, count: 80)
        var second = first
        var (firstCount, secondCount) = (0, 0)
        let room = first.count
        guard baton_ecdsa_split(der, der.count, &first, &firstCount, &second, &secondCount, room) == 1 else {
            return nil
        }
        return WireFormat.positive(first[..<firstCount]) + WireFormat.positive(second[..<secondCount])
    }

    private static func publicHalf(of key: OpaquePointer) -> (KeyAlgorithm, [UInt8])? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let room = buffer.count
        if EVP_PKEY_is_a(key, "ED25519") == 1 {
            var count = room
            guard EVP_PKEY_get_raw_public_key(key, &buffer, &count) == 1 else { return nil }
            return (.ed25519, WireFormat.string("ssh-ed25519") + WireFormat.string(Array(buffer[..<count])))
        }
        if EVP_PKEY_is_a(key, "EC") == 1 {
            let bits = Int(EVP_PKEY_get_bits(key))
            let count = baton_key_point(key, &buffer, room)
            guard [256, 384, 521].contains(bits), count > 0 else { return nil }
            let curve = "nistp\(bits)"
            let blob =
                WireFormat.string("ecdsa-sha2-\(curve)") + WireFormat.string(curve)
                + WireFormat.string(Array(buffer[..<count]))
            return (.ecdsa(bits: bits), blob)
        }
        if EVP_PKEY_is_a(key, "RSA") == 1 {
            let exponent = Array(buffer[..<baton_key_number(key, "e", &buffer, room)])
            let modulusCount = baton_key_number(key, "n", &buffer, room)
            guard !exponent.isEmpty, modulusCount > 0 else { return nil }
            let blob =
                WireFormat.string("ssh-rsa") + WireFormat.positive(exponent)
                + WireFormat.positive(buffer[..<modulusCount])
            return (.rsa, blob)
        }
        return nil
    }
}
