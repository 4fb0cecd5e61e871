import Events
import Reactor
import TestLoad

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What of the long proof this run is, and where its counts go (docs/reliability.md).
enum Proof {
    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// `BATON_UPGRADES`: so many in a row, each under the whole load. Nil in a usual test run.
    static let upgrades: Int? = variable("BATON_UPGRADES").flatMap { Int($0) }

    /// `BATON_UPGRADES_OF`: one case, by its description.
    static let part = variable("BATON_UPGRADES_OF")

    /// One line more in the file that `BATON_PROOF` names.
    static func record(_ name: String, path: String, upgrades: Int, wanted: Int, _ report: Report) throws {
        guard let file = variable("BATON_PROOF") else { return }
        func milliseconds(_ duration: Duration?) -> JSON { .integer(Int((duration ?? .zero).inSeconds * 1000)) }
        let line = JSON.members([
            "server": .string(name),
            "path": .string(path),
            "upgrades": .integer(upgrades),
            "wanted": .integer(wanted),
            "requests": .integer(report.total),
            "failed": .integer(report.failed),
            "unsent": .integer(report[.unsent]),
            "resets": .integer(report[.keptConnectionClosed]),
            "idle_closed": .integer(report.idleClosed),
            "missed": .integer(report.missed),
            "gap_ms": milliseconds(report.worstGap),
            "worst_ms": milliseconds(report.worst),
            "seconds": .integer(Int(report.lasted.inSeconds)),
            "failures": .array(report.failures.map { .string($0.description) }),
        ])
        try Files.append(Array("\(line.line)\n".utf8), to: file, mode: 0o644)
    }
}
