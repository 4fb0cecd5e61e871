/// How to reach a host and who to be on it.
package struct Connection: Sendable, Equatable {
    package var address: String
    /// Nil where the inventory does not say: ssh's configuration may.
    package var port: Int?
    package var user: String?
    package var privateKeyFile: String?
    package var become = false
    package var becomeUser: String?
    package var becomeMethod: String?
    package var becomePassword: Password?
    /// The keys the host may have, as `TYPE BASE64`.
    package var hostKeys: [String] = []
    package var connectTimeout: Duration?
    package var password: Password?
    /// Keys of hosts of which none is known are believed; changed ones never.
    package var acceptsNewHostKeys = false
    /// What `ansible_ssh_common_args` and its like ask of ssh, in their order.
    package var sshOptions: [SSHOption] = []
    /// The same as they stand there, variable by variable.
    package var sshWords: [SSHWords] = []
    package var jump: String?

    package init(address: String) {
        self.address = address
    }
}

/// One connection setting and the variables that give it.
struct ConnectionSetting: Sendable {
    /// Ansible's names. Of several that are given, the last one counts, as in Ansible.
    var ansible: [String]
    var short: String?

    static let address = ConnectionSetting(ansible: ["ansible_host", "ansible_ssh_host"], short: "address")
    static let port = ConnectionSetting(ansible: ["ansible_port", "ansible_ssh_port"], short: "port")
    static let user = ConnectionSetting(ansible: ["ansible_user", "ansible_ssh_user"], short: "user")
    static let password = ConnectionSetting(
        ansible: ["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"],
        short: nil
    )
    static let privateKeyFile = ConnectionSetting(
        ansible: ["ansible_private_key_file", "ansible_ssh_private_key_file"],
        short: "identity"
    )
    static let become = ConnectionSetting(ansible: ["ansible_become"], short: "become")
    static let becomeUser = ConnectionSetting(ansible: ["ansible_become_user"], short: "become_user")
    static let becomeMethod = ConnectionSetting(ansible: ["ansible_become_method"], short: "become_method")
    static let becomePassword = ConnectionSetting(
        ansible: ["ansible_become_password", "ansible_become_pass"],
        short: "become_password"
    )
    static let connectTimeout = ConnectionSetting(ansible: ["ansible_ssh_timeout"], short: "connect_timeout")
    static let transport = ConnectionSetting(ansible: ["ansible_connection"], short: "transport")
    static let jump = ConnectionSetting(ansible: [], short: "jump")
    static let hostKeyChecking = ConnectionSetting(
        ansible: ["ansible_host_key_checking", "ansible_ssh_host_key_checking"],
        short: nil
    )
    /// Each of them counts: they are put together.
    static let sshArguments = ["ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args"]
    /// Has no name of Ansible's.
    static let hostKeys = "host_key"

    static let all = [
        address, port, user, password, privateKeyFile, become, becomeUser, becomeMethod, becomePassword, connectTimeout,
        transport, jump, hostKeyChecking,
    ]
    static let ansibleNames = all.flatMap(\.ansible) + sshArguments
    static let secretNames = password.ansible + becomePassword.ansible + [becomePassword.short ?? ""]
    static let shortNames = all.compactMap(\.short)
}

extension Host {
    /// The variable that makes this a host in Ansible's words: the short names are ordinary variables for it then.
    ///
    /// An inventory that was written for Ansible may have an application's `port` or `user`; it also says how to reach
    /// its hosts in Ansible's words, at least somewhere. One that says it in short names says it in them throughout.
    package var ansibleWords: Definition? {
        for name in ConnectionSetting.ansibleNames {
            if let definition = variable(named: name) { return definition }
        }
        return nil
    }

    /// Whether a variable has a name that may be a short one.
    package static func isShortName(_ name: String) -> Bool { ConnectionSetting.shortNames.contains(name) }

    /// Whether a variable is a secret by its name.
    package static func isSecret(_ name: String) -> Bool {
        if ConnectionSetting.secretNames.contains(name) { return true }
        let lowered = name.lowercased()
        return lowered.hasPrefix("ansible_")
            && ["_pass", "_password", "_passphrase", "_private_key"].contains { lowered.hasSuffix($0) }
    }
}
