import CSystem
package import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A process as the kernel shows it: a pid and a start time, since a pid alone may be somebody else by now.
package struct FixtureProcess: Hashable, Sendable, CustomStringConvertible {
    package let pid: Int32
    package let parent: Int32
    package let started: String
    package let command: String

    package var description: String { "\(pid) (\(command))" }

    /// nil when there is none, or nothing but its exit status is left.
    package static func read(_ pid: Int32) -> FixtureProcess? {
        guard let stat = try? Files.read("/proc/\(pid)/stat", limit: 4096),
            let close = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: stat[(close + 1)...], as: UTF8.self).split(separator: " ")
        // Behind the name: state, parent, ...; the start time is the twentieth of these.
        guard fields.count > 19, !["Z", "X"].contains(fields[0]), let parent = Int32(fields[1]) else { return nil }
        let words = (try? Files.read("/proc/\(pid)/cmdline", limit: 1 << 16)) ?? []
        let text = String(decoding: words.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
        return FixtureProcess(
            pid: pid,
            parent: parent,
            started: String(fields[19]),
            command: String(text.reversed().drop { $0 == " " }.reversed())
        )
    }

    package static var all: [FixtureProcess] { Files.list("/proc").compactMap { Int32($0) }.compactMap { read($0) } }

    /// Still the process that was seen.
    package var isAlive: Bool { Self.read(pid)?.started == started }

    /// As SIGSTOP leaves it, which takes effect some time after it was sent.
    package var isStopped: Bool {
        guard isAlive, let stat = try? Files.read("/proc/\(pid)/stat", limit: 4096),
            let bracket = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return false }
        return stat[bracket...].dropFirst(2).first == UInt8(ascii: "T")
    }

    package var children: [FixtureProcess] { Self.all.filter { $0.parent == pid } }

    /// Signals it if it still is the one that was seen.
    package func signal(_ number: Int32) {
        if isAlive { _ = baton_signal(pid, number) }
    }

    /// The processes that work in `directory`, were started with it in their environment, or come from one of these;
    /// never this process or one that it came from.
    package static func belonging(to directory: String) -> [FixtureProcess] {
        let all = all
        var lineage: Set<Int32> = []
        var next = getpid()
        while next > 0, lineage.insert(next).inserted, let process = all.first(where: { $0.pid == next }) {
            next = process.parent
        }
        var found = all.filter { isIn(directory, $0.pid) }
        var known = Set(found.map(\.pid))
        // Children of children: bounded by the number of processes.
        while true {
            let more = all.filter { known.contains($0.parent) && !known.contains($0.pid) }
            if more.isEmpty { break }
            found += more
            known.formUnion(more.map(\.pid))
        }
        return found.filter { !lineage.contains($0.pid) }
    }

    /// nginx overwrites its environment with its title, so that the folder it works in has to tell.
    private static func isIn(_ directory: String, _ pid: Int32) -> Bool {
        let folder = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            let count = buffer.withMemoryRebound(to: CChar.self) {
                readlink("/proc/\(pid)/cwd", $0.baseAddress!, $0.count)
            }
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        if folder == directory || folder.hasPrefix(directory + "/") { return true }
        let environment = (try? Files.read("/proc/\(pid)/environ", limit: 1 << 20)) ?? []
        return environment.split(separator: 0).contains { $0.elementsEqual("FIXTURE_ROOT=\(directory)".utf8) }
    }

    /// Ends what belongs to `directory`, and says what could not be ended. At once and without a farewell: a test that
    /// wants one has had it.
    package static func endAll(in directory: String, on loop: Loop) async -> [FixtureProcess] {
        // A master that dies last may start a worker first: looked for again until nothing is there, in bounds.
        for _ in 0..<250 {
            let left = belonging(to: directory)
            if left.isEmpty { return [] }
            for process in left { process.signal(SIGKILL) }
            await loop.sleep(.milliseconds(20))
        }
        return belonging(to: directory)
    }
}
