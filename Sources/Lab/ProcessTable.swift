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
        /// Values of BATON_LAB in its environment, as far as it may be read.
        package let lab: String?
    }

    package let processes: [Process]

    /// The processes that have to do with `directory`: sshds with a configuration there, what they started, and what
    /// their sessions left behind.
    package func belonging(to directory: String) -> [Process] {
        let prefix = directory + "/"
        var found = processes.filter {
            ($0.command.contains("sshd") && $0.command.contains(" -f \(prefix)"))
                || $0.lab?.hasPrefix(prefix) == true
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
        return found
    }

    #if os(Linux)
    package static func read(on loop: Loop) async -> ProcessTable {
        var list: [Process] = []
        for name in Files.list("/proc") {
            guard let pid = Int32(name), let stat = try? Files.read("/proc/\(pid)/stat", limit: 4096),
                let close = stat.lastIndex(of: UInt8(ascii: ")"))
            else { continue }
            let fields = String(decoding: stat[(close + 1)...], as: UTF8.self).split(separator: " ")
            // Behind the name: state, parent, ...; the start time is the twentieth of these. Z: dead already.
            guard fields.count > 19, fields[0] != "Z", let parent = Int32(fields[1]) else { continue }
            let command = (try? Files.read("/proc/\(pid)/cmdline", limit: 1 << 16)) ?? []
            let environment = (try? Files.read("/proc/\(pid)/environ", limit: 1 << 20)) ?? []
            let lab = environment.split(separator: 0).first { $0.starts(with: Array("BATON_LAB=".utf8)) }
            list.append(
                Process(
                    pid: pid,
                    parent: parent,
                    started: String(fields[19]),
                    command: String(decoding: command.map { $0 == 0 ? 32 : $0 }, as: UTF8.self),
                    lab: lab.map { String(decoding: $0.dropFirst(10), as: UTF8.self) }
                )
            )
        }
        return ProcessTable(processes: list)
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
                lab: lab.map { String($0.dropFirst(10)) }
            )
        }
        return ProcessTable(processes: list)
    }
    #endif
}
