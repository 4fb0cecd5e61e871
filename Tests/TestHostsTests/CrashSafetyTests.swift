import CSystem
import Reactor
import TestHosts
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// That a fleet leaves nothing behind, however its test ends.
@Suite(.needsHosts, .serialized) struct CrashSafetyTests {
    /// A fleet's folder, the processes that hold it, and its hosts' own first ones.
    private struct Trace: Sendable {
        let folder: String
        var processes: [(pid: Int32, start: String)] = []

        init(_ fleet: HostFleet) async throws {
            folder = fleet.folder
            for pid in [fleet.keeper, fleet.world] { processes.append((pid, try ProcessStart.of(pid))) }
            for host in fleet.hosts { processes.append(try await host.leader()) }
        }

        /// As a line, and back from one.
        var line: String { "TRACE \(folder) " + processes.map { "\($0.pid):\($0.start)" }.joined(separator: " ") }

        init?(_ text: String) {
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("TRACE ") }) else { return nil }
            let words = line.split(separator: " ").dropFirst().map(String.init)
            guard let first = words.first else { return nil }
            folder = first
            for word in words.dropFirst() {
                let parts = word.split(separator: ":")
                processes.append((Int32(parts[0]) ?? 0, String(parts[1])))
            }
        }

        var alive: [Int32] { processes.filter { ProcessStart.isAlive($0.pid, $0.start) }.map(\.pid) }
        var name: String { String(folder.split(separator: "/").last ?? "") }

        /// The cgroups with the fleet's name, as far as this machine mounts them.
        func cgroups() async throws -> String {
            try await runChild(["find", "/sys/fs/cgroup", "-name", "baton-hosts-\(name)"]).output
        }

        func whenGone(_ isGone: @escaping @Sendable () -> Bool) async throws {
            try await withLoop { loop in
                let end = loop.now + .seconds(60)
                while loop.now < end, !isGone() { await loop.sleep(.milliseconds(20)) }
            }
        }
    }

    @Test func `a fleet that is done leaves no process, folder, cgroup, mount or network`() async throws {
        let trace = try await withHosts(2) { fleet in
            let trace = try await Trace(fleet)
            #expect(trace.alive.count == 4)
            #expect(try await trace.cgroups() != "")
            return trace
        }
        #expect(trace.alive == [])
        #expect(!Files.exists(trace.folder))
        #expect(try await trace.cgroups() == "")
        // Nothing of it was ever on this machine's own network or among its mounts; others may change those meanwhile.
        let seen =
            "{ ip -o link; ip netns; cat /proc/self/mounts; } | grep -E 'to-web|by-web| fleet|/run/fleet|\(trace.name)'"
        #expect(try await runChild(["sh", "-c", seen]).output == "")
    }

    @Test func `a fleet whose test process is killed goes with it`() async throws {
        let result = try #require(
            await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
                try await withHosts(2) { fleet in
                    let line = Array((try await Trace(fleet).line + "\n").utf8)
                    _ = line.withUnsafeBytes { baton_write(1, $0.baseAddress, $0.count) }
                    kill(getpid(), SIGKILL)
                }
            }
        )
        let trace = try #require(Trace(String(decoding: result.standardOutputContent, as: UTF8.self)))
        #expect(trace.processes.count == 4)
        try await trace.whenGone { trace.alive == [] && !Files.exists(trace.folder) }
        #expect(trace.alive == [])
        #expect(!Files.exists(trace.folder))
        #expect(try await trace.cgroups() == "")
    }

    @Test func `what is left when the keeper is killed too is found and cleared`() async throws {
        let result = try #require(
            await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
                try await withHosts(1) { fleet in
                    let line = Array((try await Trace(fleet).line + "\n").utf8)
                    _ = line.withUnsafeBytes { baton_write(1, $0.baseAddress, $0.count) }
                    kill(fleet.keeper, SIGKILL)
                    kill(getpid(), SIGKILL)
                }
            }
        )
        let trace = try #require(Trace(String(decoding: result.standardOutputContent, as: UTF8.self)))
        // The kernel has ended the hosts; nobody was left to remove the folder.
        try await trace.whenGone { trace.alive == [] }
        #expect(trace.alive == [])
        #expect(Files.exists(trace.folder))
        let cleaned = try await HostFleet.clean()
        #expect(cleaned.succeeded, "\(cleaned.errors)")
        #expect(cleaned.errors.contains("cleared what \(trace.name) had left"))
        #expect(!Files.exists(trace.folder))
        #expect(try await trace.cgroups() == "")
    }

    @Test func `clearing up leaves fleets that are in use alone`() async throws {
        try await withHosts(1) { fleet in
            let cleaned = try await HostFleet.clean()
            #expect(cleaned.succeeded, "\(cleaned.errors)")
            #expect(try await fleet[0].output("hostname") == "web1")
        }
    }
}
