/// What Baton makes of one of OpenSSH's directives. The list of them all is in DirectiveTable.swift.
package struct Directive: Sendable {
    package enum Handling: String, Sendable, CaseIterable {
        /// Does what it does in ssh.
        case honoured
        /// Read over, because nothing that Baton does depends on it.
        case ignored
        /// Only OpenSSH's own client can do it; `HostSettings.needsOpenSSH` says so.
        case openSSH
        /// It changes where a connection goes, or whom it trusts, in a way that Baton cannot.
        case refused
    }

    /// The form of the arguments.
    enum Syntax: Sendable {
        /// Is read over, whatever it is.
        case anything
        case word
        case words
        case flag
        /// One of these words, in any case.
        case choice([String])
        case port
        case count
        case seconds
        /// The rest of the line as it is.
        case command
        case jump
        case host
        case match
        case include
    }

    /// As OpenSSH's manual writes it.
    package let name: String
    package let aliases: [String]
    package let handling: Handling
    /// What it means here, for the documentation.
    package let reason: String
    let syntax: Syntax
    /// Nil for what is not kept.
    let setting: Setting?

    init(
        _ name: String,
        also aliases: [String] = [],
        _ handling: Handling,
        _ syntax: Syntax,
        _ setting: Setting?,
        _ reason: String
    ) {
        self.name = name
        self.aliases = aliases
        self.handling = handling
        self.syntax = syntax
        self.setting = setting
        self.reason = reason
    }

    /// By every name in small letters.
    static let byName: [String: Directive] = {
        var result: [String: Directive] = [:]
        for directive in all {
            for name in [directive.name] + directive.aliases { result[name.asciiLowercased] = directive }
        }
        return result
    }()

    static let bySetting: [Directive?] = {
        var result = [Directive?](repeating: nil, count: Setting.allCases.count)
        for directive in all {
            if let setting = directive.setting { result[setting.rawValue] = directive }
        }
        return result
    }()
}

/// What is kept of a configuration for a host.
enum Setting: Int, CaseIterable, Sendable {
    case addressFamily
    case batchMode
    case bindAddress
    case bindInterface
    case canonicalizeHostname
    case canonicalizePermittedCNAMEs
    case certificateFile
    case ciphers
    case connectTimeout
    case globalKnownHostsFile
    case gssapiAuthentication
    case hashKnownHosts
    case hostbasedAuthentication
    case hostKeyAlgorithms
    case hostKeyAlias
    case hostName
    case identitiesOnly
    case identityAgent
    case identityFile
    case ignoreUnknown
    case kbdInteractiveAuthentication
    case kexAlgorithms
    case knownHostsCommand
    case macs
    case passwordAuthentication
    case pkcs11Provider
    case port
    case preferredAuthentications
    case proxyCommand
    case proxyJump
    case proxyUseFdpass
    case pubkeyAcceptedAlgorithms
    case pubkeyAuthentication
    case refuseConnection
    case requiredRSASize
    case revokedHostKeys
    case securityKeyProvider
    case serverAliveCountMax
    case serverAliveInterval
    case strictHostKeyChecking
    case user
    case userKnownHostsFile

    var name: String { Directive.bySetting[rawValue]?.name ?? "\(self)" }
}
