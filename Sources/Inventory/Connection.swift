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

    package init(address: String) {
        self.address = address
    }
}

/// One connection setting and the variables that give it: Ansible's names, then the short one.
enum ConnectionSetting {
    static let address = ["ansible_host", "ansible_ssh_host", "address"]
    static let port = ["ansible_port", "ansible_ssh_port", "port"]
    static let user = ["ansible_user", "ansible_ssh_user", "user"]
    static let privateKeyFile = ["ansible_ssh_private_key_file", "ansible_private_key_file", "identity"]
    static let become = ["ansible_become", "become"]
    static let becomeUser = ["ansible_become_user", "become_user"]
    static let becomeMethod = ["ansible_become_method", "become_method"]
    static let becomePassword = ["ansible_become_password", "ansible_become_pass", "become_password"]
    static let hostKeys = ["host_key"]
    static let connectTimeout = ["ansible_ssh_timeout", "connect_timeout"]
}
