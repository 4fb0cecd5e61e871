/// How to reach a host, and as whom: everything that OpenSSH's configuration says about it and Baton can do.
package struct HostSettings: Sendable, Equatable {
    package enum Agent: Sendable, Equatable {
        case none
        /// The one that SSH_AUTH_SOCK names.
        case usual
        case socket(String)
    }

    package enum HostKeyChecking: Sendable, Equatable {
        /// Unknown keys are refused.
        case yes
        case ask
        /// Unknown keys are accepted and kept.
        case acceptNew
        /// ssh would accept changed keys too. How far to follow is for the caller to say.
        case off
    }

    package enum AddressFamily: String, Sendable {
        case any
        case inet
        case inet6
    }

    /// Something that only OpenSSH's own client can do.
    package struct OpenSSHOnly: Sendable, Equatable {
        package var directive: String
        package var value: String
        package var place: Place
    }

    package var hostName: String
    package var port = 22
    /// Nil where nothing says: then it is the local user.
    package var user: String?

    /// The files of keys, in the order in which they are tried.
    package var identityFiles: [String] = []
    /// Nothing names any, and these are the usual ones: those that are not there are no mistake.
    package var identityFilesAreDefaults = false
    package var identitiesOnly = false
    package var identityAgent = Agent.usual
    package var certificateFiles: [String] = []

    package var userKnownHostsFiles: [String] = []
    package var globalKnownHostsFiles: [String] = []
    package var strictHostKeyChecking = HostKeyChecking.ask
    /// The name among the known hosts, if it is another one.
    package var hostKeyAlias: String?
    package var hashKnownHosts = false
    package var requiredRSASize: Int?

    /// Hosts to go through, in this order; nil where there are none. Each of them has settings of its own.
    package var proxyJump: [JumpHop]?
    /// A line for the shell whose input and output are the connection.
    package var proxyCommand: String?
    package var addressFamily = AddressFamily.any
    package var connectTimeout: Duration?
    /// Zero for never.
    package var serverAliveInterval: Duration = .zero
    package var serverAliveCountMax = 3

    /// The order of the methods, and which; nil where nothing says.
    package var preferredAuthentications: [String]?
    package var pubkeyAuthentication = true
    package var passwordAuthentication = true
    package var kbdInteractiveAuthentication = true
    /// Nobody is to be asked.
    package var batchMode = false

    package var kexAlgorithms: AlgorithmList?
    package var ciphers: AlgorithmList?
    package var macs: AlgorithmList?
    package var hostKeyAlgorithms: AlgorithmList?
    package var pubkeyAcceptedAlgorithms: AlgorithmList?

    /// What is asked for and Baton's own connections cannot do. Empty for nearly every host.
    package var needsOpenSSH: [OpenSSHOnly] = []

    package init(hostName: String) {
        self.hostName = hostName
    }

    /// The methods that Baton can use and that may be used, in their order.
    package var methods: [String] {
        (preferredAuthentications ?? ["publickey", "keyboard-interactive", "password"]).filter { method in
            switch method {
            case "publickey": pubkeyAuthentication
            case "keyboard-interactive": kbdInteractiveAuthentication && !batchMode
            case "password": passwordAuthentication && !batchMode
            default: false
            }
        }
    }
}
