import CCrypto
import Text

/// OpenSSH's own private key format ("openssh-key-v1"), unencrypted. libcrypto does not read it.
enum OpenSSHKeyFile {
    private static let begin = Array("-----BEGIN OPENSSH PRIVATE KEY-----".utf8)
    private static let end = Array("-----END OPENSSH PRIVATE KEY-----".utf8)
    private static let magic = Array("openssh-key-v1\0".utf8)

    /// The decoded body, or nil if the file has another format.
    static func body(of file: [UInt8]) -> [UInt8]? {
        let lines = file.split(whereSeparator: { $0 == 10 || $0 == 13 })
        guard let first = lines.firstIndex(where: { $0.elementsEqual(begin) }),
            let last = lines[first...].firstIndex(where: { $0.elementsEqual(end) })
        else { return nil }
        return Base64.decode(lines[(first + 1)..<last].joined())
    }

    /// The public half, which is in the clear even where the rest is encrypted.
    static func publicBlob(of body: [UInt8]) -> [UInt8]? {
        guard body.starts(with: magic) else { return nil }
        var outer = WireReader(Array(body.dropFirst(magic.count)))
        guard outer.string() != nil, outer.string() != nil, outer.string() != nil, outer.number() == 1 else {
            return nil
        }
        return outer.string()
    }

    static func key(from body: [UInt8], _ name: String) throws(PrivateKey.Unusable) -> OpaquePointer {
        func damaged() -> PrivateKey.Unusable { .init(name: name, reason: "is damaged: it does not read to its end") }
        guard body.starts(with: magic) else { throw damaged() }
        var outer = WireReader(Array(body.dropFirst(magic.count)))
        guard let cipher = outer.text(), outer.string() != nil, outer.string() != nil, let count = outer.number(),
            outer.string() != nil
        else { throw damaged() }
        if cipher != "none" { throw .init(name: name, reason: PrivateKey.encryptedReason) }
        guard count == 1, let secret = outer.string() else { throw damaged() }
        var reader = WireReader(secret)
        guard let check = reader.number(), check == reader.number(), let type = reader.text() else { throw damaged() }
        guard let key = parse(type, &reader) else {
            if type.hasPrefix("sk-") {
                throw .init(name: name, reason: "lives in a hardware token (\(type)), which libssh2 cannot use")
            }
            throw .init(name: name, reason: "has a type that Baton cannot use, or is damaged")
        }
        return key
    }

    private static func parse(_ type: String, _ reader: inout WireReader) -> OpaquePointer? {
        switch type {
        case "ssh-ed25519":
            guard reader.string()?.count == 32, let secret = reader.string(), secret.count == 64 else { return nil }
            return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, secret, 32)
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            guard let curve = reader.text(), type == "ecdsa-sha2-\(curve)", let point = reader.string(),
                let secret = reader.positive()
            else { return nil }
            let name = ["nistp256": "P-256", "nistp384": "P-384", "nistp521": "P-521"][curve] ?? curve
            return withNumbers([point, secret]) { baton_ecdsa_key(name, $0[0], $0[1]) }
        case "ssh-rsa":
            var numbers: [[UInt8]] = []
            for _ in 0..<6 {
                guard let number = reader.positive() else { return nil }
                numbers.append(number)
            }
            // In the file: n e d iqmp p q.
            return withNumbers(numbers) { baton_rsa_key($0[0], $0[1], $0[2], $0[4], $0[5], $0[3]) }
        default:
            return nil
        }
    }

    private static func withNumbers(_ numbers: [[UInt8]], _ body: ([baton_number]) -> OpaquePointer?) -> OpaquePointer?
    {
        let joined = numbers.flatMap { $0 }
        return joined.withUnsafeBufferPointer { buffer in
            var start = 0
            let views = numbers.map { number in
                defer { start += number.count }
                return baton_number(bytes: buffer.baseAddress.map { $0 + start }, count: number.count)
            }
            return body(views)
        }
    }
}
