import Lab
import Reactor
import Shell
import TestSupport

@testable import SSH

extension TestServer {
    func target() throws -> Target {
        let key = try PrivateKey(file: try Files.read(userKey), name: userKey)
        return Target(
            name: "test",
            address: "127.0.0.1",
            port: port,
            user: Surroundings.user,
            keys: [key],
            known: [HostKey(line: hostKey)!]
        )
    }

    func remote(_ change: (inout Target) -> Void = { _ in }) throws -> SSHRemote {
        var target = try target()
        change(&target)
        return SSHRemote(target, Connector(try Library(), on: loop))
    }

    /// A connection that is open, for one body.
    func connected<Result: Sendable>(
        _ change: (inout Target) -> Void = { _ in },
        _ body: (SSHRemote) async throws -> Result
    ) async throws -> Result {
        let remote = try remote(change)
        _ = try await remote.open()
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(remote))
        } catch {
            outcome = .failure(error)
        }
        await remote.close()
        return try outcome.get()
    }

    /// What opening a connection fails with; nil if it does not fail.
    func failureToOpen(_ change: (inout Target) -> Void = { _ in }) async throws -> SSHError? {
        let remote = try remote(change)
        do throws(SSHError) {
            _ = try await remote.open()
            await remote.close()
            return nil
        } catch {
            return error
        }
    }
}

extension SSHRemote {
    /// The body of most tests: one line of shell.
    func sh(
        _ text: String,
        _ limits: Limits = Limits(),
        _ observer: OutputObserver? = nil
    ) async throws -> Reply {
        try await run(ReadingProgram("test", text), limits, observer)
    }

    /// How a program fails; nil if it does not.
    func failure(_ text: String, _ limits: Limits = Limits(), _ observer: OutputObserver? = nil) async -> RemoteError? {
        do throws(RemoteError) {
            _ = try await run(ReadingProgram("test", text), limits, observer)
            return nil
        } catch {
            return error
        }
    }
}

extension SSHRemote {
    /// Looks at the line without holding it.
    func watchLine() -> LineWatch { LineWatch(line) }
}

/// Whether a line is still in memory. Asked after its remote was closed.
final class LineWatch: @unchecked Sendable {
    // Unchecked: set once, read when nobody else has it.
    private weak var line: Line?
    init(_ line: Line?) { self.line = line }
    var isAlive: Bool { line != nil }
}
