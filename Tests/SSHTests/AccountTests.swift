import Lab
import Reactor
import SSH
import Shell
import Synchronization
import TestSupport
import Testing

/// Several accounts on one connection: a shell for each, and none in the way of another.
@Suite(.enabled(if: Accounts.areAvailable, "accounts are tested as root on Linux with sudo and unshare"))
struct AccountTests {
    private func sh(
        _ remote: SSHRemote,
        _ text: String,
        as account: Account,
        _ limits: Limits = Limits()
    ) async throws -> Reply {
        try await remote.run(ReadingProgram("test", text), as: account, limits, nil)
    }

    @Test(arguments: ["", "Defaults use_pty"])
    func `each account has a shell of its own`(_ sudoers: String) async throws {
        try await withAccounts(sudoers) { server in
            try await server.connected({
                $0.user = Accounts.asked
                $0.becomePassword = Accounts.password
            }) { remote in
                for (account, name) in [
                    (Account.standard, Accounts.asked), (.login, Accounts.asked), (.become("root"), "root"),
                    (.become(Accounts.barred), Accounts.barred),
                ] {
                    let reply = try await sh(remote, "id -un; cat", as: account)
                    #expect(reply.stdout.text == "\(name)\n")
                    #expect(reply.stderr.text == "")
                    let changing = ChangingProgram("test", "id -un")
                    let changed = try await remote.run(changing, as: account, under: .playbook, Limits(), nil)
                    #expect(changed.stdout.text == "\(name)\n")
                    let beside = try await remote.runBeside(ReadingProgram("test", "id -un"), as: account, Limits())
                    #expect(beside.stdout.text == "\(name)\n")
                }
            }
        }
    }

    @Test func `what is the same user is the same shell`() async throws {
        try await withAccounts { server in
            try await server.connected({
                $0.user = Accounts.free
                $0.become = Target.BecomeSettings(user: "root", password: nil)
            }) { remote in
                let first = try await sh(remote, "echo $$", as: .standard)
                let second = try await sh(remote, "echo $$", as: .become("root"))
                #expect(first.stdout.text == second.stdout.text)
                // Whoever logged in needs no sudo to be themselves.
                let login = try await sh(remote, "echo $$", as: .login)
                let itself = try await sh(remote, "echo $$", as: .become(Accounts.free))
                #expect(login.stdout.text == itself.stdout.text)
                #expect(login.stdout.text != first.stdout.text)
            }
        }
    }

    @Test func `accounts run beside each other`() async throws {
        try await withAccounts { server in
            try await server.connected({ $0.user = Accounts.free }) { remote in
                let flag = "\(server.host.home)/flag"
                // The first ends only when the second has run.
                async let first = sh(remote, "while [ ! -e \(flag) ]; do sleep 0.02; done; id -un", as: .login)
                let second = try await sh(remote, "touch \(flag); id -un", as: .become("root"))
                #expect(second.stdout.text == "root\n")
                #expect(try await first.stdout.text == "\(Accounts.free)\n")
            }
        }
    }

    @Test func `a file belongs to the account that puts it`() async throws {
        try await withAccounts { server in
            try await server.connected({
                $0.user = Accounts.asked
                $0.becomePassword = Accounts.password
            }) { remote in
                let bytes = Array("content".utf8)
                for (account, name) in [(Account.login, Accounts.asked), (.become("root"), "root")] {
                    let upload = Upload(
                        destination: "\(server.host.home)/\(name)",
                        mode: 0o644,
                        sha256: Checksum.sha256(bytes),
                        size: bytes.count
                    )
                    let reply = try await remote.put(bytes, upload, as: account, under: .playbook, Limits())
                    #expect(reply.status == 0, "\(reply.stderr.text)")
                    let owner = try await sh(remote, "stat -c %U \(upload.destination)", as: .login)
                    #expect(owner.stdout.text == "\(name)\n")
                }
            }
        }
    }

    @Test func `a refused sudo leaves the other shells alone`() async throws {
        try await withAccounts { server in
            try await server.connected({ $0.user = Accounts.asked }) { remote in
                let before = try await sh(remote, "echo $$", as: .login)
                let refused = await failure(remote, "id -un", as: .become("root"))
                #expect(refused?.kind == .becomeRefused)
                #expect(refused?.detail.contains("-K") == true)
                let after = try await sh(remote, "echo $$", as: .login)
                #expect(before.stdout.text == after.stdout.text)
            }
        }
    }

