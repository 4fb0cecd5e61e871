import CLibSSH2

extension Library {
    /// What this libssh2 offers a server after Baton's preferences, best first.
    package func offered(knownHostKeys: [String] = [], _ algorithms: Algorithms = Algorithms()) -> [AlgorithmCategory:
        [String]]
    {
        let wanted = preferences(knownHostKeys: knownHostKeys, algorithms)
        return supported.merging(wanted.map { ($0.category, $0.names) }) { $1 }
    }

    static func supported() -> [AlgorithmCategory: [String]] {
        guard let session = libssh2_session_init_ex(nil, nil, nil, nil) else { return [:] }
        defer { libssh2_session_free(session) }
        return Dictionary(
            uniqueKeysWithValues: AlgorithmCategory.allCases.map { ($0, supported(session, method($0))) }
        )
    }

    static func method(_ category: AlgorithmCategory) -> Int32 {
        switch category {
        case .keyExchange: baton_ssh2_method_kex()
        case .hostKey: baton_ssh2_method_hostkey()
        case .cipherOut: baton_ssh2_method_crypt_out()
        case .cipherIn: baton_ssh2_method_crypt_in()
        case .macOut: baton_ssh2_method_mac_out()
        case .macIn: baton_ssh2_method_mac_in()
        }
    }

    /// In the library's own order.
    private static func supported(_ session: OpaquePointer, _ method: Int32) -> [String] {
        var list: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        let count = libssh2_session_supported_algs(session, method, &list)
        guard count > 0, let list else { return [] }
        defer { libssh2_free(session, list) }
        return (0..<Int(count)).compactMap { list[$0].map { String(cString: $0) } }
    }
}
