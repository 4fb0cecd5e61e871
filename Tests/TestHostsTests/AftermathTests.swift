import CSystem
import Reactor
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What tests without hosts leave behind when their process is killed: nothing.
@Suite struct AftermathTests {
    @Test func `servers and directories of a killed test process go with it`() async throws {
        let result = try #require(
            await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
                try await withServer { server in
                    let line = Array("\(server.directory) \(server.listener)\n".utf8)
                    _ = line.withUnsafeBytes { baton_write(1, $0.baseAddress, $0.count) }
                    kill(getpid(), SIGKILL)
                }
            }
        )
        let words = String(decoding: result.standardOutputContent, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let directory = String(try #require(words.first))
        let listener = try #require(words.last.flatMap { Int32($0) })
        #expect(directory.contains("baton-test-"))
        try await withLoop { loop in
            for _ in 0..<1000 where Files.exists(directory) || kill(listener, 0) == 0 {
                await loop.sleep(.milliseconds(10))
            }
        }
        #expect(!Files.exists(directory))
        // Whoever collects the orphan may take a while; a process it is no more.
        let state = (try? Files.read("/proc/\(listener)/stat", limit: 4096)).map { String(decoding: $0, as: UTF8.self) }
        #expect(state == nil || state?.contains(") Z ") == true, "\(state ?? "")")
    }
}
