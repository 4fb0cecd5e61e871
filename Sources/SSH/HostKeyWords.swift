/// What is said about a host key that is not believed.
struct HostKeyWords {
    private let address: String
    private let key: HostKey
    private let libraryVersion: String

    init(_ address: String, _ key: HostKey, _ libraryVersion: String) {
        self.address = address
        self.key = key
        self.libraryVersion = libraryVersion
    }

    private var shown: String { "\(key.shortType) \(key.fingerprint)" }

    func error(_ verdict: KnownHosts.Verdict) -> SSHError {
        switch verdict {
        case .trusted, .unknown:
            SSHError(
                .hostKeyUnknown(key),
                "the host key of \(address) is not known: \(shown)",
                hint: "compare it, then run on a terminal, which asks, or with --accept-new-host-keys"
            )
        case .changed(let known):
            SSHError(
                .hostKeyChanged(offered: key, known: known),
                "the host key of \(address) has changed: it shows \(shown), known is "
                    + known.map { "\($0.shortType) \($0.fingerprint)" }.joined(separator: ", "),
                hint: "either somebody is in between, or the host was set up anew: find out which, then correct "
                    + "known_hosts or host_key"
            )
        case .uncheckable(let known):
            SSHError(
                .hostKeyUncheckable(offered: key, known: known),
                "of \(address) only a host key of type \(types(known)) is known, which libssh2 \(libraryVersion) "
                    + "cannot check; the host shows \(shown)",
                hint: "compare that fingerprint on the host, then add the key to known_hosts or as host_key; or "
                    + "`transport: openssh`"
            )
        case .onlyAuthorities(let authorities):
            SSHError(
                .hostKeyUncheckable(offered: key, known: []),
                "known_hosts has only @cert-authority lines for \(address) (\(types(authorities))), and libssh2 cannot "
                    + "check certificates; the host shows \(shown)",
                hint: "`transport: openssh` checks them through OpenSSH's own client; or add the key as host_key"
            )
        case .revoked:
            SSHError(
                .hostKeyRevoked(key),
                "the host key of \(address) is revoked: \(shown)",
                hint: "give the host a new key; a @revoked line of known_hosts forbids this one"
            )
        }
    }

    private func types(_ keys: [HostKey]) -> String { Set(keys.map(\.shortType)).sorted().joined(separator: ", ") }
}
