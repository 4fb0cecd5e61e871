import SSH
import TestSupport
import Testing

/// Passwords and prompts, against a real server and PAM.
@Suite(.enabled(if: Accounts.areAvailable, "needs root, unshare and sudo"))
struct PasswordTests {
    private static let pam = "UsePAM yes\n"

    private func failure(
        _ sshd: String,
        password: String?,
        keys: Bool = false,
        _ change: @escaping @Sendable (inout Target) -> Void = { _ in }
    ) async throws -> SSHError? {
        try await withAccounts(sshd: Self.pam + sshd) { server in
            try await server.failureToOpen {
                $0.user = Accounts.free
                $0.password = password
                if !keys { $0.keys = [] }
                change(&$0)
            }
        }
    }

    @Test(arguments: ["PasswordAuthentication yes", "KbdInteractiveAuthentication yes"])
    func `the password opens, by either method`(_ sshd: String) async throws {
        #expect(try await failure(sshd, password: Accounts.password) == nil)
    }

    @Test func `a wrong one is sent once, and what the server accepts is said`() async throws {
        let error = try await failure(
            "PasswordAuthentication yes\nKbdInteractiveAuthentication yes",
            password: "something else"
        )
        #expect(error?.kind == .authentication)
        let text = error?.message ?? ""
        #expect(text.contains("tried keyboard-interactive; the server accepts"), "\(text)")
        #expect(!text.contains("something else"))
        #expect(text.contains("password"), "\(text)")
    }

    @Test func `a server that takes passwords is named as one where none is given`() async throws {
        let error = try await failure("PasswordAuthentication yes", password: nil)
        #expect(error?.message.contains("the server accepts publickey,") == true, "\(String(describing: error))")
        #expect(error?.hint?.contains("-k") == true)
    }

    @Test func `a key and a password together`() async throws {
        let both = "PasswordAuthentication yes\nAuthenticationMethods publickey,password"
        #expect(try await failure(both, password: Accounts.password, keys: true) == nil)
        let reversed = "PasswordAuthentication yes\nAuthenticationMethods password,publickey"
        #expect(try await failure(reversed, password: Accounts.password, keys: true) == nil)
        let half = try await failure(both, password: nil, keys: true)
        #expect(half?.message.contains("a key was accepted, and the server wants more") == true)
    }

    @Test func `methods that ssh's configuration rules out are not tried`() async throws {
        let error = try await failure("PasswordAuthentication yes", password: Accounts.password) {
            $0.loginMethods = [.publicKey]
        }
        #expect(error?.kind == .authentication)
        #expect(error?.message.contains("tried") == false)
    }
}
