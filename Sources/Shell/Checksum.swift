import CCrypto

/// Checksums as hosts compute them.
package enum Checksum {
    package static func sha256(_ bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = baton_sha256(bytes, bytes.count, &digest)
        return text(digest)
    }

    /// Of what comes in pieces until one is empty.
    package static func sha256<Failure: Error>(
        _ next: (_ limit: Int) throws(Failure) -> [UInt8]
    ) throws(Failure) -> String {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        while true {
            // What fits into a processor's cache: fresh memory for large pieces costs more than the sum.
            let piece = try next(64 << 10)
            if piece.isEmpty { break }
            EVP_DigestUpdate(context, piece, piece.count)
        }
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return text(digest)
    }

    private static func text(_ digest: [UInt8]) -> String {
        digest.map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()
    }
}
