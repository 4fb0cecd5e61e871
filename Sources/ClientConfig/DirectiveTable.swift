extension Directive {
    /// Every directive that OpenSSH knows or knew. docs/ssh.md shows this table, and a test compares the two.
    package static let all: [Directive] = taken + handedOver + unable + passedOver

    private static let taken: [Directive] = [
        .init("Host", .honoured, .host, nil, "patterns and negation"),
        .init(
            "Match",
            .honoured,
            .match,
            nil,
            "`all`, `canonical`, `final`, `host`, `originalhost`, `user`, `localuser`"
        ),
        .init("Include", .honoured, .include, nil, "patterns of files, at most 16 deep"),
        .init("IgnoreUnknown", .honoured, .word, .ignoreUnknown, "directives that nobody here knows"),
        .init(
            "AddressFamily",
            .honoured,
            .choice(["any", "inet", "inet6"]),
            .addressFamily,
            "which addresses are tried"
        ),
        .init("BatchMode", .honoured, .flag, .batchMode, "nobody is asked for passwords"),
        .init(
            "CertificateFile",
            .honoured,
            .word,
            .certificateFile,
            "read, but to offer one needs OpenSSH's own client"
        ),
        .init("Ciphers", .honoured, .word, .ciphers, "as far as libssh2 has them"),
        .init("ConnectTimeout", .honoured, .seconds, .connectTimeout, "until the login can begin"),
        .init("GlobalKnownHostsFile", .honoured, .words, .globalKnownHostsFile, "where known hosts are read"),
        .init("HashKnownHosts", .honoured, .flag, .hashKnownHosts, "new lines hide their names"),
        .init("HostKeyAlgorithms", .honoured, .word, .hostKeyAlgorithms, "as far as libssh2 has them"),
        .init("HostKeyAlias", .honoured, .word, .hostKeyAlias, "the name among the known hosts"),
        .init("HostName", .honoured, .word, .hostName, "`%h` and `%%`"),
        .init("IdentitiesOnly", .honoured, .flag, .identitiesOnly, "only the keys of these files"),
        .init("IdentityAgent", .honoured, .word, .identityAgent, "`none`, `SSH_AUTH_SOCK`, `$NAME` or a path"),
        .init("IdentityFile", also: ["IdentityFile2"], .honoured, .word, .identityFile, "all that are given are tried"),
        .init(
            "KbdInteractiveAuthentication",
            also: ["ChallengeResponseAuthentication", "SkeyAuthentication", "TISAuthentication"],
            .honoured,
            .flag,
            .kbdInteractiveAuthentication,
            "whether it is tried"
        ),
        .init("KexAlgorithms", .honoured, .word, .kexAlgorithms, "as far as libssh2 has them"),
        .init("MACs", .honoured, .word, .macs, "as far as libssh2 has them"),
        .init("PasswordAuthentication", .honoured, .flag, .passwordAuthentication, "whether it is tried"),
        .init("Port", .honoured, .port, .port, "1 to 65535"),
        .init("PreferredAuthentications", .honoured, .word, .preferredAuthentications, "which methods, in which order"),
        .init("ProxyCommand", .honoured, .command, .proxyCommand, "whichever of it and ProxyJump comes first counts"),
        .init("ProxyJump", .honoured, .jump, .proxyJump, "several hosts, users, ports, `ssh://`"),
        .init(
            "PubkeyAcceptedAlgorithms",
            also: ["PubkeyAcceptedKeyTypes"],
            .honoured,
            .word,
            .pubkeyAcceptedAlgorithms,
            "as far as libssh2 has them"
        ),
        .init(
            "PubkeyAuthentication",
            also: ["DSAAuthentication"],
            .honoured,
            .choice(["yes", "no", "true", "false", "unbound", "host-bound"]),
            .pubkeyAuthentication,
            "whether it is tried"
        ),
        .init("RequiredRSASize", .honoured, .count, .requiredRSASize, "smaller keys are not used and not believed"),
        .init("ServerAliveCountMax", .honoured, .count, .serverAliveCountMax, "how many may go unanswered"),
        .init(
            "ServerAliveInterval",
            also: ["ProtocolKeepAlives", "SetupTimeOut"],
            .honoured,
            .seconds,
            .serverAliveInterval,
            "signs of life on quiet connections"
        ),
        .init(
            "StrictHostKeyChecking",
            .honoured,
            .choice(["yes", "no", "true", "false", "ask", "off", "accept-new"]),
            .strictHostKeyChecking,
            "`no` and `off` accept new keys; changed ones are refused all the same"
        ),
        .init("User", .honoured, .word, .user, "as it is, without tokens"),
        .init("UserKnownHostsFile", .honoured, .words, .userKnownHostsFile, "where known hosts are read and added"),
    ]

    private static let handedOver: [Directive] = [
        .init("GSSAPIAuthentication", .openSSH, .flag, .gssapiAuthentication, "only where no other method is left"),
        .init(
            "HostbasedAuthentication",
            .openSSH,
            .flag,
            .hostbasedAuthentication,
            "only where no other method is left"
        ),
        .init("PKCS11Provider", also: ["SmartcardDevice"], .openSSH, .word, .pkcs11Provider, "unless `none`"),
        .init("ProxyUseFdpass", .openSSH, .flag, .proxyUseFdpass, "where it is `yes` and there is a ProxyCommand"),
        .init("SecurityKeyProvider", .openSSH, .word, .securityKeyProvider, "unless `internal` or `none`"),
    ]

    private static let unable: [Directive] = [
        .init("BindAddress", .refused, .word, .bindAddress, "connections begin where the system's routes say"),
        .init("BindInterface", .refused, .word, .bindInterface, "connections begin where the system's routes say"),
        .init(
            "CanonicalizeHostname",
            .refused,
            .choice(["yes", "no", "true", "false", "always"]),
            .canonicalizeHostname,
            "unless `no`: names are not changed by what DNS says"
        ),
        .init(
            "CanonicalizePermittedCNAMEs",
            .refused,
            .words,
            .canonicalizePermittedCNAMEs,
            "unless `none`: names are not changed by what DNS says"
        ),
        .init(
            "KnownHostsCommand",
            .refused,
            .command,
            .knownHostsCommand,
            "unless `none`: no program is asked for keys"
        ),
        .init("RefuseConnection", .refused, .word, .refuseConnection, "it says itself that nobody shall connect"),
        .init("RevokedHostKeys", .refused, .word, .revokedHostKeys, "unless `none`: use `@revoked` in known_hosts"),
    ]

    private static let passedOver: [Directive] =
        group("connections are not shared with ssh", ["ControlMaster", "ControlPath", "ControlPersist"])
        + group(
            "nothing is forwarded",
            [
                "ClearAllForwardings", "DynamicForward", "ExitOnForwardFailure", "ForwardAgent", "ForwardX11",
                "ForwardX11Timeout", "ForwardX11Trusted", "GatewayPorts", "LocalForward", "PermitRemoteOpen",
                "RemoteForward", "StreamLocalBindMask", "StreamLocalBindUnlink", "Tunnel", "TunnelDevice",
                "XAuthLocation",
            ]
        )
        + group(
            "for sessions that people type into",
            [
                "EnableEscapeCommandline", "EscapeChar", "ForkAfterAuthentication", "ObscureKeystrokeTiming",
                "RemoteCommand", "RequestTTY", "SessionType", "StdinNull", "VisualHostKey",
            ]
        )
        + group("programs on hosts do not depend on the controller's environment", ["SendEnv", "SetEnv"])
        + group("no program of yours is started here after a login", ["LocalCommand", "PermitLocalCommand"])
        + group(
            "what Baton writes is asked of Baton",
            ["FingerprintHash", "LogLevel", "LogVerbose", "SyslogFacility", "WarnWeakCrypto"]
        )
        + group(
            "the connection is the same without it",
            [
                "ChannelTimeout", "Compression", "ConnectionAttempts", "IPQoS", "KeepAlive", "RekeyLimit",
                "TCPKeepAlive",
                "VersionAddendum",
            ]
        )
        + group(
            "no effect, since names are not made canonical",
            [
                "CanonicalDomains", "CanonicalizeFallbackLocal", "CanonicalizeMaxDots",
            ]
        )
        + group(
            "keys are checked against the names of hosts, and always",
            ["CheckHostIP", "NoHostAuthenticationForLocalhost", "UpdateHostKeys", "VerifyHostKeyDNS"]
        )
        + group("keys of hosts are believed themselves, not through certificates", ["CASignatureAlgorithms"])
        + group("passwords are asked for once per run", ["KbdInteractiveDevices", "NumberOfPasswordPrompts"])
        + group("agents and key chains are not added to", ["AddKeysToAgent", "UseKeychain"])
        + group(
            "no effect without the method that it is for",
            [
                "EnableSSHKeysign", "GSSAPIClientIdentity", "GSSAPIDelegateCredentials", "GSSAPIKexAlgorithms",
                "GSSAPIKeyExchange", "GSSAPIRenewalForcesRekey", "GSSAPIServerIdentity", "GSSAPITrustDns",
                "HostbasedAcceptedAlgorithms", "HostbasedKeyTypes",
            ]
        )
        + group("only `Match tagged` asks for it", ["Tag"])
        + group(
            "OpenSSH itself does nothing with it any more",
            [
                "AFSTokenPassing", "Cipher", "CompressionLevel", "FallBackToRsh", "GlobalKnownHostsFile2",
                "KerberosAuthentication", "KerberosTgtPassing", "Protocol", "RhostsAuthentication",
                "RhostsRSAAuthentication", "RSAAuthentication", "UseBlacklistedKeys", "UsePrivilegedPort",
                "UseRoaming", "UserKnownHostsFile2", "UseRsh",
            ]
        )

    private static func group(_ reason: String, _ names: [String]) -> [Directive] {
        names.map { Directive($0, .ignored, .anything, nil, reason) }
    }
}
