import Lab
import Reactor
import SSH
import Shell
import TestSupport
import Testing

/// sudo as it is really set up: with and without a password, with and without `use_pty`.
@Suite(.enabled(if: Accounts.areAvailable, "becoming is tested as root on Linux with sudo and unshare"))
struct BecomeTests {
    private func become(_ password: String?, user: String = "root") -> Target.BecomeSettings {
        Target.BecomeSettings(user: user, password: password)
    }

    @Test(arguments: ["", "Defaults use_pty"])
    func `sudo without a password`(_ sudoers: String) async throws {
        try await withAccounts(sudoers) { server in
            try await server.connected({
                $0.user = Accounts.free
                $0.become = become(nil)
            }) { remote in
                let reply = try await remote.sh(#"id -un; printf 'a\0\n'; echo err >&2; exit 4"#)
                #expect(reply.stdout.bytes == Array("root\na\0\n".utf8))
                #expect(reply.stderr.text == "err\n")
                #expect(reply.status == 4)
            }
            // A password that sudo does not ask for must not be taken for a program.
            try await server.connected({
                $0.user = Accounts.free
                $0.become = become("not needed", user: Accounts.barred)
            }) { remote in
                let reply = try await remote.sh("id -un")
                #expect(reply.stdout.text == "\(Accounts.barred)\n")
            }
        }
    }

    @Test(arguments: ["", "Defaults use_pty"])
    func `sudo with a password over stdin`(_ sudoers: String) async throws {
        try await withAccounts(sudoers) { server in
            try await server.connected({
                $0.user = Accounts.asked
                $0.become = become(Accounts.password)
            }) { remote in
                let reply = try await remote.sh("id -un; cat")
                #expect(reply.stdout.text == "root\n")
                #expect(reply.stderr.text == "")
                // Every channel of the connection becomes on its own: uploads and the shell beside as well.
                let bytes = [UInt8](repeating: 9, count: 2_000_000)
                let upload = Upload(
                    destination: "\(server.host.home)/big",
                    mode: 0o600,
                    sha256: Checksum.sha256(bytes),
                    size: bytes.count
                )
                let put = try await remote.put(bytes, upload, under: .operatorCommand, Limits())
                #expect(put.status == 0, "\(put.stderr.text)")
                let owner = try await remote.runBeside(ReadingProgram("test", "stat -c '%U %s' big"), Limits())
                #expect(owner.stdout.text == "root 2000000\n")
                // The password stands in nobody's arguments or environment.
                let seen = try await remote.sh(
                    "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"
                )
                #expect(!seen.stdout.text.contains("battery"))
            }
        }
    }

    @Test func `a wrong, a missing and a useless password are told apart`() async throws {
        try await withAccounts { server in
            let wrong = try await server.connected({
                $0.user = Accounts.asked
                $0.become = become("wrong password")
            }) { await $0.failure("true") }
            #expect(wrong?.kind == .becomeRefused)
            #expect(wrong?.detail == "sudo on the host did not accept the password for \(Accounts.asked)")
            let missing = try await server.connected({
                $0.user = Accounts.asked
                $0.become = become(nil)
            }) { await $0.failure("true") }
            #expect(missing?.kind == .becomeRefused)
            #expect(missing?.detail.contains("a password is required") == true)
            #expect(missing?.detail.contains("-K") == true)
            let barred = try await server.connected({
                $0.user = Accounts.barred
                $0.become = become(Accounts.password)
            }) { await $0.failure("true") }
            #expect(barred?.kind == .becomeRefused)
            let stranger = try await server.connected({
                $0.user = Accounts.free
                $0.become = become(nil, user: "nobody-like-this")
            }) { await $0.failure("true") }
            #expect(stranger?.kind == .becomeRefused)
            #expect(stranger?.detail.contains("nobody-like-this") == true)
        }
    }

    @Test(arguments: ["", "Defaults use_pty"])
    func `a program of root's that runs too long is ended`(_ sudoers: String) async throws {
        try await withAccounts(sudoers) { server in
            try await server.connected({
                $0.user = Accounts.asked
                $0.become = become(Accounts.password)
            }) { remote in
                _ = try await remote.sh("true")
                let failure = await remote.failure("echo begun; sleep 600", Limits(timeout: .milliseconds(300)))
                #expect(failure?.kind == .timedOut(ended: true), "\(failure?.detail ?? "")")
                #expect(failure?.stdout.text == "begun\n")
                let reply = try await remote.sh("id -un")
                #expect(reply.stdout.text == "root\n")
            }
        }
    }

    @Test func `a long banner on stderr does not hide the question for the password`() async throws {
        try await withAccounts { server in
            try server.enter("head -c 30000 /dev/zero | tr '\\0' g >&2; exec sh -c \"$SSH_ORIGINAL_COMMAND\"")
            try await server.connected({
                $0.user = Accounts.asked
                $0.become = become(Accounts.password)
            }) { remote in
                let reply = try await remote.sh("id -un")
                #expect(reply.stdout.text == "root\n")
            }
        }
    }
}
