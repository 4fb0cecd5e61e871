package import Reactor

/// A key that can log in: one from a file, or one that an agent holds.
package protocol Signer: AnyObject, Sendable {
    /// The public half as the wire carries it.
    var blob: [UInt8] { get }
    /// Where it came from, for messages.
    var name: String { get }
    var algorithm: PrivateKey.Algorithm { get }
    var fingerprint: String { get }

    /// Signs `data` as the SSH method `method` wants it, without the method's name: what libssh2's callback hands back.
    /// Calls `done` once, on the loop's thread, possibly before it returns.
    func sign(
        _ data: [UInt8],
        method: String,
        on loop: Loop,
        _ done: @escaping (Result<[UInt8], SignFailure>) -> Void
    )
}

package struct SignFailure: Error, Equatable, Sendable {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }
}

extension PrivateKey: Signer {
    package func sign(
        _ data: [UInt8],
        method: String,
        on loop: Loop,
        _ done: @escaping (Result<[UInt8], SignFailure>) -> Void
    ) {
        let signature = data.withUnsafeBufferPointer { sign($0, method: method) }
        done(signature.map { .success($0) } ?? .failure(SignFailure("\(name) does not sign as \(method)")))
    }
}

extension Signer {
    /// The blob to offer. libssh2 before 1.11 takes the signature method from the blob's own name and knows only SHA-1
    /// for RSA, which OpenSSH has refused since 8.8; a blob that names rsa-sha2-512 is parsed as an RSA key by OpenSSH
    /// and compared by value (measured against 9.2). Removable when libssh2 1.10 is out of use.
    func offeredBlob(libraryNamesRSAMethod: Bool) -> [UInt8] {
        guard algorithm == .rsa, !libraryNamesRSAMethod else { return blob }
        return WireFormat.string("rsa-sha2-512") + blob.dropFirst(WireFormat.string("ssh-rsa").count)
    }

    /// `TYPE FINGERPRINT (NAME)`
    package var summary: String {
        let type = HostKey(blob: blob)?.shortType ?? "key"
        return "\(type) \(fingerprint) (\(name))"
    }
}
