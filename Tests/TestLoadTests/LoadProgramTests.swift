import Reactor
import TestLoad
import TestSupport
import Testing

/// `baton-load`, the load as a program.
@Suite struct LoadProgramTests {
    private func run(_ arguments: [String], on loop: Loop) async throws -> ChildResult {
        let program = BatonProgram.path + "-load"
        return try await loop.run(ChildRequest([program] + arguments, environment: Surroundings.environment))
    }

    @Test func `it prints what it saw as one line of JSON`() async throws {
        try await withLoop { loop in
            let server = try ScriptedServer(on: loop) { _ in
                (0..<100).flatMap { _ in [.read, .send(ScriptedServer.answer("hi"))] }
            }
            let arguments = ["--for", "300ms", "--fresh", "20", "--kept", "20", "--version-allowed", "1"]
            let result = try await run(arguments + [server.target.description], on: loop)
            server.close()
            #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
            #expect(result.output.contains("\"failed\":0,\"counts\":{\"ok\":"))
            #expect(result.output.contains("\"versions\":{\"1\":{\"answers\":"))
            #expect(result.output.split(separator: "\n").count == 1)
        }
    }

    @Test func `it exits 1 when requests failed, and 2 when it cannot begin`() async throws {
        try await withLoop { loop in
            let port = try DeafPort()
            let failed = try await run(["--for", "100ms", port.target.description], on: loop)
            #expect(failed.status == .exited(1))
            #expect(failed.output.contains("connection refused"))
            for arguments in [["nowhere"], ["--for", "10801s", "127.0.0.1:1"], ["--fresh", "401", "127.0.0.1:1"], []] {
                let refused = try await run(arguments, on: loop)
                #expect(refused.status == .exited(2), "\(arguments)")
                #expect(refused.errors.hasPrefix("baton-load: "))
            }
        }
    }
}
