import CLibSSH2

/// libssh2 itself: its version at run time, and what is asked of it because of that version.
package struct Library: Sendable {
    /// The version that is loaded, which may be another than the one Baton was built with.
    package let version: String
    package let number: Int
    /// What it can at all, in its own order.
    let supported: [AlgorithmCategory: [String]]

    /// Call once, before the first session and before threads: libssh2's own set-up is not thread-safe.
    package init() throws(SSHError) {
        guard libssh2_init(0) == 0 else {
            throw SSHError(.configuration, "libssh2 cannot be initialised")
        }
        version = libssh2_version(0).map { String(cString: $0) } ?? "unknown"
        let parts = version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
        number = parts.prefix(3).reduce(0) { $0 << 8 | $1 }
        supported = Self.supported()
        if number < 0x010a00 {
            throw SSHError(
                .configuration,
                "libssh2 \(version) is too old",
                hint: "install libssh2 1.10 or newer, the version of Debian 12"
            )
        }
    }

    /// From 1.11 on, libssh2 picks the signature method for an RSA key itself (RFC 8308).
    var namesRSAMethod: Bool { number >= 0x010b00 }

    /// What is asked for of one kind of algorithm, best first; never a name that this version does not know, which 1.10
    /// would take out with an overlapping memcpy.
    struct Preference {
        let category: AlgorithmCategory
        let names: [String]
        var method: Int32 { Library.method(category) }
    }

    /// Preferences of every kind that this version has anything of. ChaCha20 is left out because of CVE-2026-55200 in
    /// 1.11.1 and older, CBC and SHA-1 because nobody should speak them any more. 1.11.0 loses ext-info-c, and with it
    /// RSA keys, when its key exchange list is set (libssh2 #1326). A list is empty where `algorithms` leaves nothing.
    func preferences(knownHostKeys: [String], _ algorithms: Algorithms) -> [Preference] {
        let ciphers = [
            "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr",
        ]
        let codes = [
            "hmac-sha2-256", "hmac-sha2-512", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com",
        ]
        let exchange = [
            "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
            "diffie-hellman-group14-sha256", "diffie-hellman-group-exchange-sha256",
        ]
        let all: [(AlgorithmCategory, [String], Algorithms.Change?)] = [
            (.hostKey, Self.hostKeyOrder(known: knownHostKeys), algorithms.hostKeys),
            (.cipherOut, ciphers, algorithms.ciphers), (.cipherIn, ciphers, algorithms.ciphers),
            (.macOut, codes, algorithms.codes), (.macIn, codes, algorithms.codes),
            (.keyExchange, exchange, algorithms.keyExchange),
        ]
        return all.compactMap { category, names, change in
            if category == .keyExchange, number == 0x010b00, change == nil { return nil }
            let known = names.filter(Set(supported[category] ?? []).contains)
            // Of what this version knows nothing, its own default stays.
            return known.isEmpty ? nil : Preference(category: category, names: Algorithms.left(of: known, change))
        }
    }

    /// Whether a server of today can be asked for a host key of this type. 1.10 knows RSA host keys with SHA-1 only,
    /// which OpenSSH has refused since 8.8.
    func canAskFor(_ hostKeyType: String) -> Bool {
        let signatures = hostKeyType != "ssh-rsa" || namesRSAMethod
        return signatures && Self.hostKeyOrder(known: []).contains(hostKeyType)
    }

    /// Types that are known for the host come first: asking for another one would report a stranger where a friend is.
    static func hostKeyOrder(known: [String]) -> [String] {
        let all = [
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
        ]
        let first = all.filter(known.contains)
        return (first + all.filter { !first.contains($0) }).flatMap {
            $0 == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [$0]
        }
    }
}
