import Lab
import Reactor
import SSH
import Shell
import TestSupport
import Testing

/// How fast a large file goes, beside scp. Measured on demand only: `BATON_MEASURE=5 swift test --filter UploadSpeed`.
@Suite(.enabled(if: Measuring.rounds > 0, "measured on demand only"))
struct UploadSpeedTests {
    @Test func `200 MB`() async throws {
        try await withServer { server in
            let path = "\(server.host.home)/large"
            let made = ["sh", "-c", "head -c 200000000 /dev/urandom >\"$1\"", "sh", path]
            _ = try await server.loop.run(ChildRequest(made, environment: Surroundings.environment))
            let file = try OpenFile(path)
            let sum = try Checksum.sha256 { limit throws(SystemError) in try file.read(limit) }
            try await server.connected { remote in
                _ = try await remote.sh("true")
                for _ in 0..<Measuring.rounds {
                    file.rewind()
                    let goal = Upload(destination: path + "-put", mode: 0o600, sha256: sum, size: file.size)
                    let clock = ContinuousClock()
                    var began = clock.now
                    let content = UploadContent.pieces { limit throws(UploadContent.Unreadable) in
                        do throws(SystemError) {
                            return try file.read(limit)
                        } catch {
                            throw UploadContent.Unreadable(error.description)
                        }
                    }
                    let limits = Limits(timeout: .seconds(300))
                    let reply = try await remote.put(content, goal, as: .standard, under: .playbook, limits)
                    #expect(reply.status == 0, "\(reply.stderr.text)")
                    let put = clock.now - began
                    began = clock.now
                    var scp = ChildRequest(
                        [
                            "scp", "-O", "-q", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o",
                            "UserKnownHostsFile=/dev/null",
                            "-o", "LogLevel=ERROR", "-i", server.userKey, "-P", "\(server.port)", path,
                            "\(Surroundings.user)@127.0.0.1:\(path)-scp",
                        ],
                        environment: Surroundings.environment
                    )
                    scp.deadline = .seconds(300)
                    let result = try await server.loop.run(scp)
                    #expect(result.succeeded, "\(result.errors)")
                    print("put \(put) scp \(clock.now - began)")
                }
            }
        }
    }
}

private enum Measuring {
    static let rounds = Int(Surroundings.variable("BATON_MEASURE") ?? "") ?? 0
}
