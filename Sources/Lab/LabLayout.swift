import Shell

/// Where everything of a lab lies, and what its files say. Text only; `Lab` writes and runs.
package struct LabLayout: Sendable {
    /// Absolute.
    package let directory: String

    package init(directory: String) { self.directory = directory }

    /// Says that Baton made the directory and may remove it.
    package var stamp: String { "\(directory)/.baton-lab" }
    package var inventory: String { "\(directory)/inventory.yml" }
    package var userKey: String { "\(directory)/user_key" }
    package var authorizedKeys: String { "\(directory)/authorized_keys" }
    package var hosts: String { "\(directory)/hosts" }

    package func host(_ name: String) -> LabHost { LabHost(name: name, directory: "\(hosts)/\(name)") }

    /// sshd reads its own quoting, its own `%` and a shell's in these paths, and shows them escaped beyond ASCII: what
    /// means nothing to any of them passes.
    package static func isUsable(_ path: String) -> Bool {
        path.hasPrefix("/")
            && path.unicodeScalars.allSatisfy {
                (32..<127).contains($0.value) && !"\"'%\\$`".unicodeScalars.contains($0)
            }
    }

    /// The inventory of the hosts that are up.
    package func inventoryText(user: String, hosts: [(name: String, port: UInt16, hostKey: String)]) -> String {
        var text = """
            # Made by `baton lab up`, removed by `baton lab down`.
            all:
              vars:
                ansible_host: 127.0.0.1
                ansible_user: "\(user)"
                ansible_ssh_private_key_file: "\(userKey)"
              children:
                lab:
                  hosts:

            """
        for host in hosts {
            text += "        \(host.name): {ansible_port: \(host.port), host_key: \"\(host.hostKey)\"}\n"
        }
        return text
    }
}

/// One host of the lab: its files and its sshd's configuration.
package struct LabHost: Sendable {
    package let name: String
    package let directory: String

    package var configuration: String { "\(directory)/sshd_config" }
    package var hostKey: String { "\(directory)/host_key" }
    package var pidFile: String { "\(directory)/sshd.pid" }
    package var log: String { "\(directory)/sshd.log" }
    /// The host's own home: every command starts here and has it as HOME.
    package var home: String { "\(directory)/home" }
    package var enter: String { "\(directory)/enter" }

    package func configurationText(port: UInt16, authorizedKeys: String, extra: String = "") -> String {
        """
        MaxStartups 200:30:400
        # The first word on a matter counts, so what a test asks for stands before the rest; of MaxStartups the last does.
        \(extra)
        ListenAddress 127.0.0.1
        Port \(port)
        HostKey "\(hostKey)"
        PidFile "\(pidFile)"
        AuthorizedKeysFile "\(authorizedKeys)"
        # The login shell reads its rc files from here, not from the home of whoever runs the lab.
        SetEnv "HOME=\(home)"
        ForceCommand exec sh \(Quoting.word(enter))
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UsePAM no
        StrictModes no
        UseDNS no
        PrintMotd no

        """
    }

    /// What every login goes through: the host's own directory as home and where commands start.
    package var enterText: String {
        """
        #!/bin/sh
        HOME=\(Quoting.word(home)) BATON_LAB_HOST=\(Quoting.word(name)) BATON_LAB=\(Quoting.word(directory))
        export HOME BATON_LAB_HOST BATON_LAB
        cd "$HOME" || exit 1
        [ -n "$SSH_ORIGINAL_COMMAND" ] || exec sh -i
        exec sh -c "$SSH_ORIGINAL_COMMAND"

        """
    }
}