    @Test func `a program that is out of time is ended as who it is`() async throws {
        try await withAccounts("Defaults use_pty") { server in
            try await server.connected({
                $0.user = Accounts.asked
                $0.becomePassword = Accounts.password
            }) { remote in
                async let other = sh(remote, "sleep 1; echo whole", as: .login)
                _ = try await sh(remote, "true", as: .become("root"))
                let limits = Limits(timeout: .milliseconds(200))
                let late = await failure(remote, "echo begun; sleep 600", as: .become("root"), limits)
                #expect(late?.kind == .timedOut(ended: true), "\(late?.detail ?? "")")
                #expect(late?.stdout.text == "begun\n")
                let told = try await other
                #expect(told.stdout.text == "whole\n")
                let again = try await sh(remote, "id -un", as: .become("root"))
                #expect(again.stdout.text == "root\n")
            }
        }
    }

    @Test func `cancelling ends the programs of all accounts`() async throws {
        try await withAccounts { server in
            try await server.connected({ $0.user = Accounts.free }) { remote in
                _ = try await sh(remote, "true", as: .login)
                _ = try await sh(remote, "true", as: .become("root"))
                let begun = Counter()
                let cancelsBoth: OutputObserver = { _, _ in
                    guard begun.next() == 2 else { return }
                    Task(executorPreference: server.loop) { await remote.cancel() }
                }
                let program = "echo begun; sleep 600"
                async let one = failure(remote, program, as: .login, Limits(), cancelsBoth)
                async let two = failure(remote, program, as: .become("root"), Limits(), cancelsBoth)
                let kinds = await [one?.kind, two?.kind]
                #expect(kinds == [.cancelled(ended: true), .cancelled(ended: true)])
            }
        }
    }

    @Test func `a method that Baton does not know is refused where it is needed`() async throws {
        try await withAccounts { server in
            try await server.connected({
                $0.user = Accounts.free
                $0.cannotBecome = "ansible_become_method doas is not supported"
            }) { remote in
                let login = try await sh(remote, "id -un", as: .login)
                #expect(login.stdout.text == "\(Accounts.free)\n")
                let itself = try await sh(remote, "id -un", as: .become(Accounts.free))
                #expect(itself.status == 0)
                let refused = await failure(remote, "id -un", as: .become("root"))
                #expect(refused?.kind == .becomeRefused)
                #expect(refused?.detail == "cannot become root: ansible_become_method doas is not supported")
            }
        }
    }

    @Test func `a server that allows few sessions is named as the reason`() async throws {
        try await withAccounts(sshd: "MaxSessions 2") { server in
            try await server.connected({ $0.user = Accounts.free }) { remote in
                let login = try await sh(remote, "echo $$", as: .login)
                let root = try await sh(remote, "id -un", as: .become("root"))
                #expect(root.status == 0)
                let refused = await failure(remote, "id -un", as: .become(Accounts.barred))
                #expect(refused?.kind == .shellLost)
                #expect(refused?.detail.contains("MaxSessions") == true, "\(refused?.detail ?? "")")
                let after = try await sh(remote, "echo $$", as: .login)
                #expect(after.stdout.text == login.stdout.text)
            }
        }
    }

    @Test func `uploads give their sessions back`() async throws {
        // One for the shell, one for an upload, one for the upload before, which may be ending yet.
        try await withServer("MaxSessions 3") { server in
            try await server.connected { remote in
                _ = try await remote.sh("true")
                for number in 1...8 {
                    let bytes = Array("content \(number)".utf8)
                    let path = "\(server.host.home)/file"
                    let sum = Checksum.sha256(bytes)
                    let upload = Upload(destination: path, mode: 0o644, sha256: sum, size: bytes.count)
                    let reply = try await remote.put(bytes, upload, under: .playbook, Limits())
                    #expect(reply.status == 0, "\(reply.stderr.text)")
                }
            }
        }
    }

    /// How a program fails; nil if it does not.
    private func failure(
        _ remote: SSHRemote,
        _ text: String,
        as account: Account,
        _ limits: Limits = Limits(),
        _ observer: OutputObserver? = nil
    ) async -> RemoteError? {
        do throws(RemoteError) {
            _ = try await remote.run(ReadingProgram("test", text), as: account, limits, observer)
            return nil
        } catch {
            return error
        }
    }
}

private final class Counter: Sendable {
    private let value = Atomic(0)
    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
