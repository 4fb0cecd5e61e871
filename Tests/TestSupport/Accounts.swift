import Lab
import Reactor

/// A server whose users may become root in different ways. The accounts exist only inside a mount namespace that the
/// sshd runs in: nothing of this machine's own files changes. Needs root and util-linux.
package enum Accounts {
    /// May use sudo without a password.
    package static let free = "batonfree"
    /// May use sudo with `password`.
    package static let asked = "batonasked"
    /// May not use sudo.
    package static let barred = "batonbarred"
    package static let password = "correct horse ' battery"

    package static var areAvailable: Bool {
        #if os(Linux)
        return Surroundings.isRoot && Surroundings.has("unshare") && Surroundings.has("sudo")
        #else
        return false
        #endif
    }

    /// A directory with an `sshd` that runs the real one among the accounts; put it first on PATH.
    static func prepare(_ directory: String, sudoers: String, _ loop: Loop) async throws {
        let hashed = try await loop.run(
            ChildRequest(
                ["openssl", "passwd", "-6", "-salt", "baton", password],
                environment: Surroundings.environment
            )
        )
        let hash = hashed.output.filter { !$0.isNewline }
        var passwd = String(decoding: try Files.read("/etc/passwd"), as: UTF8.self)
        var shadow = String(decoding: try Files.read("/etc/shadow"), as: UTF8.self)
        for (index, name) in [free, asked, barred].enumerated() {
            passwd += "\(name):x:\(64000 + index):64000::/:/bin/sh\n"
            shadow += "\(name):\(hash):19000:0:99999:7:::\n"
        }
        let rules = """
            Defaults !lecture
            \(sudoers)
            root ALL=(ALL) ALL
            \(free) ALL=(ALL) NOPASSWD: ALL
            \(asked) ALL=(ALL) ALL

            """
        try Files.write(Array(passwd.utf8), to: "\(directory)/passwd")
        try Files.write(Array(shadow.utf8), to: "\(directory)/shadow", mode: 0o640)
        try Files.write(Array(rules.utf8), to: "\(directory)/sudoers", mode: 0o440)
        let real = Loop.executable("sshd", path: "/usr/sbin:/usr/local/sbin:/sbin") ?? "/usr/sbin/sshd"
        let wrapper = """
            #!/bin/sh
            exec unshare --mount --propagation private sh -c '
                for file in passwd shadow sudoers; do mount --bind "\(directory)/$file" /etc/$file || exit 1; done
                exec \(real) "$@"' sshd "$@"

            """
        try Files.write(Array(wrapper.utf8), to: "\(directory)/sshd", mode: 0o755)
    }
}

/// A server with the accounts above; `sudoers` adds lines such as `Defaults use_pty`, `sshd` lines of its configuration.
package func withAccounts<Result: Sendable>(
    _ sudoers: String = "",
    sshd extra: String = "",
    _ body: @escaping @Sendable (TestServer) async throws -> Result
) async throws -> Result {
    try await withDirectory { directory in
        var environment = Surroundings.environment
        environment["PATH"] = "\(directory):" + (environment["PATH"] ?? "")
        // Other users must get through to the lab's files.
        try await withLoop { loop in
            try await Accounts.prepare(directory, sudoers: sudoers, loop)
            _ = try await loop.run(ChildRequest(["chmod", "755", directory], environment: Surroundings.environment))
        }
        return try await withServer(in: directory, environment, extra) { server in
            for path in ["lab", "lab/hosts", "lab/hosts/lab1"] {
                let request = ChildRequest(
                    ["chmod", "755", "\(directory)/\(path)"],
                    environment: Surroundings.environment
                )
                _ = try await server.loop.run(request)
            }
            for (path, mode) in [("lab/authorized_keys", "644"), ("lab/hosts/lab1/home", "777")] {
                let request = ChildRequest(
                    ["chmod", mode, "\(directory)/\(path)"],
                    environment: Surroundings.environment
                )
                _ = try await server.loop.run(request)
            }
            return try await body(server)
        }
    }
}
