import CSystem
package import Reactor

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The processes of this machine, for finding those of a lab even after its pid files are gone. A process is a pid and a
/// start time: a pid alone may be somebody else by now.
package struct ProcessTable: Sendable {
    package struct Process: Hashable, Sendable {
        package let pid: Int32
        package let parent: Int32
        package let started: String
        package let command: String
        /// Its program is an sshd, whatever its arguments say.
        package let isServer: Bool
        /// Values of BATON_LAB in its environment, as far as it may be read.
        package let lab: String?
    }

    package let processes: [Process]

    /// The processes that have to do with `directory`: sshds with a configuration there, what they started, and what
    /// their sessions left behind. Never this process or one that it came from.
    package func belonging(to directory: String) -> [Process] {
        let prefix = directory + "/"
        var found = processes.filter {
            $0.isServer && $0.command.contains(" -f \(prefix)") || $0.lab?.hasPrefix(prefix) == true
        }
        var known = Set(found.map(\.pid))
        // Children of children: bounded by the number of processes.
        var grew = true
        while grew {
            let children = processes.filter { known.contains($0.parent) && !known.contains($0.pid) }
            found += children
            known.formUnion(children.map(\.pid))
            grew = !children.isEmpty
        }
        let own = lineage(of: getpid())
        return found.filter { !own.contains($0.pid) }
    }

    private func lineage(of pid: Int32) -> Set<Int32> {
        var line: Set<Int32> = [pid]
        var next = pid
        while let process = processes.first(where: { $0.pid == next }), line.insert(process.parent).inserted {
            next = process.parent
        }
        return line
    }

    #if os(Linux)
    package static func read(on loop: Loop) async -> ProcessTable {
        var list: [Process] = []
        for name in Files.list("/proc") {
            guard let pid = Int32(name), let process = read(pid) else { continue }
            list.append(process)
        }
        return ProcessTable(processes: list)
    }

    private static func read(_ pid: Int32) -> Process? {
        guard let stat = try? Files.read("/proc/\(pid)/stat", limit: 4096),
            let close = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: stat[(close + 1)...], as: UTF8.self).split(separator: " ")
        // Behind the name: state, parent, ...; the start time is the twentieth of these. Z: dead already.
        guard fields.count > 19, fields[0] != "Z", let parent = Int32(fields[1]) else { return nil }
        let command = (try? Files.read("/proc/\(pid)/cmdline", limit: 1 << 16)) ?? []
        let environment = (try? Files.read("/proc/\(pid)/environ", limit: 1 << 20)) ?? []
        let lab = environment.split(separator: 0).first { $0.starts(with: Array("BATON_LAB=".utf8)) }
        return Process(
            pid: pid,
            parent: parent,
            started: String(fields[19]),
            command: String(decoding: command.map { $0 == 0 ? 32 : $0 }, as: UTF8.self),
            isServer: isServer(pid),
            lab: lab.map { String(decoding: $0.dropFirst(10), as: UTF8.self) }
        )
    }

    /// `sshd`, or `sshd-session` of newer versions; a file that was replaced since reads "sshd (deleted)".
    private static func isServer(_ pid: Int32) -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            let count = readlink("/proc/\(pid)/exe", buffer.baseAddress!, buffer.count)
            guard count > 0 else { return false }
            let path = String(
                decoding: UnsafeRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])),
                as: UTF8.self
            )
            return path.split(separator: "/").last?.hasPrefix("sshd") == true
        }
    }

    /// Ends a process if it still is the one that was seen.
    package static func signal(_ process: Process, _ number: Int32) {
        guard let now = read(process.pid), now.started == process.started else { return }
        _ = baton_signal(process.pid, number)
    }
    #else
    package static func read(on loop: Loop) async -> ProcessTable {
        let request = ChildRequest(
            ["/bin/ps", "-A", "-E", "-ww", "-o", "pid=,ppid=,lstart=,command="],
            environment: ["PATH": "/bin:/usr/bin"]
        )
        guard let result = try? await loop.run(request) else { return ProcessTable(processes: []) }
        let list = result.output.split(separator: "\n").compactMap { line -> Process? in
            let words = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: true)
            guard words.count == 8, let pid = Int32(words[0]), let parent = Int32(words[1]) else { return nil }
            let lab = words[7].split(separator: " ").first { $0.hasPrefix("BATON_LAB=") }
            return Process(
                pid: pid,
                parent: parent,
                started: words[2...6].joined(separator: " "),
                command: String(words[7]),
                isServer: words[7].split(separator: " ").first.map { $0.hasPrefix("sshd") || $0.hasSuffix("/sshd") }
                    == true,
                lab: lab.map { String($0.dropFirst(10)) }
            )
        }
        return ProcessTable(processes: list)
    }

    package static func signal(_ process: Process, _ number: Int32) { _ = baton_signal(process.pid, number) }
    #endif
}
